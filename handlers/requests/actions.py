"""What people do with a request: a button or a window for each verb, all of them ending in one transaction."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from foundation.errors import Invalid, Refused
from foundation.people import Person
from handlers.context import House
from handlers.requests.blocks.action_form import ACT, FIELDS, SCORED, act_modal
from handlers.requests.blocks.buttons import AT_ONCE, MENU, OPEN
from handlers.requests.blocks.details import window
from handlers.requests.blocks.form import RESUBMIT, Filling, changed_form
from handlers.requests.notifications import announce
from handlers.requests.views import check_named, names_now, sheet_of
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, message
from handlers.slack.payloads import Asked
from handlers.slack.replies import reply
from handlers.slack.routes import Body, Routes, Visit
from servicedesk.catalogue import Priority
from servicedesk.desk import Given
from servicedesk.records import Change, Request, Scores, State, Verb
from servicedesk.requests import apply, check_may, check_original, check_seen
from storage.engine.inbox import Arrival
from storage.store import Transaction


def register(routes: Routes) -> None:
    for verb in AT_ONCE:
        routes.action(f"request.{verb}", acted)
    for verb in (*(verb for verb in FIELDS if verb not in AT_ONCE), Verb.RESUBMIT):
        routes.action_now(f"request.{verb}", asked)
    routes.action_now("request.do.*", asked)
    routes.action_now(MENU, chosen)
    routes.action_now(OPEN, shown)
    routes.submission(ACT, filled, check)
    routes.submission(RESUBMIT, resubmitted, check_form)


def acted(arrival: Arrival, house: House) -> None:
    """A button of a card that needs no more words."""
    _do(arrival, house, int(payloads.action_value(arrival.payload)), _clicked(arrival.payload), {})


async def asked(visit: Visit) -> None:
    """A button that needs more."""
    await _ask(visit, int(payloads.action_value(visit.body)), _clicked(visit.body))


async def chosen(visit: Visit) -> None:
    """An entry of a card's menu."""
    number, _, verb = payloads.action_value(visit.body).partition(":")
    if verb == "open":
        await _show(visit, int(number))
    else:
        await _ask(visit, int(number), Verb(verb))


async def shown(visit: Visit) -> None:
    """Somebody wants to see all of a request, and all that they may do."""
    await _show(visit, int(payloads.action_value(visit.body)))


def check(body: Body, house: House) -> None:
    """The verb is tried on the request as it stands: what is refused is told in the open window."""
    number, verb = _carried(body)
    with house.store.reading(house.now()) as tx:
        _applied(tx, house, tx.requests.get(number), verb, _actor(body, house), _given(body, verb))


def filled(arrival: Arrival, house: House) -> None:
    """A verb with what it needs."""
    number, verb = _carried(arrival.payload)
    _do(arrival, house, number, verb, _given(arrival.payload, verb))


def check_form(body: Body, house: House) -> None:
    """The changed form is held to the catalogue like the first."""
    values, actor = payloads.submitted(body), _actor(body, house)
    with house.store.reading(house.now()) as tx:
        request = tx.requests.get(int(payloads.carried(body)))
        change = _applied(tx, house, request, Verb.RESUBMIT, actor, {"values": values})
        check_named(tx, actor, house.desk.catalogue.form(change.request.service), values)


def resubmitted(arrival: Arrival, house: House) -> None:
    """The changed form goes back to the approvers."""
    values = payloads.submitted(arrival.payload)
    _do(arrival, house, int(payloads.carried(arrival.payload)), Verb.RESUBMIT, {"values": values})


def wrote_under_card(arrival: Arrival, house: House, asked: Asked) -> bool:
    """Whether somebody wrote in the thread of their card of a request: that answers the question that is open to them,
    else it is a comment."""
    place = asked.place
    if not (place.is_direct and place.thread_ts and asked.text):
        return False
    with house.store.reading(house.now()) as tx:
        number = tx.requests.shown_in(place.user, place.thread_ts)
        request = tx.requests.get(number) if number else None
    if request is None:
        return False
    verb = _ANSWERS.get(request.state, Verb.COMMENT) if request.requester == place.user else Verb.COMMENT
    with house.store.finishing(arrival, house.now()) as tx:
        _save(tx, house, request.number, verb, house.people.get(place.user), {"comment": asked.text})
        reply(tx, place, message(_PASSED_ON[verb]))
    return True


