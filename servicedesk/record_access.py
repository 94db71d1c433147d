"""The service desk's records: who may ask for them, and when everybody in a channel may read the answer."""

from collections.abc import Collection, Mapping

from foundation.access import Access
from foundation.errors import NotAllowed
from foundation.people import Person
from foundation.record_access import Askers, Publicity, RecordAccess
from foundation.record_kinds import RecordKind
from servicedesk.permissions import can_see_queue

DESK_ACCESS: Mapping[RecordKind, RecordAccess] = {
    RecordKind.REQUEST: RecordAccess(Askers.INVOLVED, Publicity.NEVER, Access.REQUESTS),
    RecordKind.OWN_REQUESTS: RecordAccess(Askers.OWN, Publicity.NEVER, Access.REQUESTS),
    RecordKind.WAITING: RecordAccess(Askers.OWN, Publicity.NEVER, Access.REQUESTS),
    RecordKind.OPEN_REQUESTS: RecordAccess(Askers.PMO, Publicity.PMO_ONLY),
    RecordKind.OVERDUE_REQUESTS: RecordAccess(Askers.OWN, Publicity.PMO_ONLY, Access.REQUESTS),
    RecordKind.SATISFACTION: RecordAccess(Askers.EVERYBODY, Publicity.PMO_ONLY),
    RecordKind.DESK_FIGURES: RecordAccess(Askers.PMO, Publicity.PMO_ONLY),
}


def check_can_ask_desk(kind: RecordKind, asker: Person) -> None:
    """Raises NotAllowed: only the PMO asks for its own lists and figures, and not everybody uses the service desk."""
    if not DESK_ACCESS[kind].is_open_to(asker):
        raise NotAllowed("Only people on the PMO's list can see that. Ask the PMO to put you on it.")
    if DESK_ACCESS[kind].askers is Askers.PMO and not can_see_queue(asker):
        raise NotAllowed("Only the PMO can see that. To see your own requests, type `/pmo-requests`.")


def can_publish_desk(kind: RecordKind, readers: Collection[Person]) -> bool:
    """Whether each of the readers may know all that an answer with this record tells the asker."""
    return DESK_ACCESS[kind].publicity is Publicity.PMO_ONLY and all(map(can_see_queue, readers))
