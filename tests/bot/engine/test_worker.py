"""The worker keeps each person's order, commits all of the work or none, and always answers."""

import asyncio
import threading
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import select, text

from bot.engine.worker import Worker
from foundation.errors import UserError
from handlers.context import AppContext
from handlers.slack.calls import DeferredCall
from handlers.slack.routes import DeferredHandler
from storage.engine.inbox import MAX_FAILURES, POISON_AFTER, NewArrival
from storage.store import Store
from storage.tables.engine import ArrivalRow, DeliveryRow
from tests.bot.conftest import LEASE, Now, run_loop

MENTION = "event:app_mention"


async def at_once() -> None:
    """No acknowledgement is pending."""


class Desk:
    """Arrivals go in, a function handles them, and the outbox shows the replies."""

    def __init__(self, store: Store, ctx: AppContext, now: Now) -> None:
        self.store = store
        self.ctx = ctx
        self.now = now
        self.woken = asyncio.Event()

    def worker(self, work: DeferredHandler, routes: Mapping[str, DeferredHandler] | None = None) -> Worker:
        return Worker(self.ctx, {MENTION: work, **(routes or {})}, "host:1", LEASE, self.woken.set, at_once)

    def arrive(
        self, key: str, user: str = "U01ADA", route: str = MENTION, *, is_heavy: bool = False, **payload: object
    ) -> None:
        body = payload or {"event": {"user": user, "channel": "C07ASK", "ts": "1.1", "text": key}}
        person = None if payload else user
        self.store.inbox.write([NewArrival(key, route, body, self.now(), person=person, is_heavy=is_heavy)])

    def say(self, call: DeferredCall) -> None:
        with call.transaction() as tx:
            tx.outbox.post("C07ASK", {"text": f"answer to {call.arrival.key}"})

    def read_posts(self) -> list[str]:
        with self.store.database.read_only() as session:
            return [row["text"] for row in session.scalars(select(DeliveryRow.arguments).order_by(DeliveryRow.number))]

    def status(self, key: str) -> tuple[str, int]:
        with self.store.database.read_only() as session:
            row = session.scalars(select(ArrivalRow).where(ArrivalRow.key == key)).one()
            return row.status, row.attempts

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await self.woken.wait()
                self.woken.clear()


@pytest.fixture
def desk(store: Store, ctx: AppContext, now: Now) -> Desk:
    return Desk(store, ctx, now)


async def test_result_and_reply_commit_together(desk: Desk) -> None:
    desk.arrive("Ev1")
    async with run_loop(desk.worker(desk.say)):
        await desk.until(lambda: desk.read_posts() == ["answer to Ev1"])
    assert desk.status("Ev1") == ("done", 1)


async def test_woken_worker_starts_at_once(desk: Desk) -> None:
    worker = desk.worker(desk.say)
    async with run_loop(worker):
        await worker.run_once()
        desk.arrive("Ev1")
        worker.wake()
        await desk.until(lambda: desk.read_posts() == ["answer to Ev1"])


async def test_one_persons_work_keeps_its_order(desk: Desk) -> None:
    bens_turn, order = threading.Event(), []

    def work(call: DeferredCall) -> None:
        if call.arrival.key == "ada 1":
            assert bens_turn.wait(10)  # meanwhile Ada's second message waits and Ben's doesn't
        order.append(call.arrival.key)
        desk.say(call)
        if call.arrival.key == "ben 1":
            bens_turn.set()

    for key in ("ada 1", "ada 2", "ada 3"):
        desk.arrive(key, "U01ADA")
    desk.arrive("ben 1", "U02BEN")
    async with run_loop(desk.worker(work)):
        await desk.until(lambda: len(desk.read_posts()) == 4)
    assert order == ["ben 1", "ada 1", "ada 2", "ada 3"]


async def test_expected_error_is_explained_and_done(desk: Desk) -> None:
    def refuse(call: DeferredCall) -> None:
        raise UserError("That service does not exist. Choose one from the list.")

    desk.arrive("Ev1")
    async with run_loop(desk.worker(refuse)):
        await desk.until(lambda: bool(desk.read_posts()))
    assert desk.read_posts() == ["That service does not exist. Choose one from the list."]
    assert desk.status("Ev1") == ("done", 1)


