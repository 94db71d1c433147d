"""The SLA clock: its promises row by row, and its laws for any calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from foundation.errors import UserError
from servicedesk.calendar import DAYS, Calendar, Interval, make_calendar
from servicedesk.clock import Alert, Clock, Target, find_alert_time, find_current_alert, find_next_alert
from tests.servicedesk.cast import LONDON, NINE_TO_FIVE, WEEKDAYS

HOUR = 3600
ZONE = ZoneInfo("Europe/London")
EIGHT_HOURS = Target(8, "hours")


def london(year_month_day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{year_month_day}T{clock}").replace(tzinfo=ZONE)


def running(start: datetime, hours: int) -> Clock:
    return Clock(Target(hours, "hours")).resume(start)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        pytest.param(
            london("2026-03-27", "16:00"), 4, datetime(2026, 3, 30, 11, tzinfo=UTC), id="over the change of clocks"
        ),
        pytest.param(london("2026-03-28", "10:00"), 4, london("2026-03-30", "13:00"), id="from a Saturday"),
        pytest.param(london("2026-04-02", "15:00"), 8, london("2026-04-07", "15:00"), id="over Easter"),
        pytest.param(london("2026-05-11", "13:00"), 8, london("2026-05-12", "13:00"), id="over a night"),
    ],
)
def test_due_dates_skip_nonworking_time(start, hours, due):
    assert running(start, hours).find_due_time(LONDON) == due


@pytest.mark.parametrize(
    ("start", "hours", "paused", "resumed", "due"),
    [
        pytest.param(
            london("2026-05-11", "09:00"),
            8,
            london("2026-05-11", "11:00"),
            london("2026-05-13", "11:00"),
            london("2026-05-13", "17:00"),
            id="two days of waiting",
        ),
        pytest.param(
            london("2026-05-08", "09:00"),
            16,
            london("2026-05-08", "17:00"),
            london("2026-05-11", "09:00"),
            london("2026-05-11", "17:00"),
            id="a pause over the weekend costs nothing and gains nothing",
        ),
    ],
)
def test_pause_moves_due_date_by_working_time(start, hours, paused, resumed, due):
    clock = running(start, hours).pause(paused, LONDON).resume(resumed)
    assert clock.find_due_time(LONDON) == due


def test_lunch_is_not_working_time():
    with_lunch = make_calendar("Europe/London", {day: ["09:00-12:00", "13:00-17:00"] for day in WEEKDAYS})
    assert running(london("2026-05-11", "11:30"), 1).find_due_time(with_lunch) == london("2026-05-11", "13:30")


def test_calendar_without_working_time_is_rejected():
    with pytest.raises(UserError, match="no working hours"):
        make_calendar("Europe/London", {})


def test_calendar_of_holidays_fails_without_hanging():
    days_off = [date(2026, 1, 1) + timedelta(days=number) for number in range(4_000)]
    closed = make_calendar("Europe/London", NINE_TO_FIVE, days_off)
    with pytest.raises(UserError, match="too little working time"):
        running(london("2026-05-11", "09:00"), 1).find_due_time(closed)


def test_alerts_fall_at_80_and_100_percent():
    clock = running(london("2026-05-11", "13:00"), 8)
    assert find_alert_time(clock, Alert.NEAR, LONDON) == london("2026-05-12", "11:24")
    assert find_alert_time(clock, Alert.DUE, LONDON) == london("2026-05-12", "13:00")


def test_milestone_is_due_at_its_share():
    thirty_days = Clock(Target(30, "days")).resume(london("2026-05-11", "09:00"))
    assert [thirty_days.find_time_of_share(percent, LONDON) for percent in (30, 70, 100)] == [
        london("2026-05-21", "17:00"),
        london("2026-06-08", "17:00"),
        london("2026-06-19", "17:00"),
    ]


def test_overdue_alerts_fall_on_three_days():
    clock = running(london("2026-05-06", "13:00"), 8)  # due on Thursday
    moments = [find_alert_time(clock, alert, LONDON) for alert in (Alert.OVERDUE_1, Alert.OVERDUE_2, Alert.OVERDUE_3)]
    assert moments == [london(day, "13:00") for day in ("2026-05-08", "2026-05-11", "2026-05-12")]


def test_alert_at_closing_time_waits_for_opening():
    clock = running(london("2026-05-08", "09:00"), 8)
    assert clock.find_due_time(LONDON) == london("2026-05-08", "17:00")
    assert find_current_alert(clock, {Alert.NEAR}, london("2026-05-09", "10:00"), LONDON) is None
    assert find_current_alert(clock, {Alert.NEAR}, london("2026-05-11", "09:00"), LONDON) is Alert.DUE


def test_missed_alerts_send_only_the_highest():
    clock = running(london("2026-05-11", "13:00"), 8)
    noon = london("2026-05-12", "12:00")
    assert find_current_alert(clock, set(), noon, LONDON) is Alert.NEAR
    assert find_current_alert(clock, {Alert.NEAR}, noon, LONDON) is None
    assert find_current_alert(clock, set(), london("2026-05-13", "14:00"), LONDON) is Alert.OVERDUE_1
    assert find_next_alert(clock, {Alert.OVERDUE_1}, LONDON) == (Alert.OVERDUE_2, london("2026-05-14", "13:00"))
    assert find_next_alert(clock, {Alert.OVERDUE_3}, LONDON) is None


def test_missed_alert_is_not_sent_at_night():
    clock = running(london("2026-05-11", "09:00"), 4)
    assert find_current_alert(clock, set(), london("2026-05-11", "23:00"), LONDON) is None
    assert find_current_alert(clock, set(), london("2026-05-12", "09:00"), LONDON) is Alert.DUE


def test_paused_clock_has_no_due_date_or_alert():
    clock = running(london("2026-05-11", "09:00"), 1).pause(london("2026-05-11", "16:00"), LONDON)
    later = london("2026-06-11", "10:00")
    assert clock.find_due_time(LONDON) is None
    assert find_current_alert(clock, set(), later, LONDON) is None
    assert find_next_alert(clock, set(), LONDON) is None


def test_due_second_is_in_time():
    clock = running(london("2026-05-11", "09:00"), 8)
    due = clock.find_due_time(LONDON)
    assert clock.count_left(due, LONDON) == 0
    assert clock.stop(due, LONDON).is_met(LONDON)
    late = london("2026-05-12", "09:00:01")
    assert clock.count_left(late, LONDON) == -1
    assert clock.stop(late, LONDON).is_met(LONDON) is False


def test_new_target_keeps_used_time():
    clock = running(london("2026-05-11", "09:00"), 8).pause(london("2026-05-11", "12:00"), LONDON)
    shorter = clock.with_target(Target(4, "hours")).resume(london("2026-05-11", "14:00"))
    assert shorter.find_due_time(LONDON) == london("2026-05-11", "15:00")


def test_restarted_clock_keeps_used_time():
    stopped = running(london("2026-05-11", "09:00"), 8).stop(london("2026-05-11", "15:00"), LONDON)
    assert stopped.resume(london("2026-05-13", "09:00")).find_due_time(LONDON) == london("2026-05-13", "11:00")


def test_set_back_machine_clock_keeps_used_time_positive():
    clock = running(london("2026-05-11", "12:00"), 8)
    assert clock.pause(london("2026-05-11", "10:00"), LONDON).used_before == 0


@pytest.mark.parametrize("text", ["10 business days", "1 business day", "4 business hours", "15 business days at 50%"])
def test_target_reads_back_as_written(text):
    assert str(Target.parse(text)) == text


def test_target_written_with_a_space_is_read():
    assert Target.parse("15 business days at 50 %") == Target(15, "days", 50)


@pytest.mark.parametrize("text", ["10 days", "0 business days", "-1 business day", "soon", "5 business days at 0%"])
def test_empty_target_is_rejected(text):
    with pytest.raises(UserError, match="isn't a target"):
        Target.parse(text)


def test_five_business_days_make_a_week():
    short_friday = make_calendar("Europe/London", NINE_TO_FIVE | {"friday": ["09:00-13:00"]})
    clock = Clock(Target(5, "days")).resume(london("2026-05-11", "09:00"))
    assert clock.find_due_time(short_friday) == london("2026-05-15", "13:00")


# Laws, for any calendar


ZONES = ("Europe/London", "America/New_York", "Africa/Cairo", "Pacific/Chatham", "Asia/Kathmandu", "UTC")
moments = st.integers(0, 3 * 365 * 86400).map(
    lambda second: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)


@st.composite
def _days(draw) -> tuple[Interval, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(Interval(opens, closes) for opens, closes in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw) -> Calendar:
    week = [draw(_days()) for _ in DAYS]
    if not any(week):
        week[2] = (Interval(600, 900),)
    holidays = draw(st.sets(st.dates(date(2025, 1, 1), date(2028, 1, 1)), max_size=20))
    return Calendar(ZoneInfo(draw(st.sampled_from(ZONES))), tuple(week), frozenset(holidays))


@given(calendars(), moments, st.integers(1, 200 * HOUR))
def test_adding_and_counting_are_inverse(calendar, start, seconds):
    end = calendar.add_working_seconds(start, seconds)
    assert calendar.count_working_seconds(start, end) == seconds
    assert calendar.count_working_seconds(start, end - timedelta(seconds=1)) == seconds - 1


@given(calendars(), st.tuples(moments, moments, moments).map(sorted))
def test_working_time_adds_up_within_wall_time(calendar, ordered):
    first, second, third = ordered
    count = calendar.count_working_seconds
    assert count(first, second) + count(second, third) == count(first, third)
    assert 0 <= count(first, second) <= (second - first).total_seconds()


@given(calendars(), moments, st.lists(st.integers(0, 90 * HOUR), min_size=2, max_size=2).map(sorted))
def test_more_work_is_never_due_earlier(calendar, start, pair):
    assert calendar.add_working_seconds(start, pair[0]) <= calendar.add_working_seconds(start, pair[1])


@given(calendars(), moments)
def test_next_opening_is_the_first_open_moment(calendar, moment):
    opening = calendar.next_open(moment)
    assert calendar.is_open(opening)
    assert calendar.count_working_seconds(moment, opening) == 0


turns = st.lists(st.tuples(st.integers(1, 40 * HOUR), st.integers(1, 40 * HOUR)), max_size=6)


@given(calendars(), moments, turns, st.integers(1, 90))
def test_due_is_start_plus_target_plus_pauses(calendar, created, turns, hours):
    clock, now, held = Clock(Target(hours, "hours")).resume(created), created, 0
    for work, wait in turns:
        paused = now + timedelta(seconds=work)
        now = paused + timedelta(seconds=wait)
        held += calendar.count_working_seconds(paused, now)
        clock = clock.pause(paused, calendar).resume(now)
    assume(clock.count_left(now, calendar) > 0)
    assert clock.find_due_time(calendar) == calendar.add_working_seconds(created, hours * HOUR + held)


@given(calendars(), moments, st.integers(1, 90), st.lists(st.integers(0, 40 * HOUR), max_size=9))
def test_used_time_only_grows(calendar, start, hours, waits):
    clock, now, used = Clock(Target(hours, "hours")), start, 0
    for number, wait in enumerate(waits):
        clock = (clock.resume(now), clock.pause(now, calendar), clock.stop(now, calendar))[number % 3]
        now += timedelta(seconds=wait)
        assert clock.count_used(now, calendar) >= used
        used = clock.count_used(now, calendar)
