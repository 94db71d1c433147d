"""Gives up in the middle of starting when somebody asks to stop."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """Somebody asked to stop before the bot was ready."""


async def wait_unless_stopped(stopping: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """Wait for the work, but no longer than until `stopping` is set.

    Raises:
        Stopped: `stopping` was set first, and the work is cancelled.
    """
    task, stop = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if task.done():
        return task.result()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    raise Stopped


def raise_if_stopped(stopping: asyncio.Event) -> None:
    """For work in a thread, which calls this wherever it can give up."""
    if stopping.is_set():
        raise Stopped


def listen_for_stop_signal() -> asyncio.Event:
    """An event that Ctrl-C or SIGTERM sets; a second one ends the process at once, as people expect."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    return stopping
