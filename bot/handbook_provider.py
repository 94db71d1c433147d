"""The handbook in memory. The database holds the current one; its index is built here and swapped in one step."""

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.organisation import Organisation
from bot.progress import show_progress
from knowledge.embedding import Encoder, load_encoder
from knowledge.handbook import read_handbook
from knowledge.library import Library
from storage.handbook import VectorCache
from storage.store import Store

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent.parent / "knowledge" / "handbook"
SHIPPED_ORIGIN = "shipped"

Progress = Callable[[int, int], None]


def choose_handbook(store: Store, organisation: Organisation, now: datetime) -> None:
    """Import the handbook that the organisation file names or, unless another was imported by hand, the shipped one."""
    own = organisation.files.handbook
    if own:
        import_handbook(store, organisation.resolve_path(own), now, services=list_service_keys(organisation))
        return
    with store.read_only(now) as tx:
        current = tx.handbook.get_current()
    if current is None or current.origin == SHIPPED_ORIGIN:
        import_handbook(store, SHIPPED, now)


def import_handbook(store: Store, folder: Path, now: datetime, services: Collection[str] | None = None) -> int:
    """Check every page of the folder and make them the current handbook, all or none. Returns how many there are.

    With `services`, an organisation's own pages may name only those. The shipped pages may name others, which are
    ignored.

    Raises:
        BadFile: with file, line and field of every problem.
    """
    is_shipped = folder == SHIPPED
    handbook = read_handbook(folder, strict=is_shipped, services=None if is_shipped else services)
    with store.transaction(now) as tx:
        tx.handbook.replace(handbook, SHIPPED_ORIGIN if is_shipped else str(folder), now)
    return len(handbook)


def list_service_keys(organisation: Organisation) -> frozenset[str]:
    return frozenset(service.key for service in organisation.desk.catalogue.services)


def _show_model_progress() -> AbstractContextManager[object]:
    return show_progress("Building the search model (only the first time)")


def _no_check() -> None:
    """For work that nobody can stop."""


class HandbookProvider:
    """Gives readers the current library; `refresh` swaps it when the database has another."""

    def __init__(self, store: Store, cache: Path) -> None:
        self._store = store
        self._encoder: Encoder | None = load_encoder(cache, while_building=_show_model_progress)
        self._version = -1
        self._library: Library | None = None

    def __call__(self) -> Library:
        if self._library is None:
            raise LookupError("The handbook hasn't been loaded yet.")
        return self._library

    def refresh(self, now: datetime, progress: Progress | None = None) -> bool:
        """Load and index the current handbook unless it's loaded already. Returns whether it was swapped."""
        with self._store.read_only(now) as tx:
            current = tx.handbook.get_current()
            if current is None or current.version == self._version:
                return False
            handbook = tx.handbook.read_all()
        self._library = Library.build(handbook, self._encoder, VectorCache(self._store.database), progress)
        self._version = current.version
        return True


def open_handbook(
    store: Store,
    organisation: Organisation,
    cache: Path,
    now: datetime,
    check_stopped: Callable[[], None] = _no_check,
) -> HandbookProvider:
    """Import the handbook, load the model and index the pages, showing progress on standard error.

    `check_stopped` is called now and then; what it raises ends the work.
    """
    with show_progress("Checking the handbook"):
        choose_handbook(store, organisation, now)
    check_stopped()
    provider = HandbookProvider(store, cache)
    with show_progress("Reading the handbook") as advance:
        provider.refresh(now, partial(_report_passages, check_stopped, advance))
    return provider


def _report_passages(check_stopped: Callable[[], None], advance: Progress, done: int, total: int) -> None:
    check_stopped()
    advance(done, total)
