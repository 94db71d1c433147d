"""What arrived is worked on once, in its order, whoever dies meanwhile."""

from datetime import datetime

import pytest
from sqlalchemy import select, text, update

from storage.database import Database
from storage.engine.inbox import MAX_FAILURES, POISON_AFTER, Arrival, Inbox, LeaseLost
from storage.tables.engine import ArrivalRow
from tests.storage.cast import LEASE, NOW, ONE, TWO, arrival, later


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database)


def keys(arrivals: list[Arrival]) -> list[str]:
    return [arrival.key for arrival in arrivals]


def finish(database: Database, found: Arrival, now: datetime) -> None:
    with database.transaction() as session:
        Inbox(database).mark_done(session, found, now)


def test_what_arrives_twice_is_written_once(inbox: Inbox) -> None:
    assert inbox.write([arrival("Ev1"), arrival("Ev2"), arrival("Ev1")]) == 2
    assert inbox.write([arrival("Ev2"), arrival("Ev3")]) == 1
    assert keys(inbox.claim(ONE, NOW, 10, LEASE)) == ["Ev1", "Ev2", "Ev3"]


def test_what_arrives_again_after_its_work_was_done_is_not_done_again(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    finish(database, *inbox.claim(ONE, NOW, 1, LEASE), NOW)
    assert inbox.write([arrival("Ev1")]) == 0
    assert inbox.claim(ONE, later(3_600), 10, LEASE) == []


def test_the_oldest_comes_first(inbox: Inbox) -> None:
    inbox.write([arrival("second", 2), arrival("third", 3), arrival("first", 1)])
    assert keys(inbox.claim(ONE, later(5), 2, LEASE)) == ["first", "second"]
    assert keys(inbox.claim(ONE, later(5), 2, LEASE)) == ["third"]


def test_what_one_process_holds_no_other_gets(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    [mine] = inbox.claim(ONE, NOW, 10, LEASE)
    assert mine.attempt == 1
    assert inbox.claim(TWO, later(59), 10, LEASE) == []


def test_what_a_dead_process_held_is_taken_over_when_its_lease_ends(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    inbox.claim(ONE, NOW, 10, LEASE)
    [theirs] = inbox.claim(TWO, later(60), 10, LEASE)
    assert theirs.attempt == 2
    finish(database, theirs, later(61))
    assert inbox.next_due() is None


def test_a_process_that_woke_up_too_late_commits_nothing(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    [mine] = inbox.claim(ONE, NOW, 10, LEASE)
    [theirs] = inbox.claim(TWO, later(60), 10, LEASE)
    with pytest.raises(LeaseLost):
        finish(database, mine, later(61))
    finish(database, theirs, later(62))
    with pytest.raises(LeaseLost):
        finish(database, mine, later(63))


def test_a_process_that_took_over_from_itself_keeps_to_the_later_claim(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    [before] = inbox.claim(ONE, NOW, 10, LEASE)
    [after] = inbox.claim(ONE, later(60), 10, LEASE)
    with pytest.raises(LeaseLost):
        finish(database, before, later(61))
    finish(database, after, later(62))


def test_work_that_failed_is_tried_again_after_a_pause_that_grows(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    moment, pauses = NOW, []
    for _ in range(MAX_FAILURES - 1):
        [found] = inbox.claim(ONE, moment, 1, LEASE)
        assert not found.is_last
        inbox.retry_later(found, "reference 1234", moment)
        due = inbox.next_due()
        assert due is not None
        pauses.append((due - moment).total_seconds())
        assert inbox.claim(ONE, moment, 1, LEASE) == []
        moment = due
    assert pauses == [2, 4, 8, 16, 32]
    [last] = inbox.claim(ONE, moment, 1, LEASE)
    assert last.is_last
    assert not last.is_poison


def test_an_arrival_of_which_nothing_becomes_is_suspected_and_counted_before_it_is_begun(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    for claims in range(POISON_AFTER):
        [found] = inbox.claim(ONE, later(60 * claims), 1, LEASE)
        assert not found.is_poison
    for failures in range(MAX_FAILURES):
        [found] = inbox.claim(ONE, later(60 * (POISON_AFTER + failures)), 1, LEASE)
        assert found.is_poison
        assert found.is_last is (failures == MAX_FAILURES - 1)
        if not found.is_last:
            assert inbox.count_failure_first(found).failures_with_this == failures + 1


def test_a_suspect_that_fails_is_counted_once(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    for claims in range(POISON_AFTER + 1):
        [found] = inbox.claim(ONE, later(60 * claims), 1, LEASE)
    inbox.retry_later(inbox.count_failure_first(found), "reference 1234", later(300))
    [again] = inbox.claim(ONE, later(400), 1, LEASE)
    assert again.failures == 1


def test_a_process_that_woke_up_too_late_counts_nothing(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    [mine] = inbox.claim(ONE, NOW, 1, LEASE)
    inbox.claim(TWO, later(60), 1, LEASE)
    with pytest.raises(LeaseLost):
        inbox.count_failure_first(mine)


def test_what_nothing_can_be_made_of_stays_to_be_looked_at(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    inbox.give_up(*inbox.claim(ONE, NOW, 1, LEASE), "no place", NOW)
    assert inbox.claim(ONE, later(86_400), 1, LEASE) == []
    assert inbox.prune(later(86_400)) == 0
    with database.read_only() as session:
        assert session.scalars(select(ArrivalRow.error)).one() == "no place"


def test_a_process_that_begins_takes_back_at_once_what_it_held_before(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1"), arrival("Ev2")])
    inbox.claim(ONE, NOW, 1, LEASE)
    assert inbox.release_all(later(1)) == 1
    assert sorted(keys(inbox.claim(TWO, later(1), 10, LEASE))) == ["Ev1", "Ev2"]


def test_when_to_look_again_is_known_without_looking(database: Database, inbox: Inbox) -> None:
    assert inbox.next_due() is None
    inbox.write([arrival("Ev1", 5)])
    assert inbox.next_due() == later(5)
    [found] = inbox.claim(ONE, later(6), 1, LEASE)
    assert inbox.next_due() == later(66)
    finish(database, found, later(7))
    assert inbox.next_due() is None


def test_only_what_was_done_long_ago_is_forgotten(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("old"), arrival("new", 60), arrival("waiting", 120)])
    finish(database, *inbox.claim(ONE, NOW, 1, LEASE), NOW)
    finish(database, *inbox.claim(ONE, later(60), 1, LEASE), later(60))
    assert inbox.prune(later(30)) == 1
    assert inbox.prune(later(30)) == 0
    assert keys(inbox.claim(ONE, later(120), 10, LEASE)) == ["waiting"]


def test_a_claim_among_thousands_looks_at_those_it_takes(database: Database, inbox: Inbox) -> None:
    """Two thousand wait and two thousand are done: the way to the oldest sixteen leads through the index."""
    inbox.write([arrival(f"done {number}") for number in range(2_000)])
    with database.transaction() as session:
        session.execute(update(ArrivalRow).values(status="done", due_at=None, done_at=NOW))
    inbox.write([arrival(f"waiting {number:04}", number / 1_000) for number in range(2_000)])
    assert keys(inbox.claim(ONE, later(60), 3, LEASE)) == ["waiting 0000", "waiting 0001", "waiting 0002"]
    question = "SELECT id FROM arrivals WHERE due_at <= '2026-09-14 10:00:00' ORDER BY due_at, id LIMIT 16"
    with database.transaction() as session:
        if database.is_sqlite:
            plan = session.execute(text(f"EXPLAIN QUERY PLAN {question}")).all()
            assert "SEARCH arrivals USING COVERING INDEX ix_arrivals_due_at_id" in str(plan)
        else:
            session.execute(text("ANALYZE arrivals"))
            plan = session.execute(text(f"EXPLAIN {question}")).all()
            assert "ix_arrivals_due_at_id" in str(plan)
        assert "TEMP B-TREE" not in str(plan)
        assert "Sort" not in str(plan)