async def _ask(visit: Visit, number: int, verb: Verb) -> None:
    """Open the window of the verb, if the person may do it now at all."""
    make = _changed_form if verb is Verb.RESUBMIT else _act_modal

    def find() -> Block:
        with visit.house.store.reading(visit.house.now()) as tx:
            request = tx.requests.get(number)
            check_may(request, verb, visit.person, visit.house.now(), visit.house.desk)
            return make(tx, visit.house, request, verb, visit.person)

    try:
        view = await visit.look(find)
    except Refused as refused:
        if not _open_window(visit):
            raise
        return await _show(visit, number, refused.message)
    return await _put(visit, view)


async def _show(visit: Visit, number: int, note: str = "") -> None:
    def find() -> Block:
        with visit.house.store.reading(visit.house.now()) as tx:
            request = tx.requests.get(number)
            check_seen(request, visit.person)
            return window(sheet_of(tx, visit.house, request), tx.requests.log(number), visit.person, note)

    await _put(visit, await visit.look(find))


async def _put(visit: Visit, view: Block) -> None:
    """In place of the window that is open, so that none is left behind with what was true before."""
    if open_window := _open_window(visit):
        await visit.client.views_update(view_id=open_window, view=view)
    else:
        await visit.open(view)


def _open_window(visit: Visit) -> str | None:
    """The id of the window in which the person clicked, if they did."""
    view = visit.body.get("view") or {}
    return str(view["id"]) if view.get("type") == "modal" else None


def _act_modal(tx: Transaction, house: House, request: Request, verb: Verb, person: Person) -> Block:
    others_too = person.is_pmo or person.id == request.requester
    return act_modal(sheet_of(tx, house, request), verb, others_too)


def _changed_form(tx: Transaction, house: House, request: Request, _: Verb, __: Person) -> Block:
    fields = house.desk.catalogue.form(request.service)
    return changed_form(request, fields, Filling(request.values, names_now(tx)))


def _do(arrival: Arrival, house: House, number: int, verb: Verb, given: Given) -> None:
    with house.store.finishing(arrival, house.now()) as tx:
        _save(tx, house, number, verb, _actor(arrival.payload, house), given)


def _save(tx: Transaction, house: House, number: int, verb: Verb, actor: Person, given: Given) -> None:
    before = tx.requests.get(number)
    change = _applied(tx, house, before, verb, actor, given)
    tx.requests.save(change)
    announce(tx, house, before, change)


def _applied(tx: Transaction, house: House, request: Request, verb: Verb, actor: Person, given: Given) -> Change:
    change = apply(request, verb, actor, house.now(), house.desk, **given)
    if verb is Verb.MARK_DUPLICATE:
        check_original(request, tx.requests.get(given["duplicate_of"]), house.people)
    return change


def _actor(body: Body, house: House) -> Person:
    return house.people.get(payloads.place(body).user)


def _clicked(body: Body) -> Verb:
    """The verb at the end of the action's id."""
    return Verb(str(payloads.action(body)["action_id"]).rpartition(".")[2])


def _carried(body: Body) -> tuple[int, Verb]:
    number, _, verb = payloads.carried(body).partition(":")
    return int(number), Verb(verb)


def _given(body: Body, verb: Verb) -> Given:
    """What was filled in, as the verb takes it.

    Raises:
        Invalid: it is no number where one is needed.
    """
    entered = {key: value for key, value in payloads.submitted(body).items() if value not in (None, "", [])}
    if verb is Verb.SCORE:
        return {"scores": Scores(**{name: int(entered.get(name, 0)) for name in SCORED})}
    if verb is Verb.UNWATCH or (verb is Verb.WATCH and "people" not in entered):
        entered["people"] = [payloads.place(body).user]
    given: Any = {key: _READ[key](value) if key in _READ else value for key, value in entered.items()}
    return given  # type: ignore[no-any-return]


def _number(text: str) -> int:
    found = re.fullmatch(r"\W*(?:pmo-?)?\s*(\d{1,9})", text.strip(), re.IGNORECASE)
    if not found:
        raise Invalid({"duplicate_of": "Write the number of the request that stays, as PMO-12."})
    return int(found[1])


_ANSWERS = {State.NEEDS_INFO: Verb.ANSWER, State.WAITING_REQUESTER: Verb.REPLY}
_PASSED_ON = {
    Verb.ANSWER: "Your answer is with the PMO, and the request is back in triage.",
    Verb.REPLY: "Your reply is with the person who has the request, and the work goes on.",
    Verb.COMMENT: "Everybody whom the request concerns sees your comment. To ask the handbook, begin with my name.",
}
_READ: dict[str, Callable[[Any], Any]] = {
    "review_on": date.fromisoformat,
    "duplicate_of": _number,
    "priority": Priority,
    "to": State,
}
