"""The shape of everything that runs for ever: look for work, do it, sleep until there is more or somebody rings."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from foundation.errors import UserError

log = logging.getLogger(__name__)

LONGEST_SLEEP = 5.0  # seconds; another process may have written without ringing
AFTER_TROUBLE = 1.0
SAME_TROUBLE = 60.0  # seconds until the same words are logged again


class Loop(ABC):
    """One background loop. `ring` wakes it at once; `stop` lets it finish what it holds."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._bell = asyncio.Event()
        self._stopping = asyncio.Event()
        self._reported = ""
        self._reported_at = 0.0

    @abstractmethod
    async def run_once(self) -> bool:
        """Do what is due. Returns whether there may be more at once."""

    @abstractmethod
    async def next_due(self) -> datetime | None:
        """When there is something to do next."""

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def wake(self) -> None:
        self._bell.set()

    def stop(self) -> None:
        self._stopping.set()
        self._bell.set()

    async def run(self) -> None:
        while not self.is_stopping:
            self._bell.clear()
            try:
                if not await self.run_once():
                    await self._sleep()
            except UserError as refused:
                self.report(refused.message)
                await self.wait(AFTER_TROUBLE)
            except Exception:
                log.exception("%s stumbled and goes on", type(self).__name__)
                await self.wait(AFTER_TROUBLE)

    def report(self, words: str) -> None:
        """Log what can be expected to go wrong; the same words not every second."""
        at = asyncio.get_running_loop().time()
        if words != self._reported or at - self._reported_at > SAME_TROUBLE:
            log.warning("%s: %s", type(self).__name__, words)
            self._reported, self._reported_at = words, at

    async def wait(self, seconds: float) -> None:
        """Wait, but not when it is time to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _sleep(self) -> None:
        if self._bell.is_set():
            return
        due = await self.next_due()
        seconds = LONGEST_SLEEP if due is None else min(max((due - self.now()).total_seconds(), 0.005), LONGEST_SLEEP)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), seconds)
