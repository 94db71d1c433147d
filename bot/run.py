"""`pmo run`: starts the bot from its settings, serves until asked to stop, and shuts down in order."""

import asyncio
import logging
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot import slack_connection
from bot.composition import build_engine, utc_now
from bot.engine.availability import SlackAvailability
from bot.handbook_provider import HandbookProvider, open_handbook, prepare_to_serve
from bot.http_endpoint import EVENTS_PATH
from bot.language_model.selector import open_selector
from bot.live_organisation import LiveOrganisation, build_context_factory, open_context
from bot.operations.endpoint import serve_operations
from bot.operations.health import Health
from bot.organisation import SAMPLE, Organisation, read_organisation
from bot.progress import show_progress
from bot.reloading import ReloadRequests, listen_for_reload_signal, serve_reloads
from bot.running_process import announce_process
from bot.sample_data import seed_sample_data
from bot.settings import Settings
from bot.stopping import Stopped, listen_for_stop_signal, raise_if_stopped, wait_unless_stopped
from bot.strategy_import import choose_strategy
from bot.transports import SlackEndpoint, open_endpoint, open_transport
from foundation.errors import UserError
from knowledge.selector import Selector
from storage.database import Database
from storage.engine.lease import Lease
from storage.engine.rate_limits import PostingLimits
from storage.migrate import migrate_database
from storage.store import Store

log = logging.getLogger(__name__)

Say = Callable[[str], None]

SWITCH_INTERVAL = 0.0005  # seconds; Python's own is ten times as long


def run_bot(settings: Settings, say: Say) -> None:
    """Run until asked to stop.

    Raises:
        UserError: something is missing or wrong; the message says what to do.
    """
    prepare_data_folder(settings.data)
    # Whoever waits for an acknowledgement needs Python's interpreter several times, after each busy thread in turn.
    sys.setswitchinterval(SWITCH_INTERVAL)
    asyncio.run(_run_until_signal(settings, say))


async def _run_until_signal(settings: Settings, say: Say) -> None:
    stopping = listen_for_stop_signal()
    wanted = listen_for_reload_signal(stopping)
    with announce_process(settings.data, settings.organisation or SAMPLE) as announcement:
        await serve_until_stopped(settings, say, stopping, reloads=ReloadRequests(wanted, announcement.report_reload))


def prepare_data_folder(folder: Path) -> None:
    """Create the data folder and check that it can be written to.

    Raises:
        UserError: it can't be created or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"PMO")
    except OSError as error:
        raise UserError(
            f"The data folder {folder.absolute()} can't be written to ({error.strerror}). "
            "Give the bot write access, free some space, or set PMO_DATA to another folder."
        ) from None


@dataclass(frozen=True, slots=True)
class RunControl:
    """How a run reports, how it's asked to stop and to reload, its clock, and what others see of its state."""

    say: Say
    stopping: asyncio.Event
    now: Callable[[], datetime]
    reloads: ReloadRequests
    health: Health


async def serve_until_stopped(
    settings: Settings,
    say: Say,
    stopping: asyncio.Event,
    now: Callable[[], datetime] = utc_now,
    reloads: ReloadRequests | None = None,
) -> None:
    """Serve until `stopping` is set. `say` is called when the bot is ready and again when it begins to stop.

    `reloads` says when to read the organisation file again.

    Raises:
        UserError: it can't start; the message says what to do.
    """
    health = Health(stopping, now)
    control = RunControl(say, stopping, now, reloads or ReloadRequests(asyncio.Event()), health)
    async with serve_operations(health, settings.operations_host, settings.operations_port):
        await _serve_with_database(settings, control)


