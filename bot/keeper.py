"""Writes what arrives, many in one transaction: in a burst, one commit on disk serves all that came meanwhile."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from storage.inbox import Inbox, NewArrival

LARGEST_BATCH = 500


class BatchingKeeper:
    """`keep` returns when the arrival is committed; `on_kept` is called after each commit."""

    def __init__(self, inbox: Inbox, on_kept: Callable[[], None]) -> None:
        self._inbox = inbox
        self._on_kept = on_kept
        self._waiting: list[tuple[NewArrival, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether arrivals are waiting to be written, and so Slack for its acks."""
        return bool(self._waiting)

    async def keep(self, arrival: NewArrival) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            try:
                await asyncio.to_thread(self._inbox.write, [arrival for arrival, _ in batch])
            except Exception as error:
                _settle(batch, error)
            else:
                _settle(batch, None)
                self._on_kept()


def _settle(batch: list[tuple[NewArrival, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in batch:
        with suppress(asyncio.InvalidStateError):
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
