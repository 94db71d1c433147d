"""Arrivals are handled once and in order, whichever process dies."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, text, update

from storage.database import Database
from storage.engine.inbox import MAX_FAILURES, POISON_AFTER, Arrival, Inbox, LeaseLost, NewArrival
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


def test_repeated_arrival_is_stored_once(inbox: Inbox) -> None:
    assert inbox.write([arrival("Ev1"), arrival("Ev2"), arrival("Ev1")]) == 2
    assert inbox.write([arrival("Ev2"), arrival("Ev3")]) == 1
    assert keys(inbox.claim(ONE, NOW, 10, LEASE)) == ["Ev1", "Ev2", "Ev3"]


def test_repeated_arrival_is_not_handled_again(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    finish(database, *inbox.claim(ONE, NOW, 1, LEASE), NOW)
    assert inbox.write([arrival("Ev1")]) == 0
    assert inbox.claim(ONE, later(3_600), 10, LEASE) == []


def test_oldest_arrival_is_claimed_first(inbox: Inbox) -> None:
    inbox.write([arrival("first", 1), arrival("second", 2), arrival("third", 3)])
    assert keys(inbox.claim(ONE, later(5), 2, LEASE)) == ["first", "second"]
    assert keys(inbox.claim(ONE, later(5), 2, LEASE)) == ["third"]


def test_leased_arrival_is_nobody_elses(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    [mine] = inbox.claim(ONE, NOW, 10, LEASE)
    assert mine.attempt == 1
    assert inbox.claim(TWO, later(59), 10, LEASE) == []


def test_ended_lease_lets_others_claim(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    inbox.claim(ONE, NOW, 10, LEASE)
    [theirs] = inbox.claim(TWO, later(60), 10, LEASE)
    assert theirs.attempt == 2
    finish(database, theirs, later(61))
    assert inbox.find_next_due() is None


def test_late_process_commits_nothing(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    [mine] = inbox.claim(ONE, NOW, 10, LEASE)
    [theirs] = inbox.claim(TWO, later(60), 10, LEASE)
    with pytest.raises(LeaseLost):
        finish(database, mine, later(61))
    finish(database, theirs, later(62))
    with pytest.raises(LeaseLost):
        finish(database, mine, later(63))


def test_reclaiming_process_keeps_its_later_claim(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    [before] = inbox.claim(ONE, NOW, 10, LEASE)
    [after] = inbox.claim(ONE, later(60), 10, LEASE)
    with pytest.raises(LeaseLost):
        finish(database, before, later(61))
    finish(database, after, later(62))


def test_failed_work_is_retried_after_growing_waits(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    moment, pauses = NOW, []
    for _ in range(MAX_FAILURES - 1):
        [found] = inbox.claim(ONE, moment, 1, LEASE)
        assert not found.is_last
        inbox.retry_later(found, "reference 1234", moment)
        due = inbox.find_next_due()
        assert due is not None
        pauses.append((due - moment).total_seconds())
        assert inbox.claim(ONE, moment, 1, LEASE) == []
        moment = due
    assert pauses == [2, 4, 8, 16, 32]
    [last] = inbox.claim(ONE, moment, 1, LEASE)
    assert last.is_last
    assert not last.is_poison


def test_repeatedly_dying_arrival_is_poison(inbox: Inbox) -> None:
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


def test_poison_failure_is_counted_once(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    for claims in range(POISON_AFTER + 1):
        [found] = inbox.claim(ONE, later(60 * claims), 1, LEASE)
    inbox.retry_later(inbox.count_failure_first(found), "reference 1234", later(300))
    [again] = inbox.claim(ONE, later(400), 1, LEASE)
    assert again.failures == 1


def test_late_process_counts_no_failure(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    [mine] = inbox.claim(ONE, NOW, 1, LEASE)
    inbox.claim(TWO, later(60), 1, LEASE)
    with pytest.raises(LeaseLost):
        inbox.count_failure_first(mine)


def test_abandoned_arrival_stays_in_the_inbox(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1")])
    inbox.give_up(*inbox.claim(ONE, NOW, 1, LEASE), "no place", NOW)
    assert inbox.claim(ONE, later(86_400), 1, LEASE) == []
    assert inbox.prune(later(86_400)) == 0
    with database.read_only() as session:
        assert session.scalars(select(ArrivalRow.error)).one() == "no place"


def test_release_makes_leased_arrivals_due(inbox: Inbox) -> None:
    inbox.write([arrival("Ev1"), arrival("Ev2")])
    inbox.claim(ONE, NOW, 1, LEASE)
    assert inbox.release_all(later(1)) == 1
    assert sorted(keys(inbox.claim(TWO, later(1), 10, LEASE))) == ["Ev1", "Ev2"]


def test_next_due_time_is_known(database: Database, inbox: Inbox) -> None:
    assert inbox.find_next_due() is None
    inbox.write([arrival("Ev1", 5)])
    assert inbox.find_next_due() == later(5)
    [found] = inbox.claim(ONE, later(6), 1, LEASE)
    assert inbox.find_next_due() == later(66)
    finish(database, found, later(7))
    assert inbox.find_next_due() is None


def test_number_of_a_pruned_arrival_is_not_given_again(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("Ev1"), arrival("Ev2")])
    old = inbox.claim(ONE, NOW, 2, LEASE)
    for found in old:
        finish(database, found, NOW)
    inbox.prune(later(86_400))
    inbox.write([arrival("Ev3")])
    [new] = inbox.claim(ONE, NOW, 1, LEASE)
    assert new.id > max(found.id for found in old)


def test_pruning_deletes_only_old_done_arrivals(database: Database, inbox: Inbox) -> None:
    inbox.write([arrival("old"), arrival("new", 60), arrival("waiting", 120)])
    finish(database, *inbox.claim(ONE, NOW, 1, LEASE), NOW)
    finish(database, *inbox.claim(ONE, later(60), 1, LEASE), later(60))
    assert inbox.prune(later(30)) == 1
    assert inbox.prune(later(30)) == 0
    assert keys(inbox.claim(ONE, later(120), 10, LEASE)) == ["waiting"]


def test_claim_among_thousands_uses_the_index(database: Database, inbox: Inbox) -> None:
    """With two thousand waiting and two thousand done, the oldest sixteen are found through the index."""
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


def about(key: str, message: str | None) -> NewArrival:
    return replace(arrival(key), message=message)


def test_events_about_one_message_are_stored_once(inbox: Inbox) -> None:
    assert inbox.write([about("Ev1", "C1:10.1"), about("Ev2", "C1:10.1"), about("Ev3", "C1:10.2")]) == 2
    assert inbox.write([about("Ev4", "C1:10.1"), about("Ev5", None), about("Ev6", None)]) == 2
    assert keys(inbox.claim(ONE, NOW, 10, LEASE)) == ["Ev1", "Ev3", "Ev5", "Ev6"]


def test_message_that_was_handled_is_not_stored_again(database: Database, inbox: Inbox) -> None:
    inbox.write([about("Ev1", "C1:10.1")])
    finish(database, *inbox.claim(ONE, NOW, 1, LEASE), NOW)
    assert inbox.write([about("Ev2", "C1:10.1")]) == 0


def test_processes_that_get_one_message_at_once_store_it_once(database: Database) -> None:
    inboxes = [Inbox(database) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        written = threads.map(lambda one: one[1].write([about(f"Ev{one[0]}", "C1:10.1")]), enumerate(inboxes))
        assert sum(written) == 1
