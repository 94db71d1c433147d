"""The handbook in memory. The database says which is in force; the index is built from it and swapped at once."""

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
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
    """Put in force the handbook that the organisation file names, or, when none was imported, the shipped one."""
    own = organisation.files.handbook
    if own:
        import_handbook(store, organisation.resolve_path(own), now, services=list_service_keys(organisation))
        return
    with store.read_only(now) as tx:
        present = tx.handbook.get_current()
    if present is None or present.origin == SHIPPED_ORIGIN:
        import_handbook(store, SHIPPED, now)


def import_handbook(store: Store, folder: Path, now: datetime, services: Collection[str] | None = None) -> int:
    """Check every page of the folder and put them in force, all or none. Returns how many there are.

    With `services`, pages that somebody wrote may lead only to those; of the shipped ones, what an organisation does
    not offer is passed over.

    Raises:
        BadFile: naming file, line and field of all that is wrong.
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


def _go_on() -> None:
    """Nobody has asked to stop."""


class HandbookProvider:
    """The library in force, for many readers; `refresh` swaps it when the database says there is another."""

    def __init__(self, store: Store, cache: Path) -> None:
        self._store = store
        self._encoder: Encoder | None = load_encoder(cache, while_building=_show_model_progress)
        self._version = -1
        self._library: Library | None = None

    def __call__(self) -> Library:
        if self._library is None:
            raise LookupError("The library was not opened.")
        return self._library

    def refresh(self, now: datetime, progress: Progress | None = None) -> bool:
        """Read and index the handbook in force if it is not the one held. Returns whether it was swapped."""
        with self._store.read_only(now) as tx:
            present = tx.handbook.get_current()
            if present is None or present.version == self._version:
                return False
            handbook = tx.handbook.read_all()
        self._library = Library.build(handbook, self._encoder, VectorCache(self._store.database), progress)
        self._version = present.version
        return True


def open_handbook(
    store: Store, organisation: Organisation, cache: Path, now: datetime, check_stopped: Callable[[], None] = _go_on
) -> HandbookProvider:
    """Bring in the handbook, load the model and index the pages, showing progress on standard error.

    `check_stopped` is called now and then; what it raises ends the work.
    """
    with show_progress("Checking the handbook"):
        choose_handbook(store, organisation, now)
    check_stopped()
    provider = HandbookProvider(store, cache)
    with show_progress("Reading the handbook") as advance:

        def count_passages(done: int, total: int) -> None:
            check_stopped()
            advance(done, total)

        provider.refresh(now, count_passages)
    return provider
