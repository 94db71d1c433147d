"""What the figures count, as facts of each request: each places it in a period, and holds from one change to another.

A log of ten entries takes a thousandth of a second to replay, and a quarter has thousands of logs. So the facts are
stored beside each request; they say nothing that its log doesn't, and can be computed from it again at any time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from servicedesk.calendar import Calendar
from servicedesk.history import apply_entry, start_request
from servicedesk.lead_times import Holder, compute_lead_time, find_triage_time
from servicedesk.records import UNDELIVERED_STATES, Request, RequestLogEntry, RequestState

DISMISSED_STATES = frozenset({RequestState.DECLINED, RequestState.DUPLICATE, RequestState.WITHDRAWN})
DELIVERED_STATES = frozenset({RequestState.DELIVERED, RequestState.CLOSED})


class FactKind(StrEnum):
    SUBMITTED = "submitted"
    TRIAGED = "triaged"
    DELIVERED = "delivered"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class FigureFact:
    """One fact of a request. It holds in [valid_from, valid_until); without `valid_until` it holds until now.

    `at` places it in a period: when the request was submitted, triaged, delivered, or, if it's open, submitted.
    `is_counted` is False once the request was dismissed. `seconds` are the business seconds of the clock, `is_met` says
    whether its target was met; both are None if there's no clock. `held` is the lead time by holder, of a delivery.
    """

    kind: FactKind
    at: datetime
    valid_from: datetime
    service: str
    is_counted: bool = True
    seconds: int | None = None
    is_met: bool | None = None
    held: Mapping[Holder, int] = field(default_factory=dict)
    valid_until: datetime | None = None


def list_figure_facts(log: Sequence[RequestLogEntry], calendar: Calendar) -> list[FigureFact]:
    """All facts that were ever true of the request, by its complete log."""
    found: list[FigureFact] = []
    present: dict[FactKind, FigureFact] = {}
    request: Request | None = None
    for number, entry in enumerate(log, 1):
        before, request = request, apply_entry(request, entry, calendar) if request else start_request(entry)
        if before and _has_same_facts(before, request):
            continue
        new = {fact.kind: fact for fact in _list_present_facts(request, log[:number], calendar)}
        for kind in FactKind:
            known, now = present.get(kind), new.get(kind)
            if known and now and replace(now, valid_from=known.valid_from) == known:
                continue
            if known:
                found.append(replace(known, valid_until=entry.at))
                del present[kind]
            if now:
                present[kind] = now
    # A fact that ended in the second in which it began was never true at the end of a period.
    return [one for one in (*found, *present.values()) if one.valid_until is None or one.valid_from < one.valid_until]


def _has_same_facts(before: Request, after: Request) -> bool:
    return all(
        getattr(before, name) == getattr(after, name)
        for name in ("state", "service", "triage", "delivery", "submitted_at")
    )


def _list_present_facts(request: Request, log: Sequence[RequestLogEntry], calendar: Calendar) -> Iterator[FigureFact]:
    at, service = log[-1].at, request.service
    if request.submitted_at:
        is_counted = request.state not in DISMISSED_STATES
        yield FigureFact(FactKind.SUBMITTED, request.submitted_at, at, service, is_counted)
    if (triaged_at := find_triage_time(log)) and (clock := request.triage):
        met = clock.is_met(calendar)
        yield FigureFact(FactKind.TRIAGED, triaged_at, at, service, seconds=clock.used_before, is_met=met)
    if request.state in DELIVERED_STATES and request.delivered_at:
        lead, clock = compute_lead_time(log, at, calendar), request.delivery
        yield FigureFact(
            FactKind.DELIVERED,
            request.delivered_at,
            at,
            service,
            seconds=clock.used_before if clock else None,
            is_met=clock.is_met(calendar) if clock else None,
            held=lead.held,
        )
    if request.state in UNDELIVERED_STATES:
        yield FigureFact(FactKind.OPEN, request.submitted_at or request.created_at, at, service)
