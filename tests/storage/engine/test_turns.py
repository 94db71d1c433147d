"""People take turns: nobody's many arrivals keep others waiting, and each person's own stay in order."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from storage.database import Database
from storage.engine.inbox import Arrival, Inbox, NewArrival
from storage.engine.turns import CANDIDATES, FRESH, QUEUES
from tests.storage.cast import ADA, BEN, LEASE, NOW, ONE, TWO, arrival, later

HOUR = 3_600.0


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database)


def of(person: str | None, key: str, seconds: float = 0, *, is_heavy: bool = False) -> NewArrival:
    return replace(arrival(key, seconds), person=person, is_heavy=is_heavy)


def keys(arrivals: list[Arrival]) -> list[str]:
    return [one.key for one in arrivals]


def claim(inbox: Inbox, limit: int, seconds: float = HOUR, owner: str = ONE) -> list[str]:
    return keys(inbox.claim(owner, later(seconds), limit, LEASE))


def finish(database: Database, arrivals: list[Arrival], seconds: float = HOUR) -> None:
    with database.transaction() as session:
        for one in arrivals:
            Inbox(database).mark_done(session, one, later(seconds))


def test_flood_of_one_person_keeps_nobody_waiting(inbox: Inbox) -> None:
    inbox.write([of(ADA, f"ada {number:03}") for number in range(500)])
    inbox.write([of(BEN, "ben"), of("U03CHLOE", "chloe")])
    assert claim(inbox, 4, seconds=1) == ["ada 000", "ben", "chloe"]
    inbox.write([of("U04DEV", "dev", 2)])
    assert "dev" in claim(inbox, 4, seconds=3)


def test_process_holds_few_arrivals_of_one_person(database: Database, inbox: Inbox) -> None:
    inbox.write([of(ADA, f"ada {number}") for number in range(5)])
    first = inbox.claim(ONE, NOW, 16, LEASE)
    assert [keys(first), claim(inbox, 16, seconds=1), claim(inbox, 16, seconds=1)] == [["ada 0"], ["ada 1"], []]
    finish(database, first, seconds=1)
    assert claim(inbox, 16, seconds=2) == ["ada 2"]


def test_second_click_waits_for_the_process_with_the_first(database: Database, inbox: Inbox) -> None:
    inbox.write([of(ADA, "first"), of(ADA, "second", 1), of(BEN, "ben", 2)])
    first = inbox.claim(ONE, NOW, 1, LEASE)
    assert keys(first) == ["first"]
    assert claim(Inbox(database), 16, seconds=3, owner=TWO) == ["ben"]
    finish(database, first, seconds=4)
    assert claim(Inbox(database), 16, seconds=5, owner=TWO) == ["second"]


def test_first_click_of_a_dead_process_comes_before_the_second(database: Database, inbox: Inbox) -> None:
    inbox.write([of(ADA, "first"), of(ADA, "second", 1)])
    assert claim(inbox, 1, seconds=0) == ["first"]
    assert claim(Inbox(database), 16, seconds=60, owner=TWO) == ["first"]


def test_failed_arrival_lets_the_persons_next_go_on(inbox: Inbox) -> None:
    inbox.write([of(ADA, "broken"), of(ADA, "fine", 1)])
    [broken] = inbox.claim(ONE, NOW, 1, LEASE)
    inbox.retry_later(broken, "reference 1234", later(1))
    assert claim(inbox, 16, seconds=2) == ["fine"]


def test_who_asks_now_goes_before_the_backlog_which_is_drained_beside(inbox: Inbox) -> None:
    inbox.write([of(f"U1{number:03}", f"old {number:03}", number) for number in range(200)])
    inbox.write([of(f"U2{number:03}", f"new {number}", HOUR - 10 + number) for number in range(6)])
    assert claim(inbox, 4) == ["old 000", "new 0", "new 1", "new 2"]
    assert claim(inbox, 4) == ["old 001", "new 3", "new 4", "new 5"]
    assert claim(inbox, 4) == ["old 002", "old 003", "old 004", "old 005"]


def test_even_single_claims_drain_the_backlog(inbox: Inbox) -> None:
    inbox.write([of("U1OLD", "old")])
    inbox.write([of(f"U2{number:03}", f"new {number}", HOUR - 10) for number in range(20)])
    assert "old" in [key for _ in range(4) for key in claim(inbox, 1)]


def test_persons_older_arrivals_go_before_their_new_one(inbox: Inbox) -> None:
    inbox.write([of(f"U1{number:03}", f"old {number}") for number in range(50)])
    inbox.write([of("U9ADA", "ada, an hour ago"), of("U9ADA", "ada, now", HOUR - 1)])
    assert claim(inbox, 1) == ["ada, an hour ago"]
    assert claim(inbox, 1) == ["ada, now"]


def test_everybody_has_a_turn_before_anybody_has_a_second(database: Database, inbox: Inbox) -> None:
    people = [f"U1{number:03}" for number in range(3 * QUEUES)]
    inbox.write([of(person, f"{person} {number}") for person in people for number in range(2)])
    served: Counter[str] = Counter()
    while sum(served.values()) < len(people):
        claimed = inbox.claim(ONE, later(HOUR), 5, LEASE)
        finish(database, claimed)
        served.update(one.key.split()[0] for one in claimed)
    assert max(served.values()) - min(served[person] for person in people) <= 1


def test_heavy_arrivals_take_nothing_from_others(inbox: Inbox) -> None:
    inbox.write([of(f"U1{number}", f"report {number}", is_heavy=True) for number in range(9)])
    inbox.write([of(f"U2{number}", f"question {number}") for number in range(3)])
    claimed = inbox.claim(ONE, later(1), 3, LEASE, heavy_limit=2)
    assert Counter(one.is_heavy for one in claimed) == {True: 2, False: 3}
    assert inbox.claim(ONE, later(1), 3, LEASE, heavy_limit=0) == []


def test_report_holds_up_none_of_the_persons_own_questions(inbox: Inbox) -> None:
    inbox.write([of(ADA, "report", is_heavy=True), of(ADA, "question", 1), of(ADA, "next question", 2)])
    assert keys(inbox.claim(ONE, later(3), 3, LEASE, heavy_limit=0)) == ["question"]


def test_arrivals_of_nobody_and_of_earlier_versions_are_handled(database: Database, inbox: Inbox) -> None:
    with database.transaction() as session:  # as an earlier version writes them during a rolling update
        session.execute(
            text(
                "INSERT INTO arrivals (key, route, payload, status, received_at, due_at, attempts, failures)"
                " VALUES ('earlier', 'event:message', '{}', 'waiting', :at, :at, 0, 0)"
            ),
            {"at": NOW.replace(tzinfo=None) if database.is_sqlite else NOW},
        )
    inbox.write([of(f"U1{number:03}", f"new {number}", HOUR - 1) for number in range(100)])
    inbox.write([of(None, "renamed", 1)])
    claimed = [key for _ in range(8) for key in claim(inbox, 4)]
    assert {"earlier", "renamed"} < set(claimed)


def test_claim_looks_at_no_backlog(database: Database, inbox: Inbox) -> None:
    inbox.write([of(f"U{number % 300:03}", f"old {number}", number / 10) for number in range(3_000)])
    plan: list[str] = []

    def explain(connection, cursor, statement, parameters, context, many):  # type: ignore[no-untyped-def]
        return ("EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN ") + statement, parameters

    with database.transaction() as session:
        session.execute(text("ANALYZE arrivals"))
        connection = session.connection()
        given = {"owner": ONE, "now": later(HOUR), "since": later(HOUR) - FRESH, "after": ""}
        event.listen(database.engine, "before_cursor_execute", explain, retval=True)
        try:
            cursor = connection.execute(CANDIDATES, given).cursor
            assert cursor is not None
            plan += [str(row[-1]) for row in cursor.fetchall()]
        finally:
            event.remove(database.engine, "before_cursor_execute", explain)
    assert not [line for line in plan if "SCAN arrivals" in line or "Seq Scan on arrivals" in line]
    assert any("ix_arrivals_queue_id_due_at" in line for line in plan)