async def _serve_with_database(settings: Settings, control: RunControl) -> None:
    with show_progress("Reading the organisation file"):
        organisation = await asyncio.to_thread(read_organisation, settings.organisation or SAMPLE)
    database = Database(settings.database)
    try:
        with database.exclusive_use(), open_selector(settings) as selector:
            with show_progress("Opening the database"):
                await asyncio.to_thread(migrate_database, database)
            async with control.health.watching_database(database):
                await _serve_connected(settings, organisation, Store(database, organisation.zone), control, selector)
    except Stopped:
        control.say("Stopped.")
    finally:
        database.close()


async def _serve_connected(
    settings: Settings, organisation: Organisation, store: Store, control: RunControl, selector: Selector | None
) -> None:
    """Check the connection to Slack first: a wrong token is reported before the handbook is read."""
    availability = SlackAvailability()
    async with (
        open_endpoint(settings, organisation) as endpoint,
        slack_connection.open_http_session(availability) as http,
    ):
        web = slack_connection.build_web_client(endpoint.bot_token, endpoint.api_url, http)
        bot = await _check_tokens(endpoint, web, control.stopping)
        availability.begin()
        handbook = await asyncio.to_thread(_load_content, settings, organisation, store, control)
        control.health.has_handbook = True
        factory = build_context_factory(store.database, handbook, control.now, selector, web, bot)
        organisation, ctx = await open_context(factory, organisation)
        if settings.is_local and organisation.path == SAMPLE:
            with show_progress("Adding the sample data"):
                await asyncio.to_thread(seed_sample_data, ctx)
        bolt = slack_connection.build_bolt_app(web, bot, endpoint.bot_token)
        limits = PostingLimits(posts_per_minute=settings.posts_per_minute)
        engine = build_engine(ctx, handbook, bolt, web, Lease(settings.lease_seconds), limits, factory.user_groups)
        running = asyncio.create_task(engine.run())
        control.health.loops = (engine.worker, engine.sender)
        live = LiveOrganisation(organisation, ctx, factory, engine)
        following = [
            asyncio.create_task(serve_reloads(control.reloads, live, control.say)),
            asyncio.create_task(live.follow_groups()),
        ]
        try:
            async with open_transport(endpoint, bolt, web, availability, control.stopping) as is_connected:
                control.health.is_connected = is_connected
                control.say(_describe_ready(endpoint, bot))
                await control.stopping.wait()
                control.say("Stopping: finishing work in progress …")
        finally:
            for task in following:
                task.cancel()
            engine.stop()
            await running
            handbook.close()


async def _check_tokens(endpoint: SlackEndpoint, web: AsyncWebClient, stopping: asyncio.Event) -> dict[str, Any]:
    """Who the bot is in Slack, once both tokens and their scopes have proved good."""
    with show_progress("Connecting to Slack"):
        identifying = slack_connection.wait_for_slack(lambda: slack_connection.identify_bot(web))
        bot = await wait_unless_stopped(stopping, identifying)
        slack_connection.check_scopes(bot)
        for warning in slack_connection.explain_missing_features(bot):
            log.warning(warning)
        if app_token := endpoint.app_token:
            checking = slack_connection.wait_for_slack(lambda: slack_connection.check_app_token(web, app_token))
            await wait_unless_stopped(stopping, checking)
    return bot


def _load_content(
    settings: Settings, organisation: Organisation, store: Store, control: RunControl
) -> HandbookProvider:
    """Import the strategy and the handbook that the organisation file names, and index the handbook."""
    choose_strategy(store, organisation, control.now())
    check_stopped = partial(raise_if_stopped, control.stopping)
    handbook = open_handbook(store, organisation, settings.data / "model", control.now(), check_stopped)
    prepare_to_serve(handbook)
    return handbook


def _describe_ready(endpoint: SlackEndpoint, bot: dict[str, Any]) -> str:
    if endpoint.page:
        return f"Open {endpoint.page}"
    how = "" if endpoint.app_token else f" Waiting for Slack's events on port {endpoint.port}, path {EVENTS_PATH}."
    return f"Connected to {bot['team']} as {bot['user']}.{how}"
