"""The figures of the database, measured at most every few seconds, however often they are asked for."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from storage.database import Database
from storage.db_errors import DatabaseUnavailable
from storage.monitoring import DatabaseFigures, Measurer

CACHED_SECONDS = 3.0
ANSWER_SECONDS = 2.0  # monitoring systems wait a few seconds


class CachedFigures:
    """Measures off the event loop, one measurement at a time."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._measurer = Measurer(database)
        self._now = now
        self._thread = ThreadPoolExecutor(1, "figures")  # its own: all the others may be busy
        self._measuring: asyncio.Future[DatabaseFigures] | None = None
        self._measured_at = 0.0

    async def read(self) -> DatabaseFigures:
        """The latest figures.

        Raises:
            DatabaseUnavailable: the database doesn't answer; the message says what to do.
        """
        loop = asyncio.get_running_loop()
        # While a measurement hangs, others wait for it and start none of their own.
        if self._measuring is None or (self._measuring.done() and loop.time() > self._measured_at + CACHED_SECONDS):
            self._measuring = loop.run_in_executor(self._thread, self._measurer.measure, self._now())
            self._measuring.add_done_callback(self._note_end)
        try:
            return await asyncio.wait_for(asyncio.shield(self._measuring), ANSWER_SECONDS)
        except TimeoutError:
            raise DatabaseUnavailable(f"The database hasn't answered for {ANSWER_SECONDS:g} seconds.") from None

    async def close(self) -> None:
        """Wait for a measurement that is under way: the database is closed next."""
        if self._measuring:
            await asyncio.wait([self._measuring], timeout=ANSWER_SECONDS)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _note_end(self, measured: asyncio.Future[DatabaseFigures]) -> None:
        self._measured_at = asyncio.get_running_loop().time()
        if not measured.cancelled():
            measured.exception()  # an error that nobody waited for isn't worth a line in the log
