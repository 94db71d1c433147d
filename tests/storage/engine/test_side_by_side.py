"""Several processes at once: each row goes to one of them. Threads with their own connections play the processes."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import func, select, text

from storage.database import Database
from storage.engine.deliveries import CLAIM_LOCK
from storage.engine.inbox import Arrival, Inbox, LeaseLost
from storage.engine.outbox import Outbox
from storage.engine.schedules import Schedules
from storage.tables.engine import DeliveryRow, RunRow
from tests.storage.cast import LEASE, NOW, accept_post, arrival, build_text, later, sender_of
from tests.storage.databases import NewDatabase

PROCESSES = 3


def side_by_side(address: str, work: Callable[[Database, str], None]) -> None:
    """Run the work in several processes that start together; an error in one fails the test."""
    ready = threading.Barrier(PROCESSES)

    def process(number: int) -> None:
        database = Database(address)
        try:
            ready.wait()
            work(database, f"host:{number}")
        finally:
            database.close()

    with ThreadPoolExecutor(PROCESSES) as pool:
        for done in [pool.submit(process, number) for number in range(PROCESSES)]:
            done.result()


def test_processes_store_and_claim_arrivals_once(database: Database, address: str) -> None:
    claimed: list[str] = []

    def work(own: Database, owner: str) -> None:
        inbox = Inbox(own)
        inbox.write([arrival(f"Ev{number}") for number in range(100)])
        while found := inbox.claim(owner, later(1), 7, LEASE):
            claimed.extend(one.key for one in found)

    side_by_side(address, work)
    assert sorted(claimed) == sorted(f"Ev{number}" for number in range(100))


def test_one_of_many_holders_finishes(database: Database, address: str) -> None:
    Inbox(database).write([arrival("Ev1")])
    claims: list[Arrival] = []
    for number in range(PROCESSES):  # each takes over from the one before, which doesn't notice
        claims += Inbox(database).claim(f"host:{number}", later(60 * number), 1, LEASE)
    outcomes: list[str] = []

    def work(own: Database, owner: str) -> None:
        mine = next(claim for claim in claims if claim.owner == owner)
        try:
            with own.transaction() as session:
                Inbox(own).mark_done(session, mine, later(300))
                Outbox(session, NOW).post("C07ASK", build_text(f"answer of {owner}"))
            outcomes.append("done")
        except LeaseLost:
            outcomes.append("lost")

    side_by_side(address, work)
    assert Counter(outcomes) == {"done": 1, "lost": PROCESSES - 1}
    with database.read_only() as session:
        assert session.scalars(select(DeliveryRow.arguments)).all() == [{"text": f"answer of host:{PROCESSES - 1}"}]


def test_processes_claim_in_order_within_limits(database: Database, address: str) -> None:
    with database.transaction() as session:
        for number in range(120):
            Outbox(session, NOW).post(f"C{number % 40}", build_text(f"{number // 40}"), bulk=True)
    given: list[tuple[str, str, datetime]] = []
    fast = {"posts_per_minute": 60_000.0, "gap": 0.0}
    waiting = select(func.count()).select_from(DeliveryRow).where(DeliveryRow.due_at.is_not(None))

    def left(own: Database) -> int:
        with own.read_only() as session:
            return session.scalar(waiting) or 0

    def work(own: Database, owner: str) -> None:
        sender, moment = sender_of(own, **fast), 0.0
        while left(own) and moment < 300:
            moment += 0.2
            for one in sender.claim(owner, later(moment), 5).deliveries:
                given.append((one.channel or "", one.arguments["text"], one.not_before))
                accept_post(sender, one, later(moment))

    side_by_side(address, work)
    assert len(given) == 120
    for channel in {place for place, _, _ in given}:
        assert [text for place, text, _ in given if place == channel] == ["0", "1", "2"]


def test_processes_share_the_bulk_limit(database: Database, address: str) -> None:
    with database.transaction() as session:
        for number in range(90):
            Outbox(session, NOW).post(f"C{number}", build_text("one of many"), bulk=True)
    given: list[str] = []

    def work(own: Database, owner: str) -> None:
        for _ in range(5):
            given.extend(one.id for one in sender_of(own, posts_per_minute=600.0).claim(owner, NOW, 20).deliveries)

    side_by_side(address, work)
    assert len(given) <= 9  # half a second of catching up, a quarter of looking ahead, one in a tenth


def test_claims_are_made_one_at_a_time(database: Database) -> None:
    """While one process claims within the rate limits, another waits, and so can't use the same slots."""
    if database.is_sqlite:
        return  # one writer at a time anyway
    with database.transaction() as session:
        Outbox(session, NOW).post("C07ASK", build_text("hello"))
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as other:
        with database.transaction() as session:
            session.execute(CLAIM_LOCK)
            claim = other.submit(lambda: sender_of(database).claim("host:1", NOW, 5).deliveries)
            while not session.scalar(waiting):
                assert not claim.done()
        assert len(claim.result(10)) == 1


