"""Streaming: a message that grows while people read it."""

import pytest

from workspace.clock import MessageClock


async def start_stream(workspace, **args):
    ts = await workspace.as_user("U02BEN").post(await workspace.as_user("U02BEN").dm(), "What is RAG?")
    body = await workspace.api("chat.startStream", channel="D02BEN", thread_ts=ts, **args)
    assert body["ok"], body
    return {"channel": "D02BEN", "ts": body["ts"]}


def text(words):
    return {"type": "markdown_text", "text": words}


async def test_streamed_parts_appear_as_they_arrive(workspace):
    ben = workspace.as_user("U02BEN")
    stream = await start_stream(workspace, chunks=[text("RAG ")])
    first = await ben.wait_message(lambda message: message.get("streaming"))
    assert first["text"] == "RAG "
    await workspace.api("chat.appendStream", **stream, chunks=[text("is a **status**.")])
    assert (await ben.wait_message("RAG is a **status**."))["blocks"][0]["type"] == "markdown"
    feedback = {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": plain("Delete")}],
    }
    stopped = await workspace.api("chat.stopStream", **stream, blocks=[feedback])
    assert [block["type"] for block in stopped["message"]["blocks"]] == ["markdown", "context_actions"]
    last = await ben.wait_message(lambda message: "streaming" not in message and message["ts"] == stream["ts"])
    assert last["text"] == "RAG is a **status**."


def plain(words):
    return {"type": "plain_text", "text": words}


async def test_a_stopped_stream_accepts_only_updates(workspace):
    stream = await start_stream(workspace, markdown_text="One")
    refused = await workspace.api("chat.update", **stream, text="x")
    assert refused["error"] == "streaming_state_conflict"
    assert (await workspace.api("chat.delete", **stream))["error"] == "cant_delete_message"
    assert (await workspace.api("chat.stopStream", **stream))["ok"]
    late = await workspace.api("chat.appendStream", **stream, markdown_text="x")
    assert late["error"] == "message_not_in_streaming_state"
    assert (await workspace.api("chat.stopStream", **stream))["error"] == "message_not_in_streaming_state"
    assert (await workspace.api("chat.update", **stream, text="Changed"))["ok"]


async def test_a_stream_refuses_mixed_text_and_chunks(workspace):
    stream = await start_stream(workspace, markdown_text="One")
    mixed = await workspace.api("chat.appendStream", **stream, chunks=[text("Two")])
    assert mixed["error"] == "streaming_mode_mismatch"
    both = await workspace.api("chat.appendStream", **stream, markdown_text="Two", chunks=[text("Two")])
    assert both["error"] == "cannot_provide_both_markdown_text_and_chunks"
    await workspace.api("chat.appendStream", **stream, markdown_text=", two")
    assert (await workspace.api("chat.stopStream", **stream))["message"]["text"] == "One, two"


def task(**more):
    return {"type": "task_update", "id": "1", "title": "Searching", "status": "in_progress"} | more


def blocks(*given):
    return {"type": "blocks", "blocks": list(given)}


PICTURE = {"type": "image", "alt_text": "Chart", "slack_file": {"id": "F0NOTHERE"}}


@pytest.mark.parametrize(
    ("chunk", "error", "pointer"),
    [
        ({"type": "magic"}, "invalid_chunks", "/chunks/1/type"),
        ("RAG", "invalid_chunks", "/chunks/1"),
        ({"type": "markdown_text"}, "invalid_chunks", "/chunks/1"),
        (text("x" * 12_001), "invalid_chunks", "/chunks/1/text"),
        (task(status="almost"), "invalid_chunks", "/chunks/1/status"),
        ({"type": "task_update", "id": "1", "title": "Searching"}, "invalid_chunks", "/chunks/1"),
        (task(title=""), "invalid_chunks", "/chunks/1/title"),
        (task(sources=["handbook"]), "invalid_chunks", "/chunks/1/sources/0"),
        ({"type": "plan_update", "title": 7}, "invalid_chunks", "/chunks/1/title"),
        (blocks({"type": "sections"}), "invalid_chunks", "/chunks/1/blocks/0/type"),
        (blocks("RAG"), "invalid_chunks", "/chunks/1/blocks/0"),
        (blocks(*[{"type": "divider"}] * 49), "invalid_blocks", "/blocks"),
        (blocks(PICTURE), "invalid_blocks", "/blocks/3/slack_file"),
        (text("x" * 11_999), "msg_blocks_too_long", "/blocks/2/text"),
    ],
)
async def test_a_refused_part_leaves_the_stream_unchanged(workspace, chunk, error, pointer):
    stream = await start_stream(workspace, chunks=[text("RAG "), blocks({"type": "divider"})])
    refused = await workspace.api("chat.appendStream", **stream, chunks=[text("is "), chunk])
    assert (refused["error"], refused["errors"][0]["pointer"]) == (error, pointer)
    assert (await workspace.api("chat.appendStream", **stream, chunks=[text("a status.")]))["ok"]
    stopped = await workspace.api("chat.stopStream", **stream)
    assert [block.get("text") for block in stopped["message"]["blocks"]] == ["RAG ", None, "a status."]
    started = {"channel": "D02BEN", "thread_ts": stopped["message"]["thread_ts"], "chunks": [text("RAG "), chunk]}
    if error == "invalid_chunks":
        assert (await workspace.api("chat.startStream", **started))["error"] == error


async def test_a_refused_stop_leaves_the_stream_open(workspace):
    stream = await start_stream(workspace, markdown_text="One")
    for wrong in ({"blocks": [{"type": "sections"}]}, {"metadata": {}, "chunks": [{"type": "magic"}]}):
        assert not (await workspace.api("chat.stopStream", **stream, **wrong))["ok"]
    refused = await workspace.api("chat.stopStream", **stream, metadata={"event_type": "answered"})
    assert refused["error"] == "invalid_metadata_schema"
    assert (await workspace.api("chat.stopStream", **stream, blocks=[{"type": "divider"}]))["ok"]


