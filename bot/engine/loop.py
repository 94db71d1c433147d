"""What every background loop has in common: look for work, do it, sleep until more is due or somebody wakes it."""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from foundation.errors import UserError

log = logging.getLogger(__name__)

LONGEST_SLEEP = 5.0  # seconds; another process may have added work without waking this one
RETRY_AFTER = 1.0
REPORT_AGAIN_AFTER = 60.0  # seconds until the same message is logged again


class Loop(ABC):
    """One background loop. `wake` lets it look for work at once; `stop` lets it finish what it holds.

    `interval` is how long after one look the next begins at the earliest, in seconds. Whatever is added within it is
    found by one look, which costs as much as the work itself if there's little to do.
    """

    interval = 0.0

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self.turned_at = time.monotonic()  # when it last began to look for work
        self._reported = ""
        self._reported_at = 0.0

    @abstractmethod
    async def run_once(self) -> bool:
        """Do what is due. Returns whether there may be more right away."""

    @abstractmethod
    async def find_next_due(self) -> datetime | None:
        """When there is something to do next."""

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def wake(self) -> None:
        self._awake.set()

    def stop(self) -> None:
        self._stopping.set()
        self._awake.set()

    async def run(self) -> None:
        clock, began = asyncio.get_running_loop().time, 0.0
        while not self.is_stopping:
            if (early := began + self.interval - clock()) > 0:
                await self.wait(early)
                continue  # it may be time to stop by now
            began = clock()
            # Cleared before looking for work, not afterwards. Work that is added meanwhile sets the event again, and
            # the sleep below returns at once; cleared afterwards, that wake-up would be lost.
            self._awake.clear()
            self.turned_at = time.monotonic()
            try:
                if not await self.run_once():
                    await self._sleep()
            except UserError as error:
                self.report(error.message)
                await self.wait(RETRY_AFTER)
            except Exception:
                log.exception("%s failed; retrying", type(self).__name__)
                await self.wait(RETRY_AFTER)

    def report(self, message: str) -> None:
        """Log a problem that is expected to pass, but the same message only once a minute."""
        at = asyncio.get_running_loop().time()
        if message != self._reported or at - self._reported_at > REPORT_AGAIN_AFTER:
            log.warning("%s: %s", type(self).__name__, message)
            self._reported, self._reported_at = message, at

    async def wait(self, seconds: float) -> None:
        """Wait, but no longer than until it's time to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _sleep(self) -> None:
        if self._awake.is_set():
            return
        due = await self.find_next_due()
        seconds = LONGEST_SLEEP if due is None else min(max((due - self.now()).total_seconds(), 0.005), LONGEST_SLEEP)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), seconds)
