"""The PMO's own figures. Each can be recomputed from the logs alone.

Durations are business seconds by the desk's calendar. A period is [start, end). What happened from its end on is
ignored, so that the figures of a past period never change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from statistics import median_low

from servicedesk.calendar import Calendar
from servicedesk.catalogue import Catalogue
from servicedesk.lead_times import Holder
from servicedesk.records import ClockName, Request

AGES = (5, 10, 20)  # business days; the last group is everything older


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


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """What is known of the requests at the end of a period [start, end). Drafts don't count.

    `submitted` and `dismissed` count those submitted in it by service; those dismissed since are only in the latter.
    `triage_seconds` and `delivery_seconds` are those of its triages and deliveries that stand, `lead_seconds` and
    `held` those of its deliveries. `reopened` counts, of those that had a delivery in it, those reopened afterwards.
    `ages` counts those that were open at its end, by age group.
    """

    submitted: Mapping[str, int]
    dismissed: Mapping[str, int]
    triage_seconds: Sequence[int]
    triage_met: Share
    delivered: int
    delivery_seconds: Sequence[int]
    delivery_met: Share
    lead_seconds: Sequence[int]
    held: Mapping[Holder, int]
    reopened: Share
    ages: tuple[int, ...]


def compute_figures(facts: PeriodFacts, start: datetime, end: datetime, catalogue: Catalogue) -> Figures:
    """The figures of [start, end) from the facts at its end."""
    return Figures(
        start=start,
        end=end,
        submitted=sum(facts.submitted.values()) + sum(facts.dismissed.values()),
        triaged=len(facts.triage_seconds),
        delivered=facts.delivered,
        to_triage=_compute_spread(facts.triage_seconds),
        to_deliver=_compute_spread(facts.delivery_seconds),
        lead=_compute_spread(facts.lead_seconds),
        held={holder: facts.held.get(holder, 0) for holder in Holder},
        triage_met=facts.triage_met,
        delivery_met=facts.delivery_met,
        reopened=facts.reopened,
        open_now=sum(facts.ages),
        ages=facts.ages,
        hours_asked=sum(count * _estimate_hours(service, catalogue) for service, count in facts.submitted.items()),
    )


def find_age_limits(end: datetime, calendar: Calendar) -> tuple[datetime | None, ...]:
    """For each of AGES the moment before which whatever was submitted is older at `end`; None if nothing can be."""
    return tuple(calendar.find_start_before(end, days * calendar.day_seconds) for days in AGES)


def is_overdue(request: Request, at: datetime, calendar: Calendar) -> bool:
    """Whether a running clock of the request is past its target."""
    clocks = [request.get_clock(name) for name in ClockName]
    dues = [clock.find_due_time(calendar) for clock in clocks if clock and clock.is_running]
    return any(due is not None and due < at for due in dues)


def _estimate_hours(key: str, catalogue: Catalogue) -> int:
    service = catalogue.find_service(key)
    return service.effort_hours if service else 0


def _compute_spread(durations: Iterable[int]) -> Spread:
    ordered = sorted(durations)
    if not ordered:
        return Spread(0, None, None)
    return Spread(len(ordered), median_low(ordered), ordered[-(-len(ordered) * 85 // 100) - 1])
