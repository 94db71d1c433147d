"""The SLA clock: how much of a target in business time has been used.

A clock runs, is paused or is stopped. Only used business seconds are stored, so due = resumed + (target − used before).
A paused clock has no due date and can't be late: the wait belongs to whoever the request is waiting for.
"""

import re
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Literal

from foundation.errors import UserError
from servicedesk.calendar import Calendar, drop_fraction

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Target:
    """A number of business days or hours. The calendar says how long a business day is.

    `percent` shortens or lengthens the target by priority.
    """

    amount: int
    unit: Literal["days", "hours"]
    percent: int = 100

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Read “10 business days”, “1 business day” or “4 business hours”, with “at 50%” for a priority's share.

        Raises:
            UserError: the text isn't a target, or the target is 0.
        """
        found = re.fullmatch(r"(\d{1,4}) business (day|hour)s?(?: at (\d{1,4}) ?%)?", text.strip())
        if not found or not int(found[1]) or found[3] == "0":
            raise UserError(f"“{text}” isn't a target. Write it like “10 business days” or “4 business hours”.")
        return cls(int(found[1]), "days" if found[2] == "day" else "hours", int(found[3] or 100))

    def to_seconds(self, calendar: Calendar) -> int:
        unit = calendar.day_seconds if self.unit == "days" else HOUR
        return self.amount * unit * self.percent // 100

    def __str__(self) -> str:
        unit = self.unit if self.amount != 1 else self.unit[:-1]
        share = f" at {self.percent}%" if self.percent != 100 else ""
        return f"{self.amount} business {unit}{share}"


@dataclass(frozen=True, slots=True)
class Clock:
    """Business seconds used against a target: `used_before` in finished runs. The clock runs while `since` is set."""

    target: Target
    used_before: int = 0
    since: datetime | None = None
    stopped: bool = False

    @property
    def is_running(self) -> bool:
        return self.since is not None

    def resume(self, now: datetime) -> "Clock":
        """Start, or continue after a pause or a stop with the time used so far."""
        return self if self.is_running else replace(self, since=drop_fraction(now), stopped=False)

    def pause(self, now: datetime, calendar: Calendar) -> "Clock":
        return replace(self, used_before=self.count_used(now, calendar), since=None, stopped=False)

    def stop(self, now: datetime, calendar: Calendar) -> "Clock":
        return replace(self, used_before=self.count_used(now, calendar), since=None, stopped=True)

    def with_target(self, target: Target) -> "Clock":
        """The same clock with another target; the used time stays."""
        return replace(self, target=target)

    def count_used(self, now: datetime, calendar: Calendar) -> int:
        return self.used_before + (calendar.count_working_seconds(self.since, now) if self.since else 0)

    def count_left(self, now: datetime, calendar: Calendar) -> int:
        """Business seconds left; negative when the clock is over its target."""
        return self.target.to_seconds(calendar) - self.count_used(now, calendar)

    def find_due_time(self, calendar: Calendar) -> datetime | None:
        """When the target will be used up; None while paused or stopped.

        If nothing was left when the clock last resumed, it is that moment.
        """
        return self.find_time_of_share(100, calendar)

    def find_time_of_share(self, percent: int, calendar: Calendar) -> datetime | None:
        """When that share of the target will be used if the clock keeps running; None while it doesn't run."""
        # Rounded up, so that 80 % is never reported a second early. The sum is in working seconds in UTC: clock changes
        # and nights are the calendar's business, and a pause is already left out of `used_before`.
        threshold = -(-self.target.to_seconds(calendar) * percent // 100)
        return calendar.add_working_seconds(self.since, threshold - self.used_before) if self.since else None

    def is_met(self, calendar: Calendar) -> bool | None:
        """Whether a stopped clock met its target; None while it isn't stopped."""
        return self.used_before <= self.target.to_seconds(calendar) if self.stopped else None


class Alert(IntEnum):
    """An alert about a running clock, sent once each: near its target, at it, and on three business days after it."""

    NEAR = 80
    DUE = 100
    OVERDUE_1 = 101
    OVERDUE_2 = 102
    OVERDUE_3 = 103


def find_alert_time(clock: Clock, alert: Alert, calendar: Calendar) -> datetime | None:
    """When the alert is due if the clock keeps running, moved into working hours; None while it doesn't run."""
    moment = clock.find_time_of_share(min(alert, Alert.DUE), calendar)
    if moment is None:
        return None
    days_after = max(0, alert - Alert.DUE)
    return calendar.next_open(calendar.add_working_seconds(moment, days_after * calendar.day_seconds))


def find_next_alert(clock: Clock, sent: Set[Alert], calendar: Calendar) -> tuple[Alert, datetime] | None:
    """The next alert and its time: the lowest above everything that was sent."""
    highest = max(sent, default=0)
    for alert in Alert:
        if alert > highest and (moment := find_alert_time(clock, alert, calendar)):
            return alert, moment
    return None


def find_current_alert(clock: Clock, sent: Set[Alert], now: datetime, calendar: Calendar) -> Alert | None:
    """The one alert to send now, if any.

    Alerts go out in working hours only, never while the clock is paused, and once each. If several were missed, only
    the highest is sent.
    """
    if not calendar.is_open(now):
        return None
    reached = [alert for alert in Alert if (at := find_alert_time(clock, alert, calendar)) and at <= now]
    return reached[-1] if reached and reached[-1] > max(sent, default=0) else None
