"""Finding requests again: one's own, one by its number, what waits for the PMO, the PMO's figures, the App Home."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from foundation.errors import NotAllowed, NotFound
from foundation.people import Person
from handlers.context import House
from handlers.requests.blocks.card import hats
from handlers.requests.blocks.details import details
from handlers.requests.blocks.figures import Period, figures_message
from handlers.requests.blocks.list import MOST_LISTED, Listed, home_blocks, list_message, queue_message
from handlers.requests.views import names_now, sheet_of, sheets_of
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message
from handlers.slack.replies import reply
from handlers.slack.routes import Routes
from servicedesk.figures import closed, figures
from servicedesk.priority import ranked
from servicedesk.records import APPROVAL, ENDED, OPEN, TRIAGE, WORK, Request, State
from servicedesk.requests import check_seen
from servicedesk.satisfaction import summarise
from servicedesk.transitions import Who, may_see
from storage.engine.inbox import Arrival
from storage.store import Transaction

SHOWN_AT_HOME = 5
ENDED_SHOWN = 5
MOST_OF_EACH = 8  # of four lists in one message
MOST_CONCERNING = 200
FIGURE_DAYS = 90

Answer = Callable[[Transaction, House, Person], Message]


def register(routes: Routes) -> None:
    routes.command("/pmo-requests", listed)


def listed(arrival: Arrival, house: House) -> None:
    """/pmo-requests: mine; a number: that one; for the PMO also triage, queue, open and figures."""
    place = payloads.place(arrival.payload)
    person, typed = house.people.get(place.user), payloads.plain(arrival.payload.get("text", "")).casefold()
    answer = looked_up(typed, person)
    with house.store.finishing(arrival, house.now()) as tx:
        reply(tx, place, answer(tx, house, person))


def home_section(tx: Transaction, house: House, person: Person) -> list[Block]:
    """What waits for the person, their requests and, for the PMO, what waits for it."""
    concerning = _concerning(tx, house, person)
    waiting = [one for one in concerning if _waits_for(one, person, house)]
    mine = [one for one in concerning if one.requester == person.id and one not in waiting]
    others = [one for one in concerning if one.requester != person.id and one not in waiting]
    lists = [
        _listed(tx, house, "Waiting for you", waiting),
        _listed(tx, house, "Your requests", mine, nothing="" if concerning else "You have none open."),
        _listed(tx, house, "You also have to do with", others),
    ]
    if person.is_pmo:
        lists.append(_listed(tx, house, "New, to be triaged", tx.requests.in_states({State.SUBMITTED})))
        lists.append(_listed(tx, house, "In the queue", _ranked(tx, house)))
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
    def answer(tx: Transaction, house: House, person: Person) -> Message:
        request = tx.requests.get(number)
        check_seen(request, person)
        return details(sheet_of(tx, house, request), tx.requests.log(number), person)

    return answer


def _mine(tx: Transaction, house: House, person: Person) -> Message:
    concerning = _concerning(tx, house, person)
    mine = [one for one in concerning if one.requester == person.id]
    others = [one for one in concerning if one.requester != person.id]
    ended = tx.requests.of_requester(person.id, ENDED, ENDED_SHOWN)
    nothing = "None. Ask for a service with /pmo-request."
    lists = [
        _listed(tx, house, "Your open requests", mine, most=MOST_LISTED, nothing=nothing),
        _listed(tx, house, "You also have to do with", others, most=MOST_LISTED),
        _listed(tx, house, "Ended lately", ended, most=ENDED_SHOWN),
    ]
    return list_message(person, lists)


def _triage(tx: Transaction, house: House, person: Person) -> Message:
    waiting = tx.requests.in_states(TRIAGE | APPROVAL)
    new = [one for one in waiting if one.state is State.SUBMITTED]
    others = [one for one in waiting if one.state is not State.SUBMITTED]
    lists = [
        _listed(tx, house, "New, to be triaged", new, most=MOST_LISTED, nothing="Nothing waits for triage."),
        _listed(tx, house, "Waiting for somebody else", others, most=MOST_LISTED),
    ]
    return list_message(person, lists)


def _queue(tx: Transaction, house: House, _: Person) -> Message:
    names = names_now(tx)
    entries = ranked(tx.requests.in_states({State.QUEUED}), house.desk.catalogue)
    return queue_message(entries, house.desk, house.now(), names)


def _open(tx: Transaction, house: House, person: Person) -> Message:
    states = {
        "Waiting for triage or approval": TRIAGE | APPROVAL,
        "In the queue": {State.QUEUED},
        "In work": WORK,
        "Delivered, to be accepted": {State.DELIVERED},
    }
    lists = [
        _listed(tx, house, title, tx.requests.in_states(which), most=MOST_OF_EACH, nothing="Nothing.")
        for title, which in states.items()
    ]
    return list_message(person, lists)


def _figures(tx: Transaction, house: House, _: Person) -> Message:
    now, length = house.now(), timedelta(days=FIGURE_DAYS)
    return figures_message(
        FIGURE_DAYS,
        _period(tx, house, now - length, now),
        _period(tx, house, now - 2 * length, now - length),
        house.desk.calendar,
    )


def _period(tx: Transaction, house: House, start: datetime, end: datetime) -> Period:
    logs = tx.requests.logs(end)
    found = figures(logs, start, end, house.desk.calendar, house.desk.catalogue)
    return found, summarise(closed(logs, start, end), tx.ratings.since(start, house.now()))


def _ranked(tx: Transaction, house: House) -> list[Request]:
    return [one.request for one in ranked(tx.requests.in_states({State.QUEUED}), house.desk.catalogue)]


def _listed(
    tx: Transaction,
    house: House,
    title: str,
    requests: Sequence[Request],
    *,
    most: int = SHOWN_AT_HOME,
    nothing: str = "",
) -> Listed:
    """The first of the requests, and how many there are beyond."""
    return Listed(title, sheets_of(tx, house, requests[:most]), len(requests) - most, nothing)


def _concerning(tx: Transaction, house: House, person: Person) -> list[Request]:
    """Open requests that the person has to do with, newest first."""
    found = tx.requests.concerning(person.id, OPEN, MOST_CONCERNING)
    return [one for one in found if may_see(one, person) and hats(one, person, house.people)]


def _waits_for(request: Request, person: Person, house: House) -> bool:
    """Whether the next step is the person's."""
    return any((request.state, hat) in _NEXT for hat in hats(request, person, house.people))


_NEXT = {
    (State.NEEDS_INFO, Who.REQUESTER),
    (State.CHANGES_REQUESTED, Who.REQUESTER),
    (State.WAITING_REQUESTER, Who.REQUESTER),
    (State.DELIVERED, Who.REQUESTER),
    (State.PENDING_APPROVAL, Who.APPROVER),
    (State.IN_PROGRESS, Who.ASSIGNEE),
}
_FOR_PMO: Mapping[str, Answer] = {"triage": _triage, "queue": _queue, "open": _open, "figures": _figures}
