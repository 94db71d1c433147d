"""`pmo run`: from settings to a bot that answers, and in good order back again."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import slack_connection
from bot.composition import build_context, build_engine, utc_now
from bot.handbook_provider import HandbookProvider, open_handbook
from bot.organisation import SAMPLE, Organisation, read_organisation
from bot.progress import progress_bar
from bot.sample_data import seed_sample_data
from bot.settings import Settings
from bot.stopping import Stopped, listen_for_stop_signal, make_interruptible, wait_unless_stopped
from bot.strategy_import import choose_strategy
from bot.transports import EVENTS_PATH, SlackEndpoint, open_endpoint, open_transport
from foundation.errors import UserError
from storage.database import Database
from storage.engine.lease import Lease
from storage.engine.rate_limits import PostingLimits
from storage.migrate import migrate_database
from storage.store import Store

Say = Callable[[str], None]


def run_bot(settings: Settings, say: Say) -> None:
    """Run until asked to stop.

    Raises:
        UserError: something is missing or wrong, in words that say what to do.
    """
    prepare_data_folder(settings.data)
    asyncio.run(_until_told(settings, say))


async def _until_told(settings: Settings, say: Say) -> None:
    await serve_until_stopped(settings, say, listen_for_stop_signal())


def prepare_data_folder(folder: Path) -> None:
    """Make the folder in which everything is kept.

    Raises:
        UserError: it cannot be made, or nothing can be written in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"PMO")
    except OSError as error:
        raise UserError(
            f"Nothing can be kept in the folder {folder.absolute()} ({error.strerror}). "
            "Give the bot the right to write there, free some space, or set PMO_DATA to another folder."
        ) from None


async def serve_until_stopped(
    settings: Settings, say: Say, stopping: asyncio.Event, now: Callable[[], datetime] = utc_now
) -> None:
    """Answer until `stopping` is set. `say` hears when it is ready, and when it is about to end.

    Raises:
        UserError: it cannot start, in words that say what to do.
    """
    organisation = await asyncio.to_thread(read_organisation, settings.organisation or SAMPLE)
    database = Database(settings.database)
    try:
        with database.exclusive_use():
            await asyncio.to_thread(migrate_database, database)
            await _connected(settings, organisation, Store(database), RunControl(say, stopping, now))
    except Stopped:
        say("Stopped.")
    finally:
        database.close()


@dataclass(frozen=True, slots=True)
class RunControl:
    """What is heard of the run, and by which clock it goes."""

    say: Say
    stopping: asyncio.Event
    now: Callable[[], datetime]


async def _connected(settings: Settings, organisation: Organisation, store: Store, times: RunControl) -> None:
    """Slack first: a wrong token is told before the handbook is read."""
    async with open_endpoint(settings) as at, slack_connection.open_http_session() as http:
        web = slack_connection.build_web_client(at.bot_token, at.api_url, http)
        me = await wait_unless_stopped(times.stopping, slack_connection.identify_bot(web))
        slack_connection.check_scopes(me)
        if at.app_token:
            await wait_unless_stopped(times.stopping, slack_connection.check_app_token(web, at.app_token))
        shelf = await asyncio.to_thread(_prepared, settings, organisation, store, times)
        bolt = slack_connection.build_bolt_app(web, me, at.bot_token, at.signing_secret)
        pace = PostingLimits(posts_per_minute=settings.posts_per_minute)
        made = build_context(organisation, store, shelf, times.now)
        if settings.is_local and organisation.path == SAMPLE:
            await asyncio.to_thread(seed_sample_data, made)
        loops = build_engine(made, shelf, bolt, web, Lease(settings.lease_seconds), pace)
        running = asyncio.create_task(loops.run())
        try:
            async with open_transport(at, bolt, web, times.stopping):
                times.say(_ready(at, me))
                await times.stopping.wait()
                times.say("Stopping: finishing what is under way.")
        finally:
            loops.stop()
            await running


def _prepared(settings: Settings, organisation: Organisation, store: Store, times: RunControl) -> HandbookProvider:
    """Bring in what the organisation file names, and open the library."""
    choose_strategy(store, organisation, times.now())
    with progress_bar("Reading the handbook") as progress:
        told = make_interruptible(times.stopping, progress)
        return open_handbook(store, organisation, settings.data / "model", times.now(), told)


def _ready(at: SlackEndpoint, me: dict[str, object]) -> str:
    if at.page:
        return f"Open {at.page}"
    how = "" if at.app_token else f" It waits for Slack's events on port {at.port}, path {EVENTS_PATH}."
    return f"Connected to {me['team']} as {me['user']}.{how}"
