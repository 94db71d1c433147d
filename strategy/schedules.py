"""When something recurs: an RFC 5545 rule over local wall time, a zone, holidays, and what happens after a downtime.

A rule runs over wall time and each result is then resolved in its zone, so that 09:00 stays 09:00 when clocks change.
`foundation.time.resolve_wall_time` decides on wall times that don't exist or exist twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from foundation.errors import InvalidInput, UserError
from foundation.holidays import find_holidays
from foundation.time import find_zone, resolve_wall_time, to_utc
from strategy.rules import check_rule, compile_rule

LONGEST_SHIFT = 14  # days that a holiday may move a slot
MOST_HOLIDAYS = 60  # slots in a row that may fall on holidays before a schedule counts as ended


class HolidayPolicy(StrEnum):
    """What happens to a slot on a holiday: it is skipped, or moves to the working day before or after."""

    SKIP = "skip"
    PREVIOUS = "previous"
    NEXT = "next"


class Misfire(StrEnum):
    """What happens to slots missed by more than the grace: only the latest runs, or none does."""

    COALESCE = "coalesce"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`starts` is naive local wall time in `zone` (IANA) and gives every slot its time of day.

    `calendar` names a public calendar of the `holidays` library ("GB-ENG", "DE-BY"), empty for none; `days_off` are the
    organisation's own. A slot is on time up to `grace` after it.
    """

    starts: datetime
    zone: str
    rule: str
    calendar: str = ""
    days_off: frozenset[date] = frozenset()
    on_holiday: HolidayPolicy = HolidayPolicy.SKIP
    misfire: Misfire = Misfire.COALESCE
    grace: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DueSlots:
    """`run` are the slots to run now, oldest first; `missed` the ones to record as not run."""

    run: tuple[datetime, ...] = ()
    missed: tuple[datetime, ...] = ()


def check_schedule(schedule: Schedule) -> tuple[str, ...]:
    """Check that a schedule can be followed.

    Returns:
        Hints that don't make it invalid.

    Raises:
        InvalidInput: by field: starts, zone, rule, calendar, grace.
    """
    wrong: dict[str, str] = {}
    if schedule.starts.tzinfo is not None:
        wrong["starts"] = "Give the local time without an offset. The time zone has its own field."
    elif not 2000 <= schedule.starts.year <= 2200:
        wrong["starts"] = "Give a start between the years 2000 and 2200."
    if schedule.grace < timedelta(0):
        wrong["grace"] = "The grace can't be negative."
    _collect_error(wrong, "zone", lambda: find_zone(schedule.zone))
    _collect_error(wrong, "calendar", lambda: find_holidays(schedule.calendar))
    if "starts" not in wrong:
        _collect_error(wrong, "rule", lambda: check_rule(schedule.rule, schedule.starts))
    if not wrong and find_first_slot(schedule) is None:
        wrong["rule"] = "This schedule never runs. Check its start, its end and its holidays."
    if wrong:
        raise InvalidInput(wrong)
    return check_rule(schedule.rule, schedule.starts)


def _collect_error(wrong: dict[str, str], field: str, check: Callable[[], object]) -> None:
    try:
        check()
    except UserError as refusal:
        wrong[field] = refusal.message


def find_next_slot(schedule: Schedule, after: datetime) -> datetime | None:
    """The first slot strictly after `after`, in UTC; None when the schedule has ended.

    Raises:
        UserError: the schedule's rule, zone or calendar cannot be used.
    """
    return next(_iterate_slots(schedule, to_utc(after)), None)


def find_first_slot(schedule: Schedule) -> datetime | None:
    """The very first slot, in UTC."""
    return find_next_slot(schedule, _before_first_slot(schedule))


def find_last_slot(schedule: Schedule, now: datetime) -> datetime | None:
    """The latest slot at or before `now`, in UTC; None when there was none yet."""
    latest = None
    for slot in find_slots(schedule, _before_first_slot(schedule), now):
        latest = slot
    return latest


def find_slots(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """The slots in (after, until], oldest first, in UTC."""
    end = to_utc(until)
    return takewhile(lambda slot: slot <= end, _iterate_slots(schedule, to_utc(after)))


def find_due_slots(schedule: Schedule, last: datetime, now: datetime) -> DueSlots:
    """What to run at `now`, when everything up to and including `last` has been handled.

    Slots within the grace run. Of those missed by more, `coalesce` runs only the latest, and only if no slot within the
    grace replaces it; `skip` runs none.
    """
    slots = list(find_slots(schedule, last, now))
    on_time = tuple(slot for slot in slots if now - slot <= schedule.grace)
    late = tuple(slot for slot in slots if now - slot > schedule.grace)
    if late and not on_time and schedule.misfire is Misfire.COALESCE:
        return DueSlots(late[-1:], late[:-1])
    return DueSlots(on_time, late)


def _before_first_slot(schedule: Schedule) -> datetime:
    """A moment before any slot, even one that a holiday moved to before the start."""
    return schedule.starts.replace(tzinfo=UTC) - timedelta(days=LONGEST_SHIFT + 2)


def _iterate_slots(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    # Two slots can resolve to the same instant: holidays may move both to one day. Only later instants are yielded, so
    # such slots count once and the order never runs backwards.
    zone, latest = find_zone(schedule.zone), after
    for wall in _move_off_holidays(schedule, _iterate_wall_times(schedule, after)):
        slot = resolve_wall_time(wall, zone)
        if slot > latest:
            latest = slot
            yield slot


def _iterate_wall_times(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """The rule's wall times up to its UNTIL. They begin before `after`, because a holiday may move one past it."""
    rule, zone = compile_rule(schedule.rule, schedule.starts), find_zone(schedule.zone)
    begin = max(to_utc(after), _before_first_slot(schedule)).replace(tzinfo=None) - timedelta(days=LONGEST_SHIFT + 2)
    walls: Iterator[datetime] = rule.recurrence.xafter(begin, inc=True)
    return takewhile(lambda wall: rule.until is None or resolve_wall_time(wall, zone) <= rule.until, walls)


def _move_off_holidays(schedule: Schedule, walls: Iterator[datetime]) -> Iterator[datetime]:
    # A rule that only ever falls on holidays would be searched for ever, so a long run of them ends the schedule.
    skipped = 0
    for wall in walls:
        day = _find_working_day(schedule, wall.date())
        skipped = 0 if day else skipped + 1
        if day:
            yield datetime.combine(day, wall.time())
        elif skipped >= MOST_HOLIDAYS:
            return


def _find_working_day(schedule: Schedule, day: date) -> date | None:
    """The day on which a slot of `day` takes place, or None if it is skipped."""
    if not is_holiday(schedule, day):
        return day
    if schedule.on_holiday is HolidayPolicy.SKIP:
        return None
    step = timedelta(days=1 if schedule.on_holiday is HolidayPolicy.NEXT else -1)
    for distance in range(1, LONGEST_SHIFT + 1):
        other = day + distance * step
        if not is_holiday(schedule, other) and other.weekday() not in find_holidays(schedule.calendar).weekend:
            return other
    return None


def is_holiday(schedule: Schedule, day: date) -> bool:
    """Whether the day is a public holiday or a day off of the schedule."""
    return day in schedule.days_off or day in find_holidays(schedule.calendar).days
