"""What waits by the clock goes on after the clock was set back, on both databases."""

from datetime import timedelta

from sqlalchemy import select

from storage.database import Database
from storage.engine.clock_changes import continue_waiting
from storage.engine.lease import Lease
from storage.store import Store
from storage.tables.engine import DeliveryRow
from tests.handbook_data import MONDAY
from tests.storage.cast import sender_of

HOURS = timedelta(hours=3)


def test_waiting_delivery_is_due_and_its_first_attempt_moves_with_the_clock(database: Database) -> None:
    store, ahead, sender = Store(database), MONDAY + HOURS, sender_of(database)
    with store.transaction(ahead) as tx:
        tx.outbox.post("C07ASK", {"text": "hello"})
    [failed] = sender.claim("host:1", ahead, 1).deliveries
    sender.retry_in_order(failed, "503", ahead + timedelta(seconds=25))
    continue_waiting(database, MONDAY, MONDAY, Lease(60), HOURS)
    with store.read_only(MONDAY) as tx:
        row = tx.session.scalars(select(DeliveryRow)).one()
    assert (row.due_at, row.first_attempt_at) == (MONDAY, MONDAY)
    assert [one.id for one in sender.claim("host:1", MONDAY, 1).deliveries] == [failed.id]


def test_lease_ends_as_if_it_began_when_the_clock_was_set_back(database: Database) -> None:
    """Its owner may be dead: nobody else would send it before the clock shows the later time again."""
    store, ahead, sender = Store(database), MONDAY + HOURS, sender_of(database)
    with store.transaction(ahead) as tx:
        tx.outbox.post("C07ASK", {"text": "hello"})
    [held] = sender.claim("dead:1", ahead, 1).deliveries
    for seconds in (0, 30):  # two processes notice it one after the other
        continue_waiting(database, MONDAY + timedelta(seconds=seconds), MONDAY, Lease(60), HOURS)
    assert sender.claim("host:2", MONDAY + timedelta(seconds=59), 1).deliveries == ()
    [taken] = sender.claim("host:2", MONDAY + timedelta(seconds=60), 1).deliveries
    assert taken.id == held.id