def test_stopped_transaction_blocks_only_briefly(new_postgresql: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database._SESSION", ("SET idle_in_transaction_session_timeout = '50ms'",))
    database = Database(new_postgresql())
    with database.transaction() as session:
        Outbox(session, NOW).post("C07ASK", build_text("hello"))
    stopped = database.engine.connect()
    stopped.execute(CLAIM_LOCK)  # and it does nothing more
    assert len(sender_of(database).claim("host:2", NOW, 5).deliveries) == 1
    stopped.invalidate()
    database.close()


def test_one_process_runs_a_due_slot(database: Database, address: str) -> None:
    with database.transaction() as session:
        Schedules(session, NOW).save_definition("weekly", "Mondays", NOW)
    found: list[str] = []
    fired: list[str] = []

    def work(own: Database, owner: str) -> None:
        with own.transaction() as session:
            schedules = Schedules(session, later(1))
            for due in schedules.claim_due({"weekly"}):
                found.append(owner)
                if schedules.record_run(due.name, due.due_at, later(3_600), snapshot={}):
                    fired.append(owner)

    side_by_side(address, work)
    assert found == fired
    assert len(fired) == 1
    with database.read_only() as session:
        assert session.scalar(select(func.count()).select_from(RunRow)) == 1


def test_concurrent_claim_loses_no_edit(database: Database, address: str) -> None:
    with database.transaction() as session:
        card = Outbox(session, NOW).post("C03TRIAGE", build_text("card"))
    sender = sender_of(database)
    accept_post(sender, *sender.claim("host:0", NOW, 1).deliveries, NOW)
    shown: list[tuple[datetime, str]] = []
    last: list[str] = []
    lock = threading.Lock()

    def work(own: Database, owner: str) -> None:
        mine = sender_of(own)
        for number in range(30):
            if owner == "host:0":
                with own.transaction() as session:
                    Outbox(session, NOW).edit(card, build_text(f"state {number}"))
                last[:] = [f"state {number}"]
                continue
            for one in mine.claim(owner, later(number + 1), 5).deliveries:
                with lock:
                    shown.append((one.first_attempt_at, one.arguments["text"]))
                accept_post(mine, one, later(number + 1))

    side_by_side(address, work)
    rest: Sequence[str] = [one.arguments["text"] for one in sender.claim("host:9", later(1_000), 5).deliveries]
    seen = [text for _, text in shown] + list(rest)
    assert seen[-1] == last[0] == "state 29"
    numbers = [int(text.split()[1]) for text in seen]
    assert len(numbers) == len(set(numbers))


def test_edit_in_flight_is_followed_by_newest(database: Database) -> None:
    """While one transaction changes an edit's content, a claim doesn't give out the earlier content."""
    if database.is_sqlite:
        return  # one writer at a time: nothing can come between
    with database.transaction() as session:
        card = Outbox(session, NOW).post("C03TRIAGE", build_text("card"))
        Outbox(session, NOW).edit(card, build_text("old"))
    sender = sender_of(database)
    accept_post(sender, *sender.claim("host:0", NOW, 1).deliveries, NOW)
    with ThreadPoolExecutor(1) as other, database.transaction() as session:
        Outbox(session, NOW).edit(card, build_text("new"))
        session.flush()
        assert not other.submit(lambda: sender.claim("host:1", later(1), 5).deliveries).result(10)
    [edit] = sender.claim("host:1", later(60), 5).deliveries
    assert edit.arguments == {"text": "new"}
