"""“Today” is the day where the organisation is, whatever day it is in Greenwich."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from foundation.errors import InvalidInput
from foundation.people import People
from strategy.check_ins import find_missing_updates, list_reporting_subjects
from strategy.measurements import take_measurement
from strategy.records import Absence, Strategy, Subject, SubjectKind
from strategy.status import compute_statuses
from strategy.updates import can_write_update

EAST, WEST = ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")
MORNING = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # the 24th in Auckland
EVENING = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # still the 23rd in Los Angeles
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def test_days_value_is_taken_in_the_east_and_tomorrows_refused_in_the_west(sample: Strategy, people: People) -> None:
    east, west, ben = replace(sample, zone=EAST), replace(sample, zone=WEST), people.get("U02BEN")
    assert take_measurement(east, ben, "leakage-rate", on=TUESDAY, value="53.1", now=MORNING).on == TUESDAY
    with pytest.raises(InvalidInput, match="Choose today or an earlier day"):
        take_measurement(west, ben, "leakage-rate", on=TUESDAY, value="53.1", now=EVENING)


def test_status_counts_the_organisations_days(sample: Strategy) -> None:
    def find(zone: ZoneInfo, moment: datetime) -> tuple[int | None, bool]:
        due = replace(sample.milestones[0], forecast=MONDAY, actual=None)
        strategy = replace(sample, zone=zone, milestones=(due,))
        current = compute_statuses(strategy, [], moment)
        metric = next(one for one in current.metrics if one.metric.key == "leakage-rate")
        return metric.age, current.project(due.project).milestones[0].is_overdue

    assert find(EAST, MORNING) == (8, True)
    assert find(WEST, EVENING) == (7, False)


def test_absences_begin_at_the_organisations_midnight(sample: Strategy, people: People) -> None:
    away = [Absence("U02BEN", TUESDAY, TUESDAY, "U01ADA")]
    subject, ada = Subject(SubjectKind.OBJECTIVE, "less-leakage"), people.get("U01ADA")
    assert can_write_update(replace(sample, zone=EAST), ada, subject, MORNING, away)
    assert not can_write_update(replace(sample, zone=WEST), ada, subject, EVENING, away)
    missing = find_missing_updates(replace(sample, zone=EAST), [], MORNING, away)
    assert {one.reporter for one in missing if one.subject == subject} == {"U01ADA"}


def test_objective_ends_with_its_last_day(sample: Strategy) -> None:
    subject = Subject(SubjectKind.OBJECTIVE, "less-leakage")
    ended = replace(sample, objectives=tuple(replace(one, ends=MONDAY) for one in sample.objectives))
    assert subject not in list_reporting_subjects(replace(ended, zone=EAST), MORNING)
    assert subject in list_reporting_subjects(replace(ended, zone=WEST), EVENING)
    assert subject not in list_reporting_subjects(replace(ended, zone=WEST), EVENING + timedelta(hours=12))
