"""Slack is away: whatever it answers then is waited out in order, and the log says so once."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web as server
from aiohttp.test_utils import TestServer
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import slack_connection
from bot.engine.availability import SlackAvailability
from bot.engine.error_policy import Disposition, decide_on_error
from bot.engine.slack_methods import POST_MESSAGE
from bot.engine.slack_people import SlackPeople
from foundation.access import PersonKind
from handlers.slack.errors import SlackUnavailable, explain_slack_error
from storage.engine.claiming import Delivery
from storage.engine.delivery_kinds import DeliveryKind
from tests.bot.conftest import Now, RunningSender
from tests.workspace.running import RunningWorkspace

ASK = "C07ASK"
BODIES: dict[str, tuple[bytes, dict[str, str]]] = {
    "text": (b"upstream connect error", {"Content-Type": "text/plain"}),
    "page": (b"<html>Bad gateway</html>", {"Content-Type": "text/html"}),
    "no JSON": (b"Internal error", {"Content-Type": "application/json"}),
    "JSON but no object": (b"[1]", {"Content-Type": "application/json"}),
    "nothing": (b"", {}),
    "damaged text": (b"\xff\xfe\xe9", {"Content-Type": "text/plain; charset=utf-8"}),
    "binary": (b"\x1f\x8b", {"Content-Type": "application/gzip"}),
    "wrong encoding": (b"plain", {"Content-Type": "text/plain", "Content-Encoding": "gzip"}),
}


@contextlib.asynccontextmanager
async def serve(status: int, body: bytes, headers: dict[str, str]) -> AsyncIterator[str]:
    """A server that gives every call this answer; its address."""

    async def answer(_: server.Request) -> server.Response:
        return server.Response(status=status, body=body, headers=headers)

    app = server.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as running:
        yield str(running.make_url("/"))


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_server_error_passes_whatever_its_body(
    http: aiohttp.ClientSession, now: Now, status: int, body: str
) -> None:
    at = now()
    delivery = Delivery("d1", DeliveryKind.POST, ASK, None, None, None, {}, 1, at, at, at, "host:1")
    async with serve(status, *BODIES[body]) as address:
        web = slack_connection.build_web_client("xoxb-1", address, http)
        with pytest.raises(SlackUnavailable) as refused:
            await web.chat_postMessage(channel=ASK, text="hello")
        with pytest.raises(SlackUnavailable) as reply:
            await AsyncWebhookClient(f"{address}secret", session=http).send_dict({"text": "hello"})
        with pytest.raises(slack_connection.SlackBusy):
            await slack_connection.identify_bot(web)
    for raised in (refused, reply):
        assert decide_on_error(delivery, raised.value).disposition is Disposition.RETRY
        assert str(raised.value) == f"HTTP status {status}"
    assert explain_slack_error(refused.value).startswith("Slack is in trouble")


async def test_answer_that_is_not_slacks_costs_no_message(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "status", "method": POST_MESSAGE, "status": 403, "count": 1})
    delivery = office.add("post", ASK, {"text": "hello"})
    await office.wait_row(delivery, lambda row: row.error == "403" and row.status == "waiting")
    office.forward(2)
    assert (await office.wait_settled(delivery)).status == "done"


async def test_person_can_be_looked_up_in_an_outage(
    workspace: RunningWorkspace, http: aiohttp.ClientSession, now: Now, caplog: pytest.LogCaptureFixture
) -> None:
    web = slack_connection.build_web_client(workspace.bot_token, workspace.api_url, http)
    people = SlackPeople(web, "T1", None, asyncio.get_running_loop(), now)
    await workspace.faults({"kind": "status", "status": 503})
    for user in ("U01ADA", "U02BEN"):
        await people.look_up_soon(user)
        assert people.recall(user) is PersonKind.UNKNOWN
    assert list_warnings(caplog) == ["Slack is unavailable"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "error", "error": "service_unavailable"},
        {"kind": "error", "error": "internal_error"},
    ],
)
async def test_waits_stay_short_in_a_long_outage(office: RunningSender, fault: dict[str, object]) -> None:
    await office.workspace.faults(fault | {"method": POST_MESSAGE})
    delivery = office.add("post", ASK, {"text": "patience"})
    for attempt in range(1, 9):
        row = await office.wait_row(delivery, lambda row, count=attempt: row.attempts == count and row.due_at)
        row = await office.wait_row(delivery, lambda row: row.status == "waiting")
        assert row.due_at is not None
        assert (row.due_at - office.now()).total_seconds() < 30
        office.forward(30)
    await office.workspace.faults()
    assert (await office.wait_settled(delivery)).status == "done"


async def test_outage_and_its_end_are_logged_once(
    office: RunningSender, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await office.workspace.faults({"kind": "status", "status": 503})
    deliveries = [office.add("post", channel, {"text": "hello"}) for channel in (ASK, "C06LEADERS", "U01ADA")]
    for attempt in range(1, 6):
        for delivery in deliveries:
            await office.wait_row(
                delivery, lambda row, count=attempt: row.attempts >= count and row.status == "waiting"
            )
        office.forward(30)
    assert list_warnings(caplog) == ["Slack is unavailable"]
    monkeypatch.setattr("bot.engine.availability.STEADY_SECONDS", 0.0)
    await office.workspace.faults()
    office.forward(30)
    for delivery in deliveries:
        await office.wait_settled(delivery)
    assert list_warnings(caplog) == ["Slack is unavailable", "Slack is available again."]


async def test_outage_is_not_over_while_some_calls_fail(caplog: pytest.LogCaptureFixture) -> None:
    availability = SlackAvailability()
    availability.report_failure("HTTP status 503")
    assert not availability.is_away, "whoever starts the bot explains it"
    availability.begin()
    for _ in range(3):
        availability.report_failure("HTTP status 503")
        availability.report_success()
    availability.report_failure("HTTP status 503")
    assert availability.is_away
    assert list_warnings(caplog) == ["Slack is unavailable"]


def list_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says, without details in brackets."""
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    return [text.partition(" (")[0] for text in said]
