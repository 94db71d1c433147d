"""Working time: the seconds of the year in which the PMO works, and arithmetic with them.

Everything counts in whole seconds. Moments are aware and in UTC; the calendar's own zone only serves to find when the
working intervals of a day begin and end.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from foundation.errors import UserError
from foundation.time import find_local_day, find_zone, resolve_wall_time, to_utc

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FURTHEST_DAYS = 3_660  # ten years: no due date is further away, so a longer search means a broken calendar
END_OF_DAY = 24 * 60

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Interval:
    """Working time of one day, in minutes after its local midnight.

    A shift over midnight belongs to the day on which it opens: its `closes` is more than 1440.
    """

    opens: int
    closes: int

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Read “09:00-17:00”, or “22:00-06:00” for a shift that ends on the next day; “24:00” is the end of the day.

        Raises:
            UserError: the text isn't an interval.
        """
        found = re.fullmatch(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)", text.strip())
        if not found:
            raise UserError(f"“{text}” isn't a working interval. Write it like 09:00-17:00.")
        opening_hour, opening_minute, closing_hour, closing_minute = map(int, found.groups())
        opens, closes = opening_hour * 60 + opening_minute, closing_hour * 60 + closing_minute
        if opening_minute > 59 or closing_minute > 59 or opens >= END_OF_DAY or closes > END_OF_DAY:
            raise UserError(f"“{text}” isn't a working interval: a day has the times from 00:00 to 24:00.")
        if opens == closes:
            raise UserError(f"“{text}” isn't a working interval: it starts and ends at the same time.")
        return cls(opens, closes if closes > opens else closes + END_OF_DAY)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working hours of a week in one time zone, without holidays. `week` has seven entries, Monday first.

    Raises:
        UserError: the week has no working time, or the intervals of a day overlap.
    """

    zone: ZoneInfo
    week: tuple[tuple[Interval, ...], ...]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != len(DAYS):
            raise ValueError("A week has seven days.")
        if not any(self.week):
            raise UserError("The calendar has no working hours. Give at least one day its hours, such as 09:00-17:00.")
        for name, intervals in zip(DAYS, self.week, strict=True):
            if any(later.opens < earlier.closes for earlier, later in pairwise(intervals)):
                raise UserError(f"The working hours on {name.capitalize()} overlap or aren't in order.")
        for number, name in enumerate(DAYS):
            following = self.week[(number + 1) % 7]
            if self.week[number] and following and following[0].opens < self.week[number][-1].closes - END_OF_DAY:
                raise UserError(f"The shift that starts on {name.capitalize()} overlaps the hours of the next day.")

    @property
    def day_seconds(self) -> int:
        """The length of a business day: the mean of the days with hours, so that a week of five has five of them.

        Hours from midnight that continue those of the day before belong to that day's shift, however they are written.
        """
        minutes = sum(interval.closes - interval.opens for day in self.week for interval in day)
        return round(minutes * 60 / self._count_working_days())

    def _count_working_days(self) -> int:
        """The days on which work starts."""
        before = (self.week[-1], *self.week[:-1])
        return sum(
            any(not _continues(interval, earlier) for interval in day)
            for earlier, day in zip(before, self.week, strict=True)
        )

    def add_working_seconds(self, start: datetime, seconds: int) -> datetime:
        """The earliest moment by which that many working seconds have passed since `start`.

        Raises:
            UserError: the calendar has too little working time in the ten years after `start`.
        """
        moment, left = drop_fraction(start), seconds
        if left <= 0:
            return moment
        for opens, closes in self._working_spans(moment):
            length = int((closes - max(opens, moment)).total_seconds())
            if left <= length:
                return max(opens, moment) + timedelta(seconds=left)
            left -= max(length, 0)
        raise UserError("The calendar has too little working time to compute a due date. Check its hours and holidays.")

    def count_working_seconds(self, start: datetime, end: datetime) -> int:
        """The working seconds from `start` to `end`; 0 if `end` isn't after `start`."""
        first, last = drop_fraction(start), drop_fraction(end)
        total = 0
        for opens, closes in self._working_spans(first, last):
            total += max(0, int((min(closes, last) - max(opens, first)).total_seconds()))
        return total

    def find_start_before(self, end: datetime, seconds: int) -> datetime | None:
        """The moment before which everything begins that takes more than that many working seconds until `end`.

        None if the ten years before `end` have no more working seconds than that.
        """
        last, counted = drop_fraction(end), 0
        today = self.local_date(end)
        for number in range(FURTHEST_DAYS):
            for opens, closes in reversed(list(self._spans_of_day(today - timedelta(days=number)))):
                length = max(0, int((min(closes, last) - opens).total_seconds()))
                if counted + length > seconds:
                    return min(closes, last) - timedelta(seconds=seconds - counted)
                counted += length
        return None

    def is_open(self, moment: datetime) -> bool:
        """Whether the moment is in working time. The closing second isn't."""
        return any(opens <= moment < closes for opens, closes in self._working_spans(moment, moment))

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself if it is in working time, otherwise the start of the next working interval.

        Raises:
            UserError: there is no working time in the ten years after it.
        """
        return moment if self.is_open(moment) else self.add_working_seconds(moment, 1) - timedelta(seconds=1)

    def local_date(self, moment: datetime) -> date:
        return find_local_day(moment, self.zone)

    def _working_spans(self, start: datetime, end: datetime | None = None) -> Iterator[Span]:
        """Working spans of the local days from that before `start`, whose shift may go on, to that of `end`.

        Without an end they go on for ten years.
        """
        first = self.local_date(start) - timedelta(days=1)
        days = FURTHEST_DAYS if end is None else (self.local_date(end) - first).days + 1
        for number in range(days):
            yield from self._spans_of_day(first + timedelta(days=number))

    def _spans_of_day(self, day: date) -> Iterator[Span]:
        if day in self.holidays:
            return
        for interval in self.week[day.weekday()]:
            opens, closes = self._to_instant(day, interval.opens), self._to_instant(day, interval.closes)
            if opens < closes:
                yield opens, closes

    def _to_instant(self, day: date, minutes: int) -> datetime:
        # The minutes are added to the wall time, not to the instant of midnight. So nine o'clock stays nine o'clock on
        # the day of a clock change, although it is then eight or ten hours after midnight.
        return resolve_wall_time(datetime.combine(day, time()) + timedelta(minutes=minutes), self.zone)


def _continues(interval: Interval, earlier: tuple[Interval, ...]) -> bool:
    """Whether it's the second half of a shift of the day before, not a whole day of its own."""
    return interval.opens == 0 < interval.closes < END_OF_DAY and bool(earlier) and earlier[-1].closes == END_OF_DAY


def make_calendar(zone_name: str, hours: Mapping[str, Iterable[str]], days_off: Iterable[date] = ()) -> Calendar:
    """A calendar from text: `hours` maps a day to its intervals, such as {"monday": ["09:00-12:00", "13:00-17:00"]}.

    Raises:
        UserError: unknown zone, day or interval, or no working time at all.
    """
    unknown = [name for name in hours if name not in DAYS]
    if unknown:
        raise UserError(f"“{unknown[0]}” isn't a day of the week. Use {', '.join(DAYS)}.")
    week = tuple(
        tuple(sorted((Interval.parse(text) for text in hours.get(name, ())), key=lambda interval: interval.opens))
        for name in DAYS
    )
    return Calendar(find_zone(zone_name), week, frozenset(days_off))


def drop_fraction(moment: datetime) -> datetime:
    """The moment in UTC, to the whole second."""
    return to_utc(moment).replace(microsecond=0)
