"""`pmo run` starts, says where, and shuts down in order; or it says in one line why it can't start."""

import asyncio
import logging
import os
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import slack_connection
from bot.engine.availability import SlackAvailability
from bot.handbook_provider import open_handbook
from bot.local_workspace import SEED, check_port
from bot.manifest import build_manifest
from bot.organisation import SAMPLE, read_organisation
from bot.run import serve_until_stopped
from bot.settings import Settings
from bot.stopping import Stopped, raise_if_stopped, wait_unless_stopped
from foundation.errors import UserError
from storage.database import Database
from storage.store import Store
from tests.conversations.conftest import MONDAY, data
from tests.workspace.running import RunningWorkspace, running_workspace

__all__ = ["data"]

ROOT = Path(__file__).parents[2]
QUESTION = "@PMO Assistant how long does a health check take?"


def settings_for(slack: RunningWorkspace, data: Path, **more: Any) -> Settings:
    given = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url}
    return Settings(**(given | {"PMO_ORGANISATION": SAMPLE, "PMO_DATA": data} | more))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def refusal(settings: Settings) -> str:
    with pytest.raises(UserError) as refused:
        await serve_until_stopped(settings, lambda _: None, asyncio.Event(), lambda: MONDAY)
    return refused.value.message


async def pmo_run(data: Path) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DATABASE_"))}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=ROOT,
        env=environment | {"PMO_DATA": str(data), "PMO_PORT": "0"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
async def test_local_workspace_opens_and_ends_with_the_bot(data: Path, sign: signal.Signals) -> None:
    process = await pmo_run(data)
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    address = line.removeprefix("Open ").strip()
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as page:
            assert page.status == 200
        process.send_signal(sign)
        out, err = await asyncio.wait_for(process.communicate(), 30)
        assert (process.returncode, out.decode()) == (0, "Stopping: finishing work in progress …\n")
        assert [line for line in err.decode().splitlines() if "…" not in line] == []  # nothing but progress
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(address)


async def test_second_process_on_same_data_is_refused(data: Path) -> None:
    database = Database(Settings(PMO_DATA=data).database)
    with database.exclusive_use():
        process = await pmo_run(data)
        out, err = await asyncio.wait_for(process.communicate(), 30)
    database.close()
    assert (process.returncode, out) == (1, b"")
    [line] = [line for line in err.decode().splitlines() if "…" not in line]  # without progress
    assert line.startswith(f"Another PMO Assistant is already using {data}")


async def test_stop_request_interrupts_waiting_for_slack(data: Path) -> None:
    said: list[str] = []
    stopping = asyncio.Event()
    async with running_workspace(build_manifest(), SEED) as slack:
        await slack.faults({"kind": "delay", "method": "auth.test", "ms": 60_000})
        starting = asyncio.create_task(
            serve_until_stopped(settings_for(slack, data), said.append, stopping, lambda: MONDAY)
        )
        await asyncio.sleep(0)
        stopping.set()
        await asyncio.wait_for(starting, 10)
    assert said == ["Stopped."]


async def test_stop_request_interrupts_handbook_reading(data: Path) -> None:
    stopping = asyncio.Event()
    raise_if_stopped(stopping)
    stopping.set()
    database = Database(Settings(PMO_DATA=data).database)
    try:
        with pytest.raises(Stopped):
            open_handbook(
                Store(database), read_organisation(SAMPLE), data / "model", MONDAY, partial(raise_if_stopped, stopping)
            )
    finally:
        database.close()


async def test_finished_or_failed_work_returns_at_once() -> None:
    async def seven() -> int:
        return 7

    async def fails() -> None:
        raise UserError("No.")

    assert await wait_unless_stopped(asyncio.Event(), seven()) == 7
    with pytest.raises(UserError):
        await wait_unless_stopped(asyncio.Event(), fails())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Slack doesn't recognise the bot token."),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "Slack doesn't recognise the app-level token."),
        ({"SLACK_APP_TOKEN": None}, "SLACK_BOT_TOKEN is set but SLACK_APP_TOKEN isn't."),
        ({"SLACK_API_URL": "http://127.0.0.1:9"}, "Slack can't be reached at http://127.0.0.1:9/"),
        ({"PMO_ORGANISATION": Path("/nowhere.yaml")}, "/nowhere.yaml: There's no such file"),
    ],
)
async def test_token_errors_come_before_handbook_reading(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    async with running_workspace(build_manifest(), SEED) as slack:
        message = await refusal(settings_for(slack, tmp_path, **given))
    assert message.startswith(said)
    assert "\n" not in message
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "ratelimit"}, {"kind": "lost_response"}])
async def test_start_waits_until_slack_is_available(
    data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, method: str, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr(slack_connection, "START_WAITS", (0.0,))
    monkeypatch.setattr(slack_connection, "LONGEST_START_WAIT", 0.0)
    stopping, said = asyncio.Event(), asyncio.Queue[str]()
    async with running_workspace(build_manifest(), SEED) as slack:
        await slack.faults(fault | {"method": method, "count": 5})
        running = asyncio.create_task(serve_until_stopped(settings_for(slack, data), said.put_nowait, stopping))
        assert (await asyncio.wait_for(said.get(), 30)).startswith("Connected to")
        stopping.set()
        await running
    lines = [record.getMessage() for record in caplog.records if "available" in record.getMessage()]
    assert [line.partition(" (")[0] for line in lines] == ["Slack isn't available", "Slack is available again."]


async def test_refused_socket_address_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each address is good for one connection, so one that was handed out before an outage is no use after it."""
    monkeypatch.setattr(slack_connection, "PING_SECONDS", 0.1)
    availability = SlackAvailability()
    async with running_workspace(build_manifest(), SEED) as slack, slack_connection.open_http_session() as http:
        web = slack_connection.build_web_client(slack.bot_token, slack.api_url, http)
        bot = await slack_connection.identify_bot(web)
        bolt = slack_connection.build_bolt_app(web, bot, slack.bot_token)
        socket_mode = slack_connection.build_socket_handler(bolt, slack.app_token, web, availability)
        socket_mode.client.wss_uri = f"{slack.url.replace('http', 'ws', 1)}/link/?ticket=used"
        try:
            await asyncio.wait_for(socket_mode.connect_async(), 10)  # type: ignore[no-untyped-call]
            await slack.wait_connected()
        finally:
            await socket_mode.close_async()  # type: ignore[no-untyped-call]


async def test_stop_request_interrupts_waiting_in_an_outage(data: Path) -> None:
    said: list[str] = []
    stopping = asyncio.Event()
    async with running_workspace(build_manifest(), SEED) as slack:
        await slack.faults({"kind": "status", "status": 503})
        starting = asyncio.create_task(serve_until_stopped(settings_for(slack, data), said.append, stopping))
        while not await slack.calls("auth.test"):
            await asyncio.sleep(0)
        stopping.set()
        await asyncio.wait_for(starting, 10)
    assert said == ["Stopped."]


async def test_outage_is_waited_out_and_said_once(
    data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack answers everything with a plain 503 and closes the connections; what was asked is answered later."""
    monkeypatch.setattr(slack_connection, "PING_SECONDS", 0.1)
    monkeypatch.setattr("bot.engine.availability.STEADY_SECONDS", 0.0)
    stopping, said = asyncio.Event(), asyncio.Queue[str]()
    async with running_workspace(build_manifest(), SEED) as slack:
        running = asyncio.create_task(serve_until_stopped(settings_for(slack, data), said.put_nowait, stopping))
        assert (await asyncio.wait_for(said.get(), 30)).startswith("Connected to")
        await slack.wait_connected()
        ada = slack.as_user("U01ADA")
        await slack.faults({"kind": "status", "status": 503})
        await ada.post("C07ASK", QUESTION)
        await ada.boot()
        await ada.open_home()
        while not await slack.calls("chat.postMessage"):
            await asyncio.sleep(0.01)
        await slack.drop_sockets()
        while len(await slack.calls("apps.connections.open")) < 6:
            await asyncio.sleep(0.01)
        await slack.faults()
        assert "10 business days" in (await ada.wait_message("From the handbook"))["text"]
        await slack.wait_connected(30)
        while "available again" not in caplog.text:
            await asyncio.sleep(0.01)
        stopping.set()
        await running
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [line.partition(" (")[0] for line in lines] == ["Slack is unavailable", "Slack is available again."]


async def test_revoked_token_and_missing_scope_are_named(tmp_path: Path) -> None:
    smaller = build_manifest()
    smaller["oauth_config"]["scopes"]["bot"].remove("chat:write")
    async with running_workspace(smaller, SEED) as slack:
        message = await refusal(settings_for(slack, tmp_path))
        assert message.startswith("The bot token lacks a scope: chat:write.")
        await slack.control("token", {"revoked": True})
        assert (await refusal(settings_for(slack, tmp_path))).startswith("The bot token was revoked.")


async def test_start_goes_on_without_scopes_of_later_versions(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    smaller = build_manifest()
    smaller["oauth_config"]["scopes"]["bot"].remove("mpim:history")
    said: asyncio.Queue[str] = asyncio.Queue()
    stopping = asyncio.Event()
    async with running_workspace(smaller, SEED) as slack:
        serving = serve_until_stopped(settings_for(slack, data), said.put_nowait, stopping, lambda: MONDAY)
        running = asyncio.create_task(serving)
        assert (await asyncio.wait_for(said.get(), 60)).startswith("Connected to")
        stopping.set()
        await running
    assert "Off: looking for an earlier copy in group direct messages" in caplog.text


async def test_port_in_use_stops_the_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = f"Another program is using port {port}. Stop that program, or set PMO_PORT to another port."
        assert await refusal(Settings(PMO_DATA=tmp_path, PMO_PORT=port)) == said
    check_port("127.0.0.1", port)


async def test_only_signed_requests_are_accepted(data: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}/slack/events"
    stopping, said = asyncio.Event(), asyncio.Queue[str]()
    async with running_workspace(build_manifest(), SEED, request_url=address) as slack:
        given = {"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": slack.signing_secret, "PMO_PORT": port}
        running = asyncio.create_task(
            serve_until_stopped(settings_for(slack, data, **given), said.put_nowait, stopping)
        )
        assert f"port {port}, path /slack/events" in await asyncio.wait_for(said.get(), 30)
        ada = slack.as_user("U01ADA")
        await ada.post("C07ASK", QUESTION)
        assert "10 business days" in (await ada.wait_message("From the handbook"))["text"]
        await ada.command("/pmo help", channel="C07ASK")
        await ada.wait_message("Ask me how projects are run here")
        async with slack.session.post(address, json={"type": "event_callback", "event": {}}) as answer:
            assert answer.status == 401
        stopping.set()
        await asyncio.wait_for(running, 30)


async def test_log_contains_no_secret(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    stopping, said = asyncio.Event(), asyncio.Queue[str]()
    async with running_workspace(build_manifest(), SEED) as slack:
        running = asyncio.create_task(serve_until_stopped(settings_for(slack, data), said.put_nowait, stopping))
        await asyncio.wait_for(said.get(), 30)
        await slack.drop_sockets()
        await slack.wait_connected(30)
        stopping.set()
        await running
        assert slack.bot_token not in caplog.text
        assert slack.app_token not in caplog.text
