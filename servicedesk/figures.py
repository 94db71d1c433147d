"""The PMO's own figures. Each is computed from the logs alone, so anybody can recompute it.

Durations are business seconds by the desk's calendar, unless a name says wall. A period is [start, end). Entries from
its end on are ignored, so that the figures of a past period never change.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from statistics import median_low

from servicedesk.calendar import Calendar
from servicedesk.catalogue import Catalogue
from servicedesk.history import replay_log
from servicedesk.records import (
    TRIAGE_STATES,
    UNDELIVERED_STATES,
    ClockName,
    Request,
    RequestLogEntry,
    RequestState,
    RequestVerb,
)

Log = Sequence[RequestLogEntry]


class Holder(StrEnum):
    """Who a request is waiting for."""

    PMO = "the PMO"
    REQUESTER = "the requester"
    APPROVER = "the approver"
    HOLD = "nobody (on hold)"


HOLDERS: Mapping[RequestState, Holder] = {
    RequestState.SUBMITTED: Holder.PMO,
    RequestState.NEEDS_INFO: Holder.REQUESTER,
    RequestState.PENDING_APPROVAL: Holder.APPROVER,
    RequestState.CHANGES_REQUESTED: Holder.REQUESTER,
    RequestState.QUEUED: Holder.PMO,
    RequestState.IN_PROGRESS: Holder.PMO,
    RequestState.WAITING_REQUESTER: Holder.REQUESTER,
    RequestState.ON_HOLD: Holder.HOLD,
    RequestState.DELIVERED: Holder.REQUESTER,
    # After an end only the time until a reopening or an override counts.
    RequestState.CLOSED: Holder.REQUESTER,
    RequestState.WITHDRAWN: Holder.REQUESTER,
    RequestState.DECLINED: Holder.PMO,
    RequestState.DUPLICATE: Holder.PMO,
}
AGES = (5, 10, 20)  # business days; the last group is everything older


@dataclass(frozen=True, slots=True)
class LeadTime:
    """From submission to delivery, or to the end if nothing was delivered. `held` adds up to `total`."""

    total: int
    wall: int
    held: Mapping[Holder, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """Several durations in seconds: how many, their lower median, and the time within which 85 % of them stayed."""

    count: int
    median: int | None
    within_85: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`. There is no rate if `whole` is 0."""

    part: int
    whole: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.part, self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period. `ages` counts requests open at its end: up to 5, 10, 20 business days, and older.

    `to_triage` and `to_deliver` exclude waiting. `lead` is the total time, and `held` says who held the requests.
    """

    start: datetime
    end: datetime
    submitted: int
    triaged: int
    delivered: int
    to_triage: Spread
    to_deliver: Spread
    lead: Spread
    held: Mapping[Holder, int]
    triage_met: Share
    delivery_met: Share
    reopened: Share
    open_now: int
    ages: tuple[int, ...]
    hours_asked: int


def compute_figures(
    logs: Iterable[Log], start: datetime, end: datetime, calendar: Calendar, catalogue: Catalogue
) -> Figures:
    """The figures of [start, end) from complete logs, one per request. Drafts don't count."""
    past = [cut for log in logs if (cut := [entry for entry in log if entry.at < end])]
    cases = [(replay_log(log, calendar), log) for log in past]
    new = [request for request, _ in cases if request.submitted_at and start <= request.submitted_at]
    triaged = [request for request, log in cases if (at := find_triage_time(log)) and start <= at and request.triage]
    done = [(request, log) for request, log in cases if _was_delivered_since(request, start)]
    leads = [compute_lead_time(log, end, calendar) for _, log in done]
    delivered_ever = [log for _, log in cases if any(_is_delivery(entry, start) for entry in log)]
    open_now = [request for request, _ in cases if request.state in UNDELIVERED_STATES]
    return Figures(
        start=start,
        end=end,
        submitted=len(new),
        triaged=len(triaged),
        delivered=len(done),
        to_triage=_compute_spread(request.triage.used_before for request in triaged if request.triage),
        to_deliver=_compute_spread(request.delivery.used_before for request, _ in done if request.delivery),
        lead=_compute_spread(lead.total for lead in leads),
        held={holder: sum(lead.held[holder] for lead in leads) for holder in Holder},
        triage_met=_count_met([request.triage.is_met(calendar) for request in triaged if request.triage]),
        delivery_met=_count_met([request.delivery.is_met(calendar) for request, _ in done if request.delivery]),
        reopened=Share(sum(_was_reopened_after(log, start) for log in delivered_ever), len(delivered_ever)),
        open_now=len(open_now),
        ages=_count_ages(open_now, end, calendar),
        hours_asked=sum(_estimate_hours(request, catalogue) for request in new if _is_counted(request)),
    )