async def test_defect_is_retried_then_explained(desk: Desk, caplog) -> None:
    def fail(call: DeferredCall) -> None:
        raise ZeroDivisionError

    desk.arrive("Ev1")
    worker = desk.worker(fail)
    async with run_loop(worker):
        for attempt in range(1, MAX_FAILURES):
            await desk.until(lambda attempt=attempt: desk.status("Ev1") == ("waiting", attempt))
            desk.now.forward(60)
            worker.wake()
        await desk.until(lambda: desk.status("Ev1") == ("done", MAX_FAILURES))
    [words] = desk.read_posts()
    reference = words.rsplit(" ", 1)[1].rstrip(".")
    assert reference in caplog.text
    assert "ZeroDivisionError" not in words


async def test_failure_half_way_sends_nothing(desk: Desk) -> None:
    def fail(call: DeferredCall) -> None:
        with call.transaction() as tx:
            tx.outbox.post("C07ASK", {"text": "half an answer"})
            if call.arrival.attempt == 1:
                raise ZeroDivisionError

    desk.arrive("Ev1")
    worker = desk.worker(fail)
    async with run_loop(worker):
        await desk.until(lambda: desk.status("Ev1") == ("waiting", 1))
        assert desk.read_posts() == []
        desk.now.forward(3)
        worker.wake()
        await desk.until(lambda: desk.read_posts() == ["half an answer"])


def die_while_holding(desk: Desk, times: int) -> None:
    """The process dies this many times while it holds whatever is due."""
    for number in range(times):
        assert desk.store.inbox.claim(f"dead {number}", desk.now(), 10, LEASE)
        desk.now.forward(61)


async def test_arrival_held_by_dead_processes_is_handled(desk: Desk) -> None:
    desk.arrive("Ev1")
    die_while_holding(desk, 10 * MAX_FAILURES)
    async with run_loop(desk.worker(desk.say)):
        await desk.until(lambda: desk.read_posts() == ["answer to Ev1"])


async def test_poison_arrival_is_explained_without_retry(desk: Desk) -> None:
    desk.arrive("Ev1")
    die_while_holding(desk, POISON_AFTER)
    for number in range(MAX_FAILURES - 1):  # started, and dead
        [found] = desk.store.inbox.claim(f"dead at work {number}", desk.now(), 1, LEASE)
        desk.store.inbox.count_failure_first(found)
        desk.now.forward(61)
    tried: list[str] = []
    async with run_loop(desk.worker(lambda call: tried.append(call.arrival.key))):
        await desk.until(lambda: bool(desk.read_posts()))
    assert tried == []
    assert "give the PMO this reference" in desk.read_posts()[0]


async def test_poison_arrival_is_handled_alone(desk: Desk) -> None:
    at_work_now: set[str] = set()
    together: list[set[str]] = []

    def work(call: DeferredCall) -> None:
        at_work_now.add(call.arrival.key)
        together.append(set(at_work_now))
        desk.say(call)
        at_work_now.discard(call.arrival.key)

    for number in range(6):
        desk.arrive(f"Ev{number}", user=f"U{number}")
    die_while_holding(desk, POISON_AFTER)
    async with run_loop(desk.worker(work)):
        await desk.until(lambda: len(desk.read_posts()) == 6)
    assert all(len(those) == 1 for those in together)


async def test_flood_of_one_person_keeps_nobody_waiting(desk: Desk) -> None:
    order: list[str] = []

    def work(call: DeferredCall) -> None:
        order.append(call.arrival.key)
        desk.say(call)

    flood = [f"ada {number:02}" for number in range(40)]
    for key in flood:
        desk.arrive(key, "U01ADA")
    desk.arrive("ben", "U02BEN")
    async with run_loop(desk.worker(work)):
        await desk.until(lambda: len(desk.read_posts()) == len(flood) + 1)
    assert order.index("ben") < 4
    assert [key for key in order if key != "ben"] == flood


