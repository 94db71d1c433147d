"""Imports handbooks: the folder that the organisation names, or one by hand. Earlier ones can be put back."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.organisation import Organisation
from foundation.errors import NotFound
from knowledge.handbook import Handbook, HandbookFolder, LeftOutPage, list_page_digests, read_folder
from storage.handbook import SHIPPED_ORIGIN, CurrentHandbook
from storage.handbook_archive import KeptHandbook, pack_handbook, unpack_handbook
from storage.store import Store, Transaction

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent.parent / "knowledge" / "handbook"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing a folder would change. Nothing has been changed yet.

    `new`, `changed` and `gone` are paths of pages, against the current handbook; `current` is that handbook, if any.
    """

    origin: str
    handbook: Handbook
    left_out: tuple[LeftOutPage, ...]
    not_read: Mapping[str, int]
    current: CurrentHandbook | None
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def changes_pages(self) -> bool:
        return bool(self.new or self.changed or self.gone)

    @property
    def replaces_own(self) -> bool:
        """Whether pages that the organisation imported would be replaced."""
        return self.changes_pages and self.current is not None and not self.current.is_shipped


def choose_handbook(store: Store, organisation: Organisation, now: datetime) -> None:
    """Import the handbook that the organisation file names or, unless another was imported by hand, the shipped one."""
    own = organisation.files.handbook
    if own:
        import_handbook(store, organisation.resolve_path(own), now, services=list_service_keys(organisation))
        return
    with store.read_only(now) as tx:
        current = tx.handbook.get_current()
    if current is None or current.is_shipped:
        import_handbook(store, SHIPPED, now)


def import_handbook(store: Store, folder: Path, now: datetime, services: Collection[str] | None = None) -> int:
    """Make the pages of the folder the current handbook. Returns how many there are.

    With `services`, an organisation's own pages may name only those. The shipped pages may name others, which are
    ignored.

    Raises:
        BadFile: with file, line and field of every problem; no page could be taken.
    """
    is_shipped = folder == SHIPPED
    with store.read_only(now) as tx:
        origin, allowed = _name_origin(folder), None if is_shipped else services
        if count := _count_unchanged(tx, folder, origin, allowed):
            return count
    plan = plan_import(store, folder, now, services)
    if plan.left_out:
        log.warning("%d pages were left out. pmo handbook import --dry-run lists them.", len(plan.left_out))
    apply_import(store, plan, now)
    return len(plan.handbook)


def plan_import(store: Store, folder: Path, now: datetime, services: Collection[str] | None = None) -> ImportPlan:
    """Read the folder and compare it with the current handbook. Raises as `import_handbook`."""
    is_shipped = folder == SHIPPED
    with store.read_only(now) as tx:
        current, before = tx.handbook.get_current(), tx.handbook.list_digests()
        known, today = None if is_shipped else tx.handbook.list_heads(), tx.today
    found = read_folder(folder, strict=is_shipped, services=None if is_shipped else services, known=known, today=today)
    return _compare(_name_origin(folder), found, current, before)


def apply_import(store: Store, plan: ImportPlan, now: datetime) -> None:
    """Make the handbook of the plan the current one, and keep it."""
    if plan.changes_pages:
        _keep_current(store, now)
    packed = pack_handbook(plan.handbook)
    with store.transaction(now) as tx:
        number = tx.kept_handbooks.add(packed, plan.origin, now) if plan.changes_pages else _get_number(tx)
        tx.handbook.replace(plan.handbook, plan.origin, now, number)


def put_back(store: Store, number: int | None, now: datetime) -> KeptHandbook:
    """Make a kept handbook the current one, without a number the one before the current.

    Raises:
        NotFound: there's no such handbook.
    """
    with store.read_only(now) as tx:
        kept, current = tx.kept_handbooks.list_kept(), _get_number(tx)
        wanted = next((one for one in kept if one.number == number or (number is None and one.number < current)), None)
        content = tx.kept_handbooks.read_content(wanted.number) if wanted else None
    if wanted is None or content is None:
        what = "an earlier handbook" if number is None else f"a handbook number {number}"
        raise NotFound(f"There isn't {what}. Type pmo handbook list to see those that are kept.")
    handbook = unpack_handbook(content)
    with store.transaction(now) as tx:
        tx.handbook.replace(handbook, wanted.origin, now, wanted.number)
    return wanted


def list_service_keys(organisation: Organisation) -> frozenset[str]:
    return frozenset(service.key for service in organisation.desk.catalogue.services)


def _compare(
    origin: str, found: HandbookFolder, current: CurrentHandbook | None, before: Mapping[str, str]
) -> ImportPlan:
    after = {page.source: page.digest for page in found.handbook}
    return ImportPlan(
        origin=origin,
        handbook=found.handbook,
        left_out=found.left_out,
        not_read=found.not_read,
        current=current,
        new=tuple(source for source in after if source not in before),
        changed=tuple(source for source in after if source in before and before[source] != after[source]),
        gone=tuple(source for source in before if source not in after),
    )


def _keep_current(store: Store, now: datetime) -> None:
    """Keep the current handbook if it was imported before handbooks were kept."""
    with store.read_only(now) as tx:
        current = tx.handbook.get_current()
        if current is None or current.kept_number:
            return
        packed = pack_handbook(tx.handbook.read_all())
    with store.transaction(now) as tx:
        tx.kept_handbooks.add(packed, current.origin, current.imported_at)


def _get_number(tx: Transaction) -> int:
    current = tx.handbook.get_current()
    return current.kept_number if current else 0


def _name_origin(folder: Path) -> str:
    return SHIPPED_ORIGIN if folder == SHIPPED else str(folder)


def _count_unchanged(tx: Transaction, folder: Path, origin: str, services: Collection[str] | None) -> int:
    """The number of pages if the folder is the current handbook as it stands; otherwise 0."""
    current = tx.handbook.get_current()
    if current is None or current.origin != origin:
        return 0
    if services is not None and not tx.handbook.list_services().issubset(services):
        return 0
    digests = list_page_digests(folder)
    return len(digests) if digests and digests == tx.handbook.list_digests() else 0
