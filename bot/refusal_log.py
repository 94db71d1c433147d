"""Logs refused HTTP requests: the first at once, the others as a count once a minute. A flood can't fill the log."""

import asyncio
import logging
from collections import Counter

REPORT_EVERY = 60.0  # seconds


class RefusalLog:
    """What was refused. It's used in the event loop; `close` logs what is left."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._uncounted: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def note(self, sender: str | None, reason: str) -> None:
        """A request from this address was refused. `reason` is one of few, and has nothing of the request's content."""
        if self._timer:
            self._uncounted[reason] += 1
            return
        self._log.warning("Refused a request from %s: %s.", sender, reason)
        self._wait()

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._report()

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(REPORT_EVERY, self._end_period)

    def _end_period(self) -> None:
        # After a minute without any, the next one is news again and logged at once.
        self._timer = None
        if self._report():
            self._wait()

    def _report(self) -> bool:
        """Log those that weren't logged one by one. Returns whether there were any."""
        counted, self._uncounted = self._uncounted, Counter()
        if counted:
            reasons = "; ".join(f"{number:,} because {reason}" for reason, number in counted.most_common())
            self._log.warning("Refused %s more within a minute: %s.", f"{counted.total():,}", reasons)
        return bool(counted)
