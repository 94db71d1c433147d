"""The figures of the service desk, and the facts of requests that they are made of."""

from datetime import datetime, timedelta

from handlers.context import AppContext
from servicedesk.figure_facts import list_figure_facts
from servicedesk.figures import Figures, compute_figures, find_age_limits
from storage.store import Transaction

IN_A_ROW = 100  # requests counted in one turn; then other jobs get theirs
MOST_WAITED_FOR = 200  # changed requests that whoever asks for figures waits for; more are being counted in turns
EVERY = timedelta(seconds=5)


class CountRequests:
    """A job: stores the facts of requests that have changed, or that an earlier version of the bot left uncounted."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx

    def __call__(self, now: datetime) -> datetime | None:
        counted = count_changed_requests(self._ctx, IN_A_ROW)
        return now if counted == IN_A_ROW else now + EVERY


def count_changed_requests(ctx: AppContext, most: int = MOST_WAITED_FOR) -> int:
    """Store the facts of requests whose facts are out of date. Returns how many there were, at most `most`."""
    with ctx.store.read_only(ctx.now()) as tx:
        uncounted = tx.request_facts.list_uncounted(most)
    for number, version in uncounted:
        with ctx.store.read_only(ctx.now()) as tx:
            log = [entry for entry in tx.requests.read_log(number) if entry.version <= version]
        facts = list_figure_facts(log, ctx.desk.calendar)
        with ctx.store.transaction(ctx.now()) as tx:
            tx.request_facts.replace(number, version, facts)
    return len(uncounted)


def read_figures(tx: Transaction, ctx: AppContext, start: datetime, end: datetime) -> Figures:
    """The figures of [start, end), as far as the requests have been counted."""
    limits = find_age_limits(end, ctx.desk.calendar)
    return compute_figures(tx.request_facts.read_period(start, end, limits), start, end, ctx.desk.catalogue)
