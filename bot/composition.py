"""The composition root: the one place where all parts are put together."""

import asyncio
import os
import socket as network
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.delivery_client import SlackDeliveryClient
from bot.engine.home_publisher import HomePublisher
from bot.engine.inbox_writer import InboxWriter
from bot.engine.jobs import build_jobs
from bot.engine.scheduler import Job, Scheduler
from bot.engine.sender import Sender
from bot.engine.slack_methods import list_calls
from bot.engine.user_groups import RefreshUserGroups, SlackUserGroups
from bot.engine.worker import THREADS, Worker
from bot.handbook_provider import HandbookProvider
from bot.language_model.selector import CALLS
from bot.organisation import SAMPLE, Organisation
from handlers import HOME_SECTIONS, register
from handlers.context import AppContext, ChannelCheck, Directory, NoDirectory, OwnFiles, RoleGroups
from handlers.slack.routes import Routes
from knowledge.library import Library
from knowledge.selector import Selector
from storage.engine.deliveries import Deliveries
from storage.engine.lease import Lease
from storage.engine.rate_limits import PostingLimits
from storage.store import Store


def utc_now() -> datetime:
    """The clock of the running bot."""
    return datetime.now(UTC)


def build_context(
    organisation: Organisation,
    store: Store,
    library: Callable[[], Library],
    now: Callable[[], datetime],
    selector: Selector | None = None,
    find_members: Callable[[str], Collection[str] | None] = lambda _: None,
    channel_check: ChannelCheck | None = None,
    bot_user: str = "",
    directory: Directory | None = None,
    has_agent_view: bool = False,
) -> AppContext:
    """What the handlers work with."""
    directory = directory or NoDirectory()
    people = organisation.people.observe(directory.recall)
    return AppContext(
        store=store,
        library=library,
        people=people,
        channels=organisation.channels,
        desk=replace(organisation.desk, people=people),
        digests=organisation.digests,
        absences=organisation.absences,
        retention=organisation.retention,
        home_sections=HOME_SECTIONS,
        now=now,
        selector=selector,
        find_members=find_members,
        own_files=list_own_files(organisation),
        role_groups=RoleGroups(organisation.groups, organisation.member_versions),
        channel_check=channel_check,
        bot_user=bot_user,
        directory=directory,
        has_agent_view=has_agent_view,
    )


def list_own_files(organisation: Organisation) -> OwnFiles:
    """Which files of its own the organisation uses."""
    name = "" if organisation.path == SAMPLE else organisation.path.name
    return OwnFiles(name, bool(organisation.files.catalogue), bool(organisation.digests))


@dataclass(frozen=True, slots=True)
class Engine:
    """The loops that run beside the connection to Slack."""

    worker: Worker
    scheduler: Scheduler
    sender: Sender
    homes: HomePublisher
    routes: Routes
    build_jobs: Callable[[AppContext], Sequence[Job]]
    members_changed: asyncio.Event  # the stored members of user groups aren't those that the context was built from

    async def use_context(self, ctx: AppContext) -> None:
        """Work with another context: from the next call on, and with jobs that begin anew, as after a restart.

        What is under way ends with the context it began with. If the jobs can't be built, everything stays as it is.
        """

        def swap() -> None:
            self.routes.use_context(ctx)
            self.worker.use_context(ctx)
            self.homes.use_context(ctx)

        await self.scheduler.replace_jobs(lambda: self.build_jobs(ctx), swap)

    async def run(self) -> None:
        """Run all loops until `stop`."""
        # The sender stops last: the others may put something in the outbox until their very end, and somebody may
        # be waiting for it.
        sending = asyncio.create_task(self.sender.run())
        async with asyncio.TaskGroup() as group:
            group.create_task(self.worker.run())
            group.create_task(self.scheduler.run())
            group.create_task(self.homes.run())
        self.sender.stop()
        await sending

    def stop(self) -> None:
        self.worker.stop()
        self.scheduler.stop()
        self.homes.stop()


def build_engine(
    ctx: AppContext,
    handbook: HandbookProvider,
    bolt: AsyncApp,
    web: AsyncWebClient,
    lease: Lease,
    limits: PostingLimits,
    user_groups: SlackUserGroups | None = None,
) -> Engine:
    """Connect routes, inbox, worker, scheduler, outbox and sender. Each wakes the one that has to act next."""
    owner = f"{network.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    inbox, database = ctx.store.inbox, ctx.store.database
    deliveries = Deliveries(database, limits, lease, list_calls)
    # On SQLite the lock file proves that nobody else is using the database, so whatever is leased was left behind by a
    # process that is gone. On PostgreSQL its owner may be alive, and only the end of the lease shows that it isn't.
    if database.is_sqlite:
        inbox.release_all(ctx.now())
        deliveries.release_all(ctx.now())
    client = SlackDeliveryClient(web, deliveries, lease, ctx.now)
    sender = Sender(client, deliveries, owner, ctx.now, lambda: scheduler.wake())

    members_changed, loop = asyncio.Event(), asyncio.get_running_loop()

    def note_change() -> None:
        loop.call_soon_threadsafe(members_changed.set)

    def build_all_jobs(ctx: AppContext) -> Sequence[Job]:
        jobs = build_jobs(ctx, handbook, deliveries)
        if user_groups is None:
            return jobs
        return (*jobs, RefreshUserGroups(ctx, user_groups, note_change))

    homes = HomePublisher(ctx, sender.wake)

    def wake_publishers() -> None:
        sender.wake()
        homes.wake()

    scheduler = Scheduler(ctx.now, build_all_jobs(ctx), wake_publishers)
    writer = InboxWriter(inbox, lambda: worker.wake())
    routes = Routes(bolt, ctx, writer)
    register(routes)
    # Whoever waits for the language model takes no thread from the others.
    threads = THREADS + (CALLS if ctx.selector else 0)
    worker = Worker(ctx, routes.deferred_handlers, owner, lease, wake_publishers, writer.wait_until_idle, threads)
    return Engine(worker, scheduler, sender, homes, routes, build_all_jobs, members_changed)
