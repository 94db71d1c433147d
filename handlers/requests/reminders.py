"""What time does to requests: alerts, reminders, closing by itself, holds to look at, and clocks counted anew.

Each request has the moment at which to look at it in a column. What is told is noted in the same transaction, so that
neither a restart nor a second process tells it again.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from foundation.errors import UserError
from foundation.people import Role
from handlers.context import AppContext
from handlers.requests.blocks.reminder import alert_card, alert_words, review_words
from handlers.requests.notifications import TRIAGE, announce, refresh_cards, settle
from handlers.requests.views import view_request
from servicedesk.clock import alert_now
from servicedesk.desk import Desk
from servicedesk.effects import approvers
from servicedesk.history import recompute
from servicedesk.records import OPEN, ClockName, Request, State, Verb
from servicedesk.reminders import Due, Occasion, next_due
from servicedesk.requests import apply
from servicedesk.transitions import SYSTEM
from storage.store import Transaction

log = logging.getLogger(__name__)

AT_ONCE = 50  # requests looked at before other chores have their turn
AFTER_TROUBLE = timedelta(hours=1)


class RequestReminders:
    """A chore of the clock."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx
        self._counted = False

    def __call__(self, now: datetime) -> datetime | None:
        if not self._counted:
            recount(self._ctx, now)
            self._counted = True
        for _ in range(AT_ONCE):
            due = self._next()
            if due is None or due > now:
                return due
            look_at_one(self._ctx, now)
        return now

    def _next(self) -> datetime | None:
        with self._ctx.store.read_only(self._ctx.now()) as tx:
            return tx.request_times.next_due()


def look_at_one(ctx: AppContext, now: datetime) -> None:
    """See to the request whose moment came first; one that cannot be seen to waits an hour."""
    number = None
    try:
        with ctx.store.transaction(now) as tx:
            request = tx.request_times.claim_due(now)
            if request is None:
                return
            number = request.number
            _see_to(tx, ctx, request, now)
    except UserError as refused:
        if number is None:
            raise
        log.warning("PMO-%s could not be seen to: %s", number, refused.message)
        with ctx.store.transaction(now) as tx:
            tx.request_times.look_again(number, now + AFTER_TROUBLE)


def _see_to(tx: Transaction, ctx: AppContext, request: Request, now: datetime) -> None:
    due = next_due(request, tx.request_times.told(request.number), ctx.desk)
    calendar = ctx.desk.calendar
    if due is None or due.at > now:
        tx.request_times.look_again(request.number, due.at if due else None)
    elif not calendar.is_open(now):
        tx.request_times.look_again(request.number, calendar.next_open(now))
    else:
        _OCCASIONS[due.occasion](tx, ctx, request, due, now)


def _alert(tx: Transaction, ctx: AppContext, request: Request, due: Due, now: datetime) -> None:
    """The highest alert that has come is told to the head of the PMO, and to whoever holds the request."""
    name = due.clock or ClockName.DELIVERY
    clock = request.clock(name)
    told = tx.request_times.told(request.number).of(name)
    alert = alert_now(clock, told, now, ctx.desk.calendar) if clock else None
    if clock and alert and tx.request_times.tell_alert(request.number, name, alert, now):
        sheet, cards = view_request(tx, ctx, request), tx.requests.cards(request.number)
        leads = [person.id for person in ctx.people.find_by_role(Role.PMO_LEAD)]
        for lead in leads:
            key = f"alert:{request.number}:{name}:{int(alert)}:{lead}"
            tx.outbox.post(lead, alert_card(sheet, clock, name, alert), key=key)
        for place in _holders(request, ctx):
            if place in cards and place not in leads:
                withheld = place == TRIAGE and request.confidential
                channel = ctx.channels.triage if place == TRIAGE else place
                words = alert_words(sheet, clock, name, alert, withheld=withheld)
                tx.outbox.post(channel, words, follows=cards[place])
        refresh_cards(tx, ctx, sheet)
    settle(tx, ctx, request)


def _holders(request: Request, ctx: AppContext) -> Iterator[str]:
    """Who can do something about a clock that runs."""
    if request.state is State.PENDING_APPROVAL:
        yield from (person.id for person in approvers(request, ctx.people))
    else:
        yield request.assignee or TRIAGE


def _remind(tx: Transaction, ctx: AppContext, request: Request, due: Due, now: datetime) -> None:
    """The requester is asked about a delivery once more, or it closes by itself."""
    verb = Verb.REMIND if due.occasion is Occasion.REMIND else Verb.AUTO_CLOSE
    change = apply(request, verb, SYSTEM, now, ctx.desk)
    tx.requests.save(change)
    announce(tx, ctx, request, change)


def _review(tx: Transaction, ctx: AppContext, request: Request, _: Due, now: datetime) -> None:
    """Whoever has it is told that the day has come."""
    cards = tx.requests.cards(request.number)
    is_new = request.review_on and tx.request_times.tell_review(request.number, request.review_on, now)
    if is_new and request.assignee in cards:
        words = review_words(view_request(tx, ctx, request), str(request.assignee))
        tx.outbox.post(str(request.assignee), words, follows=cards[str(request.assignee)])
    settle(tx, ctx, request)


See = Callable[[Transaction, AppContext, Request, Due, datetime], None]
_OCCASIONS: Mapping[Occasion, See] = {
    Occasion.ALERT: _alert,
    Occasion.REMIND: _remind,
    Occasion.CLOSE: _remind,
    Occasion.REVIEW: _review,
}


def recount(ctx: AppContext, now: datetime) -> None:
    """When working time or the rules after a delivery were edited, the clocks of open requests are counted anew."""
    digest = counted_by(ctx.desk)
    with ctx.store.read_only(now) as tx:
        if tx.request_times.counted_by() == digest:
            return
        numbers = [request.number for request in tx.requests.in_states(OPEN)]
    for number in numbers:
        with ctx.store.transaction(now) as tx:
            _recount_one(tx, ctx, tx.requests.get(number))
    with ctx.store.transaction(now) as tx:
        tx.request_times.count_by(digest)


def _recount_one(tx: Transaction, ctx: AppContext, request: Request) -> None:
    recounted = recompute(request, tx.requests.log(request.number), ctx.desk.calendar)
    if recounted != request and tx.request_times.recount(recounted):
        refresh_cards(tx, ctx, view_request(tx, ctx, recounted))
    settle(tx, ctx, recounted)


def counted_by(desk: Desk) -> str:
    """A digest of all that due moments are counted by."""
    calendar = desk.calendar
    days = [day.isoformat() for day in sorted(calendar.holidays)]
    return hashlib.sha256(
        repr((str(calendar.zone), calendar.week, days, desk.catalogue.acceptance)).encode()
    ).hexdigest()
