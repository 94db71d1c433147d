"""Optional rate limits, and faults on demand."""

import asyncio

import aiohttp
import pytest

from tests.workspace.raw_app import connected_app
from tests.workspace.running import running_workspace
from workspace.clock import MessageClock


async def call_status(workspace, method, **args):
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with workspace.session.post(f"{workspace.api_url}{method}", json=args, headers=headers) as response:
        return response.status, response.headers.get("Retry-After")


async def test_calls_are_unlimited_without_strict_rates(workspace):
    assert {(await call_status(workspace, "users.list"))[0] for _ in range(30)} == {200}


async def test_calls_beyond_the_tier_get_retry_after():
    clock = MessageClock(lambda: 1_800_000_000.0)
    async with running_workspace(strict_rates=True, clock=clock) as workspace:
        assert {(await call_status(workspace, "users.list"))[0] for _ in range(20)} == {200}
        code, wait = await call_status(workspace, "users.list")
        assert (code, 60 <= int(wait) <= 61) == (429, True)
        assert (await workspace.api("users.list"))["error"] == "ratelimited"
        clock.now = lambda: 1_800_000_061.0
        assert (await call_status(workspace, "users.list"))[0] == 200


async def test_messages_are_limited_per_channel_and_workspace():
    clock = MessageClock(lambda: 1_800_000_000.0)
    async with running_workspace(strict_rates=True, messages_per_minute=8, clock=clock) as workspace:

        async def post(channel):
            return (await call_status(workspace, "chat.postMessage", channel=channel, text="x"))[0]

        assert [await post("C02PROJECTS") for _ in range(6)] == [200] * 5 + [429]
        assert [await post("C01GENERAL") for _ in range(4)] == [200] * 3 + [429]


async def test_rate_limits_see_channel_names_as_ids():
    clock = MessageClock(lambda: 1_800_000_000.0)
    async with running_workspace(strict_rates=True, clock=clock) as workspace:

        async def post(channel):
            return (await call_status(workspace, "chat.postMessage", channel=channel, text="x"))[0]

        assert [await post(name) for name in ("C02PROJECTS", "projects", "#projects") * 2] == [200] * 5 + [429]
        direct = await workspace.as_user("U02BEN").dm()
        assert [await post(name) for name in (direct, "U02BEN") * 3] == [200] * 5 + [429]


async def test_an_app_may_open_all_connections_at_once():
    async with running_workspace(strict_rates=True, clock=MessageClock(lambda: 1_800_000_000.0)) as workspace:
        opened = [await workspace.api("apps.connections.open", token=workspace.app_token) for _ in range(11)]
        assert [answer.get("error") for answer in opened] == [None] * 10 + ["ratelimited"]


async def test_rate_limits_can_change_while_running(workspace):
    await workspace.control("rates", {"strict": True, "messages_per_minute": 1})
    assert [
        (await call_status(workspace, "chat.postMessage", channel="C01GENERAL", text="x"))[0] for _ in range(2)
    ] == [
        200,
        429,
    ]
    await workspace.control("rates", {"strict": False})
    assert (await call_status(workspace, "chat.postMessage", channel="C01GENERAL", text="x"))[0] == 200


async def test_call_faults_strike_as_often_as_requested(workspace):
    await workspace.faults({"kind": "status", "status": 503, "method": "auth.test", "count": 2})
    assert [(await call_status(workspace, "auth.test"))[0] for _ in range(3)] == [503, 503, 200]
    await workspace.faults({"kind": "ratelimit", "retry_after": 7, "every": 2})
    assert [await call_status(workspace, "auth.test") for _ in range(2)] == [(200, None), (429, "7")]
    await workspace.faults({"kind": "error", "error": "fatal_error", "method": "users.list"})
    assert (await workspace.api("users.list"))["error"] == "fatal_error"
    assert (await workspace.api("auth.test"))["ok"]
    await workspace.faults({"kind": "status", "probability": 0.0})
    assert (await workspace.api("auth.test"))["ok"]


async def test_a_lost_response_still_carries_out_the_call(workspace):
    ben = workspace.as_user("U02BEN")
    await workspace.faults({"kind": "lost_response", "method": "chat.postMessage", "count": 1})
    with pytest.raises(aiohttp.ClientConnectionError):
        await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Heard")
    await ben.wait_message("Heard")
    assert (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Again"))["ok"]


async def test_responses_can_be_delayed(workspace):
    await workspace.faults({"kind": "delay", "ms": 60, "method": "auth.test"})
    await workspace.api("auth.test")
    assert (await workspace.calls("auth.test"))[-1]["ms"] >= 60


async def test_a_duplicated_event_uses_two_connections(workspace):
    await workspace.faults({"kind": "duplicate_event", "event": "message"})
    async with connected_app(workspace) as one, connected_app(workspace) as two:
        await workspace.as_user("U02BEN").post("C02PROJECTS", "Once")
        first, second = await asyncio.gather(one.event("message"), two.event("message"))
        assert first["event_id"] == second["event_id"]


async def test_a_fault_cuts_the_socket_after_an_event(workspace):
    await workspace.faults({"kind": "drop_socket", "event": "message", "count": 1})
    async with connected_app(workspace) as app:
        await workspace.as_user("U02BEN").post("C02PROJECTS", "Hello")
        assert await app.closed()
    async with connected_app(workspace) as app:
        assert (await app.event("message"))["event"]["text"] == "Hello"


async def test_faults_are_checked_and_listed(workspace):
    refused = await workspace.control("faults", [{"kind": "earthquake"}])
    assert "kind must be one of" in refused["message"]
    refused = await workspace.control("faults", [{"kind": "delay", "millis": 3}])
    assert "unknown field millis" in refused["message"]
    await workspace.faults({"kind": "delay", "ms": 0})
    await workspace.api("auth.test")
    [fault] = (await workspace.control("faults"))["faults"]
    assert (fault["kind"], fault["struck"]) == ("delay", 1)


async def test_calls_are_logged_with_arguments_and_outcome(workspace):
    await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Hello")
    await workspace.api("chat.postMessage", channel="C99NOWHERE", text="Lost")
    good, bad = await workspace.calls("chat.postMessage")
    assert (good["args"]["text"], good["ok"], good["status"]) == ("Hello", True, 200)
    assert (bad["ok"], bad["error"]) == (False, "channel_not_found")


async def test_an_event_can_be_sent_again_with_its_id(workspace, app):
    ids = await workspace.send_event({"type": "app_mention"}, times=2, same_id=True)
    assert [(await app.event("app_mention"))["event_id"] for _ in range(2)] == [ids[0], ids[0]]


async def test_a_reset_restores_the_seed(workspace):
    ada = workspace.as_user("U01ADA")
    await ada.post("C02PROJECTS", "Hello")
    await workspace.faults({"kind": "status"})
    await workspace.control("reset", {})
    await ada.wait_frame(("reload",), lambda frame: True)
    assert (await workspace.api("auth.test"))["ok"]
    assert await ada.messages("C02PROJECTS") == []
    assert [message["text"] for message in await ada.messages("C01GENERAL")] == [
        "Welcome to the sample workspace of Meridian Water."
    ]
