"""What is done for requests by time alone."""

from collections.abc import Callable, Sequence
from datetime import datetime

from handlers.context import AppContext
from handlers.requests.figures import CountRequests
from handlers.requests.recounts import recount_clocks
from handlers.requests.reminders import process_next_due

MAX_PER_TURN = 50  # due requests in a row; then the other jobs get their turn


def build_request_jobs(ctx: AppContext) -> Sequence[Callable[[datetime], datetime | None]]:
    """The jobs of the scheduler for requests. Each does what is due now, and returns when to call it next."""
    return (RequestReminders(ctx), CountRequests(ctx))


class RequestReminders:
    """Sends alerts and reminders, and closes deliveries. Recounts the clocks at startup if the calendar was edited."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx
        self._is_recounted = False

    def __call__(self, now: datetime) -> datetime | None:
        if not self._is_recounted:
            recount_clocks(self._ctx, now)
            self._is_recounted = True
        for _ in range(MAX_PER_TURN):
            due = self._read_next_due()
            if due is None or due > now:
                return due
            process_next_due(self._ctx, now)
        return now

    def _read_next_due(self) -> datetime | None:
        with self._ctx.store.read_only(self._ctx.now()) as tx:
            return tx.request_times.read_next_due()
