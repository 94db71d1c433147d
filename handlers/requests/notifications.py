"""What people see of a request: their cards, edited in place, and notices in the thread under each card.

Everybody is notified once, in one place, and never about what they did themselves.
"""

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from functools import partial

from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.blocks.card import build_personal_card, build_revoked_card, build_triage_card
from handlers.requests.blocks.rating import build_rating_question
from handlers.requests.blocks.request_view import RequestView
from handlers.requests.blocks.timeline import build_timeline_notice
from handlers.requests.views import view_request
from handlers.slack.blocks.builders import Message
from handlers.slack.cards import Cards
from handlers.slack.pmo_notices import explain_unposted
from servicedesk.permissions import can_see, find_approvers, find_pmo_staff, is_acting_for_pmo
from servicedesk.records import (
    APPROVAL_STATES,
    ENDED_STATES,
    Request,
    RequestChange,
    RequestLogEntry,
    RequestState,
    RequestVerb,
)
from servicedesk.reminders import find_next_reminder
from storage.store import Transaction

TRIAGE_PLACE = "triage"


class NoticeRule(Enum):
    """Who is notified of a verb, besides the people whose cards change."""

    NOBODY = auto()
    REQUESTER = auto()
    INVOLVED = auto()  # requester, watchers, asked approvers and assignees; triage if none of the PMO is among them
    INVOLVED_AND_TRIAGE = auto()  # the same, with triage in place of the approvers, who decided


NOTICE_RULES: Mapping[RequestVerb, NoticeRule] = {
    RequestVerb.DRAFT: NoticeRule.NOBODY,
    RequestVerb.SUBMIT: NoticeRule.INVOLVED,
    RequestVerb.ASK: NoticeRule.INVOLVED,
    RequestVerb.ANSWER: NoticeRule.INVOLVED,
    RequestVerb.ACCEPT: NoticeRule.INVOLVED,
    RequestVerb.APPROVE: NoticeRule.INVOLVED_AND_TRIAGE,
    RequestVerb.REQUEST_CHANGES: NoticeRule.INVOLVED_AND_TRIAGE,
    RequestVerb.RESUBMIT: NoticeRule.INVOLVED,
    RequestVerb.CLAIM: NoticeRule.INVOLVED,
    RequestVerb.ASSIGN: NoticeRule.INVOLVED,
    RequestVerb.REASSIGN: NoticeRule.INVOLVED,
    RequestVerb.QUESTION: NoticeRule.INVOLVED,
    RequestVerb.REPLY: NoticeRule.INVOLVED,
    RequestVerb.HOLD: NoticeRule.INVOLVED,
    RequestVerb.RESUME: NoticeRule.INVOLVED,
    RequestVerb.DELIVER: NoticeRule.INVOLVED,
    RequestVerb.REMIND: NoticeRule.REQUESTER,
    RequestVerb.ACCEPT_DELIVERY: NoticeRule.INVOLVED,
    RequestVerb.AUTO_CLOSE: NoticeRule.INVOLVED,
    RequestVerb.REOPEN: NoticeRule.INVOLVED,
    RequestVerb.DECLINE: NoticeRule.INVOLVED,
    RequestVerb.MARK_DUPLICATE: NoticeRule.INVOLVED,
    RequestVerb.WITHDRAW: NoticeRule.INVOLVED,
    RequestVerb.CHANGE_PRIORITY: NoticeRule.INVOLVED,
    RequestVerb.CHANGE_SERVICE: NoticeRule.INVOLVED,
    RequestVerb.CHANGE_REQUESTER: NoticeRule.INVOLVED,
    RequestVerb.SCORE: NoticeRule.NOBODY,
    RequestVerb.WATCH: NoticeRule.NOBODY,  # a new watcher gets a card, and nobody else needs to know
    RequestVerb.UNWATCH: NoticeRule.NOBODY,
    RequestVerb.COMMENT: NoticeRule.INVOLVED,
    RequestVerb.OVERRIDE: NoticeRule.INVOLVED,
}
_REQUESTER_STATES = {
    RequestState.NEEDS_INFO,
    RequestState.CHANGES_REQUESTED,
    RequestState.WAITING_REQUESTER,
    RequestState.DELIVERED,
}


def announce_request(tx: Transaction, ctx: AppContext, request: Request) -> None:
    """Post the cards of a new request: in triage, to its requester and to its watchers."""
    cards = _open_cards(tx, ctx, view_request(tx, ctx, request))
    cards.post_missing([TRIAGE_PLACE, *find_card_holders(request, ctx)], bulk=request.watchers)
    update_due_time_and_mark_homes(tx, ctx, request)


def announce_change(tx: Transaction, ctx: AppContext, before: Request, change: RequestChange) -> None:
    """Update all cards, and notify the audience of the change in the threads under their cards."""
    request, entry = change.request, change.entry
    if entry is None:
        return
    cards = _open_cards(tx, ctx, view_request(tx, ctx, request))
    if request.state not in ENDED_STATES:
        cards.post_missing([TRIAGE_PLACE])  # it's missing only if it couldn't be posted before
    cards.refresh()
    for place in find_audience(before, request, entry, ctx):
        cards.notify(place, _build_notice(request, entry, ctx, place))
    cards.post_missing(find_card_holders(request, ctx), bulk=request.watchers)
    if request.state is RequestState.CLOSED is not before.state:
        ask_rating(tx, request)
    update_due_time_and_mark_homes(tx, ctx, request)


