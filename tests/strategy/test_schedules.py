"""A schedule keeps its local hour, whatever clocks and holidays do, and never runs a slot twice."""

import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import InvalidInput
from foundation.time import resolve_wall_time
from strategy.rules import LAST_DAY_HINT, check_rule
from strategy.schedules import (
    DueSlots,
    HolidayPolicy,
    Misfire,
    Schedule,
    check_schedule,
    find_due_slots,
    find_first_slot,
    find_last_slot,
    find_next_slot,
    find_slots,
)
from tests.samples import scale

LONDON = ZoneInfo("Europe/London")
wall = datetime.fromisoformat
WEEKLY = Schedule(wall("2026-01-05 09:00"), "Europe/London", "FREQ=WEEKLY;BYDAY=MO")
DAILY = Schedule(wall("2026-01-01 09:00"), "Europe/London", "FREQ=DAILY")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def refusal(rule: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        check_rule(rule, wall("2026-01-31 09:00"))
    return caught.value.fields["rule"]


def test_nine_oclock_stays_when_clocks_change() -> None:
    spring = [find_next_slot(WEEKLY, utc(2026, 3, 22)), find_next_slot(WEEKLY, utc(2026, 3, 29))]
    assert spring == [utc(2026, 3, 23, 9), utc(2026, 3, 30, 8)]
    autumn = [find_next_slot(WEEKLY, utc(2026, 10, 18)), find_next_slot(WEEKLY, utc(2026, 10, 25))]
    assert autumn == [utc(2026, 10, 19, 8), utc(2026, 10, 26, 9)]


def test_next_slot_is_strictly_later() -> None:
    assert find_next_slot(WEEKLY, utc(2026, 3, 23, 9)) == utc(2026, 3, 30, 8)
    assert find_next_slot(WEEKLY, utc(2026, 3, 23, 8, 59)) == utc(2026, 3, 23, 9)


def test_time_in_a_gap_means_the_jump() -> None:
    assert resolve_wall_time(wall("2026-03-29 01:30"), ZoneInfo("Europe/London")) == utc(2026, 3, 29, 1)
    half_past_one = Schedule(wall("2026-03-28 01:30"), "Europe/London", "FREQ=DAILY")
    found = list(find_slots(half_past_one, utc(2026, 3, 27), utc(2026, 3, 31)))
    assert found == [utc(2026, 3, 28, 1, 30), utc(2026, 3, 29, 1), utc(2026, 3, 30, 0, 30)]


def test_time_that_exists_twice_means_the_first() -> None:
    assert resolve_wall_time(wall("2026-10-25 01:30"), ZoneInfo("Europe/London")) == utc(2026, 10, 25, 0, 30)
    half_past_one = Schedule(wall("2026-10-25 01:30"), "Europe/London", "FREQ=DAILY;COUNT=2")
    assert list(find_slots(half_past_one, utc(2026, 10, 1), utc(2027, 1, 1))) == [
        utc(2026, 10, 25, 0, 30),
        utc(2026, 10, 26, 1, 30),
    ]


def test_skipped_day_means_the_next_midnight() -> None:
    assert resolve_wall_time(wall("2011-12-30 09:00"), ZoneInfo("Pacific/Apia")) == utc(2011, 12, 30, 10)


def test_half_hour_gap_is_half_an_hour() -> None:
    assert resolve_wall_time(wall("2026-10-04 02:15"), ZoneInfo("Australia/Lord_Howe")) == utc(2026, 10, 3, 15, 30)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "freq=weekly;byday=mo",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=WEEKLY;COUNT=5",
        "FREQ=WEEKLY;UNTIL=20261231T235959Z",
    ],
)
def test_common_rules_are_accepted(rule: str) -> None:
    assert check_rule(rule, wall("2026-01-05 09:00")) in ((), (LAST_DAY_HINT,))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=HOURLY", "more often than daily"),
        ("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "more often than daily"),
        ("FREQ=SECONDLY", "more often than daily"),
        ("FREQ=DAILY;BYHOUR=9,15", "BYHOUR can't be used"),
        ("FREQ=WEEKLY;BYMINUTE=0,30", "BYMINUTE can't be used"),
        ("FREQ=WEEKLY;UNTIL=20261231", "must be a time in UTC"),
        ("FREQ=WEEKLY;UNTIL=20261231T235959", "must be a time in UTC"),
        ("FREQ=WEEKLY;UNTIL=20261331T235959Z", "must be a time in UTC"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20261231T235959Z", "not both"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "BYMONTHDAY can't be used"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "Use FREQ=WEEKLY"),
        ("FREQ=WEEKLY;INTERVAL=52;BYMONTH=3", "Use FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "isn't allowed in BYDAY"),
        ("FREQ=WEEKLY;BYDAY=XX", "isn't allowed in BYDAY"),
        ("FREQ=MONTHLY;BYDAY=6MO", "never gives a date"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "“32” isn't allowed in BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "“0” isn't allowed in BYMONTHDAY"),
        ("FREQ=YEARLY;BYMONTH=13", "“13” isn't allowed in BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never gives a date"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "never gives a date"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL must be a whole number"),
        ("FREQ=DAILY;COUNT=99999", "COUNT must be a whole number"),
        ("FREQ=WEEKLY;FREQ=DAILY", "with each part once"),
        ("every monday", "with each part once"),
        ("", "with each part once"),
        ("BYDAY=MO", "Say how often"),
        ("FREQ=DAILY;" * 40, "at most 200 characters"),
    ],
)
def test_impossible_rule_is_refused_within_a_second(rule: str, said: str) -> None:
    before = time.process_time()
    assert said in refusal(rule)
    assert time.process_time() - before < 2  # an unchecked daily rule takes five times that


@pytest.mark.parametrize(
    ("rule", "hinted"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31", True),
        ("FREQ=MONTHLY", True),  # it starts on a 31st
        ("FREQ=MONTHLY;BYMONTHDAY=-1", False),
        ("FREQ=MONTHLY;BYMONTHDAY=28", False),
        ("FREQ=MONTHLY;BYDAY=1MO", False),
    ],
)
def test_monthly_on_the_31st_gets_a_hint(rule: str, hinted: bool) -> None:
    assert check_rule(rule, wall("2026-01-31 09:00")) == ((LAST_DAY_HINT,) if hinted else ())


def test_last_day_exists_in_every_month() -> None:
    schedule = Schedule(wall("2026-01-31 09:00"), "UTC", "FREQ=MONTHLY;BYMONTHDAY=-1")
    days = [slot.date() for slot in find_slots(schedule, utc(2026, 1, 1), utc(2026, 5, 1))]
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_schedule_problems_are_listed_by_field() -> None:
    schedule = Schedule(utc(2026, 1, 1), "Mars/Olympus", "FREQ=HOURLY", calendar="ZZ", grace=timedelta(minutes=-1))
    with pytest.raises(InvalidInput) as caught:
        check_schedule(schedule)
    assert set(caught.value.fields) == {"starts", "zone", "calendar", "grace"}


def test_schedule_ending_before_start_is_refused() -> None:
    with pytest.raises(InvalidInput, match="never runs"):
        check_schedule(Schedule(wall("2026-01-05 09:00"), "UTC", "FREQ=WEEKLY;UNTIL=20260101T000000Z"))


def test_until_is_an_instant_including_its_slot() -> None:
    schedule = Schedule(wall("2026-06-01 09:00"), "Europe/London", "FREQ=DAILY;UNTIL=20260603T080000Z")
    assert list(find_slots(schedule, utc(2026, 1, 1), utc(2027, 1, 1)))[-1] == utc(2026, 6, 3, 8)
    assert find_next_slot(schedule, utc(2026, 6, 3, 8)) is None


# Easter 2026 in England: Friday 3 and Monday 6 April.
def moved(policy: HolidayPolicy, rule: str = "FREQ=WEEKLY;BYDAY=MO") -> list[date]:
    schedule = Schedule(wall("2026-03-30 09:00"), "Europe/London", rule, calendar="GB-ENG", on_holiday=policy)
    return [slot.astimezone(LONDON).date() for slot in find_slots(schedule, utc(2026, 3, 29), utc(2026, 4, 14))]


def test_slot_on_a_holiday_is_skipped() -> None:
    assert moved(HolidayPolicy.SKIP) == [date(2026, 3, 30), date(2026, 4, 13)]


def test_holiday_slot_moves_past_a_long_weekend() -> None:
    assert moved(HolidayPolicy.NEXT) == [date(2026, 3, 30), date(2026, 4, 7), date(2026, 4, 13)]
    assert moved(HolidayPolicy.PREVIOUS) == [date(2026, 3, 30), date(2026, 4, 2), date(2026, 4, 13)]


def test_slots_moved_to_one_day_count_once() -> None:
    days = moved(HolidayPolicy.NEXT, "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR")
    assert days.count(date(2026, 4, 7)) == 1
    assert days == sorted(days)


def test_slot_moved_past_now_is_found() -> None:
    schedule = Schedule(
        wall("2026-03-30 09:00"), "UTC", "FREQ=WEEKLY;BYDAY=MO", calendar="GB-ENG", on_holiday=HolidayPolicy.NEXT
    )
    assert find_next_slot(schedule, utc(2026, 4, 6, 12)) == utc(2026, 4, 7, 9)


def test_own_days_off_count_as_holidays() -> None:
    schedule = Schedule(wall("2026-03-30 09:00"), "UTC", "FREQ=WEEKLY;BYDAY=MO", days_off=frozenset({date(2026, 4, 6)}))
    assert find_next_slot(schedule, utc(2026, 3, 31)) == utc(2026, 4, 13, 9)


def test_schedule_only_on_holidays_ends() -> None:
    schedule = Schedule(
        wall("2026-12-25 09:00"), "UTC", "FREQ=YEARLY", calendar="GB-ENG", on_holiday=HolidayPolicy.SKIP
    )
    assert find_next_slot(schedule, utc(2026, 1, 1)) is None


def test_first_and_last_slot_are_found() -> None:
    assert find_first_slot(WEEKLY) == utc(2026, 1, 5, 9)
    assert find_last_slot(WEEKLY, utc(2026, 1, 20)) == utc(2026, 1, 19, 9)
    assert find_last_slot(WEEKLY, utc(2026, 1, 1)) is None


def test_slot_within_its_grace_runs() -> None:
    due = find_due_slots(DAILY, utc(2026, 1, 4, 9), utc(2026, 1, 5, 9, 59))
    assert due == DueSlots(run=(utc(2026, 1, 5, 9),))


def test_coalesce_runs_only_the_latest_missed_slot() -> None:
    due = find_due_slots(DAILY, utc(2026, 1, 1, 9), utc(2026, 1, 5, 12))
    assert due == DueSlots(run=(utc(2026, 1, 5, 9),), missed=tuple(utc(2026, 1, day, 9) for day in (2, 3, 4)))


def test_skip_runs_no_missed_slot() -> None:
    skipping = Schedule(DAILY.starts, DAILY.zone, DAILY.rule, misfire=Misfire.SKIP)
    due = find_due_slots(skipping, utc(2026, 1, 3, 9), utc(2026, 1, 5, 12))
    assert due == DueSlots(missed=(utc(2026, 1, 4, 9), utc(2026, 1, 5, 9)))


def test_slot_on_time_replaces_missed_ones() -> None:
    due = find_due_slots(DAILY, utc(2026, 1, 3, 9), utc(2026, 1, 5, 9, 30))
    assert due == DueSlots(run=(utc(2026, 1, 5, 9),), missed=(utc(2026, 1, 4, 9),))


def test_nothing_is_due_before_its_time() -> None:
    assert find_due_slots(DAILY, utc(2026, 1, 5, 9), utc(2026, 1, 6, 8, 59)) == DueSlots()


zones = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "UTC", "Africa/Cairo"]
)
rules = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=WEEKLY;BYDAY=SU,WE",
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=2SU",
        "FREQ=MONTHLY;BYDAY=-1SU",
    ]
)
moments = st.datetimes(wall("2019-01-01 00:00"), wall("2027-01-01 00:00"))
schedules = st.builds(
    Schedule,
    starts=st.datetimes(wall("2019-01-01 00:00"), wall("2021-01-01 00:00")).map(lambda at: at.replace(microsecond=0)),
    zone=zones,
    rule=rules,
    calendar=st.sampled_from(["", "GB-ENG", "US"]),
    on_holiday=st.sampled_from(HolidayPolicy),
    misfire=st.sampled_from(Misfire),
    grace=st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=2)]),
)


