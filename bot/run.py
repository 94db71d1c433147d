"""`pmo run`: from settings to a bot that answers, and in good order back again."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from bot import slack
from bot.composition import engine, house, wall_clock
from bot.library import Shelf, open_shelf
from bot.local import APP_TOKEN, BOT_TOKEN, LocalWorkspace
from bot.manifest import manifest
from bot.organisation import SAMPLE, Organisation, read_organisation
from bot.progress import progress_bar
from bot.settings import Settings
from foundation.errors import Refused
from storage.database import Database
from storage.lease import Lease
from storage.migrate import migrate
from storage.paces import Pace
from storage.store import Store

log = logging.getLogger(__name__)


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Run until asked to stop.

    Raises:
        Refused: something is missing or wrong, in words that say what to do.
    """
    prepare_data(settings.data)
    with only_one(settings):
        asyncio.run(_until_told(settings, say))


async def _until_told(settings: Settings, say: Callable[[str], None]) -> None:
    await serve(settings, say, _stop_signal())


def prepare_data(folder: Path) -> None:
    """Make the folder in which everything is kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"The folder {folder} cannot be made ({error.strerror}). Set PMO_DATA to another.") from None


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """One process for each data folder, told kindly."""
    lock = FileLock(settings.data / "pmo.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Refused(
            f"Another PMO Assistant is already running on {settings.data}. Stop it, or set PMO_DATA to another folder."
        ) from None
    try:
        yield
    finally:
        lock.release()


async def serve(
    settings: Settings,
    say: Callable[[str], None],
    stopping: asyncio.Event,
    now: Callable[[], datetime] = wall_clock,
) -> None:
    """Answer until `stopping` is set. `say` hears when it is ready, and when it is about to end."""
    organisation = await asyncio.to_thread(read_organisation, settings.organisation or SAMPLE)
    database = Database(settings.database)
    await asyncio.to_thread(migrate, database)
    store = Store(database)
    shelf = await asyncio.to_thread(_opened_shelf, store, organisation, settings, now())
    made = house(organisation, store, shelf, now)
    async with _connection(settings) as where, slack.session() as http:
        web = slack.client(where.bot_token, where.api_url, http)
        me = await slack.who_am_i(web)
        bolt = slack.app(web, me, where.bot_token, where.signing_secret)
        pace = Pace(posts_per_minute=settings.posts_per_minute)
        loops = engine(made, shelf, bolt, web, Lease(settings.lease_seconds), pace)
        running = asyncio.create_task(loops.run())
        socket = slack.socket(bolt, where.app_token, web)
        await socket.connect_async()  # type: ignore[no-untyped-call]
        say(f"Open {where.page}" if where.page else f"Connected to {me['team']} as {me['user']}.")
        await stopping.wait()
        say("Stopping: finishing what is under way.")
        await socket.close_async()  # type: ignore[no-untyped-call]
        loops.stop()
        await running
    database.close()


def _opened_shelf(store: Store, organisation: Organisation, settings: Settings, now: datetime) -> Shelf:
    with progress_bar("Reading the handbook") as progress:
        return open_shelf(store, organisation, settings.data / "model", now, progress)


@dataclass(frozen=True, slots=True)
class _Where:
    """Which Slack to speak to. `page` is the local workspace's, if that is it."""

    api_url: str
    bot_token: str
    app_token: str
    signing_secret: str | None
    page: str | None


@contextlib.asynccontextmanager
async def _connection(settings: Settings) -> AsyncIterator[_Where]:
    if not settings.is_local:
        yield _configured(settings)
        return
    workspace = await LocalWorkspace.start(manifest(), settings.data / "workspace", settings.port)
    try:
        yield _Where(workspace.api_url, BOT_TOKEN, APP_TOKEN, None, workspace.url)
    finally:
        await workspace.stop()


def _configured(settings: Settings) -> _Where:
    if settings.bot_token is None:
        raise Refused("SLACK_APP_TOKEN is set but SLACK_BOT_TOKEN is not. Copy it from OAuth & Permissions.")
    if settings.app_token is None:
        raise Refused("SLACK_BOT_TOKEN is set but SLACK_APP_TOKEN is not. Make one in Basic Information.")
    secret = settings.signing_secret.get_secret_value() if settings.signing_secret else None
    bot_token, app_token = settings.bot_token.get_secret_value(), settings.app_token.get_secret_value()
    return _Where(settings.slack_api_url, bot_token, app_token, secret, None)


def _stop_signal() -> asyncio.Event:
    """Set by Ctrl-C or a polite kill; a second one ends the process at once, as people expect."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    return stopping
