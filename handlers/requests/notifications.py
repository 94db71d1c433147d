"""What people see of a request: their cards, edited in place, and what happened in the thread below.

Everybody is told once, in one place, and never of what they did themselves.
"""

from collections.abc import Iterator

from foundation.people import Person
from handlers.context import AppContext
from handlers.home.home import refresh_homes
from handlers.requests.blocks.card import personal_card, taken_back, triage_card
from handlers.requests.blocks.labels import RequestView
from handlers.requests.blocks.rating import rating_question
from handlers.requests.blocks.timeline import step
from handlers.requests.views import view_request
from handlers.slack.blocks.builders import Message
from servicedesk.effects import approvers
from servicedesk.records import APPROVAL, Change, LogEntry, Request, State, Verb
from servicedesk.reminders import next_due
from servicedesk.transitions import SYSTEM, may_see
from storage.store import Transaction

TRIAGE = "triage"

_QUIET = {Verb.SCORE, Verb.WATCH, Verb.UNWATCH}  # a new watcher gets a card, nobody else has to know
_BY_APPROVERS = {Verb.APPROVE, Verb.REQUEST_CHANGES}
_CALLS_REQUESTER = {State.NEEDS_INFO, State.CHANGES_REQUESTED, State.WAITING_REQUESTER, State.DELIVERED}


def announce_new(tx: Transaction, ctx: AppContext, request: Request) -> None:
    """A new request appears in triage, to its requester and to its watchers."""
    sheet = view_request(tx, ctx, request)
    _post_card(tx, ctx, sheet, TRIAGE)
    for person in followers(request, ctx):
        _post_card(tx, ctx, sheet, person)
    settle(tx, ctx, request)


def announce(tx: Transaction, ctx: AppContext, before: Request, change: Change) -> None:
    """Every card shows the request as it is now, and whom it concerns is told in the thread under theirs."""
    request, entry = change.request, change.entry
    if entry is None:
        return
    sheet, cards = view_request(tx, ctx, request), tx.requests.cards(request.number)
    refresh_cards(tx, ctx, sheet)
    for place in audience(before, request, entry, ctx):
        if place in cards:
            tx.outbox.post(_channel(ctx, place), _told(request, entry, ctx, place), follows=cards[place])
    for person in followers(request, ctx):
        if person not in cards:
            _post_card(tx, ctx, sheet, person)
    if request.state is State.CLOSED is not before.state:
        ask_rating(tx, request)
    settle(tx, ctx, request)


def refresh_cards(tx: Transaction, ctx: AppContext, sheet: RequestView) -> None:
    """Every card shows the request as it is now."""
    for place, delivery in tx.requests.cards(sheet.request.number).items():
        tx.outbox.edit(delivery, _card(ctx, sheet, place))


def settle(tx: Transaction, ctx: AppContext, request: Request) -> None:
    """Note when time acts on it next; the homes of those whom it concerns are made anew."""
    due = next_due(request, tx.request_times.told(request.number), ctx.desk)
    tx.request_times.look_again(request.number, due.at if due else None)
    pmo = [person.id for person in ctx.people if person.is_pmo]
    refresh_homes(tx, ctx, [*tx.requests.cards(request.number).keys() - {TRIAGE}, *pmo])


def ask_rating(tx: Transaction, request: Request) -> str:
    """The question is asked once for each time it is closed; asking again gives the message that stands."""
    key = f"rating:{request.number}:{request.reopened}"
    return tx.outbox.post(request.requester, rating_question(request), key=key)


def followers(request: Request, ctx: AppContext) -> list[str]:
    """Who has a card in their direct messages, each once."""
    assigned = [request.assignee] if request.assignee else []
    return list(dict.fromkeys([request.requester, *_asked(request, ctx), *assigned, *request.watchers]))


def audience(before: Request, request: Request, entry: LogEntry, ctx: AppContext) -> list[str]:
    """The places in which a step is told: the requester's side, and whoever of the PMO has to do with it."""
    if entry.verb in _QUIET:
        return []
    if entry.verb is Verb.REMIND:
        return [request.requester]
    places = dict.fromkeys([request.requester, *request.watchers, *_holders(before, request, entry, ctx)])
    readers = [place for place in places if place != entry.actor]
    return [place for place in readers if place == TRIAGE or may_see(request, ctx.people.get(place))]


def _holders(before: Request, request: Request, entry: LogEntry, ctx: AppContext) -> Iterator[str]:
    if entry.verb not in _BY_APPROVERS:
        yield from _asked(request, ctx)
    assigned = [one for one in (before.assignee, request.assignee) if one]
    yield from assigned
    if entry.verb in _BY_APPROVERS or not (assigned or _by_pmo(request, entry, ctx)):
        yield TRIAGE


def _by_pmo(request: Request, entry: LogEntry, ctx: AppContext) -> bool:
    """Whether somebody of the PMO did it in that role: the rest of the PMO sees it on the card."""
    return entry.actor == SYSTEM.id or (entry.actor != request.requester and ctx.people.get(entry.actor).is_pmo)


def _asked(request: Request, ctx: AppContext) -> list[str]:
    """Who is asked to approve it, as long as that is open."""
    return [person.id for person in approvers(request, ctx.people)] if request.state in APPROVAL else []


def _told(request: Request, entry: LogEntry, ctx: AppContext, place: str) -> Message:
    is_called = place in _called(request, entry, ctx)
    withheld = place == TRIAGE and request.confidential
    return step(entry, ctx.desk, calls=place if is_called else None, withheld=withheld)


def _called(request: Request, entry: LogEntry, ctx: AppContext) -> list[str]:
    """Who has to do something because of this step."""
    if entry.verb is Verb.REMIND:
        return [request.requester]
    if entry.before is entry.after:
        return []
    if request.state in _CALLS_REQUESTER:
        return [request.requester]
    if request.state is State.PENDING_APPROVAL:
        return _asked(request, ctx)
    return [request.assignee] if request.state is State.IN_PROGRESS and request.assignee else []


def _post_card(tx: Transaction, ctx: AppContext, sheet: RequestView, place: str) -> None:
    many = place in sheet.request.watchers
    delivery = tx.outbox.post(_channel(ctx, place), _card(ctx, sheet, place), bulk=many)
    tx.requests.remember_card(sheet.request.number, place, delivery)


def _card(ctx: AppContext, sheet: RequestView, place: str) -> Message:
    if place == TRIAGE:
        return triage_card(sheet)
    person: Person = ctx.people.get(place)
    return personal_card(sheet, person) if may_see(sheet.request, person) else taken_back(sheet.request)


def _channel(ctx: AppContext, place: str) -> str:
    return ctx.channels.triage if place == TRIAGE else place
