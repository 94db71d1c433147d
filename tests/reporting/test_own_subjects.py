"""What somebody reports on, the most urgent first."""

from datetime import UTC, datetime

from foundation.people import People
from reporting.own_subjects import build_own_subjects
from strategy.records import ProgressUpdate, Strategy

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_own_subjects_say_which_updates_are_overdue(
    sample: Strategy, people: People, updates: tuple[ProgressUpdate, ...]
) -> None:
    ben = people.get("U02BEN")
    owing = build_own_subjects(sample, ben, now=NOW)
    assert {one.subject.key for one in owing if one.is_overdue} == {
        "less-leakage",
        "pressure-management",
        "contact-centre",
    }
    done = build_own_subjects(sample, ben, now=NOW, updates=updates)
    assert (len(done), [one for one in done if one.is_overdue]) == (3, [])
