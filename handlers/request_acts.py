"""What people do with a request: a button or a modal for each verb, and what everybody concerned sees of it."""

from datetime import date
from typing import Any

from handlers import payloads
from handlers.blocks.request_act import AT_ONCE, WITH_MODAL, act_modal
from handlers.blocks.request_card import PMO_SIDE, REQUESTER_SIDE, card, satisfaction, step
from handlers.blocks.request_form import form
from handlers.blocks.text import message
from handlers.home import refresh_homes
from handlers.house import House
from handlers.replies import reply
from handlers.routes import Body, Routes, Visit
from servicedesk.catalogue import Priority
from servicedesk.decisions import approvers
from servicedesk.desk import Given
from servicedesk.forms import validate
from servicedesk.records import Change, LogEntry, Request, Scores, State, Verb
from servicedesk.requests import apply
from servicedesk.satisfaction import rate
from storage.inbox import Arrival
from storage.store import Transaction

TRIAGE = "triage"


def register(routes: Routes) -> None:
    for verb in AT_ONCE:
        routes.action(f"request.{verb}", acted)
    for verb in WITH_MODAL:
        routes.action_now(f"request.{verb}", asked)
    routes.action_now(f"request.{Verb.RESUBMIT}", reopened_form)
    routes.submission("request.act", filled, check)
    routes.submission("request.resubmit", resubmitted, check_form)
    routes.action("request.rate.*", rated)


def acted(arrival: Arrival, house: House) -> None:
    """A button that needs no more words."""
    verb = Verb(payloads.action(arrival.payload)["action_id"].partition(".")[2])
    _do(arrival, house, int(payloads.action_value(arrival.payload)), verb, {})


async def asked(visit: Visit) -> None:
    """A button that needs more: its modal, if the person may do it now at all."""
    verb = Verb(payloads.action(visit.body)["action_id"].partition(".")[2])
    house = visit.house
    request = await visit.look(lambda: _request(house, int(payloads.action_value(visit.body))))
    await visit.open(act_modal(request, verb, house.desk.catalogue, house.people))


def check(body: Body, house: House) -> None:
    """The verb is tried on the request as it stands: what is refused is told in the open modal."""
    number, verb = _carried(body)
    request = _request(house, number)
    apply(request, verb, house.people.get(payloads.place(body).user), house.now(), house.desk, **_given(body, verb))


def filled(arrival: Arrival, house: House) -> None:
    """A verb with what it needs."""
    number, verb = _carried(arrival.payload)
    _do(arrival, house, number, verb, _given(arrival.payload, verb))


async def reopened_form(visit: Visit) -> None:
    """Changes were asked for: the form again, as it was filled in."""
    request = await visit.look(lambda: _request(visit.house, int(payloads.action_value(visit.body))))
    catalogue = visit.house.desk.catalogue
    view = form(
        catalogue.service(request.service),
        catalogue.form(request.service),
        request.values,
        callback_id="request.resubmit",
        carries=str(request.number),
        submit="Submit again",
    )
    await visit.open(view)


def check_form(body: Body, house: House) -> None:
    request = _request(house, int(payloads.carried(body)))
    fields = house.desk.catalogue.form(request.service)
    validate(fields, payloads.submitted(body), house.desk.calendar.local_date(house.now()))


def resubmitted(arrival: Arrival, house: House) -> None:
    """The changed form goes back to the approvers."""
    values = payloads.submitted(arrival.payload)
    _do(arrival, house, int(payloads.carried(arrival.payload)), Verb.RESUBMIT, {"values": values})


def rated(arrival: Arrival, house: House) -> None:
    """The requester says how satisfied they are."""
    number, _, score = payloads.action_value(arrival.payload).partition(":")
    place = payloads.place(arrival.payload)
    with house.store.finishing(arrival, house.now()) as tx:
        request = tx.requests.get(int(number))
        tx.ratings.put(rate(request, house.people.get(place.user), int(score), None, house.now()))
        reply(tx, place, message(f"Thank you. You gave {'★' * int(score)} for {request.reference}."))


def announce_new(tx: Transaction, house: House, request: Request) -> None:
    """A new request appears in triage, to its requester and to its watchers."""
    _show(tx, house, request, TRIAGE, house.channels.triage)
    for person in _followers(request):
        _show(tx, house, request, person, person)
    refresh_homes(tx, house, _concerned(house, request))


def announce(tx: Transaction, house: House, change: Change) -> None:
    """Everybody's card shows the request as it is now; what happened stands in the thread under it."""
    request, entry = change.request, change.entry
    if entry is None:
        return
    for person in _followers(request):
        if tx.requests.card(request.number, person) is None:
            _show(tx, house, request, person, person)
    for place, delivery in tx.requests.cards(request.number).items():
        tx.outbox.edit(delivery, card(request, house.desk, _side(request, place)))
        _tell(tx, house, place, delivery, request, entry)
    if request.state is State.CLOSED:
        tx.outbox.post(request.requester, satisfaction(request), key=f"satisfaction:{request.number}:{request.version}")
    refresh_homes(tx, house, _concerned(house, request))


def _do(arrival: Arrival, house: House, number: int, verb: Verb, given: Given) -> None:
    actor = house.people.get(payloads.place(arrival.payload).user)
    now = house.now()
    with house.store.finishing(arrival, now) as tx:
        change = apply(tx.requests.get(number), verb, actor, now, house.desk, **given)
        tx.requests.save(change)
        announce(tx, house, change)


def _tell(tx: Transaction, house: House, place: str, delivery: str, request: Request, entry: LogEntry) -> None:
    if place != entry.actor:
        to = house.channels.triage if place == TRIAGE else place
        tx.outbox.post(to, step(request, entry), follows=delivery)


def _show(tx: Transaction, house: House, request: Request, place: str, to: str) -> None:
    delivery = tx.outbox.post(to, card(request, house.desk, _side(request, place)))
    tx.requests.remember_card(request.number, place, delivery)


def _side(request: Request, place: str) -> frozenset[Any]:
    if place == TRIAGE:
        return PMO_SIDE
    return REQUESTER_SIDE if place == request.requester else PMO_SIDE if place == request.assignee else frozenset()


def _followers(request: Request) -> list[str]:
    """Who has a card in their direct messages."""
    assigned = [request.assignee] if request.assignee else []
    return list(dict.fromkeys([request.requester, *request.watchers, *assigned]))


def _concerned(house: House, request: Request) -> list[str]:
    pmo = [person.id for person in house.people if person.is_pmo]
    return [*_followers(request), *pmo, *(person.id for person in approvers(request, house.people))]


def _request(house: House, number: int) -> Request:
    with house.store.reading(house.now()) as tx:
        return tx.requests.get(number)


def _carried(body: Body) -> tuple[int, Verb]:
    number, _, verb = payloads.carried(body).partition(":")
    return int(number), Verb(verb)


def _given(body: Body, verb: Verb) -> Given:
    entered = payloads.submitted(body)
    given: dict[str, Any] = {key: value for key, value in entered.items() if value not in (None, "")}
    if "review_on" in given:
        given["review_on"] = date.fromisoformat(given["review_on"])
    if "duplicate_of" in given:
        given["duplicate_of"] = int(given["duplicate_of"])
    if "priority" in given:
        given["priority"] = Priority(given["priority"])
    if verb is Verb.SCORE:
        return {"scores": Scores(**{name: int(given[name]) for name in ("impact", "urgency", "risk", "size")})}
    return given  # type: ignore[return-value]
