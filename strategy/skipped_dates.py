"""Which dates a schedule skips: months that don't have the day, and holidays."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile

from foundation.time import find_zone
from strategy.rules import compile_rule, list_due_months
from strategy.schedules import HolidayPolicy, Schedule, is_holiday

AHEAD = timedelta(days=366)
YEARS_AHEAD = 9 * AHEAD  # 29 February comes every four years, and once in eight
MOST_NAMED = 6


def describe_skipped_dates(schedule: Schedule, now: datetime) -> tuple[str, ...]:
    """What a schedule skips within the next year, or years if it's yearly, in sentences; empty if it skips nothing."""
    today = now.astimezone(find_zone(schedule.zone)).replace(tzinfo=None)
    first = max(schedule.starts, today.replace(day=1, hour=0, minute=0))
    ahead = YEARS_AHEAD if "YEARLY" in schedule.rule.upper() else AHEAD
    dates = [wall.date() for wall in _iterate_dates(schedule, first, first + ahead)]
    coming = [day for day in dates if today.date() <= day <= (today + AHEAD).date()]
    return (*_describe_months(schedule, first, dates), *_describe_holidays(schedule, coming))


def _iterate_dates(schedule: Schedule, first: datetime, last: datetime) -> Iterator[datetime]:
    """The wall times of the rule, before holidays are looked at."""
    rule = compile_rule(schedule.rule, schedule.starts)
    walls: Iterator[datetime] = rule.recurrence.xafter(first, inc=True)
    end = (
        last if rule.until is None else min(last, rule.until.astimezone(find_zone(schedule.zone)).replace(tzinfo=None))
    )
    return takewhile(lambda wall: wall <= end, walls)


def _describe_months(schedule: Schedule, first: datetime, dates: Sequence[date]) -> Iterator[str]:
    """Months in which a monthly or yearly rule is due, up to its last date, without any."""
    if not dates:
        return
    found = {(day.year, day.month) for day in dates}
    begin, end = (first.year, first.month), (dates[-1].year, dates[-1].month)
    due = list_due_months(schedule.rule, schedule.starts, first.year, dates[-1].year)
    skipped = [date(year, month, 1) for year, month in due if begin <= (year, month) <= end]
    skipped = [day for day in skipped if (day.year, day.month) not in found]
    if skipped:
        yield (
            f"Skips months without that day: {_join([f'{day:%B %Y}' for day in skipped])}. "
            "For the last day of every month use BYMONTHDAY=-1, for the last Friday BYDAY=-1FR."
        )


def _describe_holidays(schedule: Schedule, dates: Sequence[date]) -> Iterator[str]:
    skipped = [day for day in dates if is_holiday(schedule, day)] if schedule.on_holiday is HolidayPolicy.SKIP else []
    if skipped:
        yield (
            f"Skips holidays: {_join([f'{day:%-d %B %Y}' for day in skipped])}. "
            "To move these instead, set on_holiday to previous or next."
        )


def _join(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
