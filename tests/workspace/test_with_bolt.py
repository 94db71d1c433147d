"""An app built with Slack's own libraries works unchanged."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.running import RunningWorkspace, running_workspace

ASK = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "Question"},
            "element": {"type": "plain_text_input", "action_id": "text", "min_length": 5},
        }
    ],
}


def small_app(workspace: RunningWorkspace) -> AsyncApp:
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    app = AsyncApp(client=client, signing_secret=workspace.signing_secret)

    @app.event("app_mention")
    async def mention(event, say):
        button = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}, "value": "7"}
        await say(text="Yes?", blocks=[{"type": "actions", "elements": [button]}], thread_ts=event["ts"])

    @app.action("more")
    async def more(ack, respond, action):
        await ack()
        await respond(text=f"More of {action['value']}", replace_original=True)

    @app.command("/pmo")
    async def pmo(ack, command, client):
        if command["text"] == "help":
            await ack("Here is help.")
            return
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=ASK)

    @app.view("ask")
    async def ask(ack, view, body, client):
        text = view["state"]["values"]["question"]["text"]["value"]
        if "secret" in text:
            await ack(response_action="errors", errors={"question": "Not about secrets."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"You asked: {text}")

    @app.event("message")
    async def message(event):
        return

    return app


@contextlib.asynccontextmanager
async def run_app(workspace: RunningWorkspace) -> AsyncIterator[AsyncApp]:
    app = small_app(workspace)
    handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=0.2)
    await handler.connect_async()
    await workspace.wait_connected()
    try:
        yield app
    finally:
        await handler.close_async()


@pytest.fixture
async def workspace() -> AsyncIterator[RunningWorkspace]:
    async with running_workspace() as running, run_app(running):
        yield running


async def test_bolt_answers_mentions_and_button_clicks(workspace):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "@PMO Assistant are you there?")
    answer = await ben.wait_message("Yes?")
    assert answer["thread_ts"] == ts
    await ben.click(answer, "More")
    assert (await ben.wait_message("More of 7"))["ts"] == answer["ts"]


async def test_bolt_answers_commands_ephemerally(workspace):
    ben, ada = workspace.as_user("U02BEN"), workspace.as_user("U01ADA")
    await ada.boot()
    await ben.command("/pmo help")
    assert (await ben.wait_message("Here is help."))["ephemeral"]
    assert ada.nothing_came("ephemeral", "message")


async def test_bolt_modals_show_errors_then_close(workspace):
    ben = workspace.as_user("U02BEN")
    await ben.command("/pmo")
    view = await ben.wait_view("ask")
    assert await ben.submit(view) == {"question": "Please complete this required field."}
    assert await ben.submit(view, {"question": "a secret"}) == {"question": "Not about secrets."}
    assert await ben.submit(view, {"question": "What is RAG?"}) == {}
    await ben.wait_closed()
    await ben.wait_message("You asked: What is RAG?")


async def test_no_event_is_lost_when_sockets_are_cut(workspace):
    ben = workspace.as_user("U02BEN")
    await workspace.drop_sockets()
    await ben.post("C02PROJECTS", "@PMO Assistant still there?")
    await ben.wait_message("Yes?")


async def test_no_event_is_lost_on_refresh(workspace):
    ben = workspace.as_user("U02BEN")
    await asyncio.gather(workspace.disconnect(), ben.post("C02PROJECTS", "@PMO Assistant and now?"))
    await ben.wait_message("Yes?")
