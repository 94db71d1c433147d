"""Writes what arrives, many in one transaction: in a burst, one commit on disk serves all that came meanwhile."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from storage.db_errors import DatabaseUnavailable
from storage.engine.inbox import Inbox, NewArrival

log = logging.getLogger(__name__)

LARGEST_BATCH = 500
IDLE_GRACE = 0.01  # seconds without an arrival after which a burst is taken to be over

_Kept = tuple[NewArrival, asyncio.Future[None]]


class InboxWriter:
    """`keep` returns when the arrival is committed; `on_kept` is called after each commit."""

    def __init__(self, inbox: Inbox, on_kept: Callable[[], None]) -> None:
        self._inbox = inbox
        self._on_kept = on_kept
        self._waiting: list[_Kept] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "keeper")  # its own: all the others may be busy
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._latest = 0.0  # when the latest arrival came, by the loop's clock

    async def wait_until_idle(self) -> None:
        """Wait until no arrival waits to be written, and so Slack for its ack, and none has come just now."""
        while True:
            await self._quiet.wait()
            left = self._latest + IDLE_GRACE - asyncio.get_running_loop().time()
            if left <= 0:
                return
            await asyncio.sleep(left)

    async def write(self, arrival: NewArrival) -> None:
        """Returns when it is safe in the database.

        Raises:
            DatabaseUnavailable: it is not; Slack must not get its ack, so that it is delivered again.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, done))
        self._latest = asyncio.get_running_loop().time()
        self._quiet.clear()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
                await self._write(batch)
        finally:
            self._quiet.set()

    async def _write(self, batch: Sequence[_Kept]) -> None:
        try:
            arrivals = [arrival for arrival, _ in batch]
            await asyncio.get_running_loop().run_in_executor(self._thread, self._inbox.write, arrivals)
        except Exception as error:
            if len(batch) == 1 or isinstance(error, DatabaseUnavailable):
                _settle(batch, error)
                return
            log.warning("One of %s arrivals cannot be written; writing them one by one", len(batch))
            for one in batch:
                await self._write([one])
        else:
            _settle(batch, None)
            self._on_kept()


def _settle(batch: Sequence[_Kept], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():  # whoever waited has gone
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
