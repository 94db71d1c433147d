"""Working time, including clock changes and calendars that people write."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import UserError
from servicedesk.calendar import DAYS, Interval, make_calendar
from tests.samples import scale
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


@pytest.mark.parametrize("text", ["9-17", "09:00-09:00", "24:00-06:00", "09:00-25:00", "09:61-10:00", "nine to five"])
def test_malformed_hours_are_rejected(text):
    with pytest.raises(UserError, match="isn't a working interval"):
        Interval.parse(text)


NIGHTS = {day: ["22:00-06:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
HALVES = {
    "monday": ["22:00-24:00"],
    **{day: ["00:00-06:00", "22:00-24:00"] for day in ("tuesday", "wednesday", "thursday", "friday")},
    "saturday": ["00:00-06:00"],
}


@pytest.mark.parametrize("hours", [NIGHTS, HALVES])
def test_night_shift_is_one_business_day(hours):
    calendar = make_calendar("Europe/Berlin", hours)
    monday_night = datetime(2026, 3, 2, 21, tzinfo=UTC)
    assert calendar.day_seconds == 8 * 3600
    assert calendar.add_working_seconds(monday_night, calendar.day_seconds) == datetime(2026, 3, 3, 5, tzinfo=UTC)
    assert calendar.is_open(datetime(2026, 3, 7, 4, tzinfo=UTC))  # Saturday morning, of Friday's shift
    assert not calendar.is_open(datetime(2026, 3, 2, 4, tzinfo=UTC))  # nobody worked on Sunday night


def test_shift_belongs_to_the_day_on_which_it_opens():
    calendar = make_calendar("Europe/Berlin", NIGHTS, [datetime(2026, 3, 3).date()])  # noqa: DTZ001 (a day off)
    assert calendar.is_open(datetime(2026, 3, 3, 3, tzinfo=UTC))  # Monday's shift
    assert not calendar.is_open(datetime(2026, 3, 3, 23, tzinfo=UTC))
    assert not calendar.is_open(datetime(2026, 3, 4, 3, tzinfo=UTC))


def test_shift_into_the_next_days_hours_is_rejected():
    with pytest.raises(UserError, match="shift that starts on Sunday overlaps the hours of the next day"):
        make_calendar("Europe/Berlin", {"sunday": ["22:00-06:00"], "monday": ["05:00-12:00"]})


def test_full_days_stay_days_of_their_own():
    assert make_calendar("Europe/Berlin", ROUND_THE_CLOCK).day_seconds == 24 * 3600


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Auckland"]),
    opens=st.integers(18 * 60, 23 * 60 + 59),
    closes=st.integers(4 * 60, 8 * 60),
    start=st.sampled_from(
        [datetime(2026, month, day, tzinfo=UTC) for month in (3, 4, 9, 10, 11) for day in (1, 8, 25)]
    ),
    hours=st.integers(1, 96),
)
@settings(max_examples=scale(40), deadline=None)
def test_shifts_are_counted_minute_by_minute(zone, opens, closes, start, hours):
    calendar = make_calendar(zone, {day: [f"{_clock(opens)}-{_clock(closes)}"] for day in DAYS[:5]})
    minutes = [start + timedelta(minutes=number) for number in range(hours * 60)]
    worked = [moment for moment in minutes if _is_in_shift(moment.astimezone(ZoneInfo(zone)), opens, closes)]
    assert [moment for moment in minutes if calendar.is_open(moment)] == worked
    assert calendar.count_working_seconds(start, start + timedelta(hours=hours)) == len(worked) * 60
    if worked:
        after = calendar.add_working_seconds(start, len(worked) * 60)
        assert calendar.count_working_seconds(start, after) == len(worked) * 60
        assert after == worked[-1] + timedelta(minutes=1)


def _clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _is_in_shift(local, opens, closes):
    minute = local.hour * 60 + local.minute
    return (local.weekday() < 5 and minute >= opens) or ((local.weekday() - 1) % 7 < 5 and minute < closes)


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


@pytest.mark.parametrize("hours", [NINE_TO_FIVE, NIGHTS, ROUND_THE_CLOCK])
@given(
    end=st.integers(0, 366 * 86_400).map(lambda later: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=later)),
    seconds=st.integers(0, 40 * 28_800),
)
def test_start_before_an_end_is_where_more_working_time_begins(hours, end, seconds):
    calendar = make_calendar("Europe/London", hours)
    limit = calendar.find_start_before(end, seconds)
    assert calendar.count_working_seconds(limit, end) <= seconds
    assert calendar.count_working_seconds(limit - timedelta(microseconds=1), end) > seconds
