"""What time asks for: alerts of clocks, reminders of a delivery, closing by itself, looking at a hold again.

Of each request only the next occasion is asked, so that a moment in a column says when to look at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum

from servicedesk.calendar import Calendar
from servicedesk.catalogue import Acceptance
from servicedesk.clock import Alert, Target, find_next_alert
from servicedesk.desk import Desk
from servicedesk.records import ClockName, Request, RequestState


class ReminderKind(StrEnum):
    """Why a request is looked at."""

    ALERT = "alert"
    REMIND = "remind"
    CLOSE = "close"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class SentNotices:
    """What has been told of a request already: each alert of a clock once, each day of review once."""

    alerts: Mapping[ClockName, frozenset[Alert]] = field(default_factory=dict)
    reviews: frozenset[date] = frozenset()

    def get_alerts(self, clock: ClockName) -> frozenset[Alert]:
        return self.alerts.get(clock, frozenset())


@dataclass(frozen=True, slots=True)
class DueReminder:
    """The next occasion and its moment, which lies in working hours. `clock` is whose alert it is."""

    kind: ReminderKind
    at: datetime
    clock: ClockName | None = None


def find_next_reminder(request: Request, told: SentNotices, desk: Desk) -> DueReminder | None:
    """The next occasion, perhaps in the past; None when time changes nothing about the request."""
    if request.state is RequestState.DELIVERED:
        return _find_delivery_reminder(request, desk.catalogue.acceptance, desk.calendar)
    if request.state is RequestState.ON_HOLD:
        return _find_review(request, told, desk.calendar)
    return _find_alert(request, told, desk.calendar)


def find_running_clock(request: Request) -> ClockName | None:
    """The clock that runs; there is never more than one."""
    clocks = ((name, request.get_clock(name)) for name in ClockName)
    return next((name for name, clock in clocks if clock and clock.is_running), None)


def find_closing_time(request: Request, acceptance: Acceptance, calendar: Calendar) -> datetime | None:
    """When a delivery closes by itself, all reminders being sent; None before that."""
    if request.delivered_at is None or request.reminders < len(acceptance.remind_after):
        return None
    last = request.reminded_at or request.delivered_at
    moments = (
        _find_working_time(request.delivered_at, acceptance.close_after, calendar),
        _find_working_time(last, Target(1, "days"), calendar),
    )
    return max(moments)


def _find_delivery_reminder(request: Request, acceptance: Acceptance, calendar: Calendar) -> DueReminder | None:
    if request.delivered_at is None:
        return None
    if request.reminders < len(acceptance.remind_after):
        target = acceptance.remind_after[request.reminders]
        return DueReminder(ReminderKind.REMIND, _find_working_time(request.delivered_at, target, calendar))
    at = find_closing_time(request, acceptance, calendar)
    return DueReminder(ReminderKind.CLOSE, at) if at else None


def _find_working_time(start: datetime, target: Target, calendar: Calendar) -> datetime:
    """When so much business time has passed, at a moment when people are at work."""
    return calendar.next_open(calendar.add_working_seconds(start, target.to_seconds(calendar)))


def _find_review(request: Request, told: SentNotices, calendar: Calendar) -> DueReminder | None:
    if request.review_on is None or request.review_on in told.reviews:
        return None
    midnight = datetime.combine(request.review_on, time(), calendar.zone).astimezone(UTC)
    return DueReminder(ReminderKind.REVIEW, calendar.next_open(midnight))


def _find_alert(request: Request, told: SentNotices, calendar: Calendar) -> DueReminder | None:
    name = find_running_clock(request)
    clock = request.get_clock(name) if name else None
    following = find_next_alert(clock, told.get_alerts(name), calendar) if name and clock else None
    return DueReminder(ReminderKind.ALERT, following[1], name) if following else None
