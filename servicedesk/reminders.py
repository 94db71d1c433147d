"""What time alone does to a request: alerts, reminders to accept a delivery, automatic closing, reviews of a hold.

Only the next reminder of each request is computed. Its time is a column, so that one query finds what is due.
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
    """What is due for a request."""

    ALERT = "alert"
    REMIND = "remind"
    CLOSE = "close"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class SentNotices:
    """The notices already sent about a request: each alert of a clock once, each review date once."""

    alerts: Mapping[ClockName, frozenset[Alert]] = field(default_factory=dict)
    reviews: frozenset[date] = frozenset()

    def get_alerts(self, clock: ClockName) -> frozenset[Alert]:
        return self.alerts.get(clock, frozenset())


@dataclass(frozen=True, slots=True)
class DueReminder:
    """The next reminder and its time, which is in working hours. `clock` is set for an alert."""

    kind: ReminderKind
    at: datetime
    clock: ClockName | None = None


def find_next_reminder(request: Request, sent: SentNotices, desk: Desk) -> DueReminder | None:
    """The next reminder, which may be overdue; None when time alone doesn't affect the request."""
    if request.state is RequestState.DELIVERED:
        return _find_delivery_reminder(request, desk.catalogue.acceptance, desk.calendar)
    if request.state is RequestState.ON_HOLD:
        return _find_review(request, sent, desk.calendar)
    return _find_alert(request, sent, desk.calendar)


def find_running_clock(request: Request) -> ClockName | None:
    """The running clock; there is never more than one."""
    clocks = ((name, request.get_clock(name)) for name in ClockName)
    return next((name for name, clock in clocks if clock and clock.is_running), None)


def find_closing_time(request: Request, acceptance: Acceptance, calendar: Calendar) -> datetime | None:
    """When a delivery closes automatically; None until all reminders have been sent."""
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
    """When that much business time has passed, moved into working hours."""
    return calendar.next_open(calendar.add_working_seconds(start, target.to_seconds(calendar)))


def _find_review(request: Request, sent: SentNotices, calendar: Calendar) -> DueReminder | None:
    if request.review_on is None or request.review_on in sent.reviews:
        return None
    midnight = datetime.combine(request.review_on, time(), calendar.zone).astimezone(UTC)
    return DueReminder(ReminderKind.REVIEW, calendar.next_open(midnight))


def _find_alert(request: Request, sent: SentNotices, calendar: Calendar) -> DueReminder | None:
    name = find_running_clock(request)
    clock = request.get_clock(name) if name else None
    following = find_next_alert(clock, sent.get_alerts(name), calendar) if name and clock else None
    return DueReminder(ReminderKind.ALERT, following[1], name) if following else None
