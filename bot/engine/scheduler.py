"""Does what is due by time. A chore does what is due now and says when it wants to be called next."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.engine.loop import Loop
from foundation.errors import UserError

log = logging.getLogger(__name__)

Job = Callable[[datetime], datetime | None]
AFTER_TROUBLE = timedelta(seconds=30)  # until a chore that failed is called again


class Scheduler(Loop):
    """Calls the chores, one after the other. `on_done` is called when something may have been put in the outbox."""

    def __init__(self, now: Callable[[], datetime], chores: Sequence[Job], on_done: Callable[[], None]) -> None:
        super().__init__(now)
        self._chores = chores
        self._on_done = on_done
        self._next: datetime | None = None

    async def run_once(self) -> bool:
        wishes = [await self._call(chore) for chore in self._chores if not self.is_stopping]
        self._next = min((wish for wish in wishes if wish), default=None)
        self._on_done()
        return False

    async def next_due(self) -> datetime | None:
        return self._next

    async def _call(self, chore: Job) -> datetime | None:
        """One chore's trouble is no reason for the others to wait."""
        now = self.now()
        try:
            return await asyncio.to_thread(chore, now)
        except UserError as refused:
            self.report(refused.message)
        except Exception:
            log.exception("The chore %s stumbled; it is called again", getattr(chore, "__name__", type(chore).__name__))
        return now + AFTER_TROUBLE
