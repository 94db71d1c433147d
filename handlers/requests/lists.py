"""Finding requests again: one's own, one by its number, what waits for the PMO, the PMO's figures, the App Home."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from foundation.errors import NotAllowed, NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.blocks.card import relations_of
from handlers.requests.blocks.details import details
from handlers.requests.blocks.figures import Period, figures_message
from handlers.requests.blocks.list import MOST_LISTED, Listed, home_blocks, list_message, queue_message
from handlers.requests.views import names_now, view_request, view_requests
from handlers.slack.blocks.builders import Block, Message
from handlers.slack.calls import DeferredCall
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes
from servicedesk.figures import closed, figures
from servicedesk.priority import ranked
from servicedesk.records import APPROVAL, ENDED, OPEN, TRIAGE, WORK, Request, State
from servicedesk.requests import check_seen
from servicedesk.satisfaction import summarise
from servicedesk.transitions import Relation, may_see
from storage.store import Transaction

SHOWN_AT_HOME = 5
ENDED_SHOWN = 5
MOST_OF_EACH = 8  # of four lists in one message
MOST_CONCERNING = 200
FIGURE_DAYS = 90

Answer = Callable[[Transaction, AppContext, Person], Message]


def register(routes: Routes) -> None:
    routes.defer_command("/pmo-requests", listed)


def listed(call: DeferredCall) -> None:
    """/pmo-requests: mine; a number: that one; for the PMO also triage, queue, open and figures."""
    place = call.place
    person, typed = call.ctx.people.get(place.user), call.command_text.casefold()
    answer = looked_up(typed, person)
    with call.transaction() as tx:
        send_reply(tx, place, answer(tx, call.ctx, person))


def home_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """What waits for the person, their requests and, for the PMO, what waits for it."""
    concerning = _concerning(tx, ctx, person)
    waiting = [one for one in concerning if _waits_for(one, person, ctx)]
    mine = [one for one in concerning if one.requester == person.id and one not in waiting]
    others = [one for one in concerning if one.requester != person.id and one not in waiting]
    lists = [
        _listed(tx, ctx, "Waiting for you", waiting),
        _listed(tx, ctx, "Your requests", mine, nothing="" if concerning else "You have none open."),
        _listed(tx, ctx, "You also have to do with", others),
    ]
    if person.is_pmo:
        lists.append(_listed(tx, ctx, "New, to be triaged", tx.requests.in_states({State.SUBMITTED})))
        lists.append(_listed(tx, ctx, "In the queue", _ranked(tx, ctx)))
    return home_blocks(person, lists)


def looked_up(typed: str, person: Person) -> Answer:
    """What the command, or a question, asks to see.

    Raises:
        NotAllowed, NotFound: it is for the PMO, or nothing that there is.
    """
    if found := re.fullmatch(r"(?:pmo-?)?\s*#?(\d{1,9})", typed.casefold()):
        return _one(int(found[1]))
    if not typed:
        return _mine
    if answer := _FOR_PMO.get(typed):
        if not person.is_pmo:
            raise NotAllowed("Only the PMO sees what waits for it. Type /pmo-requests for your own requests.")
        return answer
    more = " PMO staff also use triage, queue, open and figures." if person.is_pmo else ""
    raise NotFound(f"Type /pmo-requests for your own, or /pmo-requests PMO-12 for one of them.{more}")


def _one(number: int) -> Answer:
    def answer(tx: Transaction, ctx: AppContext, person: Person) -> Message:
        request = tx.requests.get(number)
        check_seen(request, person)
        return details(view_request(tx, ctx, request), tx.requests.log(number), person)

    return answer


def _mine(tx: Transaction, ctx: AppContext, person: Person) -> Message:
    concerning = _concerning(tx, ctx, person)
    mine = [one for one in concerning if one.requester == person.id]
    others = [one for one in concerning if one.requester != person.id]
    ended = tx.requests.of_requester(person.id, ENDED, ENDED_SHOWN)
    nothing = "None. Ask for a service with /pmo-request."
    lists = [
        _listed(tx, ctx, "Your open requests", mine, most=MOST_LISTED, nothing=nothing),
        _listed(tx, ctx, "You also have to do with", others, most=MOST_LISTED),
        _listed(tx, ctx, "Ended lately", ended, most=ENDED_SHOWN),
    ]
    return list_message(person, lists)


def _triage(tx: Transaction, ctx: AppContext, person: Person) -> Message:
    waiting = tx.requests.in_states(TRIAGE | APPROVAL)
    new = [one for one in waiting if one.state is State.SUBMITTED]
    others = [one for one in waiting if one.state is not State.SUBMITTED]
    lists = [
        _listed(tx, ctx, "New, to be triaged", new, most=MOST_LISTED, nothing="Nothing waits for triage."),
        _listed(tx, ctx, "Waiting for somebody else", others, most=MOST_LISTED),
    ]
    return list_message(person, lists)


def _queue(tx: Transaction, ctx: AppContext, _: Person) -> Message:
    names = names_now(tx)
    entries = ranked(tx.requests.in_states({State.QUEUED}), ctx.desk.catalogue)
    return queue_message(entries, ctx.desk, tx.now, names)


def _open(tx: Transaction, ctx: AppContext, person: Person) -> Message:
    states = {
        "Waiting for triage or approval": TRIAGE | APPROVAL,
        "In the queue": {State.QUEUED},
        "In work": WORK,
        "Delivered, to be accepted": {State.DELIVERED},
    }
    lists = [
        _listed(tx, ctx, title, tx.requests.in_states(which), most=MOST_OF_EACH, nothing="Nothing.")
        for title, which in states.items()
    ]
    return list_message(person, lists)


def _figures(tx: Transaction, ctx: AppContext, _: Person) -> Message:
    now, length = tx.now, timedelta(days=FIGURE_DAYS)
    return figures_message(
        FIGURE_DAYS,
        _period(tx, ctx, now - length, now),
        _period(tx, ctx, now - 2 * length, now - length),
        ctx.desk.calendar,
    )


def _period(tx: Transaction, ctx: AppContext, start: datetime, end: datetime) -> Period:
    logs = tx.requests.logs(end)
    found = figures(logs, start, end, ctx.desk.calendar, ctx.desk.catalogue)
    return found, summarise(closed(logs, start, end), tx.ratings.since(start, tx.now))


def _ranked(tx: Transaction, ctx: AppContext) -> list[Request]:
    return [one.request for one in ranked(tx.requests.in_states({State.QUEUED}), ctx.desk.catalogue)]


def _listed(
    tx: Transaction,
    ctx: AppContext,
    title: str,
    requests: Sequence[Request],
    *,
    most: int = SHOWN_AT_HOME,
    nothing: str = "",
) -> Listed:
    """The first of the requests, and how many there are beyond."""
    return Listed(title, view_requests(tx, ctx, requests[:most]), len(requests) - most, nothing)


def _concerning(tx: Transaction, ctx: AppContext, person: Person) -> list[Request]:
    """Open requests that the person has to do with, newest first."""
    found = tx.requests.concerning(person.id, OPEN, MOST_CONCERNING)
    return [one for one in found if may_see(one, person) and relations_of(one, person, ctx.people)]


def _waits_for(request: Request, person: Person, ctx: AppContext) -> bool:
    """Whether the next step is the person's."""
    return any((request.state, hat) in _NEXT for hat in relations_of(request, person, ctx.people))


_NEXT = {
    (State.NEEDS_INFO, Relation.REQUESTER),
    (State.CHANGES_REQUESTED, Relation.REQUESTER),
    (State.WAITING_REQUESTER, Relation.REQUESTER),
    (State.DELIVERED, Relation.REQUESTER),
    (State.PENDING_APPROVAL, Relation.APPROVER),
    (State.IN_PROGRESS, Relation.ASSIGNEE),
}
_FOR_PMO: Mapping[str, Answer] = {"triage": _triage, "queue": _queue, "open": _open, "figures": _figures}
