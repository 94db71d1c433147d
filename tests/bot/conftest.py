"""The engine's loops, one at a time: a real database, a real workspace, and a clock that a test can move forward."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from sqlalchemy import Select, func, select

from bot import slack_connection
from bot.engine.availability import SlackAvailability
from bot.engine.delivery_client import SlackDeliveryClient
from bot.engine.loop import Loop
from bot.engine.sender import Sender
from bot.engine.slack_methods import list_calls
from bot.handbook_import import import_handbook
from bot.handbook_provider import HandbookProvider
from foundation.people import People, Person, Role
from handlers.context import AppContext, Channels
from storage.database import Database
from storage.engine.deliveries import Deliveries
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.lease import Lease
from storage.engine.rate_limits import PostingLimits
from storage.store import Store
from storage.tables.engine import DeliveryRow
from tests.handbook_data import MONDAY, copy_data
from tests.workspace.running import RunningWorkspace, running_workspace

CHANNELS = Channels(triage="C03TRIAGE", progress="C04PROGRESS", stories="C05STORIES", leadership="C06LEADERS")
LEASE = Lease(60)


PARKING = """\
# Parking at the depot

Ask the gate for a parking permit. The gate hands out parking permits every Monday morning.

## Visitors

Visitors park on the gravel beside the canteen. A visitor's permit is valid for one day.
"""


def write_parking_page(folder: Path) -> None:
    (folder / "site").mkdir(parents=True)
    (folder / "site" / "parking.md").write_text(PARKING)


@pytest.fixture(scope="session")
def parking_data(handbook_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an imported handbook of one page, to be copied with `copy_data`."""
    folder = tmp_path_factory.mktemp("parking")
    write_parking_page(folder / "pages")
    data = copy_data(handbook_data, folder / "data")
    database = Database(f"sqlite:///{data / 'pmo.db'}")
    import_handbook(Store(database), folder / "pages", MONDAY)
    HandbookProvider(Store(database), data / "model").load(MONDAY, lambda *_: None)
    database.close()
    return data


class Now:
    """Runs like the real clock; a test may let time pass, or set the clock. `steady` can't be set."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._passed = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def steady(self) -> float:
        return time.monotonic() + self._passed

    def forward(self, seconds: float) -> None:
        self._passed += seconds
        self.set_ahead(seconds)

    def set_ahead(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path) -> Iterator[Store]:
    shutil.copy(migrated_file, tmp_path / "pmo.db")
    database = Database(f"sqlite:///{tmp_path / 'pmo.db'}", busy_seconds=0.05)
    yield Store(database)
    database.close()


@pytest.fixture
def ctx(store: Store, now: Now) -> AppContext:
    """The parts of the context that the engine uses."""
    emeka = Person("U05EMEKA", "Emeka Adeyemi", frozenset({Role.PMO_LEAD}))
    known = {"store": store, "now": now, "channels": CHANNELS, "people": People([emeka])}
    return cast(AppContext, SimpleNamespace(**known, is_shared=lambda _: False))


@contextlib.asynccontextmanager
async def run_loop(loop: Loop) -> AsyncIterator[None]:
    """The loop runs, and is stopped at the end."""
    running = asyncio.create_task(loop.run())
    try:
        yield
    finally:
        loop.stop()
        await running


class WatchedDeliveries(Deliveries):
    """Notifies when a delivery has changed."""

    def watch(self, changed: asyncio.Condition) -> None:
        loop = asyncio.get_running_loop()

        async def tell() -> None:
            async with changed:
                changed.notify_all()

        for name in (
            "record_sent",
            "retry_in_order",
            "retry_without_blocking",
            "pause",
            "give_up",
            "send_as_direct_message",
        ):
            setattr(self, name, self._notify_after(getattr(self, name), lambda: loop.create_task(tell()), loop))

    @staticmethod
    def _notify_after(method: Callable[..., Any], tell: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            answer = method(*given, **named)
            loop.call_soon_threadsafe(tell)
            return answer

        return call


@dataclass
class RunningSender:
    """A running sender with what it needs, and ways to look at its deliveries."""

    workspace: RunningWorkspace
    store: Store
    now: Now
    deliveries: Deliveries
    sender: Sender
    changed: asyncio.Condition
    died: asyncio.Event

    def add(self, what: str, *given: Any, **named: Any) -> str:
        """Put something in the outbox and wake the sender: ask("post", "C07ASK", {"text": "hello"})."""
        with self.store.transaction(self.now()) as tx:
            made = str(getattr(tx.outbox, what)(*given, **named))
        self.sender.wake()
        return made

    def read_row(self, delivery: str) -> DeliveryRow:
        with self.store.read_only(self.now()) as tx:
            return tx.session.scalars(select(DeliveryRow).where(DeliveryRow.id == delivery)).one()

    async def wait_row(self, delivery: str, holds: Callable[[DeliveryRow], bool]) -> DeliveryRow:
        """Wait until the delivery is as wanted."""
        async with asyncio.timeout(10), self.changed:
            while not holds(self.read_row(delivery)):
                await self.changed.wait()
        return self.read_row(delivery)

    async def wait_all_settled(self, kind: DeliveryKind, number: int) -> None:
        """Wait until this many deliveries of the kind are settled."""
        settled = select(func.count()).where(DeliveryRow.is_kind(kind), DeliveryRow.due_at.is_(None))
        async with asyncio.timeout(10), self.changed:
            while self._count(settled) < number:
                await self.changed.wait()
        assert self._count(settled) == number

    def _count(self, what: Select[tuple[int]]) -> int:
        with self.store.read_only(self.now()) as tx:
            return tx.session.execute(what).scalar_one()

    async def wait_settled(self, delivery: str) -> DeliveryRow:
        return await self.wait_row(delivery, lambda row: row.due_at is None)

    async def read_texts(self, channel: str) -> list[str]:
        """What the bot has posted there, oldest first."""
        found = (await self.workspace.api("conversations.history", channel=channel))["messages"]
        return [message["text"] for message in reversed(found) if message.get("bot_id")]

    async def list_methods(self) -> list[str]:
        """The methods that the bot has called, without the test's own calls."""
        return [call["method"] for call in await self.workspace.calls()]

    def forward(self, seconds: float) -> None:
        self.now.forward(seconds)
        self.sender.wake()


@pytest.fixture
async def workspace() -> AsyncIterator[RunningWorkspace]:
    async with running_workspace() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    availability = SlackAvailability()
    availability.begin()
    async with slack_connection.open_http_session(availability) as session:
        yield session


@pytest.fixture
async def office(
    workspace: RunningWorkspace, store: Store, now: Now, http: aiohttp.ClientSession
) -> AsyncIterator[RunningSender]:
    """A running sender."""
    died = asyncio.Event()
    changed = asyncio.Condition()
    deliveries = WatchedDeliveries(store.database, PostingLimits(), LEASE, list_calls)
    deliveries.watch(changed)
    web = slack_connection.build_web_client(workspace.bot_token, workspace.api_url, http)
    caller = SlackDeliveryClient(web, deliveries, LEASE, now, now.steady)
    sender = Sender(caller, deliveries, "host:1", now, died.set)
    async with run_loop(sender):
        yield RunningSender(workspace, store, now, deliveries, sender, changed, died)
