"""A copy of the data folder that lives as long as a command: whatever happens in it changes nothing."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.composition import build_context
from bot.group_members import add_stored_members
from bot.handbook_provider import open_handbook
from bot.language_model.selector import open_selector
from bot.organisation import SAMPLE, Organisation
from bot.progress import show_progress
from bot.running_process import FOLDER
from bot.sample_data import seed_sample_data
from bot.settings import Settings
from bot.strategy_import import choose_strategy
from handlers.context import AppContext
from knowledge.selector import Selector
from storage.copying import copy_database
from storage.database import Database
from storage.store import Store

_LEFT_OUT = shutil.ignore_patterns("pmo.db*", "*.lock", FOLDER)


@contextmanager
def open_copy(settings: Settings, organisation: Organisation, now: Callable[[], datetime]) -> Iterator[AppContext]:
    """What the running bot would work with, over a temporary copy of its data; the sample if there is no data yet.

    Raises:
        UserError: something in the organisation's files is wrong, or the data can't be read.
    """
    with tempfile.TemporaryDirectory(prefix="pmo-", ignore_cleanup_errors=True) as folder:
        with show_progress("Copying the data"):
            copy = _copy_data(settings, Path(folder) / "data")
        database = Database(copy.database)
        try:
            with open_selector(settings) as selector:
                yield _open_context(copy, organisation, Store(database, organisation.zone), now, selector)
        finally:
            database.close()


def _copy_data(settings: Settings, folder: Path) -> Settings:
    """Copy the data folder and the database, wherever that is, and return the settings of the copy."""
    if settings.data.is_dir():
        shutil.copytree(settings.data, folder, ignore=_LEFT_OUT)
    folder.mkdir(exist_ok=True)
    copy = settings.model_copy(update={"data": folder, "database_url": None})
    copy_database(settings.database, folder / "pmo.db")
    return copy


def _open_context(
    settings: Settings,
    organisation: Organisation,
    store: Store,
    now: Callable[[], datetime],
    selector: Selector | None,
) -> AppContext:
    organisation = add_stored_members(organisation, store, now())
    choose_strategy(store, organisation, now())
    handbook = open_handbook(store, organisation, settings.data / "model", now())
    ctx = build_context(organisation, store, handbook, now, selector)
    if settings.is_local and organisation.path == SAMPLE:
        with show_progress("Adding the sample data"):
            seed_sample_data(ctx)
    return ctx
