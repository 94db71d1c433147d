"""Alerts about targets, reminders to accept a delivery, automatic closing, and reviews of requests on hold.

Each request has a column with the time of its next reminder. Every notice is recorded in the transaction that posts
it, so that neither a restart nor a second process sends it again.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from foundation.errors import UserError
from handlers.context import AppContext
from handlers.requests.blocks.reminder import build_alert_card, build_alert_notice, build_review_notice
from handlers.requests.notifications import (
    TRIAGE_PLACE,
    announce_change,
    refresh_cards,
    update_due_time_and_mark_homes,
)
from handlers.requests.views import view_request
from servicedesk.clock import Alert, Clock, find_current_alert
from servicedesk.permissions import find_approvers, find_pmo_leads
from servicedesk.records import ClockName, Request, RequestState, RequestVerb
from servicedesk.reminders import DueReminder, ReminderKind, find_next_reminder
from servicedesk.requests import apply_verb
from servicedesk.transitions import SYSTEM
from storage.store import Transaction

log = logging.getLogger(__name__)

RETRY_AFTER = timedelta(hours=1)


def process_next_due(ctx: AppContext, now: datetime) -> None:
    """Process the request that has been due longest. If that fails, it is due again in an hour."""
    number = None
    try:
        with ctx.store.transaction(now) as tx:
            request = tx.request_times.claim_due(now)
            if request is None:
                return
            number = request.number
            _process_request(tx, ctx, request, now)
    except UserError as error:
        if number is None:
            raise
        # The transaction was rolled back, so the request would be claimed again at once. Postponing it lets the other
        # due requests have their turn.
        log.warning("Could not process the reminder for PMO-%s, retrying in an hour: %s", number, error.message)
        with ctx.store.transaction(now) as tx:
            tx.request_times.set_due_time(number, now + RETRY_AFTER)


def _process_request(tx: Transaction, ctx: AppContext, request: Request, now: datetime) -> None:
    # The stored due time says only when to look; what is due is computed here, from the request as it is now. So a due
    # time that is out of date costs one look and never sends a wrong notice.
    due = find_next_reminder(request, tx.request_times.read_sent_notices(request.number), ctx.desk)
    calendar = ctx.desk.calendar
    if due is None or due.at > now:
        tx.request_times.set_due_time(request.number, due.at if due else None)
    elif not calendar.is_open(now):
        tx.request_times.set_due_time(request.number, calendar.next_open(now))
    else:
        PROCESSORS[due.kind](tx, ctx, request, due, now)


def _send_alert(tx: Transaction, ctx: AppContext, request: Request, due: DueReminder, now: datetime) -> None:
    """Send the highest alert that is due to the PMO's leads, and to the people who hold the request."""
    name = due.clock or ClockName.DELIVERY
    clock = request.get_clock(name)
    sent = tx.request_times.read_sent_notices(request.number).get_alerts(name)
    alert = find_current_alert(clock, sent, now, ctx.desk.calendar) if clock else None
    if clock and alert and tx.request_times.record_alert(request.number, name, alert, now):
        _post_alert(tx, ctx, request, clock, name, alert)
    update_due_time_and_mark_homes(tx, ctx, request)


def _post_alert(
    tx: Transaction, ctx: AppContext, request: Request, clock: Clock, name: ClockName, alert: Alert
) -> None:
    view, cards = view_request(tx, ctx, request), tx.requests.read_cards(request.number)
    leads = [person.id for person in find_pmo_leads(ctx.people)]
    for lead in leads:
        key = f"alert:{request.number}:{name}:{int(alert)}:{lead}"
        tx.outbox.post(lead, build_alert_card(view, clock, name, alert), key=key)
    for place in _find_holders(request, ctx):
        if place in cards and place not in leads:
            withheld = place == TRIAGE_PLACE and request.is_confidential
            channel = ctx.channels.triage if place == TRIAGE_PLACE else place
            notice = build_alert_notice(view, clock, name, alert, withheld=withheld)
            tx.outbox.post(channel, notice, follows=cards[place])
    refresh_cards(tx, ctx, view)


def _find_holders(request: Request, ctx: AppContext) -> Iterator[str]:
    """The places of those who can stop the running clock."""
    if request.state is RequestState.PENDING_APPROVAL:
        yield from (person.id for person in find_approvers(request, ctx.people))
    else:
        yield request.assignee or TRIAGE_PLACE


def _remind_or_close(tx: Transaction, ctx: AppContext, request: Request, due: DueReminder, now: datetime) -> None:
    """Remind the requester of the delivery, or close the request."""
    verb = RequestVerb.REMIND if due.kind is ReminderKind.REMIND else RequestVerb.AUTO_CLOSE
    change = apply_verb(request, verb, SYSTEM, now, ctx.desk)
    tx.requests.save(change)
    announce_change(tx, ctx, request, change)


def _send_review_notice(tx: Transaction, ctx: AppContext, request: Request, _: DueReminder, now: datetime) -> None:
    """Notify the assignee that the review of the hold is due."""
    cards = tx.requests.read_cards(request.number)
    is_new = request.review_on and tx.request_times.record_review(request.number, request.review_on, now)
    if is_new and request.assignee in cards:
        notice = build_review_notice(view_request(tx, ctx, request), str(request.assignee))
        tx.outbox.post(str(request.assignee), notice, follows=cards[str(request.assignee)])
    update_due_time_and_mark_homes(tx, ctx, request)


Processor = Callable[[Transaction, AppContext, Request, DueReminder, datetime], None]
PROCESSORS: Mapping[ReminderKind, Processor] = {
    ReminderKind.ALERT: _send_alert,
    ReminderKind.REMIND: _remind_or_close,
    ReminderKind.CLOSE: _remind_or_close,
    ReminderKind.REVIEW: _send_review_notice,
}