def find_closed_numbers(logs: Iterable[Log], start: datetime, end: datetime) -> frozenset[int]:
    """The numbers of requests closed in [start, end): those whose requesters were asked for a rating."""
    entries = (entry for log in logs for entry in log if start <= entry.at < end)
    return frozenset(entry.number for entry in entries if entry.after is RequestState.CLOSED is not entry.before)


def compute_lead_time(log: Log, now: datetime, calendar: Calendar) -> LeadTime:
    """How long a request took, or has taken by `now`, and who held it."""
    held: Counter[Holder] = Counter(dict.fromkeys(Holder, 0))
    wall = 0
    end = _find_lead_end(log, now)
    for entry, following in zip(log, [*log[1:], None], strict=True):
        until = min(following.at, end) if following else end
        if holder := HOLDERS.get(entry.after):
            held[holder] += calendar.count_working_seconds(entry.at, until)
            wall += max(0, int((until - entry.at).total_seconds()))
    return LeadTime(held.total(), wall, dict(held))


def is_overdue(request: Request, at: datetime, calendar: Calendar) -> bool:
    """Whether a running clock of the request is past its target."""
    clocks = [request.get_clock(name) for name in ClockName]
    dues = [clock.find_due_time(calendar) for clock in clocks if clock and clock.is_running]
    return any(due is not None and due < at for due in dues)


def find_triage_time(log: Log) -> datetime | None:
    """When the PMO first decided on the request. A withdrawal isn't a decision of the PMO."""
    for entry in log:
        if (
            entry.before in TRIAGE_STATES
            and entry.after not in TRIAGE_STATES
            and entry.verb is not RequestVerb.WITHDRAW
        ):
            return entry.at
    return None


def _find_lead_end(log: Log, now: datetime) -> datetime:
    """The delivery unless it was reopened, otherwise the end, otherwise now."""
    moves = [entry for entry in log if entry.before is not entry.after]
    last = moves[-1]
    if last.after in UNDELIVERED_STATES or last.after is RequestState.DRAFT:
        return now
    return moves[-2].at if (last.before, last.after) == (RequestState.DELIVERED, RequestState.CLOSED) else last.at


def _was_delivered_since(request: Request, start: datetime) -> bool:
    at = request.delivered_at
    return request.state in (RequestState.DELIVERED, RequestState.CLOSED) and at is not None and start <= at


def _is_delivery(entry: RequestLogEntry, start: datetime) -> bool:
    return entry.verb is RequestVerb.DELIVER and start <= entry.at


def _was_reopened_after(log: Log, start: datetime) -> bool:
    first = next(number for number, entry in enumerate(log) if _is_delivery(entry, start))
    return any(entry.verb is RequestVerb.REOPEN for entry in log[first:])


def _is_counted(request: Request) -> bool:
    return request.state not in (RequestState.DECLINED, RequestState.DUPLICATE, RequestState.WITHDRAWN)


def _estimate_hours(request: Request, catalogue: Catalogue) -> int:
    service = catalogue.find_service(request.service)
    return service.effort_hours if service else 0


def _count_met(results: Sequence[bool | None]) -> Share:
    known = [result for result in results if result is not None]
    return Share(sum(known), len(known))


def _compute_spread(durations: Iterable[int]) -> Spread:
    ordered = sorted(durations)
    if not ordered:
        return Spread(0, None, None)
    return Spread(len(ordered), median_low(ordered), ordered[-(-len(ordered) * 85 // 100) - 1])


def _count_ages(requests: Sequence[Request], end: datetime, calendar: Calendar) -> tuple[int, ...]:
    counts = [0] * (len(AGES) + 1)
    for request in requests:
        age = calendar.count_working_seconds(request.submitted_at or request.created_at, end)
        group = sum(age > days * calendar.day_seconds for days in AGES)
        counts[group] += 1
    return tuple(counts)
