"""Whatever form a person's words take, they are read once: with a file, edited, sent to the channel as well, twice."""

from typing import Any

import pytest

from tests.conversations.conftest import Office
from tests.conversations.service_desk import perform_action, request_service, wait_own_card, wait_triage_card
from tests.workspace.filling import read_text
from tests.workspace.visitor import Visitor

QUESTION = "how long does a health check take?"
ANSWER = "10 business days"
ONLY_WORDS = "I can't open files, so I read only your words."
PICTURE = {"id": "F1", "name": "line.png", "permalink": "https://example.slack.com/files/U02BEN/F1/line.png"}
Json = dict[str, Any]


def build_event(office: Office, person: Visitor, channel: str, text: str, **more: Any) -> Json:
    """A message as Slack sends it."""
    ts = office.workspace.server.hub.clock.new_timestamp()
    kind = "im" if channel.startswith("D") else "channel"
    place = {"type": "message", "channel": channel, "channel_type": kind}
    return place | {"user": person.user, "text": text, "ts": ts, "event_ts": ts} | more


async def build_mention(office: Office, person: Visitor, text: str, **more: Any) -> Json:
    """A mention in a channel, of a message that is there; the workspace sends no event for it by itself."""
    bot, ts = office.workspace.server.hub.state.app.bot_user_id, await person.post("C07ASK", text)
    given = {"type": "app_mention", "ts": ts, "event_ts": ts} | more
    return build_event(office, person, "C07ASK", f"<@{bot}> {text}", **given)


def edit(event: Json, text: str, before: str) -> Json:
    """The event that Slack sends when somebody edits the message."""
    kept = {name: value for name, value in event.items() if name not in ("channel", "channel_type", "event_ts")}
    edited = {"user": event["user"], "ts": f"{float(event['ts']) + 60:.6f}"}
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": event["channel"],
        "channel_type": event["channel_type"],
        "ts": edited["ts"],
        "event_ts": edited["ts"],
        "message": kept | {"type": "message", "text": text, "edited": edited},
        "previous_message": kept | {"type": "message", "text": before},
    }


async def wait_settled(office: Office) -> None:
    """Return when everything sent so far is answered. What a person asks next waits for what they asked before."""
    await office.workspace.wait_quiet()
    await office.ada.command("/pmo help")
    await office.ada.wait_message("mention me in a channel")


async def count_answers(office: Office) -> int:
    calls = await office.workspace.calls("chat.postMessage")
    return sum(ANSWER in read_text(call["args"]) for call in calls)


async def test_reply_with_a_file_answers_the_request(office: Office) -> None:
    await request_service(office, office.ben)
    card = await wait_triage_card(office.wei)
    assert await perform_action(office.wei, card, "Ask the requester", comment="Which budget line pays for it?") == {}
    asked = await wait_own_card(office.ben, 1, "Answer")
    place = {"thread_ts": asked["ts"], "subtype": "file_share", "files": [PICTURE]}
    await office.workspace.send_event(
        build_event(office, office.ben, asked["channel"], "Line 4711, see the picture.", **place)
    )
    confirmed = await office.ben.wait_message("I've passed your answer on to the PMO.")
    assert "I can't pass on “line.png”" in read_text(confirmed)
    notice = await office.wei.wait_message("Line 4711, see the picture.")
    assert "line.png" in read_text(notice)
    assert PICTURE["permalink"] in read_text(notice)
    await wait_own_card(office.ben, 1, "Waiting for triage")


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
async def test_peoples_own_words_are_answered(office: Office, subtype: str) -> None:
    channel = await office.ben.dm()
    await office.workspace.send_event(build_event(office, office.ben, channel, QUESTION, subtype=subtype))
    await office.ben.wait_message(ANSWER, channel=channel)


@pytest.mark.parametrize("subtype", ["channel_join", "bot_message", "message_deleted", "reminder_add", "huddle_thread"])
async def test_notices_are_no_questions(office: Office, subtype: str) -> None:
    channel = await office.ada.dm()
    await office.workspace.send_event(build_event(office, office.ada, channel, QUESTION, subtype=subtype))
    await wait_settled(office)
    assert await count_answers(office) == 0


async def test_question_with_a_file_is_answered_by_its_words(office: Office) -> None:
    await office.workspace.send_event(await build_mention(office, office.ada, QUESTION, files=[PICTURE]))
    answer = await office.ben.wait_message(ANSWER)
    assert ONLY_WORDS in read_text(answer)


async def test_file_without_words_is_met_with_what_is_needed(office: Office) -> None:
    channel = await office.ben.dm()
    event = build_event(office, office.ben, channel, "", subtype="file_share", files=[PICTURE])
    await office.workspace.send_event(event)
    await office.ben.wait_message("I don't know what's in “line.png”. Write what you'd like to know", channel=channel)


async def test_file_of_a_hostile_name_mentions_nobody(office: Office) -> None:
    channel = await office.ben.dm()
    files = [{"id": "F1", "name": "<!channel>.png"}]
    await office.workspace.send_event(build_event(office, office.ben, channel, "", subtype="file_share", files=files))
    assert "<!channel>" not in str(await office.ben.wait_message("I can't open files", channel=channel))


async def test_edited_message_that_now_mentions_the_bot_is_answered_once(office: Office) -> None:
    event = await build_mention(office, office.ada, QUESTION, type="message")
    changed = edit(event, event["text"], QUESTION)
    await office.workspace.send_event(changed)
    await office.workspace.send_event(event | {"type": "app_mention", "edited": changed["message"]["edited"]})
    await office.ben.wait_message(ANSWER)
    await office.workspace.send_event(edit(event, event["text"] + " Thanks!", event["text"]))
    await wait_settled(office)
    assert await count_answers(office) == 1


async def test_editing_an_answered_question_brings_no_second_answer(office: Office) -> None:
    event = await build_mention(office, office.ada, QUESTION)
    await office.workspace.send_event(event)
    await office.ben.wait_message(ANSWER)
    edited = {"user": "U01ADA", "ts": f"{float(event['ts']) + 60:.6f}"}
    await office.workspace.send_event(event | {"text": event["text"] + " please", "edited": edited})
    await office.workspace.send_event(edit(event | {"channel_type": "channel"}, event["text"] + "!", event["text"]))
    await wait_settled(office)
    assert await count_answers(office) == 1


async def test_edit_long_after_the_question_brings_no_answer(office: Office) -> None:
    event = await build_mention(office, office.ada, QUESTION)
    late = {"user": "U01ADA", "ts": f"{float(event['ts']) + 40 * 86_400:.6f}"}
    await office.workspace.send_event(event | {"edited": late})
    await wait_settled(office)
    assert await count_answers(office) == 0


@pytest.mark.parametrize("kinds", [("message", "app_mention"), ("app_mention", "message"), ("app_mention",) * 2])
async def test_message_that_arrives_as_two_events_is_answered_once(office: Office, kinds: tuple[str, ...]) -> None:
    channel = await office.ada.dm()
    event = build_event(office, office.ada, channel, QUESTION)
    for kind in kinds:
        await office.workspace.send_event(event | {"type": kind})
    await office.ada.wait_message(ANSWER, channel=channel)
    await wait_settled(office)
    assert await count_answers(office) == 1
