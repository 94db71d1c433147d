"""An event loop in a thread of its own."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

GRACE = 0.5  # seconds
Result = TypeVar("Result")


class BackgroundLoop:
    """Runs coroutines for other threads, and cancels them at their deadline wherever they wait.

    A blocking client has time limits for each step only, so a server that sends a byte now and then could hold its
    thread for ever.
    """

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], seconds: float) -> Result:
        """The result of the coroutine.

        Raises:
            TimeoutError: there is none after this many seconds.
        """
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, seconds), self._loop)
        try:
            # The loop itself keeps the deadline. This one is for a loop that is too busy to notice it.
            return future.result(seconds + GRACE)
        except TimeoutError:
            future.cancel()
            raise

    def close(self) -> None:
        """Cancel what is still running, and stop the thread."""
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result(GRACE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