async def test_a_pending_task_can_be_streamed(workspace):
    stream = await start_stream(workspace, chunks=[task(status="pending")])
    assert (await workspace.api("chat.stopStream", **stream))["message"]["blocks"][0]["status"] == "pending"


async def test_streamed_tasks_are_updated_in_place(workspace):
    stream = await start_stream(workspace)
    search = {"type": "task_update", "id": "1", "title": "Searching", "status": "in_progress"}
    await workspace.api("chat.appendStream", **stream, chunks=[search, text("Found it.")])
    done = search | {"status": "complete", "output": "3 pages"}
    await workspace.api("chat.appendStream", **stream, chunks=[done])
    blocks = (await workspace.api("chat.stopStream", **stream))["message"]["blocks"]
    assert [block["type"] for block in blocks] == ["task_card", "markdown"]
    assert (blocks[0]["status"], blocks[0]["output"]["type"]) == ("complete", "rich_text")


async def test_streamed_tasks_can_form_one_plan(workspace):
    stream = await start_stream(workspace, task_display_mode="plan")
    chunks = [
        {"type": "plan_update", "title": "Answering"},
        {"type": "task_update", "id": "1", "title": "Searching", "status": "complete"},
        {"type": "task_update", "id": "2", "title": "Writing", "status": "pending"},
    ]
    blocks = (await workspace.api("chat.stopStream", **stream, chunks=chunks))["message"]["blocks"]
    assert (blocks[0]["type"], blocks[0]["title"], len(blocks[0]["tasks"])) == ("plan", "Answering", 2)


async def test_a_channel_stream_requires_a_recipient(workspace):
    ts = await workspace.as_user("U02BEN").post("C07ASK", "What is RAG?")
    place = {"channel": "C07ASK", "thread_ts": ts}
    assert (await workspace.api("chat.startStream", **place))["error"] == "missing_recipient_user_id"
    place["recipient_user_id"] = "U02BEN"
    assert (await workspace.api("chat.startStream", **place))["error"] == "missing_recipient_team_id"
    assert (await workspace.api("chat.startStream", **place, recipient_team_id="T00MERIDIAN"))["ok"]


async def test_a_stream_ends_after_five_minutes(workspace):
    stream = await start_stream(workspace, markdown_text="One")
    clock: MessageClock = workspace.server.hub.clock
    now = clock.now()
    clock.now = lambda: now + 301
    late = await workspace.api("chat.appendStream", **stream, markdown_text="x")
    assert late["error"] == "message_not_in_streaming_state"


async def test_status_and_prompts_reach_the_page(workspace):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post(await ben.dm(), "Hello")
    place = {"channel_id": "D02BEN", "thread_ts": ts}
    await workspace.api("assistant.threads.setStatus", **place, status="is thinking…", loading_messages=["Reading"])
    status = await ben.wait_frame(("status",), lambda frame: True)
    assert (status["status"], status["loading_messages"], status["thread_ts"]) == ("is thinking…", ["Reading"], ts)
    prompts = [{"title": "RAG", "message": "What is RAG?"}]
    await workspace.api("assistant.threads.setSuggestedPrompts", channel_id="D02BEN", title="Try", prompts=prompts)
    shown = await ben.wait_frame(("prompts",), lambda frame: True)
    assert (shown["title"], shown["prompts"]) == ("Try", prompts)
    assert (await workspace.api("assistant.threads.setTitle", **place, title="About RAG"))["ok"]
    wrong = await workspace.api("assistant.threads.setStatus", channel_id="D02BEN", thread_ts="1.0", status="x")
    assert wrong["error"] == "invalid_thread_ts"


PROMPT = {"title": "RAG", "message": "What is RAG?"}


@pytest.mark.parametrize(
    ("method", "args", "pointer"),
    [
        ("setStatus", {}, "/status"),
        ("setStatus", {"status": ["thinking"]}, "/status"),
        ("setStatus", {"status": "x", "loading_messages": ["Reading"] * 11}, "/loading_messages"),
        ("setStatus", {"status": "x", "loading_messages": [{"text": "Reading"}]}, "/loading_messages/0"),
        ("setSuggestedPrompts", {}, "/prompts"),
        ("setSuggestedPrompts", {"prompts": []}, "/prompts"),
        ("setSuggestedPrompts", {"prompts": [PROMPT] * 5}, "/prompts"),
        ("setSuggestedPrompts", {"prompts": [{"title": "RAG"}]}, "/prompts/0"),
        ("setSuggestedPrompts", {"prompts": [PROMPT | {"message": 7}]}, "/prompts/0/message"),
        ("setSuggestedPrompts", {"prompts": [PROMPT], "title": {"text": "Try"}}, "/title"),
        ("setTitle", {}, "/title"),
        ("setTitle", {"title": ""}, "/title"),
        ("setTitle", {"title": {"text": "About RAG"}}, "/title"),
    ],
)
async def test_assistant_thread_fields_are_checked(workspace, method, args, pointer):
    ben = workspace.as_user("U02BEN")
    place = {"channel_id": "D02BEN", "thread_ts": await ben.post(await ben.dm(), "Hello")}
    refused = await workspace.api(f"assistant.threads.{method}", **place, **args)
    assert (refused["error"], refused["errors"][0]["pointer"]) == ("invalid_arguments", pointer)
    full = {"status": "", "prompts": [PROMPT] * 4, "title": "RAG", "loading_messages": ["Reading"] * 10}
    assert (await workspace.api(f"assistant.threads.{method}", **place, **full))["ok"]
