"""Socket Mode: acknowledgements, retries, several connections, and connections that break."""

import asyncio
import contextlib

import pytest
from aiohttp import WSServerHandshakeError

from tests.workspace.raw_app import connected_app
from tests.workspace.running import running_workspace
from tests.workspace.visitor import ActionRefused

QUICK = {"ack_seconds": 0.05, "retry_seconds": (0.0, 0.01, 0.02)}
EVENT = {"type": "app_mention", "text": "hello"}


async def test_a_socket_url_opens_one_connection(workspace):
    address = (await workspace.api("apps.connections.open", token=workspace.app_token))["url"]
    async with workspace.session.ws_connect(address) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"]["app_id"] == "A00PMO"
        with pytest.raises(WSServerHandshakeError):
            await workspace.session.ws_connect(address)


async def test_an_acknowledged_event_is_not_sent_again(workspace, app):
    [event_id] = await workspace.send_event(EVENT)
    payload = await app.event("app_mention")
    assert payload["event_id"] == event_id
    await workspace.wait_quiet()
    [sent] = await workspace.events()
    assert (sent["id"], sent["attempts"], sent["acked"]) == (event_id, 1, True)
    assert sent["ack_ms"] >= 0


async def test_an_unacknowledged_event_is_retried_three_times():
    async with running_workspace(**QUICK) as workspace, connected_app(workspace) as app:
        await workspace.send_event(EVENT)
        envelopes = [await app.envelope() for _ in range(4)]
        assert [envelope["retry_attempt"] for envelope in envelopes] == [0, 1, 2, 3]
        assert [envelope["retry_reason"] for envelope in envelopes] == ["", "timeout", "timeout", "timeout"]
        assert len({envelope["payload"]["event_id"] for envelope in envelopes}) == 1
        await workspace.wait_quiet()
        assert (await workspace.events())[0]["given_up"]


async def test_a_late_acknowledgement_still_counts():
    once = {"ack_seconds": 0.05, "retry_seconds": (0.0, 600.0)}
    async with running_workspace(**once) as workspace, connected_app(workspace) as app:
        await workspace.send_event(EVENT)
        first, again = await app.envelope(), await app.envelope()
        await app.ack(first)
        await workspace.wait_quiet()
        assert (await workspace.events())[0]["acked"]
        await app.ack(again)


async def test_events_are_spread_over_the_connections(workspace):
    async with connected_app(workspace) as one, connected_app(workspace) as two:
        ids = await workspace.send_event(EVENT, times=4)
        got = [(await app.event("app_mention"))["event_id"] for app in (one, one, two, two)]
        assert sorted(got) == sorted(ids)


async def test_an_eleventh_connection_is_refused(workspace):
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(connected_app(workspace))
        opened = await workspace.api("apps.connections.open", token=workspace.app_token)
        async with workspace.session.ws_connect(opened["url"]) as socket:
            assert (await socket.receive_json())["reason"] == "too_many_websockets"


async def test_draining_connections_leave_room_for_new(workspace):
    async with contextlib.AsyncExitStack() as stack:
        old = [await stack.enter_async_context(connected_app(workspace)) for _ in range(10)]
        await workspace.disconnect()
        assert [(await app.frame())["type"] for app in old] == ["disconnect"] * 10
        for _ in range(10):
            await stack.enter_async_context(connected_app(workspace))


async def test_unacknowledged_envelopes_move_to_the_next_connection(workspace):
    async with connected_app(workspace) as app:
        await workspace.send_event(EVENT)
        first = await app.envelope()
        await workspace.drop_sockets()
        assert await app.closed()
    async with connected_app(workspace) as app:
        again = await app.envelope()
        assert again["payload"]["event_id"] == first["payload"]["event_id"]
        assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_failed")


@pytest.mark.parametrize("nonsense", ["x", "[]", "[" * 100_000, '{"envelope_id": {}}', '{"envelope_id": "\\ud800"}'])
async def test_nonsense_keeps_the_socket_open(workspace, app, nonsense):
    await app.socket.send_str(nonsense)
    await workspace.send_event(EVENT)
    await app.event("app_mention")


async def test_events_wait_for_an_app_that_is_away(workspace):
    ids = await workspace.send_event(EVENT, times=3)
    async with connected_app(workspace) as app:
        assert [(await app.event("app_mention"))["event_id"] for _ in range(3)] == ids


async def test_the_waiting_events_are_limited():
    async with running_workspace(waiting_events=2) as workspace:
        ids = await workspace.send_event(EVENT, times=3)
        async with connected_app(workspace) as app:
            assert [(await app.event("app_mention"))["event_id"] for _ in range(2)] == ids[1:]


async def test_a_draining_connection_may_only_acknowledge(workspace):
    async with connected_app(workspace) as old:
        await workspace.send_event(EVENT)
        pending = await old.envelope()
        await workspace.disconnect()
        assert (await old.envelope("disconnect"))["reason"] == "refresh_requested"
        await workspace.send_event(EVENT)
        async with connected_app(workspace) as new:
            await new.event("app_mention")
            await old.ack(pending)
            await workspace.wait_quiet()
        assert [event["attempts"] for event in await workspace.events()] == [1, 1]


async def test_an_unanswered_command_times_out_visibly():
    async with running_workspace(ack_seconds=0.05) as workspace, connected_app(workspace):
        with pytest.raises(ActionRefused, match="didn't respond in time"):
            await workspace.as_user("U02BEN").command("/pmo help")


async def test_a_command_without_app_fails_immediately(workspace):
    with pytest.raises(ActionRefused, match="isn't connected"):
        await workspace.as_user("U02BEN").command("/pmo help")


async def test_a_command_waits_for_a_reconnecting_app(workspace):
    ben = workspace.as_user("U02BEN")
    async with connected_app(workspace):
        await workspace.drop_sockets()
        await workspace.wait_disconnected()
        asked = asyncio.create_task(ben.command("/pmo help"))
        async with connected_app(workspace) as app:
            envelope, payload = await app.interaction("slash_commands")
            assert payload["text"] == "help"
            await app.ack(envelope)
            await asked


async def test_pages_show_when_the_app_connects(workspace):
    ada = workspace.as_user("U01ADA")
    assert not (await ada.wait_frame(("app",), lambda frame: True))["connected"]
    async with connected_app(workspace):
        assert (await ada.wait_frame(("app",), lambda frame: True))["connected"]
    await ada.wait_frame(("app",), lambda frame: not frame["connected"])


async def test_nonsense_frames_are_ignored(workspace, app):
    await app.socket.send_str("not json")
    await app.socket.send_str("[]")
    await app.ack({"envelope_id": "unknown"})
    await workspace.send_event(EVENT)
    assert await app.event("app_mention")
