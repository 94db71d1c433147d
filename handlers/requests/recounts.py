"""Recounting the clocks of open requests after the working calendar or the rules of acceptance were edited."""

import hashlib
from datetime import datetime

from handlers.context import AppContext
from handlers.requests.notifications import refresh_cards, update_due_time_and_mark_homes
from handlers.requests.views import view_request
from servicedesk.desk import Desk
from servicedesk.history import recompute_clocks
from servicedesk.records import OPEN_STATES, Request
from storage.store import Transaction


def recount_clocks(ctx: AppContext, now: datetime) -> None:
    """Recount all open requests, unless they were already counted by the current rules."""
    rules_hash = hash_time_rules(ctx.desk)
    with ctx.store.read_only(now) as tx:
        if tx.request_times.read_rules_hash() == rules_hash:
            return
        numbers = tx.requests.list_numbers_in_states(OPEN_STATES)
    # One short transaction per request, so that people can keep working meanwhile. The hash is stored last: after a
    # crash everything is recounted again, which gives the same result.
    for number in numbers:
        with ctx.store.transaction(now) as tx:
            _recount_request(tx, ctx, tx.requests.get(number))
    with ctx.store.transaction(now) as tx:
        tx.request_times.save_rules_hash(rules_hash)


def _recount_request(tx: Transaction, ctx: AppContext, request: Request) -> None:
    recounted = recompute_clocks(request, tx.requests.read_log(request.number), ctx.desk.calendar)
    if recounted != request and tx.request_times.save_recounted(recounted):
        tx.request_facts.mark_uncounted(request.number)
        refresh_cards(tx, ctx, view_request(tx, ctx, recounted))
    update_due_time_and_mark_homes(tx, ctx, recounted)


def hash_time_rules(desk: Desk) -> str:
    """A hash of everything that due times depend on."""
    calendar = desk.calendar
    days = [day.isoformat() for day in sorted(calendar.holidays)]
    return hashlib.sha256(
        repr((str(calendar.zone), calendar.week, days, desk.catalogue.acceptance)).encode()
    ).hexdigest()
