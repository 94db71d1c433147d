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
from handlers.requests.blocks.reminder import build_alert_card, build_alert_notice, build_review_notice
from handlers.requests.notifications import TRIAGE_PLACE, announce_change, refresh_cards, schedule_next_reminder
from handlers.requests.views import view_request
from servicedesk.clock import find_current_alert
from servicedesk.desk import Desk
from servicedesk.history import recompute_clocks
from servicedesk.permissions import find_approvers
from servicedesk.records import OPEN_STATES, ClockName, Request, RequestState, Verb
from servicedesk.reminders import DueReminder, ReminderKind, find_next_reminder
from servicedesk.requests import apply_verb
from servicedesk.transitions import SYSTEM
from storage.store import Transaction

log = logging.getLogger(__name__)

MAX_PER_TURN = 50  # requests looked at before other chores have their turn
RETRY_AFTER = timedelta(hours=1)


class RequestReminders:
    """A chore of the clock."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx
        self._counted = False

    def __call__(self, now: datetime) -> datetime | None:
        if not self._counted:
            recount_clocks(self._ctx, now)
            self._counted = True
        for _ in range(MAX_PER_TURN):
            due = self._next()
            if due is None or due > now:
                return due
            process_next_due(self._ctx, now)
        return now

    def _next(self) -> datetime | None:
        with self._ctx.store.read_only(self._ctx.now()) as tx:
            return tx.request_times.read_next_due()


def process_next_due(ctx: AppContext, now: datetime) -> None:
    """See to the request whose moment came first; one that cannot be seen to waits an hour."""
    number = None
    try:
        with ctx.store.transaction(now) as tx:
            request = tx.request_times.claim_due(now)
            if request is None:
                return
            number = request.number
            _process_request(tx, ctx, request, now)
    except UserError as refused:
        if number is None:
            raise
        log.warning("PMO-%s could not be seen to: %s", number, refused.message)
        with ctx.store.transaction(now) as tx:
            tx.request_times.set_due_time(number, now + RETRY_AFTER)


def _process_request(tx: Transaction, ctx: AppContext, request: Request, now: datetime) -> None:
    due = find_next_reminder(request, tx.request_times.read_sent_notices(request.number), ctx.desk)
    calendar = ctx.desk.calendar
    if due is None or due.at > now:
        tx.request_times.set_due_time(request.number, due.at if due else None)
    elif not calendar.is_open(now):
        tx.request_times.set_due_time(request.number, calendar.next_open(now))
    else:
        _PROCESSORS[due.kind](tx, ctx, request, due, now)


def _send_alert(tx: Transaction, ctx: AppContext, request: Request, due: DueReminder, now: datetime) -> None:
    """The highest alert that has come is told to the head of the PMO, and to whoever holds the request."""
    name = due.clock or ClockName.DELIVERY
    clock = request.get_clock(name)
    told = tx.request_times.read_sent_notices(request.number).get_alerts(name)
    alert = find_current_alert(clock, told, now, ctx.desk.calendar) if clock else None
    if clock and alert and tx.request_times.record_alert(request.number, name, alert, now):
        view, cards = view_request(tx, ctx, request), tx.requests.read_cards(request.number)
        leads = [person.id for person in ctx.people.find_by_role(Role.PMO_LEAD)]
        for lead in leads:
            key = f"alert:{request.number}:{name}:{int(alert)}:{lead}"
            tx.outbox.post(lead, build_alert_card(view, clock, name, alert), key=key)
        for place in _find_holders(request, ctx):
            if place in cards and place not in leads:
                withheld = place == TRIAGE_PLACE and request.is_confidential
                channel = ctx.channels.triage if place == TRIAGE_PLACE else place
                words = build_alert_notice(view, clock, name, alert, withheld=withheld)
                tx.outbox.post(channel, words, follows=cards[place])
        refresh_cards(tx, ctx, view)
    schedule_next_reminder(tx, ctx, request)


def _find_holders(request: Request, ctx: AppContext) -> Iterator[str]:
    """Who can do something about a clock that runs."""
    if request.state is RequestState.PENDING_APPROVAL:
        yield from (person.id for person in find_approvers(request, ctx.people))
    else:
        yield request.assignee or TRIAGE_PLACE


def _send_reminder_or_close(
    tx: Transaction, ctx: AppContext, request: Request, due: DueReminder, now: datetime
) -> None:
    """The requester is asked about a delivery once more, or it closes by itself."""
    verb = Verb.REMIND if due.kind is ReminderKind.REMIND else Verb.AUTO_CLOSE
    change = apply_verb(request, verb, SYSTEM, now, ctx.desk)
    tx.requests.save(change)
    announce_change(tx, ctx, request, change)


def _send_review_notice(tx: Transaction, ctx: AppContext, request: Request, _: DueReminder, now: datetime) -> None:
    """Whoever has it is told that the day has come."""
    cards = tx.requests.read_cards(request.number)
    is_new = request.review_on and tx.request_times.record_review(request.number, request.review_on, now)
    if is_new and request.assignee in cards:
        words = build_review_notice(view_request(tx, ctx, request), str(request.assignee))
        tx.outbox.post(str(request.assignee), words, follows=cards[str(request.assignee)])
    schedule_next_reminder(tx, ctx, request)


Processor = Callable[[Transaction, AppContext, Request, DueReminder, datetime], None]
_PROCESSORS: Mapping[ReminderKind, Processor] = {
    ReminderKind.ALERT: _send_alert,
    ReminderKind.REMIND: _send_reminder_or_close,
    ReminderKind.CLOSE: _send_reminder_or_close,
    ReminderKind.REVIEW: _send_review_notice,
}


def recount_clocks(ctx: AppContext, now: datetime) -> None:
    """When working time or the rules after a delivery were edited, the clocks of open requests are counted anew."""
    digest = hash_time_rules(ctx.desk)
    with ctx.store.read_only(now) as tx:
        if tx.request_times.read_rules_hash() == digest:
            return
        numbers = [request.number for request in tx.requests.list_in_states(OPEN_STATES)]
    for number in numbers:
        with ctx.store.transaction(now) as tx:
            _recount_one(tx, ctx, tx.requests.get(number))
    with ctx.store.transaction(now) as tx:
        tx.request_times.save_rules_hash(digest)


def _recount_one(tx: Transaction, ctx: AppContext, request: Request) -> None:
    recounted = recompute_clocks(request, tx.requests.read_log(request.number), ctx.desk.calendar)
    if recounted != request and tx.request_times.save_recounted(recounted):
        refresh_cards(tx, ctx, view_request(tx, ctx, recounted))
    schedule_next_reminder(tx, ctx, recounted)


def hash_time_rules(desk: Desk) -> str:
    """A digest of all that due moments are counted by."""
    calendar = desk.calendar
    days = [day.isoformat() for day in sorted(calendar.holidays)]
    return hashlib.sha256(
        repr((str(calendar.zone), calendar.week, days, desk.catalogue.acceptance)).encode()
    ).hexdigest()
