"""The real bot against the real local workspace, over HTTP and WebSocket, with the sample organisation's people."""

import asyncio
import contextlib
import gc
import itertools
import os
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.engine import loop
from bot.http_endpoint import EVENTS_PATH
from bot.local_workspace import SEED
from bot.manifest import build_manifest
from bot.reloading import ReloadRequests
from bot.run import serve_until_stopped
from bot.settings import Settings
from knowledge.embedding import Encoder, load_encoder
from tests.conversations.log_watch import LogWatch, watch_log
from tests.handbook_data import MONDAY, copy_data
from tests.workspace.running import RunningWorkspace, running_workspace
from tests.workspace.visitor import Visitor
from workspace.clock import MessageClock

PEOPLE = (
    *("U01ADA", "U02BEN", "U03WEI", "U04DANA", "U05EMEKA", "U06FARAH"),
    *("U07OLGA", "U08GINA", "U09ULLA", "U10DMITRI"),
)
COLLECT_EVERY = 10
_TESTS = itertools.count()
OVER_HTTP = os.environ.get("PMO_TEST_TRANSPORT") == "http"  # set by `make soak`
NOVEMBER = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class ShiftedClock:
    """Runs like the real clock, from `start`; a test may move it forward."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._shift = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def forward(self, **by: float) -> None:
        self._shift += timedelta(**by)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Office:
    """The workspace, its people, and the bot in it."""

    workspace: RunningWorkspace
    settings: Settings
    clock: ShiftedClock
    ada: Visitor
    ben: Visitor
    wei: Visitor
    dana: Visitor
    emeka: Visitor
    farah: Visitor
    olga: Visitor  # of another organisation
    gina: Visitor  # a guest of one channel
    ulla: Visitor  # a colleague whom the organisation's file doesn't list
    dmitri: Visitor  # deactivated
    wants_reload: asyncio.Event = field(default_factory=asyncio.Event, kw_only=True)
    reload_reports: asyncio.Queue[tuple[str, bool]] = field(default_factory=asyncio.Queue, kw_only=True)

    async def reload(self) -> tuple[str, bool]:
        """Have the running bot read the organisation file again; what it says, and whether it refused."""
        self.wants_reload.set()
        return await asyncio.wait_for(self.reload_reports.get(), 20)

    @contextlib.asynccontextmanager
    async def bot(self) -> AsyncIterator[None]:
        """Run the bot, and shut it down in order."""
        said: asyncio.Queue[str] = asyncio.Queue()
        stopping = asyncio.Event()
        reloads = ReloadRequests(self.wants_reload, lambda *report: self.reload_reports.put_nowait(report))
        running = asyncio.create_task(
            serve_until_stopped(self.settings, said.put_nowait, stopping, self.clock, reloads)
        )
        first = asyncio.create_task(said.get())
        await asyncio.wait({running, first}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            first.cancel()
            running.result()
        try:
            if self.settings.app_token:
                await self.workspace.wait_connected()
            yield
        finally:
            stopping.set()
            await running


@contextlib.asynccontextmanager
async def open_office(
    data: Path, clock: ShiftedClock | None = None, *, over_http: bool = OVER_HTTP, **settings: Any
) -> AsyncIterator[Office]:
    """A workspace and its people; no bot is running yet.

    Slack's clock and the bot's are one. Events reach the bot over Socket Mode, or as signed requests `over_http`.
    """
    port, clock = find_free_port(), clock or ShiftedClock()
    address = f"http://127.0.0.1:{port}{EVENTS_PATH}" if over_http else ""
    async with running_workspace(
        build_manifest(address),
        SEED,
        clock=MessageClock(lambda: clock().timestamp()),
        **({"request_url": address} if address else {}),
    ) as workspace:
        secret = {"SLACK_SIGNING_SECRET": workspace.signing_secret, "PMO_PORT": port}
        where = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_API_URL": workspace.api_url, "PMO_DATA": data}
        where |= secret if over_http else {"SLACK_APP_TOKEN": workspace.app_token}
        people = [workspace.as_user(user) for user in PEOPLE]
        yield Office(workspace, Settings(**(where | settings)), clock, *people)


@pytest.fixture(autouse=True)
def log_watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[LogWatch]:
    """No log line has what people typed, whatever they talk about."""
    act = Visitor._do

    async def act_watched(visitor: Visitor, what: str, **body: Any) -> Any:
        watch.note_typed(body)
        return await act(visitor, what, **body)

    with watch_log() as watch:
        monkeypatch.setattr(Visitor, "_do", act_watched)
        yield watch
    assert watch.list_leaks() == []


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot notice soon that a test has moved its clock."""
    monkeypatch.setattr(loop, "LONGEST_SLEEP", 0.5)


@pytest.fixture(scope="session")
def encoder(model_folder: Path, handbook_data: Path) -> Encoder | None:
    return load_encoder(model_folder)


@pytest.fixture(autouse=True)
def start_quickly(monkeypatch: pytest.MonkeyPatch, encoder: Encoder | None) -> None:
    """Let all bots share the model, and leave out the tidying of a process that only one of them has."""
    monkeypatch.setattr("bot.handbook_provider.load_encoder", lambda *_, **__: encoder)
    monkeypatch.setattr("bot.handbook_provider.tidy_memory", lambda: None)


@pytest.fixture(autouse=True)
def free_indexes() -> None:
    """Collect stopped bots now and then: each holds thirty files open, and many systems allow a thousand."""
    if next(_TESTS) % COLLECT_EVERY == 0:
        gc.collect()


@pytest.fixture
def data(handbook_data: Path, tmp_path: Path) -> Path:
    """A new data folder for the test."""
    return copy_data(handbook_data, tmp_path / "data")


@pytest.fixture
async def office(data: Path) -> AsyncIterator[Office]:
    """A running bot and its people, Monday 14 September 2026, nine o'clock UTC."""
    async with open_office(data) as made, made.bot():
        yield made


@pytest.fixture
async def autumn(data: Path) -> AsyncIterator[Office]:
    """The same on Monday 23 November 2026, ten o'clock: updates were due on Thursdays, the last on the 19th."""
    async with open_office(data, ShiftedClock(NOVEMBER)) as made, made.bot():
        yield made
