"""Load: many events and calls at once, in a workspace with a long history."""

import asyncio
import time

from tests.workspace.raw_app import connected_app
from tests.workspace.running import running_workspace

EVENTS = 2_000
MESSAGES = 500


async def test_2000_events_are_delivered_and_acknowledged(workspace, app):
    sent = asyncio.create_task(workspace.send_event({"type": "app_mention", "text": "hello"}, times=EVENTS))
    got = [(await app.event("app_mention"))["event_id"] for _ in range(EVENTS)]
    assert got == await sent
    await workspace.wait_quiet()
    assert {event["attempts"] for event in (await workspace.control("events", limit="5000"))["events"]} == {1}


async def test_a_long_history_keeps_calls_fast(tmp_path):
    async with running_workspace(data=tmp_path) as workspace, connected_app(workspace):
        state = workspace.server.hub.state
        for number in range(50_000):
            state.save_message(
                "C02PROJECTS",
                {"type": "message", "ts": state.clock.new_timestamp(), "text": str(number), "user": "U02BEN"},
            )
        began = time.perf_counter()
        for batch in range(MESSAGES // 50):
            calls = [workspace.api("chat.postMessage", channel="C02PROJECTS", text=f"{batch}") for _ in range(50)]
            assert all(body["ok"] for body in await asyncio.gather(*calls))
        page = await workspace.api("conversations.history", channel="C02PROJECTS", limit=1)
        assert page["has_more"]
        # The limit is generous because the machine may be busy. Scanning the whole history on every call takes many
        # times as long.
        assert time.perf_counter() - began < 20
