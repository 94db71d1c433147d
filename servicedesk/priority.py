"""In which order requests deserve attention. It ranks; people decide.

A date set by law, or a decision to expedite, goes first. Then weighted shortest job first (WSJF): what a delay costs
over the size of the work, (impact + urgency + risk reduction) ÷ size. What is not scored yet comes after what is.
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
    """A request in its place. `wsjf` is None while it is not scored; `mandatory` is the date set by law."""

    request: Request
    priority_class: PriorityClass
    wsjf: Fraction | None
    mandatory: date | None


def compute_wsjf(scores: Scores) -> Fraction:
    return Fraction(scores.impact + scores.urgency + scores.risk, scores.size)


def find_mandatory_date(request: Request, catalogue: Catalogue) -> date | None:
    """The date set by law, where the service asks for one and it was given."""
    service = catalogue.find_service(request.service)
    return _read_date(request, service.mandatory_date) if service and service.mandatory_date else None


def rank_requests(requests: Iterable[Request], catalogue: Catalogue) -> list[RankedRequest]:
    """First lane first; in a lane the earliest mandatory date, the highest WSJF, the earliest need, the oldest."""
    return sorted((_rank_request(request, catalogue) for request in requests), key=_sort_key)


def _rank_request(request: Request, catalogue: Catalogue) -> RankedRequest:
    mandatory = find_mandatory_date(request, catalogue)
    expedite = mandatory is not None or request.priority is Priority.EXPEDITE
    lane = (
        PriorityClass.EXPEDITE
        if expedite
        else PriorityClass.LOW
        if request.priority is Priority.LOW
        else PriorityClass.NORMAL
    )
    return RankedRequest(request, lane, compute_wsjf(request.scores) if request.scores else None, mandatory)


def _sort_key(entry: RankedRequest) -> tuple[PriorityClass, date, Fraction, date, int]:
    score = entry.wsjf if entry.wsjf is not None else Fraction(0)
    need_by = _read_date(entry.request, "need_by") or date.max
    return entry.priority_class, entry.mandatory or date.max, -score, need_by, entry.request.number


def _read_date(request: Request, key: str) -> date | None:
    value = request.values.get(key)
    return date.fromisoformat(value) if isinstance(value, str) else None
