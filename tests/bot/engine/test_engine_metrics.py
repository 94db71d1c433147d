"""What the loops do is counted, and what they log names the arrival that it's about."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from bot.engine.error_policy import Disposition
from bot.engine.inbox_writer import InboxWriter
from bot.engine.scheduler import Scheduler
from bot.engine.sender import OUTCOMES
from bot.engine.slack_methods import POST_MESSAGE
from bot.logs import OWN_LOGGERS
from foundation.errors import UserError
from foundation.telemetry import REGISTRY
from foundation.tracing import follow_arrival, read_arrival
from handlers.slack.calls import DeferredCall
from storage.db_errors import ConnectionLost, retry_once
from storage.engine.inbox import MAX_FAILURES, Inbox, NewArrival
from storage.store import Store
from tests.bot.conftest import Now, RunningSender, run_loop
from tests.bot.engine.test_worker import Desk

Count = Callable[..., float]


@pytest.fixture
def count() -> Count:
    """How much a metric has grown since it was first asked for in this test."""
    before: dict[tuple[str, ...], float] = {}

    def read(name: str, **labels: str) -> float:
        value = REGISTRY.get_sample_value(name, labels) or 0.0
        return value - before.setdefault((name, *labels.values()), value)

    return read


@pytest.fixture
def logged() -> Iterator[list[tuple[str, str]]]:
    """The log at every level: the arrival that is at hand, and the message."""
    lines: list[tuple[str, str]] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append((read_arrival(), record.getMessage()))

    handler, loggers = Keeping(), [logging.getLogger(name) for name in OWN_LOGGERS]
    for logger in loggers:
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.setLevel(logging.NOTSET)
        logger.removeHandler(handler)


@pytest.fixture
def desk(store: Store, ctx: Any, now: Now) -> Desk:
    return Desk(store, ctx, now)


async def test_sends_are_counted_by_outcome(office: RunningSender, count: Count) -> None:
    for outcome in ("sent", "refused", "dead"):
        count("pmo_sends_total", outcome=outcome)
    count("pmo_slack_pauses_total", call=POST_MESSAGE)
    await office.workspace.faults(
        {"kind": "ratelimit", "method": POST_MESSAGE, "retry_after": 1, "count": 1},
    )
    delivery = office.add("post", "C07ASK", {"text": "hello"})
    await office.wait_row(delivery, lambda row: row.error == "429")
    office.forward(2)
    assert (await office.wait_settled(delivery)).status == "done"
    assert (await office.wait_settled(office.add("post", "C99NOWHERE", {"text": "hello"}))).status == "dead"
    for outcome in ("sent", "refused", "dead"):
        assert count("pmo_sends_total", outcome=outcome) == 1
    assert count("pmo_slack_pauses_total", call=POST_MESSAGE) == 1


def test_every_disposition_has_an_outcome() -> None:
    assert set(OUTCOMES) == set(Disposition)


async def test_delivery_of_an_arrival_is_logged_with_it(
    office: RunningSender, logged: list[tuple[str, str]], store: Store, now: Now
) -> None:
    store.inbox.write([NewArrival("event:Ev1", "event:message", {}, now())])
    [arrival] = store.inbox.claim("host:1", now(), 1, office.sender._client.lease)
    with store.arrival_transaction(arrival, now()) as tx:
        first = tx.outbox.post("C07ASK", {"text": "answer"})
    second = office.add("post", "C06LEADERS", {"text": "digest"})
    for delivery in (first, second):
        await office.wait_settled(delivery)
    sent = {message.split()[2]: arrival for arrival, message in logged if message.startswith("Sent delivery")}
    assert sent == {first: "event:Ev1", second: ""}


async def test_failing_work_is_counted(desk: Desk, count: Count) -> None:
    count("pmo_handling_failures_total", outcome="retried")
    count("pmo_handling_failures_total", outcome="given_up")

    def fail(_: DeferredCall) -> None:
        raise ZeroDivisionError

    desk.arrive("Ev1")
    worker = desk.worker(fail)
    async with run_loop(worker):
        for attempt in range(1, MAX_FAILURES):
            await desk.until(lambda attempt=attempt: desk.status("Ev1") == ("waiting", attempt))
            desk.now.forward(60)
            worker.wake()
        await desk.until(lambda: desk.status("Ev1") == ("done", MAX_FAILURES))
    assert count("pmo_handling_failures_total", outcome="retried") == MAX_FAILURES - 1
    assert count("pmo_handling_failures_total", outcome="given_up") == 1


async def test_jobs_are_counted_by_name(now: Now, count: Count) -> None:
    def tidy_up(_: datetime) -> None:
        """Works."""

    def send_letters(_: datetime) -> None:
        raise UserError("The disk is full.")

    for job in ("tidy_up", "send_letters"):
        count("pmo_job_seconds_count", job=job)
        count("pmo_job_failures_total", job=job)
    await Scheduler(now, [tidy_up, send_letters], lambda: None).run_once()
    assert [count("pmo_job_seconds_count", job=job) for job in ("tidy_up", "send_letters")] == [1, 1]
    assert [count("pmo_job_failures_total", job=job) for job in ("tidy_up", "send_letters")] == [0, 1]
    assert REGISTRY.get_sample_value("pmo_job_last_success_timestamp_seconds", {"job": "tidy_up"})
    assert REGISTRY.get_sample_value("pmo_job_last_success_timestamp_seconds", {"job": "send_letters"}) is None


def test_lost_connections_are_counted(count: Count) -> None:
    count("pmo_database_retries_total")

    def lose() -> None:
        raise ConnectionLost("The database can't be reached.")

    with pytest.raises(ConnectionLost):
        retry_once(lose)
    assert count("pmo_database_retries_total") == 1


async def test_line_about_a_batch_names_no_arrival(store: Store, now: Now, logged: list[tuple[str, str]]) -> None:
    class BrokenInbox(Inbox):
        def write(self, arrivals: Any) -> int:
            if len(arrivals) > 1:
                raise ValueError
            return super().write(arrivals)

    writer = InboxWriter(BrokenInbox(store.database), lambda: None)
    with follow_arrival("event:Ev1"):
        await asyncio.gather(*(writer.write(NewArrival(f"event:Ev{n}", "event:message", {}, now())) for n in (1, 2)))
    assert [arrival for arrival, message in logged if "writing them one by one" in message] == [""]
