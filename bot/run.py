"""`pmo run`: from settings to a bot that answers, and in good order back again."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import slack_connection
from bot.composition import build_context, build_engine, wall_clock
from bot.handbook_provider import HandbookProvider, open_handbook
from bot.organisation import SAMPLE, Organisation, read_organisation
from bot.progress import progress_bar
from bot.sample_data import seed_sample_data
from bot.settings import Settings
from bot.stopping import Stopped, stop_signal, unless, unless_stopped
from bot.strategy_import import choose_strategy
from bot.transports import EVENTS_PATH, Where, door, where
from foundation.errors import UserError
from storage.database import Database
from storage.engine.lease import Lease
from storage.engine.rate_limits import Pace
from storage.migrate import migrate
from storage.store import Store

Say = Callable[[str], None]


def run(settings: Settings, say: Say) -> None:
    """Run until asked to stop.

    Raises:
        UserError: something is missing or wrong, in words that say what to do.
    """
    prepare_data(settings.data)
    asyncio.run(_until_told(settings, say))


async def _until_told(settings: Settings, say: Say) -> None:
    await serve(settings, say, stop_signal())


def prepare_data(folder: Path) -> None:
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


async def serve(
    settings: Settings, say: Say, stopping: asyncio.Event, now: Callable[[], datetime] = wall_clock
) -> None:
    """Answer until `stopping` is set. `say` hears when it is ready, and when it is about to end.

    Raises:
        UserError: it cannot start, in words that say what to do.
    """
    organisation = await asyncio.to_thread(read_organisation, settings.organisation or SAMPLE)
    database = Database(settings.database)
    try:
        with database.alone():
            await asyncio.to_thread(migrate, database)
            await _connected(settings, organisation, Store(database), Times(say, stopping, now))
    except Stopped:
        say("Stopped.")
    finally:
        database.close()


@dataclass(frozen=True, slots=True)
class Times:
    """What is heard of the run, and by which clock it goes."""

    say: Say
    stopping: asyncio.Event
    now: Callable[[], datetime]


async def _connected(settings: Settings, organisation: Organisation, store: Store, times: Times) -> None:
    """Slack first: a wrong token is told before the handbook is read."""
    async with where(settings) as at, slack_connection.session() as http:
        web = slack_connection.client(at.bot_token, at.api_url, http)
        me = await unless(times.stopping, slack_connection.who_am_i(web))
        slack_connection.check_scopes(me)
        if at.app_token:
            await unless(times.stopping, slack_connection.check_app_token(web, at.app_token))
        shelf = await asyncio.to_thread(_prepared, settings, organisation, store, times)
        bolt = slack_connection.app(web, me, at.bot_token, at.signing_secret)
        pace = Pace(posts_per_minute=settings.posts_per_minute)
        made = build_context(organisation, store, shelf, times.now)
        if settings.is_local and organisation.path == SAMPLE:
            await asyncio.to_thread(seed_sample_data, made)
        loops = build_engine(made, shelf, bolt, web, Lease(settings.lease_seconds), pace)
        running = asyncio.create_task(loops.run())
        try:
            async with door(at, bolt, web, times.stopping):
                times.say(_ready(at, me))
                await times.stopping.wait()
                times.say("Stopping: finishing what is under way.")
        finally:
            loops.stop()
            await running


def _prepared(settings: Settings, organisation: Organisation, store: Store, times: Times) -> HandbookProvider:
    """Bring in what the organisation file names, and open the library."""
    choose_strategy(store, organisation, times.now())
    with progress_bar("Reading the handbook") as progress:
        told = unless_stopped(times.stopping, progress)
        return open_handbook(store, organisation, settings.data / "model", times.now(), told)


def _ready(at: Where, me: dict[str, object]) -> str:
    if at.page:
        return f"Open {at.page}"
    how = "" if at.app_token else f" It waits for Slack's events on port {at.port}, path {EVENTS_PATH}."
    return f"Connected to {me['team']} as {me['user']}.{how}"
