"""A slot is run once, whoever finds it due, and the latest posted run is known."""

from datetime import datetime

from storage.database import Database
from storage.engine.deliveries import Deliveries
from storage.engine.outbox import Outbox
from storage.engine.schedules import MISSED, QUIET, Schedules
from tests.storage.cast import NOW, ONE, accept_post, build_text, later, sender_of

WEEKLY = "leadership-weekly"
WEEK = 7 * 86_400


def sync(database: Database, definition: str = "Mondays at nine", next_at: datetime | None = NOW) -> None:
    with database.transaction() as session:
        Schedules(session, NOW).save_definition(WEEKLY, definition, next_at)


def due(database: Database, now: datetime) -> list[tuple[str, datetime, datetime | None]]:
    with database.transaction() as session:
        return [(one.name, one.due_at, one.last_slot) for one in Schedules(session, now).claim_due({WEEKLY})]


def run(database: Database, slot: datetime, at: datetime, figure: int) -> bool:
    """Record a run and post it, as a digest does."""
    with database.transaction() as session:
        schedules = Schedules(session, at)
        is_new = schedules.record_run(WEEKLY, slot, later(WEEK), snapshot={"open": figure})
        if is_new:
            key = f"{WEEKLY}:{slot.isoformat()}"
            delivery = Outbox(session, at).post("C06LEADERS", build_text(f"{figure} open"), key=key, bulk=True)
            schedules.link_delivery(WEEKLY, slot, delivery)
    return is_new


def deliver(sender: Deliveries, at: datetime) -> None:
    for one in sender.claim(ONE, at, 10).deliveries:
        accept_post(sender, one, at)


def seen_last(database: Database) -> object:
    with database.read_only() as session:
        return Schedules(session, NOW).last_delivered(WEEKLY)


def test_schedule_is_due_at_its_time(database: Database) -> None:
    sync(database)
    assert due(database, later(-1)) == []
    assert due(database, NOW) == [(WEEKLY, NOW, None)]


def test_recorded_run_sets_next_due_time(database: Database) -> None:
    sync(database)
    assert run(database, NOW, later(1), 3)
    assert due(database, later(2)) == []
    assert due(database, later(WEEK)) == [(WEEKLY, later(WEEK), NOW)]


def test_slot_is_run_and_posted_once(database: Database) -> None:
    sync(database)
    assert run(database, NOW, later(1), 3)
    assert not run(database, NOW, later(2), 4)
    sender = sender_of(database)
    assert len(sender.claim(ONE, later(60), 10).deliveries) == 1


def test_unchanged_definition_keeps_due_time(database: Database) -> None:
    sync(database)
    run(database, NOW, later(1), 3)
    sync(database, next_at=NOW)
    assert due(database, later(60)) == []


def test_changed_definition_starts_at_new_slot(database: Database) -> None:
    sync(database)
    sync(database, "Tuesdays at nine", later(86_400))
    assert due(database, later(60)) == []
    assert due(database, later(86_400)) == [(WEEKLY, later(86_400), None)]


def test_ended_schedule_is_never_due(database: Database) -> None:
    sync(database, next_at=None)
    assert due(database, later(WEEK)) == []


def test_unwanted_schedule_is_deleted(database: Database) -> None:
    sync(database)
    with database.transaction() as session:
        Schedules(session, NOW).delete_others([])
    assert due(database, later(WEEK)) == []


def test_last_delivered_run_is_what_people_saw(database: Database) -> None:
    sender = sender_of(database)
    sync(database)
    assert seen_last(database) is None
    run(database, NOW, NOW, 3)
    assert seen_last(database) is None  # not posted yet
    deliver(sender, later(1))
    assert seen_last(database) == {"open": 3}
    run(database, later(WEEK), later(WEEK), 5)
    [refused] = sender.claim(ONE, later(WEEK), 10).deliveries
    sender.give_up(refused, "not_in_channel", later(WEEK))
    assert seen_last(database) == {"open": 3}


def test_missed_and_quiet_slots_are_recorded(database: Database) -> None:
    sync(database)
    with database.transaction() as session:
        schedules = Schedules(session, NOW)
        assert schedules.record_run(WEEKLY, later(-WEEK), NOW, snapshot={}, outcome=MISSED)
        assert schedules.record_run(WEEKLY, NOW, later(WEEK), snapshot={"open": 0}, outcome=QUIET)
        assert schedules.find_next_due({WEEKLY}) == later(WEEK)
    assert seen_last(database) is None
    assert due(database, later(WEEK)) == [(WEEKLY, later(WEEK), NOW)]


def test_crash_half_way_leaves_no_trace(database: Database) -> None:
    sync(database)
    with database.read_only() as session:  # never committed
        Schedules(session, NOW).record_run(WEEKLY, NOW, later(WEEK), snapshot={})
    assert due(database, later(60)) == [(WEEKLY, NOW, None)]