def refresh_requester_card(tx: Transaction, ctx: AppContext, view: RequestView) -> None:
    """Update the requester's own card."""
    _open_cards(tx, ctx, view).refresh(view.request.requester)


def post_triage_card(tx: Transaction, ctx: AppContext, view: RequestView) -> None:
    """Post the card that is missing in triage, and say so on the requester's."""
    cards = _open_cards(tx, ctx, view)
    cards.post_missing([TRIAGE_PLACE])
    cards.refresh(view.request.requester)


def refresh_cards(tx: Transaction, ctx: AppContext, view: RequestView) -> None:
    """Update all cards of the request."""
    _open_cards(tx, ctx, view).refresh()


def update_due_time_and_mark_homes(tx: Transaction, ctx: AppContext, request: Request) -> None:
    """Set when the request is due for its next reminder, and mark the App Homes that may list it as outdated."""
    due = find_next_reminder(request, tx.request_times.read_sent_notices(request.number), ctx.desk)
    tx.request_times.set_due_time(request.number, due.at if due else None)
    pmo = [person.id for person in find_pmo_staff(ctx.people)]
    tx.homes.mark_outdated([*tx.requests.read_cards(request.number).keys() - {TRIAGE_PLACE}, *pmo])


def ask_rating(tx: Transaction, request: Request) -> str:
    """Ask for a rating, once each time the request is closed. Returns the delivery of that message."""
    key = f"rating:{request.number}:{request.reopened}"
    return tx.outbox.post(request.requester, build_rating_question(request), key=key)


def find_card_holders(request: Request, ctx: AppContext) -> list[str]:
    """Who has a card in their direct messages."""
    assigned = [request.assignee] if request.assignee else []
    holders = dict.fromkeys([request.requester, *_find_asked_approvers(request, ctx), *assigned, *request.watchers])
    return [one for one in holders if can_see(request, ctx.people.get(one))]


def find_audience(before: Request, request: Request, entry: RequestLogEntry, ctx: AppContext) -> list[str]:
    """The places that are notified of an entry: on the requester's side, and on the PMO's."""
    rule = NOTICE_RULES[entry.verb]
    if rule is NoticeRule.NOBODY:
        return []
    if rule is NoticeRule.REQUESTER:
        return [request.requester]
    places = dict.fromkeys([request.requester, *request.watchers, *_find_pmo_audience(before, request, entry, ctx)])
    readers = [place for place in places if place != entry.actor]
    return [place for place in readers if place == TRIAGE_PLACE or can_see(request, ctx.people.get(place))]


def _find_pmo_audience(before: Request, request: Request, entry: RequestLogEntry, ctx: AppContext) -> Iterator[str]:
    is_decision = NOTICE_RULES[entry.verb] is NoticeRule.INVOLVED_AND_TRIAGE
    if not is_decision:
        yield from _find_asked_approvers(request, ctx)
    assigned = [one for one in (before.assignee, request.assignee) if one]
    yield from assigned
    if is_decision or not (assigned or is_acting_for_pmo(request, ctx.people.get(entry.actor))):
        yield TRIAGE_PLACE


def _find_asked_approvers(request: Request, ctx: AppContext) -> list[str]:
    """Who is asked to approve the request, while it waits for approval."""
    return [person.id for person in find_approvers(request, ctx.people)] if request.state in APPROVAL_STATES else []


def _build_notice(request: Request, entry: RequestLogEntry, ctx: AppContext, place: str) -> Message:
    is_called = place in _find_called(request, entry, ctx)
    withheld = place == TRIAGE_PLACE and request.is_confidential
    return build_timeline_notice(entry, ctx.desk, calls=place if is_called else None, withheld=withheld)


def _find_called(request: Request, entry: RequestLogEntry, ctx: AppContext) -> list[str]:
    """Who has to act because of this entry; they are mentioned."""
    if entry.verb is RequestVerb.REMIND:
        return [request.requester]
    if entry.before is entry.after:
        return []
    if request.state in _REQUESTER_STATES:
        return [request.requester]
    if request.state is RequestState.PENDING_APPROVAL:
        return _find_asked_approvers(request, ctx)
    return [request.assignee] if request.state is RequestState.IN_PROGRESS and request.assignee else []


def _open_cards(tx: Transaction, ctx: AppContext, view: RequestView) -> Cards:
    number = view.request.number
    deliveries = dict(tx.requests.read_cards(number))
    return Cards(
        outbox=tx.outbox,
        deliveries=deliveries,
        remember=partial(tx.requests.remember_card, number),
        build=partial(_build_card_for, ctx, view, deliveries),
        channels={TRIAGE_PLACE: ctx.channels.triage},
    )


def _build_card_for(ctx: AppContext, view: RequestView, deliveries: Mapping[str, str], place: str) -> Message:
    if place == TRIAGE_PLACE:
        return build_triage_card(view)
    person: Person = ctx.people.get(place)
    if not can_see(view.request, person):
        return build_revoked_card(view.request)
    is_unposted = TRIAGE_PLACE not in deliveries and view.request.state not in ENDED_STATES
    warns = is_unposted and place == view.request.requester
    return build_personal_card(view, person, explain_unposted(ctx, "Your request") if warns else "")
