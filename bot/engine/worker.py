"""Does the work that waits in the inbox. Its results commit together with “done”, or not at all."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import partial

from bot.engine.loop import Loop
from foundation.errors import UserError
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

AT_ONCE = 16  # held at a time
THREADS = 2
ACKS_FIRST = 1.0  # seconds for which work stands back at most
AFTER_TROUBLE = 1.0
DRAIN_SECONDS = 4.0


class Worker(Loop):
    """`on_done` is called when something may have been put in the outbox; `quiet` returns when no ack is waited for.

    What one person did is worked on in the order in which it arrived.
    """

    def __init__(
        self,
        ctx: AppContext,
        works: Mapping[str, DeferredHandler],
        owner: str,
        lease: Lease,
        on_done: Callable[[], None],
        quiet: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(ctx.now)
        self._ctx = ctx
        self._works = works
        self._owner = owner
        self._lease = lease
        self._on_done = on_done
        self._quiet = quiet
        self._threads = asyncio.Semaphore(THREADS)
        self._suspects = asyncio.Lock()
        self._held: set[asyncio.Task[None]] = set()
        self._latest: dict[str, asyncio.Task[None]] = {}  # person → their latest arrival here

    async def run_once(self) -> bool:
        room = AT_ONCE - len(self._held)
        if room <= 0:
            await asyncio.wait(self._held, return_when=asyncio.FIRST_COMPLETED)
            return True
        inbox = self._ctx.store.inbox
        arrivals = await asyncio.to_thread(inbox.claim, self._owner, self.now(), room, self._lease)
        for arrival in arrivals:
            person = _person(arrival)
            task = asyncio.create_task(self._work(arrival, self._latest.get(person)))
            self._held.add(task)
            self._latest[person] = task
            task.add_done_callback(partial(self._worked, person))
        return len(arrivals) == room

    async def next_due(self) -> datetime | None:
        return await asyncio.to_thread(self._ctx.store.inbox.next_due)

    async def run(self) -> None:
        await super().run()
        if self._held:
            _, late = await asyncio.wait(self._held, timeout=DRAIN_SECONDS)
            for task in late:
                task.cancel()

    def _worked(self, person: str, task: asyncio.Task[None]) -> None:
        self._held.discard(task)
        if self._latest.get(person) is task:
            del self._latest[person]

    async def _work(self, arrival: Arrival, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait([before])
        async with self._alone() if arrival.is_poison else self._threads:
            with suppress(TimeoutError):  # acks first: Slack waits three seconds for them, people a little longer
                await asyncio.wait_for(self._quiet(), ACKS_FIRST)
            await self._until_done(arrival)
        self._on_done()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """All threads for what may kill the process: whatever else were under way would be suspected with it."""
        async with self._suspects, AsyncExitStack() as all_threads:
            for _ in range(THREADS):
                await all_threads.enter_async_context(self._threads)
            yield

    async def _until_done(self, arrival: Arrival) -> None:
        """A database that is away for a moment is waited for, as long as the arrival is ours."""
        while self._lease.allows_call(arrival.lease_until, self.now()) and not self.is_stopping:
            try:
                return await asyncio.to_thread(self._do, arrival)
            except LeaseLost:
                return log.warning("Arrival %s was taken over by another process", arrival.key)
            except DatabaseUnavailable as trouble:
                self.report(trouble.message)
                await self.wait(AFTER_TROUBLE)
        return None

    def _do(self, arrival: Arrival) -> None:
        try:
            if arrival.is_poison:
                if arrival.is_last:
                    raise _DiedOfIt
                arrival = self._ctx.store.inbox.count_failure_first(arrival)
            self._works[arrival.route](DeferredCall(arrival.payload, self._ctx, arrival))
        except (LeaseLost, DatabaseUnavailable):
            raise
        except UserError as refused:
            self._explain(arrival, refused.message)
        except Exception:
            self._trouble(arrival)

    def _trouble(self, arrival: Arrival) -> None:
        """A defect. Try again; after the last attempt the person hears of it, with the reference of the log."""
        reference = log_unexpected_error(f"at try {arrival.failures_with_this} of {arrival.route}")
        if arrival.is_last:
            self._explain(arrival, UNEXPECTED_ERROR.format(reference))
        else:
            self._ctx.store.inbox.retry_later(arrival, f"reference {reference}", self.now())

    def _explain(self, arrival: Arrival, words: str) -> None:
        now = self.now()
        try:
            place = payloads.read_place(arrival.payload)
        except (KeyError, TypeError, AttributeError):
            log.error("Nobody can be told about %s (%s): %s", arrival.key, arrival.route, words)
            self._ctx.store.inbox.give_up(arrival, words, now)
            return
        with self._ctx.store.arrival_transaction(arrival, now) as tx:
            send_reply(tx, place, build_message(words))


class _DiedOfIt(Exception):
    """The process died again and again while it worked on this arrival."""


def _person(arrival: Arrival) -> str:
    try:
        return payloads.read_place(arrival.payload).user or arrival.key
    except (KeyError, TypeError, AttributeError):
        return arrival.key
