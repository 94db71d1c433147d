"""Half-sent, endless and too many requests are dropped, and keep nobody else waiting."""

import asyncio
import contextlib
import gzip
import logging
import socket
from collections.abc import Awaitable, Callable

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.http_endpoint import HttpLimits
from bot.refusal_log import RefusalLog
from bot.signed_requests import JSON_TYPE
from foundation.telemetry import REGISTRY
from tests.bot.http_requests import Client, Endpoint, format_event, format_request, open_test_endpoint, sign

MENTION = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_mention", "user": "U1", "text": "Hello"}}
WHOLE = format_event(MENTION)
HALF_HEADERS, HALF_BODY = WHOLE[:40], WHOLE[:-10]
HASTY = HttpLimits(header_seconds=0.05, body_seconds=0.05)


def build_bolt(answer: Callable[[], Awaitable[None]]) -> AsyncApp:
    """An app that calls `answer` before it acknowledges a mention."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U0", bot_id="B1", bot_token="xoxb-1")

    async def middleware(next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 (Bolt's name)
        await answer()
        await next()

    async def finish() -> None:
        """Acknowledged."""

    bolt = AsyncApp(signing_secret="unused", authorize=authorize)
    bolt.event("app_mention", middleware=[middleware])(finish)
    return bolt


async def answer_at_once() -> None:
    """Nothing to wait for."""


@pytest.fixture
def bolt() -> AsyncApp:
    return build_bolt(answer_at_once)


async def test_signed_request_is_answered(bolt: AsyncApp) -> None:
    async with open_test_endpoint(bolt) as endpoint:
        assert await endpoint.request(WHOLE) == 200


@pytest.mark.parametrize("part", [b"", HALF_HEADERS])
async def test_connection_without_whole_headers_is_dropped(bolt: AsyncApp, part: bytes) -> None:
    async with open_test_endpoint(bolt, HASTY) as endpoint:
        assert await (await endpoint.connect(part)).read_to_end() == b""
        assert await endpoint.request(WHOLE) == 200


async def test_half_sent_body_is_dropped(bolt: AsyncApp) -> None:
    async with open_test_endpoint(bolt, HASTY) as endpoint:
        assert await endpoint.request(HALF_BODY) == 408
        assert await endpoint.request(WHOLE) == 200


async def test_dripping_body_is_dropped(bolt: AsyncApp) -> None:
    """Each further byte doesn't buy further time."""
    async with open_test_endpoint(bolt, HASTY) as endpoint:
        client = await endpoint.connect(HALF_BODY)
        answer = asyncio.create_task(client.read_status())
        for _ in range(9):
            await client.send(b" ")
            await asyncio.wait([answer], timeout=0.01)
        assert await answer == 408


