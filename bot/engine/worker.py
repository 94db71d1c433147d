"""Handles what waits in the inbox. The results commit together with “done”, or not at all."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from contextvars import copy_context
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from bot.engine.loop import Loop
from foundation import telemetry
from foundation.errors import UserError
from foundation.tracing import follow_arrival
from handlers.context import AppContext
from handlers.slack import payloads
from handlers.slack.blocks.builders import build_message
from handlers.slack.calls import DeferredCall
from handlers.slack.errors import UNEXPECTED_ERROR, log_unexpected_error
from handlers.slack.replies import send_reply
from handlers.slack.routes import DeferredHandler
from storage.db_errors import DatabaseUnavailable
from storage.engine.inbox import Arrival, LeaseLost
from storage.engine.lease import Lease

log = logging.getLogger(__name__)

R = TypeVar("R")

MAX_HELD = 16  # arrivals at a time
CLAIMED_TOGETHER = 4  # where more are waiting: a claim costs about as much for one as for several
MAX_HEAVY_HELD = 2  # besides: one is handled, and the next is at hand
THREADS = 2
YIELD_TO_ACKS = 0.1  # seconds for which work waits for acknowledgements, at most: events may keep arriving for hours
RETRY_AFTER = 1.0
DRAIN_SECONDS = 4.0


class Worker(Loop):
    """What one person did is handled in the order in which it arrived.

    What takes long changes nothing. It has a thread of its own, and the person's later arrivals don't wait for it.

    `on_done` is called when something may have been put in the outbox; `wait_until_idle` returns when Slack is waiting
    for no acknowledgement. `threads` is how many arrivals are handled at the same time, besides a heavy one.
    """

    interval = 0.04  # seconds; while much arrives, one claim takes several

    def __init__(
        self,
        ctx: AppContext,
        handlers: Mapping[str, DeferredHandler],
        owner: str,
        lease: Lease,
        on_done: Callable[[], None],
        wait_until_idle: Callable[[], Awaitable[None]],
        threads: int = THREADS,
    ) -> None:
        super().__init__(ctx.now)
        self._ctx = ctx
        self._handlers = handlers
        self._owner = owner
        self._lease = lease
        self._on_done = on_done
        self._wait_until_idle = wait_until_idle
        self._count = threads
        self._threads = asyncio.Semaphore(threads)
        self._heavy_thread = asyncio.Semaphore(1)
        # Its own, one of them for claims: all those of the event loop may be busy.
        self._pool = ThreadPoolExecutor(threads + 2, "worker")
        self._exclusive = asyncio.Lock()
        self._held: set[asyncio.Task[None]] = set()
        self._heavy: set[asyncio.Task[None]] = set()
        self._latest: dict[_Queue, asyncio.Task[None]] = {}  # the latest arrival of each queue here
        self._looked_at = self.now()
        self._has_any_ended = False  # since then
        self._are_others_waiting = False  # for one of those held to end

    def use_context(self, ctx: AppContext) -> None:
        """Handle the next arrivals with this context; those being handled keep theirs."""
        self._ctx = ctx

    async def run_once(self) -> bool:
        room = MAX_HELD - len(self._held)
        if room <= 0:
            await self._wait_for_room()
            return True
        self._looked_at, self._has_any_ended, self._are_others_waiting = self.now(), False, False
        arrivals = await self._run_in_thread(self._claim, room, MAX_HEAVY_HELD - len(self._heavy))
        # A second click must not overtake the first. Each arrival of a person waits for the one before it, while those
        # of other people are handled beside it.
        for arrival in arrivals:
            queue = (_find_person(arrival), arrival.is_heavy)
            task = asyncio.create_task(self._handle_in_turn(arrival, self._latest.get(queue)))
            (self._heavy if arrival.is_heavy else self._held).add(task)
            self._latest[queue] = task
            task.add_done_callback(partial(self._forget_task, queue))
        return len(arrivals) >= room

    def _claim(self, room: int, heavy_room: int) -> list[Arrival]:
        return self._ctx.store.inbox.claim(self._owner, self._looked_at, room, self._lease, heavy_room)

    async def _wait_for_room(self) -> None:
        while len(self._held) > MAX_HELD - CLAIMED_TOGETHER:
            await asyncio.wait(self._held, return_when=asyncio.FIRST_COMPLETED)

    async def find_next_due(self) -> datetime | None:
        inbox = self._ctx.store.inbox
        due = await self._run_in_thread(inbox.find_next_due)
        if due is None or due > self._looked_at:
            return due
        # It was due and wasn't claimed: it waits for an earlier one of the same person, or for the heavy thread.
        self._are_others_waiting = True
        return due if self._has_any_ended else await self._run_in_thread(inbox.find_next_due, self._looked_at)

    async def run(self) -> None:
        await super().run()
        # Whoever stops the process won't wait for ever. Work that is cut off here committed nothing; its lease ends,
        # and the next process does it from the beginning.
        if held := self._held | self._heavy:
            _, late = await asyncio.wait(held, timeout=DRAIN_SECONDS)
            for task in late:
                task.cancel()
        self._pool.shutdown(wait=False)

    def _forget_task(self, queue: "_Queue", task: asyncio.Task[None]) -> None:
        self._held.discard(task)
        self._heavy.discard(task)
        self._has_any_ended = True
        if self._are_others_waiting:
            self.wake()
        if self._latest.get(queue) is task:
            del self._latest[queue]

    async def _handle_in_turn(self, arrival: Arrival, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait([before])
        async with self._take_thread(arrival):
            # Acknowledgements first: Slack gives them three seconds, and people wait a little longer for an answer.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wait_until_idle(), YIELD_TO_ACKS)
            await self._handle_until_done(arrival)
        self._on_done()

    def _take_thread(self, arrival: Arrival) -> AbstractAsyncContextManager[None]:
        if arrival.is_poison:
            return self._take_all_threads()
        return self._heavy_thread if arrival.is_heavy else self._threads

    @asynccontextmanager
    async def _take_all_threads(self) -> AsyncIterator[None]:
        """For an arrival that may kill the process: other work beside it would seem to be at fault as well."""
        async with self._exclusive, AsyncExitStack() as all_threads:
            for _ in range(self._count):
                await all_threads.enter_async_context(self._threads)
            await all_threads.enter_async_context(self._heavy_thread)
            yield

    async def _handle_until_done(self, arrival: Arrival) -> None:
        """Retry while the database is unavailable, for as long as the arrival is ours."""
        while self._lease.allows_call(arrival.lease_until, self.now()) and not self.is_stopping:
            try:
                return await self._run_in_thread(self._handle, arrival)
            except LeaseLost:
                return log.warning("Arrival %s was taken over by another process", arrival.key)
            except DatabaseUnavailable as error:
                self.report(error.message)
                await self.wait(RETRY_AFTER)
        return None

    async def _run_in_thread(self, fn: Callable[..., R], *given: Any) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._pool, copy_context().run, fn, *given)

    def _handle(self, arrival: Arrival) -> None:
        began = time.perf_counter()
        with follow_arrival(arrival.key), telemetry.time_handling(arrival.route.partition(":")[0]):
            self._call_handler(arrival)
            took = time.perf_counter() - began
            log.info("Worked on %s for %.3f s, attempt %s", arrival.route, took, arrival.attempt)

    def _call_handler(self, arrival: Arrival) -> None:
        try:
            # Nobody could count the failures that killed the process, so from now on each try is counted before it
            # begins. The last one isn't made at all: it would kill the process once more.
            if arrival.is_poison:
                if arrival.is_last:
                    raise _ProcessDied
                arrival = self._ctx.store.inbox.count_failure_first(arrival)
            self._handlers[arrival.route](DeferredCall(arrival.payload, self._ctx, arrival))
        except (LeaseLost, DatabaseUnavailable):
            raise
        except UserError as error:
            self._tell_person(arrival, error.message)
        except Exception:
            self._retry_or_explain(arrival)

    def _retry_or_explain(self, arrival: Arrival) -> None:
        """A defect: try again, and after the last attempt tell the person the reference of the log entry."""
        reference = log_unexpected_error(f"in {arrival.route}, attempt {arrival.failures_with_this}")
        telemetry.count_handling_failure("given_up" if arrival.is_last else "retried")
        if arrival.is_last:
            self._tell_person(arrival, UNEXPECTED_ERROR.format(reference))
        else:
            self._ctx.store.inbox.retry_later(arrival, f"reference {reference}", self.now())

    def _tell_person(self, arrival: Arrival, text: str) -> None:
        now = self.now()
        place = payloads.find_person_place(arrival.payload)
        if place is None:
            log.error("Gave up on %s (%s), and there's nobody to notify.", arrival.key, arrival.route)
            self._ctx.store.inbox.give_up(arrival, text, now)
            return
        # The explanation and “done” commit together, like any other result.
        with self._ctx.store.arrival_transaction(arrival, now) as tx:
            send_reply(tx, place, build_message(text))


_Queue = tuple[str, bool]  # a person, and whether it's for what takes long


class _ProcessDied(Exception):
    """The process died each time it handled this arrival."""


def _find_person(arrival: Arrival) -> str:
    place = payloads.find_person_place(arrival.payload)
    return place.user if place else arrival.key
