"""Arrivals are acknowledged once they are safe, and a burst shares one commit."""

import asyncio
import threading

import pytest
from sqlalchemy import func, select, text

from bot.engine.inbox_writer import InboxWriter
from storage.database import Database
from storage.db_errors import DatabaseUnavailable
from storage.engine.inbox import Inbox, NewArrival
from storage.store import Store
from storage.tables.engine import ArrivalRow
from tests.bot.conftest import Now


class CountingInbox(Inbox):
    """Counts the transactions; `gate` holds the first of them until the test lets it go."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.sizes: list[int] = []
        self.gate = threading.Event()
        self.gate.set()

    def write(self, arrivals):
        self.gate.wait(10)
        self.sizes.append(len(arrivals))
        return super().write(arrivals)


@pytest.fixture
def inbox(store: Store) -> CountingInbox:
    return CountingInbox(store.database)


def arrival(key: str, now: Now, route: str = "event:app_mention", **payload: object) -> NewArrival:
    return NewArrival(key, route, payload, now())


def count_stored(store: Store) -> int:
    with store.database.read_only() as session:
        return session.scalar(select(func.count()).select_from(ArrivalRow)) or 0


async def test_write_returns_after_the_commit(store: Store, inbox: CountingInbox, now: Now) -> None:
    woken = []
    writer = InboxWriter(inbox, lambda: woken.append(count_stored(store)))
    await writer.write(arrival("Ev1", now))
    assert (count_stored(store), woken) == (1, [1])


async def test_burst_shares_a_few_commits(store: Store, inbox: CountingInbox, now: Now) -> None:
    writer = InboxWriter(inbox, lambda: None)
    inbox.gate.clear()
    waiting = [asyncio.create_task(writer.write(arrival(f"Ev{number}", now))) for number in range(700)]
    await asyncio.sleep(0)
    inbox.gate.set()
    await asyncio.gather(*waiting)
    assert count_stored(store) == 700
    assert len(inbox.sizes) <= 3


async def test_idle_begins_when_no_ack_is_pending(store: Store, inbox: CountingInbox, now: Now) -> None:
    writer = InboxWriter(inbox, lambda: None)
    await writer.wait_until_idle()
    inbox.gate.clear()
    keeping = asyncio.create_task(writer.write(arrival("Ev1", now)))
    await asyncio.sleep(0)
    quiet = asyncio.create_task(writer.wait_until_idle())
    await asyncio.sleep(0)
    assert not quiet.done()
    inbox.gate.set()
    await keeping
    await quiet


async def test_unavailable_database_means_no_acknowledgement(store: Store, inbox: CountingInbox, now: Now) -> None:
    writer = InboxWriter(inbox, lambda: None)
    with store.database.engine.connect().execution_options(writes=True) as other, other.begin():
        other.execute(text("SELECT 1"))
        with pytest.raises(DatabaseUnavailable, match="Another program"):
            await writer.write(arrival("Ev1", now))
    await writer.write(arrival("Ev1", now))  # Slack delivers it again
    assert count_stored(store) == 1


async def test_unwritable_arrival_costs_no_other(store: Store, inbox: CountingInbox, now: Now) -> None:
    writer = InboxWriter(inbox, lambda: None)
    poison = arrival("poison", now, body=object())  # not serialisable as JSON
    outcomes = await asyncio.gather(
        writer.write(arrival("Ev1", now)),
        writer.write(poison),
        writer.write(arrival("Ev2", now)),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["NoneType", "StatementError", "NoneType"]
    assert count_stored(store) == 2


async def test_cancelled_writer_blocks_nobody(store: Store, inbox: CountingInbox, now: Now) -> None:
    writer = InboxWriter(inbox, lambda: None)
    inbox.gate.clear()
    gone = asyncio.create_task(writer.write(arrival("Ev1", now)))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    inbox.gate.set()
    await writer.write(arrival("Ev2", now))
    assert count_stored(store) == 2  # and when Slack delivers the first again, it is there already
