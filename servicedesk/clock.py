"""The SLA clock: how much of a target in business time has been used.

A clock runs, is paused, or is stopped. Only its used business seconds count: due = resumed + (target - used before).
A paused clock has no due date and cannot be breached; waiting belongs to whoever is waited for.
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
    """A promise in business time: so many business days or hours. What a day is worth, the calendar says.

    `percent` shortens or lengthens it by priority.
    """

    amount: int
    unit: Literal["days", "hours"]
    percent: int = 100

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Read “10 business days”, “1 business day” or “4 business hours”; “at 50 %” may follow, a priority's share.

        Raises:
            UserError: it is not such a target, or it is nothing.
        """
        found = re.fullmatch(r"(\d{1,4}) business (day|hour)s?(?: at (\d{1,4}) %)?", text.strip())
        if not found or not int(found[1]) or found[3] == "0":
            raise UserError(f"“{text}” is no target. Write it as “10 business days” or “4 business hours”.")
        return cls(int(found[1]), "days" if found[2] == "day" else "hours", int(found[3] or 100))

    def to_seconds(self, calendar: Calendar) -> int:
        unit = calendar.day_seconds if self.unit == "days" else HOUR
        return self.amount * unit * self.percent // 100

    def __str__(self) -> str:
        unit = self.unit if self.amount != 1 else self.unit[:-1]
        share = f" at {self.percent} %" if self.percent != 100 else ""
        return f"{self.amount} business {unit}{share}"


@dataclass(frozen=True, slots=True)
class Clock:
    """Business seconds used against a target. `used_before` are those of finished runs; it runs when `since` is set."""

    target: Target
    used_before: int = 0
    since: datetime | None = None
    stopped: bool = False

    @property
    def is_running(self) -> bool:
        return self.since is not None

    def resume(self, now: datetime) -> "Clock":
        """Start, go on after a pause, or go on after a stop with the time already used."""
        return self if self.is_running else replace(self, since=drop_fraction(now), stopped=False)

    def pause(self, now: datetime, calendar: Calendar) -> "Clock":
        return replace(self, used_before=self.count_used(now, calendar), since=None, stopped=False)

    def stop(self, now: datetime, calendar: Calendar) -> "Clock":
        return replace(self, used_before=self.count_used(now, calendar), since=None, stopped=True)

    def with_target(self, target: Target) -> "Clock":
        """Another target from now on; what is used stays used."""
        return replace(self, target=target)

    def count_used(self, now: datetime, calendar: Calendar) -> int:
        return self.used_before + (calendar.count_working_seconds(self.since, now) if self.since else 0)

    def count_left(self, now: datetime, calendar: Calendar) -> int:
        """Business seconds left; below 0 when the target is passed."""
        return self.target.to_seconds(calendar) - self.count_used(now, calendar)

    def find_due_time(self, calendar: Calendar) -> datetime | None:
        """When the target will be used up; None while paused or stopped.

        With nothing left at the last resumption it is that moment itself.
        """
        return self.find_time_of_share(100, calendar)

    def find_time_of_share(self, percent: int, calendar: Calendar) -> datetime | None:
        """When so much of the target is used, if the clock runs on; None while it does not run. Milestones ask this."""
        threshold = -(-self.target.to_seconds(calendar) * percent // 100)
        return calendar.add_working_seconds(self.since, threshold - self.used_before) if self.since else None

    def is_met(self, calendar: Calendar) -> bool | None:
        """Whether a stopped clock kept its target; None while it is not stopped."""
        return self.used_before <= self.target.to_seconds(calendar) if self.stopped else None


class Alert(IntEnum):
    """What is told of a running clock, once each: near its target, at it, and on three business days after it."""

    NEAR = 80
    DUE = 100
    OVERDUE_1 = 101
    OVERDUE_2 = 102
    OVERDUE_3 = 103


def find_alert_time(clock: Clock, alert: Alert, calendar: Calendar) -> datetime | None:
    """When the alert falls if the clock runs on, moved into working hours; None while it does not run."""
    moment = clock.find_time_of_share(min(alert, Alert.DUE), calendar)
    if moment is None:
        return None
    days_after = max(0, alert - Alert.DUE)
    return calendar.next_open(calendar.add_working_seconds(moment, days_after * calendar.day_seconds))


def find_next_alert(clock: Clock, sent: Set[Alert], calendar: Calendar) -> tuple[Alert, datetime] | None:
    """The next alert and its moment: the lowest above all that were sent."""
    highest = max(sent, default=0)
    for alert in Alert:
        if alert > highest and (moment := find_alert_time(clock, alert, calendar)):
            return alert, moment
    return None


def find_current_alert(clock: Clock, sent: Set[Alert], now: datetime, calendar: Calendar) -> Alert | None:
    """The one alert to send now, if any.

    Only in working hours, never while paused, each once; of several that were missed, only the highest.
    """
    if not calendar.is_open(now):
        return None
    reached = [alert for alert in Alert if (at := find_alert_time(clock, alert, calendar)) and at <= now]
    return reached[-1] if reached and reached[-1] > max(sent, default=0) else None
