"""Loops continue whatever happens, sleep while nothing is due, and stop when asked."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.engine.loop import Loop
from bot.engine.scheduler import RETRY_FAILED_AFTER, Scheduler
from foundation.errors import UserError
from tests.bot.conftest import Now, run_loop


class CountingLoop(Loop):
    """Counts its runs; each of the first ones raises one of the given errors."""

    def __init__(self, now: Now, *errors: Exception) -> None:
        super().__init__(now)
        self.runs = 0
        self.has_run = asyncio.Event()
        self._errors = list(errors)

    async def run_once(self) -> bool:
        self.runs += 1
        self.has_run.set()
        if self._errors:
            raise self._errors.pop(0)
        return False

    async def find_next_due(self) -> datetime | None:
        return None


async def test_idle_loop_sleeps_until_woken(now: Now) -> None:
    loop = CountingLoop(now)
    async with run_loop(loop):
        await loop.has_run.wait()
        for _ in range(100):
            await asyncio.sleep(0)
        assert loop.runs == 1
        loop.has_run.clear()
        loop.wake()
        await asyncio.wait_for(loop.has_run.wait(), 1)
        assert loop.runs == 2


async def test_repeated_error_is_logged_once(
    now: Now, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.loop.RETRY_AFTER", 0.0)
    full = UserError("The disk is full.")
    loop = CountingLoop(now, full, full, ZeroDivisionError(), full)
    async with run_loop(loop), asyncio.timeout(10):
        while loop.runs < 5:
            loop.has_run.clear()
            await loop.has_run.wait()
    assert caplog.text.count("The disk is full.") == 1
    assert "ZeroDivisionError" in caplog.text


async def test_loop_with_an_interval_finds_what_was_added_within_it_in_one_look(now: Now) -> None:
    loop = CountingLoop(now)
    loop.interval = 0.05
    async with run_loop(loop), asyncio.timeout(10):
        await loop.has_run.wait()
        loop.has_run.clear()
        for _ in range(20):
            loop.wake()
            await asyncio.sleep(0)
        assert loop.runs == 1
        await loop.has_run.wait()
    assert loop.runs == 2


async def test_loop_that_is_stopped_within_its_interval_takes_no_more_work(now: Now) -> None:
    loop = CountingLoop(now)
    loop.interval = 60.0
    async with asyncio.timeout(10), run_loop(loop):
        await loop.has_run.wait()
        loop.wake()
        for _ in range(20):  # now it waits for the interval to pass
            await asyncio.sleep(0)
    assert loop.runs == 1


async def test_failing_loop_stops_when_asked(now: Now) -> None:
    loop = CountingLoop(now, *[UserError("The disk is full.")] * 100)
    async with asyncio.timeout(1), run_loop(loop):
        await loop.has_run.wait()


def make_job(calls: list[str], name: str, next_at: Callable[[datetime], datetime | None]) -> Callable[..., Any]:
    def call(now: datetime) -> datetime | None:
        calls.append(name)
        return next_at(now)

    return call


async def test_scheduler_calls_every_job_and_wakes_for_the_first(now: Now) -> None:
    calls: list[str] = []
    soon = make_job(calls, "soon", lambda at: at + timedelta(minutes=1))
    never = make_job(calls, "never", lambda at: None)
    late = make_job(calls, "late", lambda at: at + timedelta(hours=1))
    scheduler = Scheduler(now, [late, soon, never], lambda: None)
    await scheduler.run_once()
    assert sorted(calls) == ["late", "never", "soon"]
    due = await scheduler.find_next_due()
    assert due is not None
    assert timedelta(seconds=50) < due - now() <= timedelta(minutes=1)


async def test_failing_job_keeps_no_other_from_running(now: Now, caplog: pytest.LogCaptureFixture) -> None:
    calls: list[str] = []

    def broken(at: datetime) -> datetime | None:
        raise ZeroDivisionError

    def refused(at: datetime) -> datetime | None:
        raise UserError("The disk is full.")

    scheduler = Scheduler(now, [broken, refused, make_job(calls, "fine", lambda at: None)], lambda: None)
    await scheduler.run_once()
    assert calls == ["fine"]
    assert "The job broken failed" in caplog.text
    assert "The disk is full." in caplog.text
    due = await scheduler.find_next_due()
    assert due is not None
    assert due - now() <= RETRY_FAILED_AFTER


async def test_slow_job_makes_no_other_late(now: Now) -> None:
    can_end, calls = threading.Event(), []
    has_reminded = asyncio.Event()
    loop = asyncio.get_running_loop()

    def build_digest(at: datetime) -> None:
        calls.append("digest")
        assert can_end.wait(10)

    def remind(at: datetime) -> None:
        calls.append("reminder")
        loop.call_soon_threadsafe(has_reminded.set)

    scheduler = Scheduler(now, [build_digest, remind], lambda: None)
    running = asyncio.create_task(scheduler.run())
    try:
        for _ in range(3):
            await asyncio.wait_for(has_reminded.wait(), 5)
            has_reminded.clear()
            scheduler.wake()
    finally:
        can_end.set()
        scheduler.stop()
        await running
    assert calls.count("digest") == 1  # never twice at the same time


async def test_jobs_are_replaced_when_none_is_running(now: Now) -> None:
    began, can_end, calls = asyncio.Event(), threading.Event(), []
    loop = asyncio.get_running_loop()

    def before(at: datetime) -> None:
        loop.call_soon_threadsafe(began.set)
        assert can_end.wait(10)
        calls.append("before")

    def build() -> list[Callable[..., Any]]:
        calls.append("built")
        return [make_job(calls, "after", lambda at: None)]

    has_run = asyncio.Event()
    scheduler = Scheduler(now, [before], has_run.set)
    running = asyncio.create_task(scheduler.run())
    await asyncio.wait_for(began.wait(), 5)
    replacing = asyncio.create_task(scheduler.replace_jobs(build, lambda: calls.append("replaced")))
    await asyncio.sleep(0)
    assert calls == []
    can_end.set()
    await replacing
    has_run.clear()
    await asyncio.wait_for(has_run.wait(), 5)
    scheduler.stop()
    await running
    assert calls[:4] == ["before", "built", "replaced", "after"]


async def test_jobs_stay_when_others_cannot_be_built(now: Now) -> None:
    calls: list[str] = []
    scheduler = Scheduler(now, [make_job(calls, "same", lambda at: None)], lambda: None)

    def build() -> list[Callable[..., Any]]:
        raise UserError("The file is invalid.")

    with pytest.raises(UserError):
        await scheduler.replace_jobs(build, lambda: calls.append("replaced"))
    await scheduler.run_once()
    assert calls == ["same"]
