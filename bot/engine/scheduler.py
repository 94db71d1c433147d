"""Runs the jobs that are due by time. A job does what is due now and returns when it wants to be called next."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.engine.loop import Loop
from foundation import telemetry
from foundation.errors import UserError

log = logging.getLogger(__name__)

Job = Callable[[datetime], datetime | None]
RETRY_FAILED_AFTER = timedelta(seconds=30)


class Scheduler(Loop):
    """Calls the jobs one after the other. `on_done` is called when something may have been put in the outbox."""

    def __init__(self, now: Callable[[], datetime], jobs: Sequence[Job], on_done: Callable[[], None]) -> None:
        super().__init__(now)
        self._jobs = jobs
        self._on_done = on_done
        self._next: datetime | None = None
        self._turn = asyncio.Lock()  # held while jobs run or are replaced

    async def replace_jobs(self, build: Callable[[], Sequence[Job]], on_replaced: Callable[[], None]) -> None:
        """Run other jobs from now on. `build` makes them in a thread, while none of the present ones is running.

        `on_replaced` is called on the event loop in the same step. If `build` raises, everything stays as it is.
        """
        async with self._turn:
            jobs = await asyncio.to_thread(build)
            self._jobs = jobs
            on_replaced()
        self.wake()

    async def run_once(self) -> bool:
        async with self._turn:
            times = [await self._call(job) for job in self._jobs if not self.is_stopping]
        self._next = min((time for time in times if time), default=None)
        self._on_done()
        return False

    async def find_next_due(self) -> datetime | None:
        return self._next

    async def _call(self, job: Job) -> datetime | None:
        """A job that fails doesn't keep the others from running."""
        # In a thread, since jobs wait for the database, and one at a time, so that they never compete for it. What a
        # job claims it claims in the database, so several processes can run the same jobs.
        now = self.now()
        name = getattr(job, "__name__", type(job).__name__)
        try:
            with telemetry.time_job(name):
                return await asyncio.to_thread(job, now)
        except UserError as error:
            self.report(error.message)
        except Exception:
            log.exception("The job %s failed; retrying", name)
        return now + RETRY_FAILED_AFTER
