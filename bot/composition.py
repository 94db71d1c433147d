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

from bot.engine.delivery_client import SlackDeliveryClient
from bot.engine.inbox_writer import InboxWriter
from bot.engine.jobs import build_jobs
from bot.engine.scheduler import Scheduler
from bot.engine.sender import Sender
from bot.engine.slack_methods import list_calls
from bot.engine.worker import Worker
from bot.handbook_provider import HandbookProvider
from bot.organisation import Organisation
from handlers import HOME_SECTIONS, register
from handlers.context import AppContext
from handlers.slack.routes import Routes
from knowledge.library import Library
from storage.engine.deliveries import Deliveries
from storage.engine.lease import Lease
from storage.engine.rate_limits import PostingLimits
from storage.store import Store


def utc_now() -> datetime:
    """The one clock of the running bot."""
    return datetime.now(UTC)


def build_context(
    organisation: Organisation, store: Store, library: Callable[[], Library], now: Callable[[], datetime]
) -> AppContext:
    """What the handlers work with."""
    return AppContext(
        store=store,
        library=library,
        people=organisation.people,
        channels=organisation.channels,
        desk=organisation.desk,
        digests=organisation.digests,
        absences=organisation.absences,
        home_sections=HOME_SECTIONS,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Engine:
    """The loops that run beside the connection to Slack."""

    worker: Worker
    clock: Scheduler
    sender: Sender

    async def run(self) -> None:
        """Run all of them until `stop`; what the last of the work puts in the outbox is still sent."""
        sending = asyncio.create_task(self.sender.run())
        async with asyncio.TaskGroup() as group:
            group.create_task(self.worker.run())
            group.create_task(self.clock.run())
        self.sender.stop()
        await sending

    def stop(self) -> None:
        self.worker.stop()
        self.clock.stop()


def build_engine(
    made: AppContext, shelf: HandbookProvider, bolt: AsyncApp, web: AsyncWebClient, lease: Lease, pace: PostingLimits
) -> Engine:
    """Wire routes, inbox, worker, outbox and sender."""
    owner = f"{network.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    inbox, database = made.store.inbox, made.store.database
    deliveries = Deliveries(database, pace, lease, list_calls)
    if database.is_sqlite:  # the lock file says that nobody else is at work
        inbox.release_all(made.now())
        deliveries.release_all(made.now())
    sender = Sender(
        SlackDeliveryClient(web, deliveries, lease, made.now), deliveries, owner, made.now, lambda: clock.wake()
    )
    clock = Scheduler(made.now, build_jobs(made, shelf, deliveries), sender.wake)
    keeper = InboxWriter(inbox, lambda: worker.wake())
    routes = Routes(bolt, made, keeper)
    register(routes)
    worker = Worker(made, routes.deferred_handlers, owner, lease, sender.wake, keeper.wait_until_idle)
    return Engine(worker, clock, sender)
