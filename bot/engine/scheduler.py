"""Runs the jobs that are due by time. A job does what is due now and returns when it wants to be called next."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta

from bot.engine.loop import Loop
from foundation import telemetry
from foundation.errors import UserError

log = logging.getLogger(__name__)

Job = Callable[[datetime], datetime | None]
RETRY_FAILED_AFTER = timedelta(seconds=30)


class Scheduler:
    """Each job has a loop and a thread of its own: one that takes long makes no other late.

    `on_done` is called when something may have been put in the outbox.
    """

    def __init__(self, now: Callable[[], datetime], jobs: Sequence[Job], on_done: Callable[[], None]) -> None:
        self._now = now
        self._on_done = on_done
        self._loops = self._make_loops(jobs)
        self._running: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._turn = asyncio.Lock()  # held while jobs are replaced

    def wake(self) -> None:
        """Call all jobs at once; those that are running, once more afterwards."""
        for loop in self._loops:
            loop.wake()

    def stop(self) -> None:
        self._stopping.set()
        for loop in self._loops:
            loop.stop()

    async def run(self) -> None:
        """Run until `stop`, and until the last job has ended."""
        self._start_loops()
        try:
            await self._stopping.wait()
            async with self._turn:
                await asyncio.gather(*self._running)
        finally:
            for task in self._running:
                task.cancel()

    async def replace_jobs(self, build: Callable[[], Sequence[Job]], on_replaced: Callable[[], None]) -> None:
        """Run other jobs from now on. `build` makes them in a thread, while none of the present ones is running.

        `on_replaced` is called on the event loop in the same step. If `build` raises, everything stays as it is.
        """
        async with self._turn:
            jobs, was_running = [loop.job for loop in self._loops], bool(self._running)
            for loop in self._loops:
                loop.stop()
            await asyncio.gather(*self._running)
            try:
                jobs = list(await asyncio.to_thread(build))
                on_replaced()
            finally:
                self._loops = self._make_loops(jobs)
                if was_running:
                    self._start_loops()

    async def run_once(self) -> None:
        """Call each job once."""
        await asyncio.gather(*(loop.run_once() for loop in self._loops))

    async def find_next_due(self) -> datetime | None:
        times = [await loop.find_next_due() for loop in self._loops]
        return min((time for time in times if time), default=None)

    def _make_loops(self, jobs: Sequence[Job]) -> list["JobLoop"]:
        return [JobLoop(self._now, job, self._on_done) for job in jobs]

    def _start_loops(self) -> None:
        self._running = [asyncio.create_task(loop.run()) for loop in self._loops if not self._stopping.is_set()]


class JobLoop(Loop):
    """Calls one job, and never twice at the same time."""

    def __init__(self, now: Callable[[], datetime], job: Job, on_done: Callable[[], None]) -> None:
        super().__init__(now)
        self.job = job
        self._name = getattr(job, "__name__", type(job).__name__)
        self._on_done = on_done
        self._next: datetime | None = None
        self._thread = ThreadPoolExecutor(1, f"job-{self._name}")

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self._thread.shutdown(wait=False)

    async def run_once(self) -> bool:
        self._next = await self._call()
        self._on_done()
        return False

    async def find_next_due(self) -> datetime | None:
        return self._next

    async def _call(self) -> datetime | None:
        # In a thread, since jobs wait for the database. What a job claims it claims there, so several processes can run
        # the same jobs.
        now = self.now()
        try:
            with telemetry.time_job(self._name):
                return await asyncio.get_running_loop().run_in_executor(self._thread, copy_context().run, self.job, now)
        except UserError as error:
            self.report(error.message)
        except Exception:
            log.exception("The job %s failed; retrying", self._name)
        return now + RETRY_FAILED_AFTER
