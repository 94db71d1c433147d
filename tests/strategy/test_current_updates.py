"""However many updates there are, a few tell how things stand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from strategy.check_ins import find_missing_updates, find_open_slot
from strategy.current_updates import CurrentUpdates
from strategy.files import SAMPLE, read_strategy
from strategy.records import ProgressUpdate, Rag, Subject, SubjectKind
from strategy.status import compute_statuses

STRATEGY = read_strategy(SAMPLE)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SUBJECTS = [
    Subject(SubjectKind.OBJECTIVE, STRATEGY.objectives[0].key),
    Subject(SubjectKind.PROJECT, STRATEGY.projects[0].key),
]


@st.composite
def histories(draw: st.DrawFn) -> list[ProgressUpdate]:
    """Updates on two subjects, slot by slot, with gaps, corrections and acknowledgements, in the order of writing."""
    found = []
    for subject in SUBJECTS:
        for week in draw(st.sets(st.integers(0, 8))):
            slot = NOW.replace(hour=9) - timedelta(weeks=week)
            at = slot + timedelta(hours=draw(st.integers(-20, 60)))
            first = ProgressUpdate(subject, slot, "U02BEN", at, draw(st.sampled_from(Rag)), f"Week {week}")
            found.append(first)
            if draw(st.booleans()):
                later = at + timedelta(hours=draw(st.integers(1, 400)))
                found.append(replace(first, revision=2, at=later, rag=draw(st.sampled_from(Rag))))
    return sorted((one for one in found if one.at <= NOW), key=lambda one: (one.at, one.revision))


def keep_highest_revisions(updates: list[ProgressUpdate]) -> list[ProgressUpdate]:
    return list({(one.subject, one.slot): one for one in updates}.values())


@given(histories(), st.integers(0, 10))
def test_status_and_overdue_updates_follow_from_the_current_ones(updates: list[ProgressUpdate], known: int) -> None:
    every = keep_highest_revisions(updates)
    current = CurrentUpdates().add(updates[:known]).add(updates[known:]).every
    assert compute_statuses(STRATEGY, current, NOW) == compute_statuses(STRATEGY, every, NOW)
    assert find_missing_updates(STRATEGY, current, NOW) == find_missing_updates(STRATEGY, every, NOW)
    for subject in SUBJECTS:
        assert find_open_slot(STRATEGY, subject, current, NOW) == find_open_slot(STRATEGY, subject, every, NOW)


def test_acknowledgement_replaces_the_update() -> None:
    update = ProgressUpdate(SUBJECTS[0], NOW - timedelta(days=1), "U02BEN", NOW, Rag.RED, "Stuck")
    acknowledged = replace(update, acknowledged_by="U04DANA")
    assert CurrentUpdates().add([update]).add([acknowledged]).every == (acknowledged,)
