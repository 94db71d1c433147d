"""Signed HTTP requests instead of envelopes, for apps that listen on a request URL."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.workspace.running import RunningWorkspace, running_workspace
from tests.workspace.visitor import ActionRefused

Answer = Callable[[web.Request, str], web.Response]


class Listener:
    """An app's request URL: records the requests and responds as the test defines."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.arrived: asyncio.Queue[tuple[web.Request, str]] = asyncio.Queue()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        self.arrived.put_nowait((request, body))
        return self.answer(request, body)

    async def next(self) -> tuple[web.Request, str]:
        async with asyncio.timeout(5):
            return await self.arrived.get()


@contextlib.asynccontextmanager
async def run_listener(answer: Answer, **options) -> AsyncIterator[tuple[RunningWorkspace, Listener]]:
    listener = Listener(answer)
    application = web.Application()
    application.router.add_post("/slack/events", listener.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        async with running_workspace(request_url=url, **options) as workspace:
            yield workspace, listener
    finally:
        await runner.cleanup()


def respond_ok(request, body):
    return web.Response()


async def test_events_carry_slacks_signature():
    async with run_listener(respond_ok) as (workspace, listener):
        await workspace.as_user("U02BEN").post("C02PROJECTS", "Bonjour, ça va?")
        request, body = await listener.next()
        assert SignatureVerifier(workspace.signing_secret).is_valid_request(body, dict(request.headers))
        assert json.loads(body)["event"]["text"] == "Bonjour, ça va?"
        await workspace.wait_quiet()
        assert (await workspace.events())[0]["acked"]


async def test_a_refused_event_is_retried_three_times():
    def refuse(request, body):
        return web.Response(status=500)

    async with run_listener(refuse, retry_seconds=(0.0, 0.0, 0.0)) as (workspace, listener):
        await workspace.send_event({"type": "app_mention"})
        headers = [(await listener.next())[0].headers for _ in range(4)]
        assert [header.get("X-Slack-Retry-Num") for header in headers] == [None, "1", "2", "3"]
        assert [header.get("X-Slack-Retry-Reason") for header in headers[1:]] == ["http_error"] * 3
        await workspace.wait_quiet()
        assert (await workspace.events())[0]["given_up"]


async def test_response_bodies_to_events_are_ignored():
    def gibberish(request, body):
        return web.Response(body=b"\xff\xfe\x00", headers={"Content-Type": "text/plain; charset=klingon"})

    async with run_listener(gibberish) as (workspace, _):
        await workspace.send_event({"type": "app_mention"})
        await workspace.wait_quiet()
        assert (await workspace.events())[0]["acked"]


async def test_an_event_is_retried_after_a_broken_response():
    def break_off(request, body):
        return web.Response(body=b"not zipped", headers={"Content-Encoding": "gzip"})

    async with run_listener(break_off, retry_seconds=(0.0,)) as (workspace, listener):
        await workspace.send_event({"type": "app_mention"})
        reasons = [(await listener.next())[0].headers.get("X-Slack-Retry-Reason") for _ in range(2)]
        assert reasons == [None, "connection_failed"]
        await workspace.wait_quiet()
        assert (await workspace.events())[0]["given_up"]


@pytest.mark.parametrize("reply", [b"\xff\xfe", b'{"text": "\xff"}'])
async def test_an_undecodable_command_response_is_reported(reply):
    def answer(request, body):
        return web.Response(body=reply)

    async with run_listener(answer) as (workspace, _):
        with pytest.raises(ActionRefused, match="couldn't do that"):
            await workspace.as_user("U02BEN").command("/pmo help")
        assert (await workspace.events())[0]["given_up"]


async def test_the_no_retry_header_stops_retries():
    def no_more(request, body):
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async with run_listener(no_more, retry_seconds=(0.0,)) as (workspace, listener):
        await workspace.send_event({"type": "app_mention"})
        await listener.next()
        await workspace.wait_quiet()
        assert listener.arrived.empty()


async def test_commands_arrive_as_forms_with_responses():
    def answer(request, body):
        return web.Response(text=f"You wrote {parse_qs(body)['text'][0]}")

    async with run_listener(answer) as (workspace, listener):
        ben = workspace.as_user("U02BEN")
        await ben.command("/pmo-request health-check")
        assert (await ben.wait_message("You wrote health-check"))["ephemeral"]
        request, body = await listener.next()
        assert request.content_type == "application/x-www-form-urlencoded"
        assert parse_qs(body)["command"] == ["/pmo-request"]


async def test_interactions_arrive_as_a_payload_field():
    async with run_listener(respond_ok) as (workspace, listener):
        ben = workspace.as_user("U02BEN")
        await ben.shortcut("ask_help")
        _, body = await listener.next()
        payload = json.loads(parse_qs(body)["payload"][0])
        assert (payload["type"], payload["callback_id"]) == ("shortcut", "ask_help")


async def test_failing_or_missing_apps_are_reported():
    def refuse(request, body):
        return web.Response(status=503)

    async with run_listener(refuse) as (workspace, _):
        with pytest.raises(ActionRefused, match="responded with status 503"):
            await workspace.as_user("U02BEN").command("/pmo help")
    async with running_workspace(request_url="http://127.0.0.1:9/slack/events") as workspace:
        with pytest.raises(ActionRefused, match="Can't reach"):
            await workspace.as_user("U02BEN").command("/pmo help")
