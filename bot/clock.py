"""Does what is due by time. A chore does what is due now and says when it wants to be called next."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.loop import Loop

Chore = Callable[[datetime], datetime | None]


class Clock(Loop):
    """Calls the chores, one after the other. `on_done` is called when something may have been put in the outbox."""

    def __init__(self, now: Callable[[], datetime], chores: Sequence[Chore], on_done: Callable[[], None]) -> None:
        super().__init__(now)
        self._chores = chores
        self._on_done = on_done
        self._next: datetime | None = None

    async def turn(self) -> bool:
        now = self.now()
        wishes = [await asyncio.to_thread(chore, now) for chore in self._chores]
        self._next = min((wish for wish in wishes if wish), default=None)
        self._on_done()
        return False

    async def next_due(self) -> datetime | None:
        return self._next
