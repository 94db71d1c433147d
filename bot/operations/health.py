"""Whether the bot is alive and ready. `pmo run` fills this in as it starts; each problem is a sentence."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from bot.engine.loop import Loop
from bot.operations.measuring import CachedFigures
from foundation.errors import UserError
from storage.database import Database

STUCK_AFTER = 120.0  # seconds; loops turn every few seconds, but one may wait for the database or for a language model


class Health:
    """The state of one run. Everything counts as missing until it's set."""

    def __init__(self, stopping: asyncio.Event, now: Callable[[], datetime]) -> None:
        self.loops: Sequence[Loop] = ()
        self.has_handbook = False
        self.is_connected: Callable[[], Awaitable[bool]] | None = None
        self.figures: CachedFigures | None = None
        self._stopping = stopping
        self._now = now

    @asynccontextmanager
    async def watching_database(self, database: Database) -> AsyncIterator[None]:
        """As long as this context lasts, the database can be asked. It is migrated by then."""
        self.figures = CachedFigures(database, self._now)
        try:
            yield
        finally:
            figures, self.figures = self.figures, None
            await figures.close()

    def find_stuck_loops(self) -> Mapping[str, str]:
        """The loops that don't turn any more, by name. Only a restart helps."""
        if self._stopping.is_set():  # then they end, one after the other
            return {}
        waited = {type(loop).__name__.lower(): time.monotonic() - loop.turned_at for loop in self.loops}
        return {name: f"Stuck for {seconds:.0f} s." for name, seconds in waited.items() if seconds > STUCK_AFTER}

    async def check_readiness(self) -> Mapping[str, str]:
        """What is wrong with each part, by name; empty if nothing is."""
        return {
            "process": "It's shutting down." if self._stopping.is_set() else "",
            "database": await self._check_database(),
            "handbook": "" if self.has_handbook else "It isn't loaded yet.",
            "slack": await self._check_connection(),
        }

    async def _check_database(self) -> str:
        if self.figures is None:
            return "It isn't open: the bot is starting or stopping."
        try:
            await self.figures.read()
        except UserError as error:
            return error.message
        return ""

    async def _check_connection(self) -> str:
        if self.is_connected is None:
            return "It isn't connected yet."
        return "" if await self.is_connected() else "The connection is lost; the bot keeps trying."
