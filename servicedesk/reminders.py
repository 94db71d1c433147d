"""What time asks for: alerts of clocks, reminders of a delivery, closing by itself, looking at a hold again.

Of each request only the next occasion is asked, so that a moment in a column says when to look at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum

from servicedesk.calendar import Calendar
from servicedesk.catalogue import Acceptance
from servicedesk.clock import Alert, Target, next_alert
from servicedesk.desk import Desk
from servicedesk.records import ClockName, Request, State


class Occasion(StrEnum):
    """Why a request is looked at."""

    ALERT = "alert"
    REMIND = "remind"
    CLOSE = "close"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Told:
    """What has been told of a request already: each alert of a clock once, each day of review once."""

    alerts: Mapping[ClockName, frozenset[Alert]] = field(default_factory=dict)
    reviews: frozenset[date] = frozenset()

    def of(self, clock: ClockName) -> frozenset[Alert]:
        return self.alerts.get(clock, frozenset())


@dataclass(frozen=True, slots=True)
class Due:
    """The next occasion and its moment, which lies in working hours. `clock` is whose alert it is."""

    occasion: Occasion
    at: datetime
    clock: ClockName | None = None


def next_due(request: Request, told: Told, desk: Desk) -> Due | None:
    """The next occasion, perhaps in the past; None when time changes nothing about the request."""
    if request.state is State.DELIVERED:
        return _after_delivery(request, desk.catalogue.acceptance, desk.calendar)
    if request.state is State.ON_HOLD:
        return _review(request, told, desk.calendar)
    return _alert(request, told, desk.calendar)


def running_clock(request: Request) -> ClockName | None:
    """The clock that runs; there is never more than one."""
    clocks = ((name, request.clock(name)) for name in ClockName)
    return next((name for name, clock in clocks if clock and clock.running), None)


def closes_at(request: Request, acceptance: Acceptance, calendar: Calendar) -> datetime | None:
    """When a delivery closes by itself, all reminders being sent; None before that."""
    if request.delivered_at is None or request.reminders < len(acceptance.remind_after):
        return None
    last = request.reminded_at or request.delivered_at
    moments = (
        _after(request.delivered_at, acceptance.close_after, calendar),
        _after(last, Target(1, "days"), calendar),
    )
    return max(moments)


def _after_delivery(request: Request, acceptance: Acceptance, calendar: Calendar) -> Due | None:
    if request.delivered_at is None:
        return None
    if request.reminders < len(acceptance.remind_after):
        target = acceptance.remind_after[request.reminders]
        return Due(Occasion.REMIND, _after(request.delivered_at, target, calendar))
    at = closes_at(request, acceptance, calendar)
    return Due(Occasion.CLOSE, at) if at else None


def _after(start: datetime, target: Target, calendar: Calendar) -> datetime:
    """When so much business time has passed, at a moment when people are at work."""
    return calendar.next_open(calendar.add(start, target.seconds(calendar)))


def _review(request: Request, told: Told, calendar: Calendar) -> Due | None:
    if request.review_on is None or request.review_on in told.reviews:
        return None
    midnight = datetime.combine(request.review_on, time(), calendar.zone).astimezone(UTC)
    return Due(Occasion.REVIEW, calendar.next_open(midnight))


def _alert(request: Request, told: Told, calendar: Calendar) -> Due | None:
    name = running_clock(request)
    clock = request.clock(name) if name else None
    following = next_alert(clock, told.of(name), calendar) if name and clock else None
    return Due(Occasion.ALERT, following[1], name) if following else None
