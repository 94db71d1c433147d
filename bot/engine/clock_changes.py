"""Notices that the machine's clock was set back, and lets what waits continue at once."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from handlers.context import AppContext
from storage.engine.clock_changes import continue_waiting, find_latest_record
from storage.engine.lease import Lease

log = logging.getLogger(__name__)

SMALL_STEP = timedelta(seconds=30)  # what waits may be this much later, and small corrections of the clock are common
LONGEST_WAIT = timedelta(minutes=15)  # nothing waits any longer, not even after a 429


class ContinueAfterClockChange:
    """Compares the clock with one that nobody can set.

    A clock that is set forward needs no repair: whatever waits is due earlier. At the start it's compared with what was
    recorded last; besides, what waits for longer than anything ever does is taken to be left over.
    """

    def __init__(self, ctx: AppContext, lease: Lease, steady: Callable[[], float] = time.monotonic) -> None:
        self._ctx = ctx
        self._lease = lease
        self._steady = steady
        self._last: tuple[datetime, float] | None = None

    def __call__(self, now: datetime) -> None:
        steady, last = self._steady(), self._last
        database = self._ctx.store.database
        expected = last[0] + timedelta(seconds=steady - last[1]) if last else find_latest_record(database)
        set_back_by = expected - now if expected else timedelta()
        if set_back_by > SMALL_STEP:
            log.warning("The clock was set back by %s. What is waiting continues now.", set_back_by)
            continue_waiting(database, now, now, self._lease, set_back_by)
        elif last is None:
            continue_waiting(database, now, now + LONGEST_WAIT, self._lease, timedelta())
        self._last = now, steady  # only now: if the database failed, the next call tries again
