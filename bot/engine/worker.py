"""Handles what waits in the inbox. The results commit together with “done”, or not at all."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import partial

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

MAX_HELD = 16  # arrivals at a time
THREADS = 2
YIELD_TO_ACKS = 1.0  # seconds for which work waits for acknowledgements, at most
RETRY_AFTER = 1.0
DRAIN_SECONDS = 4.0


class Worker(Loop):
    """What one person did is handled in the order in which it arrived.

    `on_done` is called when something may have been put in the outbox; `wait_until_idle` returns when Slack is waiting
    for no acknowledgement. `threads` is how many arrivals are handled at the same time.
    """

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
        self._exclusive = asyncio.Lock()
        self._held: set[asyncio.Task[None]] = set()
        self._latest: dict[str, asyncio.Task[None]] = {}  # person → their latest arrival here

    def use_context(self, ctx: AppContext) -> None:
        """Handle the next arrivals with this context; those being handled keep theirs."""
        self._ctx = ctx

    async def run_once(self) -> bool:
        room = MAX_HELD - len(self._held)
        if room <= 0:
            await asyncio.wait(self._held, return_when=asyncio.FIRST_COMPLETED)
            return True
        inbox = self._ctx.store.inbox
        arrivals = await asyncio.to_thread(inbox.claim, self._owner, self.now(), room, self._lease)
        # A second click must not overtake the first. Each arrival of a person waits for the one before it, while those
        # of other people are handled beside it.
        for arrival in arrivals:
            person = _find_person(arrival)
            task = asyncio.create_task(self._handle_in_turn(arrival, self._latest.get(person)))
            self._held.add(task)
            self._latest[person] = task
            task.add_done_callback(partial(self._forget_task, person))
        return len(arrivals) == room

    async def find_next_due(self) -> datetime | None:
        return await asyncio.to_thread(self._ctx.store.inbox.find_next_due)

    async def run(self) -> None:
        await super().run()
        # Whoever stops the process won't wait for ever. Work that is cut off here committed nothing; its lease ends,
        # and the next process does it from the beginning.
        if self._held:
            _, late = await asyncio.wait(self._held, timeout=DRAIN_SECONDS)
            for task in late:
                task.cancel()

    def _forget_task(self, person: str, task: asyncio.Task[None]) -> None:
        self._held.discard(task)
        if self._latest.get(person) is task:
            del self._latest[person]

    async def _handle_in_turn(self, arrival: Arrival, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait([before])
        async with self._take_all_threads() if arrival.is_poison else self._threads:
            # Acknowledgements first: Slack gives them three seconds, and people wait a little longer for an answer.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wait_until_idle(), YIELD_TO_ACKS)
            await self._handle_until_done(arrival)
        self._on_done()

    @asynccontextmanager
    async def _take_all_threads(self) -> AsyncIterator[None]:
        """For an arrival that may kill the process: other work beside it would seem to be at fault as well."""
        async with self._exclusive, AsyncExitStack() as all_threads:
            for _ in range(self._count):
                await all_threads.enter_async_context(self._threads)
            yield

    async def _handle_until_done(self, arrival: Arrival) -> None:
        """Retry while the database is unavailable, for as long as the arrival is ours."""
        while self._lease.allows_call(arrival.lease_until, self.now()) and not self.is_stopping:
            try:
                return await asyncio.to_thread(self._handle, arrival)
            except LeaseLost:
                return log.warning("Arrival %s was taken over by another process", arrival.key)
            except DatabaseUnavailable as error:
                self.report(error.message)
                await self.wait(RETRY_AFTER)
        return None

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
        place = _find_place(arrival)
        if place is None:
            log.error("Gave up on %s (%s), and there's nobody to notify.", arrival.key, arrival.route)
            self._ctx.store.inbox.give_up(arrival, text, now)
            return
        # The explanation and “done” commit together, like any other result.
        with self._ctx.store.arrival_transaction(arrival, now) as tx:
            send_reply(tx, place, build_message(text))


class _ProcessDied(Exception):
    """The process died each time it handled this arrival."""


def _find_person(arrival: Arrival) -> str:
    place = _find_place(arrival)
    return place.user if place else arrival.key


def _find_place(arrival: Arrival) -> payloads.Place | None:
    """Where somebody did this; None if nobody did, or it can't be read."""
    try:
        place = payloads.read_place(arrival.payload)
    except (KeyError, TypeError, AttributeError):
        return None
    return place if place.user else None
