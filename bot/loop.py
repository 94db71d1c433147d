"""The shape of everything that runs for ever: look for work, do it, sleep until there is more or somebody rings."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from foundation.errors import Refused

log = logging.getLogger(__name__)

LONGEST_SLEEP = 5.0  # seconds; another process may have written without ringing
AFTER_TROUBLE = 1.0


class Loop(ABC):
    """One background loop. `ring` wakes it at once; `stop` lets it finish what it holds."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._bell = asyncio.Event()
        self._stopping = False

    @abstractmethod
    async def turn(self) -> bool:
        """Do what is due. Returns whether there may be more at once."""

    @abstractmethod
    async def next_due(self) -> datetime | None:
        """When there is something to do next."""

    def ring(self) -> None:
        self._bell.set()

    def stop(self) -> None:
        self._stopping = True
        self._bell.set()

    async def run(self) -> None:
        while not self._stopping:
            self._bell.clear()
            try:
                if not await self.turn():
                    await self._sleep()
            except Refused as refused:
                log.warning("%s: %s", type(self).__name__, refused.message)
                await asyncio.sleep(AFTER_TROUBLE)
            except Exception:
                log.exception("%s stumbled and goes on", type(self).__name__)
                await asyncio.sleep(AFTER_TROUBLE)

    async def _sleep(self) -> None:
        due = await self.next_due()
        seconds = LONGEST_SLEEP if due is None else min(max((due - self.now()).total_seconds(), 0.01), LONGEST_SLEEP)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), seconds)
