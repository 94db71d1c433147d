"""A schedule that skips dates says which, before somebody waits for one."""

from datetime import UTC, date, datetime

import pytest

from strategy.schedules import HolidayPolicy, Schedule
from strategy.skipped_dates import describe_skipped_dates

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LAST_OF_JANUARY = datetime(2026, 1, 31, 9)  # noqa: DTZ001 (wall time)


def describe(rule: str, starts: datetime = LAST_OF_JANUARY, **more: object) -> str:
    return " ".join(describe_skipped_dates(Schedule(starts, "Europe/London", rule, **more), NOW))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=MONTHLY", "November 2026, February 2027, April 2027, June 2027, September 2027."),
        ("FREQ=MONTHLY;BYMONTHDAY=30", "Skips months without that day: February 2027."),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=31", "Skips months without that day: April 2027."),
        ("FREQ=MONTHLY;BYDAY=5MO", "Skips months without that day: December 2026, January 2027, February 2027"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "February 2027"),
    ],
)
def test_months_without_the_day_are_named(rule: str, said: str) -> None:
    assert said in describe(rule)


@pytest.mark.parametrize(
    "rule", ["FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=5", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=DAILY"]
)
def test_schedule_that_skips_nothing_says_nothing(rule: str) -> None:
    assert describe(rule) == ""


def test_skipped_holidays_are_named_unless_they_move() -> None:
    fridays = "FREQ=WEEKLY;BYDAY=FR"
    assert "Skips holidays: 25 December 2026, 1 January 2027, 26 March 2027." in describe(fridays, calendar="GB-ENG")
    assert describe(fridays, calendar="GB-ENG", on_holiday=HolidayPolicy.NEXT) == ""
    assert "Skips holidays: 27 November 2026." in describe(fridays, days_off=frozenset({date(2026, 11, 27)}))


def test_notes_say_what_to_write_instead() -> None:
    assert describe("FREQ=MONTHLY").endswith("use BYMONTHDAY=-1, for the last Friday BYDAY=-1FR.")
    holidays = describe("FREQ=WEEKLY;BYDAY=FR", calendar="GB-ENG")
    assert holidays.endswith("To move these instead, set on_holiday to previous or next.")


def test_ended_schedule_says_nothing() -> None:
    assert describe("FREQ=MONTHLY;UNTIL=20261101T000000Z") == ""
