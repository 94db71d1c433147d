"""What people see of a request: their cards, edited in place, and what happened in the thread below.

Everybody is told once, in one place, and never of what they did themselves.
"""

from collections.abc import Iterator

from foundation.people import Person
from handlers.context import AppContext
from handlers.home.home import refresh_homes
from handlers.requests.blocks.card import build_personal_card, build_revoked_card, build_triage_card
from handlers.requests.blocks.labels import RequestView
from handlers.requests.blocks.rating import build_rating_question
from handlers.requests.blocks.timeline import build_timeline_notice
from handlers.requests.views import view_request
from handlers.slack.blocks.builders import Message
from servicedesk.permissions import can_see, find_approvers
from servicedesk.records import APPROVAL_STATES, Change, LogEntry, Request, RequestState, Verb
from servicedesk.reminders import find_next_reminder
from servicedesk.transitions import SYSTEM
from storage.store import Transaction

TRIAGE_PLACE = "triage"

QUIET_VERBS = {Verb.SCORE, Verb.WATCH, Verb.UNWATCH}  # a new watcher gets a card, nobody else has to know
_APPROVER_VERBS = {Verb.APPROVE, Verb.REQUEST_CHANGES}
_REQUESTER_STATES = {
    RequestState.NEEDS_INFO,
    RequestState.CHANGES_REQUESTED,
    RequestState.WAITING_REQUESTER,
    RequestState.DELIVERED,
}


def announce_request(tx: Transaction, ctx: AppContext, request: Request) -> None:
    """A new request appears in triage, to its requester and to its watchers."""
    view = view_request(tx, ctx, request)
    _post_card(tx, ctx, view, TRIAGE_PLACE)
    for person in find_card_holders(request, ctx):
        _post_card(tx, ctx, view, person)
    schedule_next_reminder(tx, ctx, request)


def announce_change(tx: Transaction, ctx: AppContext, before: Request, change: Change) -> None:
    """Every card shows the request as it is now, and whom it concerns is told in the thread under theirs."""
    request, entry = change.request, change.entry
    if entry is None:
        return
    view, cards = view_request(tx, ctx, request), tx.requests.read_cards(request.number)
    refresh_cards(tx, ctx, view)
    for place in find_audience(before, request, entry, ctx):
        if place in cards:
            tx.outbox.post(_find_channel(ctx, place), _build_notice(request, entry, ctx, place), follows=cards[place])
    for person in find_card_holders(request, ctx):
        if person not in cards:
            _post_card(tx, ctx, view, person)
    if request.state is RequestState.CLOSED is not before.state:
        ask_rating(tx, request)
    schedule_next_reminder(tx, ctx, request)


def refresh_cards(tx: Transaction, ctx: AppContext, view: RequestView) -> None:
    """Every card shows the request as it is now."""
    for place, delivery in tx.requests.read_cards(view.request.number).items():
        tx.outbox.edit(delivery, _build_card_for(ctx, view, place))


def schedule_next_reminder(tx: Transaction, ctx: AppContext, request: Request) -> None:
    """Note when time acts on it next; the homes of those whom it concerns are made anew."""
    due = find_next_reminder(request, tx.request_times.read_sent_notices(request.number), ctx.desk)
    tx.request_times.set_due_time(request.number, due.at if due else None)
    pmo = [person.id for person in ctx.people if person.is_pmo]
    refresh_homes(tx, ctx, [*tx.requests.read_cards(request.number).keys() - {TRIAGE_PLACE}, *pmo])


def ask_rating(tx: Transaction, request: Request) -> str:
    """The question is asked once for each time it is closed; asking again gives the message that stands."""
    key = f"rating:{request.number}:{request.reopened}"
    return tx.outbox.post(request.requester, build_rating_question(request), key=key)


def find_card_holders(request: Request, ctx: AppContext) -> list[str]:
    """Who has a card in their direct messages, each once."""
    assigned = [request.assignee] if request.assignee else []
    return list(dict.fromkeys([request.requester, *_find_asked_approvers(request, ctx), *assigned, *request.watchers]))


def find_audience(before: Request, request: Request, entry: LogEntry, ctx: AppContext) -> list[str]:
    """The places in which a step is told: the requester's side, and whoever of the PMO has to do with it."""
    if entry.verb in QUIET_VERBS:
        return []
    if entry.verb is Verb.REMIND:
        return [request.requester]
    places = dict.fromkeys([request.requester, *request.watchers, *_find_pmo_audience(before, request, entry, ctx)])
    readers = [place for place in places if place != entry.actor]
    return [place for place in readers if place == TRIAGE_PLACE or can_see(request, ctx.people.get(place))]


def _find_pmo_audience(before: Request, request: Request, entry: LogEntry, ctx: AppContext) -> Iterator[str]:
    if entry.verb not in _APPROVER_VERBS:
        yield from _find_asked_approvers(request, ctx)
    assigned = [one for one in (before.assignee, request.assignee) if one]
    yield from assigned
    if entry.verb in _APPROVER_VERBS or not (assigned or _is_by_pmo(request, entry, ctx)):
        yield TRIAGE_PLACE


def _is_by_pmo(request: Request, entry: LogEntry, ctx: AppContext) -> bool:
    """Whether somebody of the PMO did it in that role: the rest of the PMO sees it on the card."""
    return entry.actor == SYSTEM.id or (entry.actor != request.requester and ctx.people.get(entry.actor).is_pmo)


def _find_asked_approvers(request: Request, ctx: AppContext) -> list[str]:
    """Who is asked to approve it, as long as that is open."""
    return [person.id for person in find_approvers(request, ctx.people)] if request.state in APPROVAL_STATES else []


def _build_notice(request: Request, entry: LogEntry, ctx: AppContext, place: str) -> Message:
    is_called = place in _find_called(request, entry, ctx)
    withheld = place == TRIAGE_PLACE and request.is_confidential
    return build_timeline_notice(entry, ctx.desk, calls=place if is_called else None, withheld=withheld)


def _find_called(request: Request, entry: LogEntry, ctx: AppContext) -> list[str]:
    """Who has to do something because of this step."""
    if entry.verb is Verb.REMIND:
        return [request.requester]
    if entry.before is entry.after:
        return []
    if request.state in _REQUESTER_STATES:
        return [request.requester]
    if request.state is RequestState.PENDING_APPROVAL:
        return _find_asked_approvers(request, ctx)
    return [request.assignee] if request.state is RequestState.IN_PROGRESS and request.assignee else []


def _post_card(tx: Transaction, ctx: AppContext, view: RequestView, place: str) -> None:
    many = place in view.request.watchers
    delivery = tx.outbox.post(_find_channel(ctx, place), _build_card_for(ctx, view, place), bulk=many)
    tx.requests.remember_card(view.request.number, place, delivery)


def _build_card_for(ctx: AppContext, view: RequestView, place: str) -> Message:
    if place == TRIAGE_PLACE:
        return build_triage_card(view)
    person: Person = ctx.people.get(place)
    return build_personal_card(view, person) if can_see(view.request, person) else build_revoked_card(view.request)


def _find_channel(ctx: AppContext, place: str) -> str:
    return ctx.channels.triage if place == TRIAGE_PLACE else place