async def test_heavy_work_delays_nobody_else(desk: Desk) -> None:
    can_end, reports = threading.Event(), []

    def work(call: DeferredCall) -> None:
        if call.arrival.is_heavy:
            reports.append(call.arrival.key)
            assert can_end.wait(10)
        desk.say(call)

    for number in range(20):
        desk.arrive(f"report {number}", f"U1{number}", is_heavy=True)
    for number in range(20):
        desk.arrive(f"question {number}", f"U2{number}")
    async with run_loop(desk.worker(work)):
        try:
            await desk.until(lambda: len(desk.read_posts()) == 20)
            assert all("question" in text for text in desk.read_posts())
            assert len(reports) == 1
        finally:
            can_end.set()
        await desk.until(lambda: len(desk.read_posts()) == 40)


async def test_poison_arrival_is_not_handled_beside_a_heavy_one(desk: Desk) -> None:
    at_work_now: set[str] = set()
    together: list[set[str]] = []

    def work(call: DeferredCall) -> None:
        at_work_now.add(call.arrival.key)
        together.append(set(at_work_now))
        desk.say(call)
        at_work_now.discard(call.arrival.key)

    desk.arrive("killer", "U01ADA")
    die_while_holding(desk, POISON_AFTER)
    for number in range(4):
        desk.arrive(f"report {number}", f"U1{number}", is_heavy=True)
    async with run_loop(desk.worker(work)):
        await desk.until(lambda: len(desk.read_posts()) == 5)
    assert {"killer"} in together
    assert all(len(those) == 1 for those in together if "killer" in those)


async def test_unroutable_arrival_is_given_up(desk: Desk) -> None:
    desk.arrive("strange", route="event:of_a_later_version", nothing="known")
    worker = desk.worker(desk.say)
    async with run_loop(worker):
        for attempt in range(1, MAX_FAILURES):
            await desk.until(lambda attempt=attempt: desk.status("strange") == ("waiting", attempt))
            desk.now.forward(60)
            worker.wake()
        await desk.until(lambda: desk.status("strange") == ("dead", MAX_FAILURES))
        desk.arrive("Ev1")
        worker.wake()
        await desk.until(lambda: desk.read_posts() == ["answer to Ev1"])


async def test_brief_database_outage_is_waited_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.worker.RETRY_AFTER", 0.01)
    free = threading.Event()

    def work(call: DeferredCall) -> None:
        if not free.is_set():
            with call.ctx.store.database.engine.connect().execution_options(writes=True) as other, other.begin():
                other.execute(text("SELECT 1"))  # another program locks the file
                free.set()
                desk.say(call)
        desk.say(call)

    desk.arrive("Ev1")
    async with run_loop(desk.worker(work)):
        await desk.until(lambda: bool(desk.read_posts()))
    assert desk.read_posts() == ["answer to Ev1"]
    assert desk.status("Ev1") == ("done", 1)


async def test_work_taken_over_is_not_committed(desk: Desk) -> None:
    def slowly(call: DeferredCall) -> None:
        if call.arrival.owner == "host:1":
            desk.now.forward(61)
            [theirs] = call.ctx.store.inbox.claim("host:2", desk.now(), 1, LEASE)
            desk.say(DeferredCall(theirs.payload, call.ctx, theirs))
        desk.say(call)

    desk.arrive("Ev1")
    async with run_loop(desk.worker(slowly)):
        await desk.until(lambda: desk.status("Ev1")[0] == "done")
    assert desk.read_posts() == ["answer to Ev1"]


async def test_stopping_worker_finishes_what_it_holds(desk: Desk) -> None:
    started, go_on = threading.Event(), threading.Event()

    def work(call: DeferredCall) -> None:
        started.set()
        assert go_on.wait(10)
        desk.say(call)

    desk.arrive("Ev1")
    worker = desk.worker(work)
    running = asyncio.create_task(worker.run())
    await asyncio.to_thread(started.wait, 10)
    worker.stop()
    go_on.set()
    await running
    assert desk.read_posts() == ["answer to Ev1"]


async def test_work_yields_briefly_to_acknowledgements(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.worker.YIELD_TO_ACKS", 0.05)
    stood_back: list[bool] = []

    async def never_quiet() -> None:
        stood_back.append(True)
        await asyncio.Event().wait()

    desk.arrive("Ev1")
    worker = Worker(desk.ctx, {MENTION: desk.say}, "host:1", LEASE, desk.woken.set, never_quiet)
    async with run_loop(worker):
        await desk.until(lambda: desk.read_posts() == ["answer to Ev1"])
    assert stood_back
