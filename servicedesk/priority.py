"""The order in which requests deserve attention. It is a ranking; people decide.

Requests with a legal deadline or expedite priority go first. Then weighted shortest job first (WSJF): the cost of delay
over the size of the work, (impact + urgency + risk reduction) ÷ size. Requests without scores come last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from fractions import Fraction

from servicedesk.catalogue import Catalogue, Priority
from servicedesk.records import Request, Scores


class PriorityClass(IntEnum):
    EXPEDITE = 0
    NORMAL = 1
    LOW = 2


@dataclass(frozen=True, slots=True)
class RankedRequest:
    """A request in the ranking. `wsjf` is None until the request is scored; `mandatory` is its legal deadline."""

    request: Request
    priority_class: PriorityClass
    wsjf: Fraction | None
    mandatory: date | None


def compute_wsjf(scores: Scores) -> Fraction:
    return Fraction(scores.impact + scores.urgency + scores.risk, scores.size)


def find_mandatory_date(request: Request, catalogue: Catalogue) -> date | None:
    """The legal deadline, if the service asks for one and the requester gave it."""
    service = catalogue.find_service(request.service)
    return _read_date(request, service.mandatory_date) if service and service.mandatory_date else None


def rank_requests(requests: Iterable[Request], catalogue: Catalogue) -> list[RankedRequest]:
    """By priority class, then by earliest legal deadline, highest WSJF, earliest needed-by date and age."""
    return sorted((_rank_request(request, catalogue) for request in requests), key=_sort_key)


_CLASSES = {Priority.EXPEDITE: PriorityClass.EXPEDITE, Priority.LOW: PriorityClass.LOW}


def _rank_request(request: Request, catalogue: Catalogue) -> RankedRequest:
    mandatory = find_mandatory_date(request, catalogue)
    rank = _CLASSES.get(request.priority, PriorityClass.NORMAL) if mandatory is None else PriorityClass.EXPEDITE
    return RankedRequest(request, rank, compute_wsjf(request.scores) if request.scores else None, mandatory)


def _sort_key(entry: RankedRequest) -> tuple[PriorityClass, date, Fraction, date, int]:
    score = entry.wsjf if entry.wsjf is not None else Fraction(0)
    need_by = _read_date(entry.request, "need_by") or date.max
    return entry.priority_class, entry.mandatory or date.max, -score, need_by, entry.request.number


def _read_date(request: Request, key: str) -> date | None:
    value = request.values.get(key)
    return date.fromisoformat(value) if isinstance(value, str) else None
