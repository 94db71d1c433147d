"""The current handbook. The database holds its pages; its index is opened here and swapped in one step."""

import gc
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from bot.handbook_import import choose_handbook
from bot.index_building import TRIES, BuildOrder, open_index_store
from bot.index_process import IndexProcess, Report
from bot.organisation import Organisation
from bot.progress import show_progress, show_stages
from handlers.questions.language_data import load_language_data
from knowledge.embedding import Encoder, load_encoder
from knowledge.library import Library, compute_version
from storage.handbook import VectorCache
from storage.store import Store

FIRST_QUESTION = "Who approves a change request?"


def _show_model_progress() -> AbstractContextManager[object]:
    return show_progress("Building the search model (only the first time)")


def _no_check() -> None:
    """For work that nobody can stop."""


class HandbookProvider:
    """Gives readers the current library, over an index in mapped files that another process builds when it is missing.

    `load` waits for it; `refresh` only looks whether it's there.
    """

    def __init__(self, store: Store, cache: Path) -> None:
        self._store, self._cache = store, cache
        self._encoder: Encoder | None = load_encoder(cache, while_building=_show_model_progress)
        self._indexes = open_index_store(cache)
        self._building: IndexProcess | None = None
        self._version = -1
        self._imported: Library | None = None  # without learned questions
        self._library: Library | None = None

    def __call__(self) -> Library:
        if self._library is None:
            raise LookupError("The handbook hasn't been loaded yet.")
        return self._library

    def load(self, now: datetime, report: Report) -> None:
        """Load the current handbook, if there is one; build its index if necessary.

        `report` is called with (stage, done, total) several times a second while that takes time, and may raise.
        """
        for _ in range(TRIES):
            if self._is_current(now) or self._open_current(now):
                return
            self._start_building(in_background=False).follow(report)
        raise RuntimeError("The handbook changes faster than it can be indexed.")

    def refresh(self, now: datetime) -> bool:
        """Swap in the current handbook if it's another and has an index, or else have the index built meanwhile.

        Returns whether it was swapped. Never waits.
        """
        if self._building:
            if self._building.is_running:
                return False
            finished, self._building = self._building, None
            finished.finish()
        if self._is_current(now):
            return False
        if self._open_current(now):
            return True
        self._building = self._start_building(in_background=True)
        return False

    def close(self) -> None:
        """End what is still being built, and undo `prepare_to_serve`."""
        if self._building:
            self._building.stop()
            self._building = None
        gc.unfreeze()

    def _is_current(self, now: datetime) -> bool:
        with self._store.read_only(now) as tx:
            current = tx.handbook.get_current()
        return current is None or current.version == self._version

    def _open_current(self, now: datetime) -> bool:
        """Open the index of the current handbook, if it's there, and add what was learned since."""
        with self._store.read_only(now) as tx:
            current = tx.handbook.get_current()
            keys = tx.handbook.list_keys()
            learned = tx.learned_questions.group_by_section()
        imported = self._open_imported(compute_version(self._encoder, keys))
        if imported is None or current is None:
            return False
        self._imported = imported
        self._library = imported.with_questions(learned) if learned else imported
        self._version = current.version
        return True

    def _open_imported(self, version: str) -> Library | None:
        """The library with this version: the one that is open, or else from its index, if that is there."""
        if self._imported and self._imported.version == version:
            return self._imported
        tables = self._indexes.open(version, self._encoder.name if self._encoder else "")
        return Library.open(tables, self._encoder, VectorCache(self._store.database)) if tables else None

    def _start_building(self, *, in_background: bool) -> IndexProcess:
        encoder = self._encoder.name if self._encoder else ""
        order = BuildOrder(self._store.database.address, str(self._cache), encoder, in_background=in_background)
        return IndexProcess(order)


def open_handbook(
    store: Store,
    organisation: Organisation,
    cache: Path,
    now: datetime,
    check_stopped: Callable[[], None] = _no_check,
) -> HandbookProvider:
    """Import the handbook, load the model and the index, showing progress on standard error.

    `check_stopped` is called now and then; what it raises ends the work.
    """
    with show_progress("Checking the handbook"):
        choose_handbook(store, organisation, now)
    check_stopped()
    provider = HandbookProvider(store, cache)
    with show_stages() as advance:

        def report(stage: str, done: int, total: int) -> None:
            check_stopped()
            advance(stage, done, total)

        provider.load(now, report)
    return provider


def prepare_to_serve(provider: HandbookProvider) -> None:
    """Do what would hold up the event loop later: read what the first question reads, and tidy the memory."""
    load_language_data()
    provider().ask(FIRST_QUESTION)
    tidy_memory()


def tidy_memory() -> None:
    """Exempt what is loaded by now from garbage collection, until `HandbookProvider.close`."""
    # A full garbage collection stops all threads for about a tenth of a second, for as many objects as are loaded by
    # now. They are here to stay, and frozen objects aren't looked at again.
    gc.collect()
    gc.freeze()