@pytest.mark.parametrize("part", [b"", HALF_HEADERS, HALF_BODY])
async def test_half_sent_requests_keep_nobody_waiting(
    bolt: AsyncApp, part: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten times as many connections as there is room for, and time enough for all of them."""
    async with open_test_endpoint(bolt, HttpLimits(connections=4)) as endpoint:
        halves = [await endpoint.connect(part) for _ in range(40)]
        for _ in range(5):
            assert await endpoint.request(WHOLE) == 200
        assert await asyncio.gather(*(half.read_to_end() for half in halves[:-4])) == [b""] * 36
    assert len(caplog.records) == 1  # and a flood doesn't fill the log
    assert "More than 4 connections at once" in caplog.text


class Gate:
    """Requests wait behind it until it's opened."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[None] = asyncio.Queue()
        self.opened = asyncio.Event()

    async def wait(self) -> None:
        self.arrived.put_nowait(None)
        await self.opened.wait()

    async def fill(self, endpoint: Endpoint, count: int) -> list[Client]:
        clients = [await endpoint.connect(WHOLE) for _ in range(count)]
        for _ in clients:
            await self.arrived.get()
        return clients


async def test_connection_too_many_is_refused_and_harms_nobody() -> None:
    gate = Gate()
    async with open_test_endpoint(build_bolt(gate.wait), HttpLimits(connections=2)) as endpoint:
        served = await gate.fill(endpoint, 2)
        assert await endpoint.request(WHOLE) == 0
        gate.opened.set()
        assert [await client.read_status() for client in served] == [200, 200]
        assert await endpoint.request(WHOLE) == 200


async def test_whole_requests_are_answered_before_the_end() -> None:
    gate = Gate()
    async with open_test_endpoint(build_bolt(gate.wait)) as endpoint:
        [client] = await gate.fill(endpoint, 1)
        asyncio.get_running_loop().call_soon(gate.opened.set)
    assert await client.read_status() == 200


async def test_half_sent_request_does_not_delay_the_end(bolt: AsyncApp) -> None:
    loop = asyncio.get_running_loop()
    async with open_test_endpoint(bolt, HttpLimits(header_seconds=1000, body_seconds=1000)) as endpoint:
        await endpoint.connect(HALF_HEADERS)
        await endpoint.connect(HALF_BODY)
        assert await endpoint.request(WHOLE) == 200
        began = loop.time()
    assert loop.time() - began < 10


@pytest.mark.parametrize("steps", range(8))
async def test_connection_that_comes_at_the_end_is_closed(bolt: AsyncApp, steps: int) -> None:
    """However far the event loop got with it before the server stops."""
    with socket.socket() as late:
        async with open_test_endpoint(bolt, HttpLimits(header_seconds=1000)) as endpoint:
            late.connect(endpoint.address)
            for _ in range(steps):
                await asyncio.sleep(0)
        late.settimeout(10)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.to_thread(late.recv, 1) == b""


@pytest.mark.parametrize("extra", [1, 3_000_000])
async def test_body_over_the_limit_is_refused(bolt: AsyncApp, extra: int, caplog: pytest.LogCaptureFixture) -> None:
    limit = HttpLimits().body_bytes
    async with open_test_endpoint(bolt) as endpoint:
        fitting, over = b"a" * limit, b"a" * (limit + extra)
        assert await endpoint.request(format_request(fitting, sign(fitting))) == 400  # it's read, and no JSON
        assert await endpoint.request(format_request(over, sign(over))) == 413
    assert "body is too large" in caplog.text
    assert "aaa" not in caplog.text


async def test_compressed_body_is_not_unpacked(bolt: AsyncApp) -> None:
    packed = gzip.compress(b" " * 10_000_000)
    headers = {"Content-Type": JSON_TYPE, "Content-Encoding": "gzip"}
    async with open_test_endpoint(bolt) as endpoint:
        assert await endpoint.request(format_request(packed, headers)) == 401


async def test_what_is_not_http_is_logged_without_content(bolt: AsyncApp, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_test_endpoint(bolt) as endpoint:
        assert await endpoint.request(b"POST /slack/events HTTP/1.1\r\nnarwhal\x00: narwhal\r\n\r\n") == 400
        assert await endpoint.request(b"\x16\x03\x01narwhal\r\n\r\n") == 400
        assert (
            await endpoint.request(b"POST /slack/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n")
            == 400
        )
    assert "narwhal" not in caplog.text
    assert "it isn't valid HTTP" in caplog.text


def count_refusals(status: str) -> float:
    return REGISTRY.get_sample_value("pmo_http_refusals_total", {"status": status}) or 0


async def test_flood_of_refused_requests_is_counted_in_few_lines(
    bolt: AsyncApp, caplog: pytest.LogCaptureFixture
) -> None:
    unsigned, malformed = count_refusals("401"), count_refusals("400")
    async with open_test_endpoint(bolt) as endpoint:
        for _ in range(30):
            assert await endpoint.request(format_request(b"{}", {"Content-Type": JSON_TYPE})) == 401
        for _ in range(20):
            assert await endpoint.request(b"narwhal\x00: narwhal\r\n\r\n") == 400
    assert caplog.messages == [
        "Refused a request from 127.0.0.1: its signature is missing, old or wrong.",
        "Refused 49 more within a minute: 29 because its signature is missing, old or wrong; "
        "20 because it isn't valid HTTP.",
    ]
    assert (count_refusals("401") - unsigned, count_refusals("400") - malformed) == (30, 20)


async def test_refusals_are_logged_once_a_minute(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[Callable[[], None]] = []
    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", lambda seconds, end: timers.append(end) or seconds)
    refusals = RefusalLog(logging.getLogger("refusals"))
    for _ in range(3):
        refusals.note("192.0.2.1", "it's wrong")
    timers[0]()
    timers[1]()
    refusals.note("192.0.2.2", "it's wrong")
    assert caplog.messages == [
        "Refused a request from 192.0.2.1: it's wrong.",
        "Refused 2 more within a minute: 2 because it's wrong.",
        "Refused a request from 192.0.2.2: it's wrong.",
    ]
