"""A response_url lets an app reply to what a person did, five times within 30 minutes."""

import pytest

from tests.workspace.acting import BUTTONS, acknowledge_action, post_card
from tests.workspace.visitor import ActionRefused


async def test_a_response_url_replaces_or_deletes_the_original(workspace, app):
    wei = workspace.as_user("U03WEI")
    message = await post_card(workspace, app)
    payload, _ = await acknowledge_action(app, wei.click(message, "Accept"))
    await post_response(workspace, payload, {"replace_original": True, "text": "Accepted"})
    changed = await wei.wait_message(lambda message: message["text"] == "Accepted")
    assert changed["ts"] == message["ts"]
    assert "blocks" not in changed
    await post_response(workspace, payload, {"delete_original": True})
    await wei.wait_deleted(message["ts"])


async def post_response(workspace, payload, body):
    async with workspace.session.post(payload["response_url"], json=body) as response:
        return response.status, await response.text()


async def test_a_response_url_allows_five_uses_in_30_minutes(workspace, app):
    payload, _ = await acknowledge_action(app, workspace.as_user("U02BEN").command("/pmo x"), kind="slash_commands")
    assert [(await post_response(workspace, payload, {"text": str(n)}))[0] for n in range(5)] == [200] * 5
    status, body = await post_response(workspace, payload, {"text": "6"})
    assert (status, "used_url" in body) == (404, True)
    payload, _ = await acknowledge_action(app, workspace.as_user("U02BEN").command("/pmo x"), kind="slash_commands")
    clock = workspace.server.hub.clock
    now = clock.now()
    clock.now = lambda: now + 30 * 60 + 1
    status, body = await post_response(workspace, payload, {"text": "late"})
    assert (status, "expired_url" in body) == (404, True)


async def test_an_ephemeral_message_can_be_replaced_and_deleted(workspace, app):
    wei = workspace.as_user("U03WEI")
    await workspace.api("chat.postEphemeral", channel="C02PROJECTS", user="U03WEI", text="Sure?", blocks=BUTTONS)
    message = await wei.wait_message("Sure?")
    payload, _ = await acknowledge_action(app, wei.click(message, "Accept"))
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    await post_response(workspace, payload, {"replace_original": True, "text": "Done"})
    assert (await wei.wait_message("Done"))["ts"] == message["ts"]
    await post_response(workspace, payload, {"delete_original": True})
    await wei.wait_deleted(message["ts"])
    assert await wei.messages("C02PROJECTS") == []


async def test_a_response_url_refuses_invalid_blocks(workspace, app):
    payload, _ = await acknowledge_action(app, workspace.as_user("U02BEN").command("/pmo x"), kind="slash_commands")
    status, body = await post_response(workspace, payload, {"blocks": [{"type": "sections"}]})
    assert (status, "invalid_blocks" in body) == (400, True)
    assert "no_text" in (await post_response(workspace, payload, {}))[1]


async def test_replies_to_missing_threads_are_refused(workspace, app, caplog):
    ben = workspace.as_user("U02BEN")
    nowhere = {"text": "For you", "thread_ts": "1700000000.000100"}
    payload, _ = await acknowledge_action(app, ben.command("/pmo x"), kind="slash_commands")
    for reply in (nowhere, nowhere | {"response_type": "in_channel"}):
        status, body = await post_response(workspace, payload, reply)
        assert (status, "thread_not_found" in body) == (404, True)
        with pytest.raises(ActionRefused, match="trouble connecting"):
            await acknowledge_action(app, ben.command("/pmo x"), reply, "slash_commands")
    assert "Ignoring the app's response to /pmo: thread_not_found" in caplog.text
    refused = await workspace.api("chat.postEphemeral", channel="C02PROJECTS", user="U02BEN", **nowhere)
    assert refused["error"] == "thread_not_found"


async def test_replies_appear_in_the_parents_thread(workspace, app):
    ben = workspace.as_user("U02BEN")
    root = await ben.post("C07ASK", "Any news?")
    reply = await ben.post("C07ASK", "None", thread_ts=root)
    payload, _ = await acknowledge_action(app, ben.command("/pmo x", channel="C07ASK"), kind="slash_commands")
    for place in ({}, {"response_type": "in_channel"}):
        assert (await post_response(workspace, payload, {"text": "Some", "thread_ts": reply} | place))[0] == 200
    await workspace.api("chat.postEphemeral", channel="C07ASK", user="U02BEN", text="Some", thread_ts=reply)
    assert [message["text"] for message in await ben.messages("C07ASK", thread_ts=root)][2:] == ["Some"] * 3


async def test_a_response_url_accepts_only_objects(workspace, app):
    payload, _ = await acknowledge_action(app, workspace.as_user("U02BEN").command("/pmo x"), kind="slash_commands")
    status, body = await post_response(workspace, payload, ["For you"])
    assert (status, "invalid_payload" in body) == (400, True)
