"""What arrives is acknowledged once it is safe, and a burst shares one commit."""

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


def kept(store: Store) -> int:
    with store.database.read_only() as session:
        return session.scalar(select(func.count()).select_from(ArrivalRow)) or 0


async def test_what_was_kept_is_in_the_database(store: Store, inbox: CountingInbox, now: Now) -> None:
    rung = []
    keeper = InboxWriter(inbox, lambda: rung.append(kept(store)))
    await keeper.write(arrival("Ev1", now))
    assert (kept(store), rung) == (1, [1])


async def test_a_burst_shares_a_few_commits(store: Store, inbox: CountingInbox, now: Now) -> None:
    keeper = InboxWriter(inbox, lambda: None)
    inbox.gate.clear()
    waiting = [asyncio.create_task(keeper.write(arrival(f"Ev{number}", now))) for number in range(700)]
    await asyncio.sleep(0)
    inbox.gate.set()
    await asyncio.gather(*waiting)
    assert kept(store) == 700
    assert len(inbox.sizes) <= 3


async def test_work_can_wait_until_no_ack_is_waited_for(store: Store, inbox: CountingInbox, now: Now) -> None:
    keeper = InboxWriter(inbox, lambda: None)
    await keeper.wait_until_idle()
    inbox.gate.clear()
    keeping = asyncio.create_task(keeper.write(arrival("Ev1", now)))
    await asyncio.sleep(0)
    quiet = asyncio.create_task(keeper.wait_until_idle())
    await asyncio.sleep(0)
    assert not quiet.done()
    inbox.gate.set()
    await keeping
    await quiet


async def test_without_a_database_nothing_is_acknowledged_and_later_all_is_well(
    store: Store, inbox: CountingInbox, now: Now
) -> None:
    keeper = InboxWriter(inbox, lambda: None)
    with store.database.engine.connect().execution_options(writes=True) as other, other.begin():
        other.execute(text("SELECT 1"))
        with pytest.raises(DatabaseUnavailable, match="Another program"):
            await keeper.write(arrival("Ev1", now))
    await keeper.write(arrival("Ev1", now))  # Slack delivers it again
    assert kept(store) == 1


async def test_one_that_cannot_be_written_takes_no_other_with_it(store: Store, inbox: CountingInbox, now: Now) -> None:
    keeper = InboxWriter(inbox, lambda: None)
    poison = arrival("poison", now, body=object())  # no JSON can be made of it
    outcomes = await asyncio.gather(
        keeper.write(arrival("Ev1", now)),
        keeper.write(poison),
        keeper.write(arrival("Ev2", now)),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["NoneType", "StatementError", "NoneType"]
    assert kept(store) == 2


async def test_somebody_who_no_longer_waits_holds_up_nobody(store: Store, inbox: CountingInbox, now: Now) -> None:
    keeper = InboxWriter(inbox, lambda: None)
    inbox.gate.clear()
    gone = asyncio.create_task(keeper.write(arrival("Ev1", now)))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    inbox.gate.set()
    await keeper.write(arrival("Ev2", now))
    assert kept(store) == 2  # and when Slack delivers the first again, it is there already
