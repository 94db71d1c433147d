"""What people write: files, replies sent to the channel, /me, edits and deletions, and the events for them."""

import pytest

from tests.workspace.acting import acknowledge_action
from tests.workspace.visitor import ActionRefused

NOTE = {"note.txt": b"Minutes of the board"}
MENTION = "<@U00PMOBOT>"


async def test_a_message_with_a_file_is_a_file_share(workspace, app):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "Have a look", files=NOTE)
    event = (await app.event("message"))["event"]
    assert (event["subtype"], event["text"], event["ts"], event["user"]) == ("file_share", "Have a look", ts, "U02BEN")
    (file,) = event["files"]
    assert (file["name"], file["mimetype"], file["size"]) == ("note.txt", "text/plain", 20)
    shared = (await app.event("file_shared"))["event"]
    assert (shared["file_id"], shared["user_id"], shared["channel_id"]) == (file["id"], "U02BEN", "C02PROJECTS")
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with workspace.session.get(file["url_private"], headers=headers) as response:
        assert await response.read() == NOTE["note.txt"]


async def test_a_file_needs_no_words(workspace, app):
    ben = workspace.as_user("U02BEN")
    await ben.post(await ben.dm(), "", files=NOTE)
    event = (await app.event("message"))["event"]
    assert (event["subtype"], event["channel_type"], event["text"]) == ("file_share", "im", "")
    with pytest.raises(ActionRefused, match="no_text"):
        await ben.post("C02PROJECTS", " ")


async def test_a_mention_with_a_file_carries_it_without_a_subtype(workspace, app):
    await workspace.as_user("U02BEN").post("C02PROJECTS", "@PMO Assistant what is this?", files=NOTE)
    event = (await app.event("app_mention"))["event"]
    assert event["files"][0]["name"] == "note.txt"
    assert "subtype" not in event


async def test_a_file_in_a_shared_channel_must_be_looked_up(workspace, app):
    await workspace.as_user("U07OLGA").post("C08PARTNERS", "See this", files=NOTE)
    (file,) = (await app.event("message"))["event"]["files"]
    assert (file["file_access"], file["mode"]) == ("check_file_info", "file_access")
    assert "url_private" not in file
    assert (await workspace.api("files.info", file=file["id"]))["file"]["name"] == "note.txt"


async def test_only_ones_own_uploads_can_be_attached(workspace):
    file_id = await workspace.as_user("U01ADA").upload("note.txt", b"Ada's")
    with pytest.raises(ActionRefused, match="file_not_found"):
        await workspace.as_user("U02BEN")._do("post", channel="C02PROJECTS", text="Mine", files=[file_id])


async def test_a_reply_can_also_go_to_the_channel(workspace, app):
    ben, wei = workspace.as_user("U02BEN"), workspace.as_user("U03WEI")
    root = await ben.post("C02PROJECTS", "When do we meet?")
    await app.event("message")
    ts = await wei.post("C02PROJECTS", "On Monday @PMO Assistant", root, broadcast=True)
    event, mention = (await app.event("message"))["event"], (await app.event("app_mention"))["event"]
    assert (event["subtype"], event["thread_ts"], event["root"]["ts"]) == ("thread_broadcast", root, root)
    assert (mention["subtype"], mention["thread_ts"]) == ("thread_broadcast", root)
    assert ts in [message["ts"] for message in await ben.messages("C02PROJECTS")]
    assert ts in [message["ts"] for message in await ben.messages("C02PROJECTS", thread_ts=root)]


async def test_me_is_a_message_about_oneself(workspace, app):
    ben = workspace.as_user("U02BEN")
    await ben.command("/me asks @PMO Assistant for help", channel="C02PROJECTS")
    event = (await app.event("message"))["event"]
    assert (event["subtype"], event["text"]) == ("me_message", f"asks {MENTION} for help")
    assert (await app.event("app_mention"))["event"]["user"] == "U02BEN"


async def test_an_edit_sends_the_message_before_and_after(workspace, app):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "Helo")
    await app.event("message")
    await ben.edit("C02PROJECTS", ts, "Hello")
    event = (await app.event("message"))["event"]
    assert (event["subtype"], event["message"]["text"], event["previous_message"]["text"]) == (
        *("message_changed", "Hello", "Helo"),
    )
    assert event["message"]["edited"]["user"] == "U02BEN"
    assert "edited" not in event["previous_message"]
    assert event["message"]["ts"] == ts != event["ts"]
    assert (await ben.messages("C02PROJECTS"))[-1]["edited"]["user"] == "U02BEN"


async def test_every_edit_of_a_message_with_a_mention_is_an_edited_mention(workspace, app):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "What is RAG?")
    await ben.edit("C02PROJECTS", ts, "@PMO Assistant what is RAG?")
    first = (await app.event("app_mention"))["event"]
    assert (first["ts"], first["text"], first["edited"]["user"]) == (ts, f"{MENTION} what is RAG?", "U02BEN")
    assert first["event_ts"] != ts
    await ben.edit("C02PROJECTS", ts, "@PMO Assistant what is a RAG status?")
    assert (await app.event("app_mention"))["event"]["text"] == f"{MENTION} what is a RAG status?"


async def test_an_edit_that_changes_nothing_sends_nothing(workspace, app):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "@PMO Assistant hello")
    await ben.edit("C02PROJECTS", ts, "@PMO Assistant hello")
    await ben.post("C02PROJECTS", "Next")
    texts = [(await app.event("message"))["event"].get("text") for _ in range(2)]
    assert texts == [f"{MENTION} hello", "Next"]


async def test_people_change_only_their_own_messages(workspace):
    ben, wei = workspace.as_user("U02BEN"), workspace.as_user("U03WEI")
    ts = await ben.post("C02PROJECTS", "Mine")
    with pytest.raises(ActionRefused, match="cant_update_message"):
        await wei.edit("C02PROJECTS", ts, "Mine now")
    with pytest.raises(ActionRefused, match="cant_update_message"):
        await wei.delete("C02PROJECTS", ts)


async def test_a_deleted_message_is_gone_and_the_app_hears_of_it(workspace, app):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "Oops")
    await app.event("message")
    await ben.delete("C02PROJECTS", ts)
    event = (await app.event("message"))["event"]
    assert (event["subtype"], event["deleted_ts"], event["previous_message"]["text"]) == ("message_deleted", ts, "Oops")
    assert ts not in [message["ts"] for message in await ben.messages("C02PROJECTS")]
    with pytest.raises(ActionRefused, match="message_not_found"):
        await ben.edit("C02PROJECTS", ts, "Back again")


async def test_a_message_shortcut_carries_the_message_and_a_response_url(workspace, app):
    wei = workspace.as_user("U03WEI")
    await workspace.as_user("U02BEN").post("C02PROJECTS", "Please help", files=NOTE)
    message = await wei.wait_message("Please help")
    payload, _ = await acknowledge_action(app, wei.shortcut("make_request", "C02PROJECTS", message))
    assert (payload["type"], payload["callback_id"], payload["channel"]["id"]) == (
        *("message_action", "make_request", "C02PROJECTS"),
    )
    assert payload["message"]["files"][0]["name"] == "note.txt"
    assert payload["trigger_id"]
    async with workspace.session.post(payload["response_url"], json={"text": "Done"}) as response:
        assert response.status == 200
    assert (await wei.wait_message("Done"))["ephemeral"]
