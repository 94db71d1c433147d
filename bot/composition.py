"""The composition root: the one place where the rooms are put together."""

import asyncio
import os
import socket as network
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chores import chores
from bot.clock import Clock
from bot.keeper import BatchingKeeper
from bot.library import Shelf
from bot.organisation import Organisation
from bot.sender import Sender
from bot.worker import Worker
from handlers import HOME_SECTIONS, register
from handlers.house import House
from handlers.routes import Routes
from knowledge.library import Library
from storage.outbox import Deliveries, Delivery, Pace
from storage.store import Store


def wall_clock() -> datetime:
    """The one clock of the running bot."""
    return datetime.now(UTC)


def house(
    organisation: Organisation, store: Store, library: Callable[[], Library], now: Callable[[], datetime]
) -> House:
    """What the handlers work with."""
    return House(
        store=store,
        library=library,
        people=organisation.people,
        channels=organisation.channels,
        desk=organisation.desk,
        home_sections=HOME_SECTIONS,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Engine:
    """The loops that run beside the connection to Slack."""

    worker: Worker
    clock: Clock
    sender: Sender

    async def run(self) -> None:
        """Run all of them until `stop`; what was already put in the outbox is still sent."""
        async with asyncio.TaskGroup() as group:
            for loop in (self.worker, self.clock, self.sender):
                group.create_task(loop.run())

    def stop(self) -> None:
        for loop in (self.worker, self.clock, self.sender):
            loop.stop()


def engine(made: House, shelf: Shelf, bolt: AsyncApp, web: AsyncWebClient) -> Engine:
    """Wire routes, inbox, worker, outbox and sender."""
    owner = f"{network.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    database = made.store.database
    deliveries = Deliveries(database, Pace())
    if database.is_sqlite:  # the lock file says that nobody else is at work
        made.store.inbox.release(made.now())
        deliveries.release(made.now())

    async def on_dead(delivery: Delivery, error: str) -> None:
        """Told in the log; the triage channel hears of it in a later chapter."""

    sender = Sender(web, deliveries, owner, made.now, on_dead)
    keeper = BatchingKeeper(made.store.inbox, lambda: worker.ring())
    routes = Routes(bolt, made, keeper)
    register(routes)
    worker = Worker(made, routes.works, owner, sender.ring, lambda: keeper.is_busy)
    clock = Clock(made.now, chores(made, shelf, deliveries), sender.ring)
    return Engine(worker, clock, sender)
