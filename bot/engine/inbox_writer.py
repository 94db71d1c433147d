"""Writes what arrives, many in one transaction: in a burst, one commit serves everything that came meanwhile."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context

from storage.db_errors import DatabaseUnavailable
from storage.engine.inbox import Inbox, NewArrival

log = logging.getLogger(__name__)

LARGEST_BATCH = 500
IDLE_GRACE = 0.01  # seconds without an arrival after which a burst is taken to be over

_Pending = tuple[NewArrival, asyncio.Future[None]]


class InboxWriter:
    """`write` returns when the arrival is committed; `on_written` is called after each commit."""

    def __init__(self, inbox: Inbox, on_written: Callable[[], None]) -> None:
        self._inbox = inbox
        self._on_written = on_written
        self._pending: list[_Pending] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "inbox-writer")  # its own: all the others may be busy
        self._idle = asyncio.Event()
        self._idle.set()
        self._latest = 0.0  # when the latest arrival came, by the event loop's clock

    async def wait_until_idle(self) -> None:
        """Wait until no arrival, and so no acknowledgement, is pending, and none has come just now."""
        while True:
            await self._idle.wait()
            left = self._latest + IDLE_GRACE - asyncio.get_running_loop().time()
            if left <= 0:
                return
            await asyncio.sleep(left)

    async def write(self, arrival: NewArrival) -> None:
        """Returns when it is safe in the database.

        Raises:
            DatabaseUnavailable: it isn't; Slack must not get its acknowledgement, so that it delivers again.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((arrival, done))
        self._latest = asyncio.get_running_loop().time()
        self._idle.clear()
        # One writer at a time. What comes while it waits for the disk joins the next batch, so the worse the disk is,
        # the larger the batches get, and the acknowledgements keep up.
        if self._writing is None or self._writing.done():
            # In a context of its own: its log lines aren't about this arrival alone.
            self._writing = asyncio.create_task(self._write_pending(), context=Context())
        await done

    async def _write_pending(self) -> None:
        try:
            while self._pending:
                batch, self._pending = self._pending[:LARGEST_BATCH], self._pending[LARGEST_BATCH:]
                await self._write_batch(batch)
        finally:
            self._idle.set()

    async def _write_batch(self, batch: Sequence[_Pending]) -> None:
        try:
            arrivals = [arrival for arrival, _ in batch]
            await asyncio.get_running_loop().run_in_executor(self._thread, self._inbox.write, arrivals)
        except Exception as error:
            if len(batch) == 1 or isinstance(error, DatabaseUnavailable):
                _settle_futures(batch, error)
                return
            # One arrival that can't be stored fails the whole batch. Written one by one, only that arrival fails, and
            # Slack delivers it again.
            log.warning("One of %s arrivals can't be written; writing them one by one", len(batch))
            for one in batch:
                await self._write_batch([one])
        else:
            _settle_futures(batch, None)
            self._on_written()


def _settle_futures(batch: Sequence[_Pending], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():  # the caller was cancelled
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
