"""Whoever writes a schedule learns which dates it skips."""

from dataclasses import replace
from datetime import UTC, datetime

from strategy.schedules import HolidayPolicy, Schedule
from strategy.skipped_dates import describe_skipped_dates

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
MONTHLY = Schedule(datetime.fromisoformat("2026-01-31 09:00"), "Europe/London", "FREQ=MONTHLY;BYMONTHDAY=31")


def test_short_months_are_named_with_what_to_write_instead() -> None:
    assert describe_skipped_dates(MONTHLY, NOW) == (
        "Skips months without that day: February 2026, April 2026, June 2026, September 2026, November 2026. "
        "For the last day of every month use BYMONTHDAY=-1, for the last Friday BYDAY=-1FR.",
    )


def test_leap_days_are_looked_for_over_years() -> None:
    [note] = describe_skipped_dates(replace(MONTHLY, rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"), NOW)
    assert note.startswith("Skips months without that day: February 2026, February 2027, February 2029, ")


def test_skipped_holidays_are_named() -> None:
    weekly = Schedule(
        datetime.fromisoformat("2026-01-05 09:00"),
        "Europe/London",
        "FREQ=WEEKLY;BYDAY=MO",
        "GB-ENG",
        on_holiday=HolidayPolicy.SKIP,
    )
    [note] = describe_skipped_dates(weekly, NOW)
    assert note.startswith("Skips holidays: 6 April 2026, 4 May 2026, 25 May 2026, 31 August 2026, 28 December 2026.")
    assert note.endswith("To move these instead, set on_holiday to previous or next.")


def test_schedule_that_skips_nothing_gets_no_note() -> None:
    assert describe_skipped_dates(replace(MONTHLY, rule="FREQ=MONTHLY;BYMONTHDAY=-1"), NOW) == ()
