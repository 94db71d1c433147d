"""Publishes the App Homes that have changed, after the changes are committed."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.engine.loop import Loop
from handlers.context import AppContext
from handlers.home.home import publish_outdated_homes


class HomePublisher(Loop):
    """`on_done` is called when something may have been put in the outbox."""

    interval = 0.3  # seconds

    def __init__(self, ctx: AppContext, on_done: Callable[[], None]) -> None:
        super().__init__(ctx.now)
        self._ctx = ctx
        self._on_done = on_done
        self._next: datetime | None = None

    def use_context(self, ctx: AppContext) -> None:
        """Build the next Homes with this context."""
        self._ctx = ctx

    async def run_once(self) -> bool:
        now = self.now()
        self._next = await asyncio.to_thread(publish_outdated_homes, self._ctx, now)
        self._on_done()
        return self._next is not None and self._next <= now

    async def find_next_due(self) -> datetime | None:
        return self._next