@settings(deadline=None, max_examples=scale(60))
@given(schedules, moments)
def test_slots_only_go_forward(schedule: Schedule, at: datetime) -> None:
    after = at.replace(tzinfo=UTC)
    slots = list(find_slots(schedule, after, after + timedelta(days=120)))
    assert all(earlier < later for earlier, later in pairwise(slots))
    assert all(after < slot <= after + timedelta(days=120) for slot in slots)
    for earlier, later in pairwise([after, *slots]):
        assert find_next_slot(schedule, earlier) == later


@settings(deadline=None, max_examples=scale(60))
@given(schedules, moments)
def test_slot_keeps_the_local_hour_of_its_start(schedule: Schedule, at: datetime) -> None:
    after = at.replace(tzinfo=UTC)
    tz = ZoneInfo(schedule.zone)
    for slot in find_slots(schedule, after, after + timedelta(days=60)):
        local = slot.astimezone(tz)
        if local.time() != schedule.starts.time():
            wanted = datetime.combine(local.date(), schedule.starts.time(), tz)
            assert wanted.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != wanted.replace(tzinfo=None)


@settings(deadline=None, max_examples=scale(60))
@given(schedules, moments, st.lists(st.integers(1, 60 * 24 * 20), min_size=1, max_size=6))
def test_every_slot_is_handled_exactly_once(schedule: Schedule, at: datetime, steps: list[int]) -> None:
    last = now = at.replace(tzinfo=UTC)
    seen: list[datetime] = []
    for minutes in steps:
        now += timedelta(minutes=minutes)
        due = find_due_slots(schedule, last, now)
        seen += sorted(due.run + due.missed)
        last = now
    assert seen == list(find_slots(schedule, at.replace(tzinfo=UTC), now))
