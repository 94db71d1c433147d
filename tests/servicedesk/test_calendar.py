"""Working time, including clock changes and calendars that people write."""

from datetime import UTC, datetime

import pytest

from foundation.errors import UserError
from servicedesk.calendar import Interval, make_calendar
from tests.servicedesk.cast import LONDON, NINE_TO_FIVE

ROUND_THE_CLOCK = {day: ["00:00-24:00"] for day in ("saturday", "sunday", "monday")}
SMALL_HOURS = {"sunday": ["00:30-01:30"]}


@pytest.mark.parametrize(
    ("zone", "first", "last", "hours"),
    [
        ("Europe/London", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC), 48),
        ("Europe/London", datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC), 48),
        ("Africa/Cairo", datetime(2026, 4, 25, 0, tzinfo=UTC), datetime(2026, 4, 26, 0, tzinfo=UTC), 24),
    ],
)
def test_round_the_clock_work_survives_clock_changes(zone, first, last, hours):
    assert make_calendar(zone, ROUND_THE_CLOCK).count_working_seconds(first, last) == hours * 3600


def test_nonexistent_wall_time_is_the_clock_change():
    calendar = make_calendar("Europe/London", SMALL_HOURS)
    day = datetime(2026, 3, 29, tzinfo=UTC)  # 01:00 becomes 02:00
    assert calendar.count_working_seconds(day, day.replace(hour=6)) == 1800


def test_ambiguous_wall_time_is_the_first():
    calendar = make_calendar("Europe/London", SMALL_HOURS)
    day = datetime(2026, 10, 25, tzinfo=UTC)  # 02:00 becomes 01:00 again
    assert calendar.count_working_seconds(datetime(2026, 10, 24, 22, tzinfo=UTC), day.replace(hour=6)) == 3600
    assert calendar.add_working_seconds(day.replace(hour=0, minute=15), 900) == day.replace(hour=0, minute=30)


def test_skipped_day_has_no_working_time():
    calendar = make_calendar("Pacific/Apia", {"friday": ["09:00-17:00"]})
    assert calendar.count_working_seconds(datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 3, tzinfo=UTC)) == 0


@pytest.mark.parametrize("text", ["9-17", "17:00-09:00", "09:00-09:00", "09:00-25:00", "09:61-10:00", "nine to five"])
def test_malformed_hours_are_rejected(text):
    with pytest.raises(UserError, match="isn't a working interval"):
        Interval.parse(text)


def test_overlapping_hours_are_rejected():
    with pytest.raises(UserError, match="hours on Monday overlap"):
        make_calendar("Europe/London", {"monday": ["09:00-13:00", "12:00-17:00"]})


def test_unknown_day_is_rejected():
    with pytest.raises(UserError, match="“mon” isn't a day"):
        make_calendar("Europe/London", {"mon": ["09:00-13:00"]})


def test_unknown_zone_is_rejected():
    with pytest.raises(UserError, match="isn't a time zone"):
        make_calendar("Europe/Londres", NINE_TO_FIVE)


def test_naive_moment_raises_value_error():
    with pytest.raises(ValueError, match="without a time zone"):
        LONDON.add_working_seconds(datetime(2026, 5, 11, 9), 60)  # noqa: DTZ001 (it is what the test is about)


def test_calendar_counts_in_its_own_zone():
    assert LONDON.is_open(datetime(2026, 5, 11, 8, 0, tzinfo=UTC))
    assert not LONDON.is_open(datetime(2026, 5, 11, 16, 0, tzinfo=UTC))


def test_long_span_is_counted_quickly():
    assert (
        LONDON.count_working_seconds(datetime(2016, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))
        > 20 * 250 * 8 * 3600
    )
