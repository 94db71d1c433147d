"""Requests: asking for a PMO service, and finding one's own requests again."""

import re
from collections.abc import Mapping
from typing import Any

from foundation.errors import NotFound
from foundation.people import Person
from handlers import lookups, payloads
from handlers.blocks.request_card import details, listing
from handlers.blocks.request_form import FORM, PICK, form, options, picker
from handlers.blocks.text import Block, message
from handlers.house import House
from handlers.replies import reply
from handlers.request_acts import announce_new
from handlers.routes import Body, Routes, Visit
from servicedesk.forms import validate
from servicedesk.priority import ranked
from servicedesk.records import ENDED, OPEN, Request, State, Verb
from servicedesk.requests import apply, draft
from servicedesk.transitions import may_see
from storage.inbox import Arrival
from storage.store import Transaction

SHOWN_AT_HOME = 5


def register(routes: Routes) -> None:
    routes.command_now("/pmo-request", commanded)
    routes.shortcut_now("request_service", begun)
    routes.action_now("request.begin", begun)
    routes.action_now("request.open.*", opened)
    routes.submission_now(PICK, picked)
    routes.submission(FORM, submitted, check)
    routes.options_now("request.project", projects)
    routes.options_now("request.objective", objectives)
    routes.command("/pmo-requests", listed)


async def commanded(visit: Visit) -> None:
    """/pmo-request [service]."""
    typed = payloads.plain(visit.body.get("text", ""))
    if not typed:
        return await begun(visit)
    return await _open_form(visit, _service_key(visit.house, typed), {})


async def begun(visit: Visit) -> None:
    """Somebody wants a service and has not said which."""
    await visit.open(picker(visit.house.desk.catalogue))


async def opened(visit: Visit) -> None:
    """A service was offered under an answer: what was asked is taken along."""
    question_id, given = payloads.question_behind(visit.body), {}
    if question_id:
        asked = await visit.look(lambda: _question(visit.house, question_id))
        given = {"detail": asked} if asked else {}
    await _open_form(visit, payloads.action_value(visit.body), given)


async def picked(visit: Visit) -> None:
    """The service was chosen in the first modal: its form takes the modal's place."""
    key = str(payloads.submitted(visit.body)["service"])
    catalogue = visit.house.desk.catalogue
    await visit.ack(response_action="update", view=form(catalogue.service(key), catalogue.form(key), {}))


def check(body: Body, house: House) -> None:
    """Every field is held to the catalogue; what is wrong stands under it."""
    key = payloads.carried(body)
    validate(house.desk.catalogue.form(key), payloads.submitted(body), house.desk.calendar.local_date(house.now()))


def submitted(arrival: Arrival, house: House) -> None:
    """A filled-in form becomes a numbered request, shown to its requester and in triage."""
    requester = house.people.get(payloads.place(arrival.payload).user)
    service, values = payloads.carried(arrival.payload), payloads.submitted(arrival.payload)
    now = house.now()
    with house.store.finishing(arrival, now) as tx:
        begun_ = draft(tx.requests.next_number(), arrival.key, service, requester, values, now, house.desk)
        sent = apply(begun_.request, Verb.SUBMIT, requester, now, house.desk)
        request = tx.requests.add([begun_, sent])
        announce_new(tx, house, request)


async def projects(visit: Visit) -> None:
    """The choices of the field “project”, by what was typed."""
    found = await visit.look(lambda: lookups.projects(visit.house, visit.person, visit.body.get("value", "")))
    await visit.ack(options=options(found))


async def objectives(visit: Visit) -> None:
    """The choices of the field “objective”, by what was typed."""
    found = await visit.look(lambda: lookups.objectives(visit.house, visit.person, visit.body.get("value", "")))
    await visit.ack(options=options(found))


def listed(arrival: Arrival, house: House) -> None:
    """/pmo-requests: mine; a number: that one; for the PMO also “triage” and “queue”."""
    place = payloads.place(arrival.payload)
    person, typed = house.people.get(place.user), payloads.plain(arrival.payload.get("text", "")).casefold()
    with house.store.finishing(arrival, house.now()) as tx:
        blocks = _asked_for(tx, house, person, typed)
        reply(tx, place, message(_as_text(blocks), blocks))


def home_section(tx: Transaction, house: House, person: Person) -> list[Block]:
    """My open requests and, for the PMO, what waits for it."""
    mine = tx.requests.of_requester(person.id, OPEN, SHOWN_AT_HOME)
    parts = listing("My requests", mine[:SHOWN_AT_HOME], house.desk, "None. Ask for a service with /pmo-request.")
    if person.is_pmo:
        waiting = tx.requests.in_states(frozenset({State.SUBMITTED, State.QUEUED}))[:SHOWN_AT_HOME]
        concerning = tx.requests.concerning(person.id, OPEN, 100)
        held = [request for request in concerning if request.assignee == person.id][:SHOWN_AT_HOME]
        parts += listing("Waiting for the PMO", waiting, house.desk, "Nothing.")
        parts += listing("Assigned to me", held, house.desk, "Nothing.")
    return parts


def _asked_for(tx: Transaction, house: House, person: Person, typed: str) -> list[Block]:
    if found := re.fullmatch(r"(?:pmo-?)?\s*#?(\d{1,9})", typed):
        request = _visible(tx, int(found[1]), person)
        return details(request, tx.requests.log(request.number), house.desk)
    if typed in ("triage", "queue") and person.is_pmo:
        return _waiting(tx, house, typed)
    if typed:
        extra = " PMO staff also use /pmo-requests triage and /pmo-requests queue." if person.is_pmo else ""
        raise NotFound(f"Use /pmo-requests for your own, or /pmo-requests PMO-12 for one of them.{extra}")
    open_ = tx.requests.of_requester(person.id, OPEN, 100)
    ended = tx.requests.of_requester(person.id, ENDED, 5)
    blocks = listing("Your open requests", open_, house.desk, "None. Ask for a service with /pmo-request.")
    return blocks + (listing("Ended", ended[:5], house.desk, "") if ended else [])


def _waiting(tx: Transaction, house: House, which: str) -> list[Block]:
    if which == "triage":
        states = frozenset({State.SUBMITTED, State.NEEDS_INFO, State.PENDING_APPROVAL})
        return listing("In triage", tx.requests.in_states(states), house.desk, "Nothing waits for triage.")
    queued = ranked(tx.requests.in_states(frozenset({State.QUEUED})), house.desk.catalogue)
    requests = [entry.request for entry in queued]
    return listing("The queue, first to be done on top", requests, house.desk, "The queue is empty.")


def _visible(tx: Transaction, number: int, person: Person) -> Request:
    request = tx.requests.get(number)
    concerned = person.is_pmo or person.id in (request.requester, request.assignee, *request.watchers)
    if not (may_see(request, person) and concerned):
        raise NotFound(f"There is no request PMO-{number} that you can see. Check its number.")
    return request


def _service_key(house: House, typed: str) -> str:
    """The service that was meant: its key, its name, or the beginning of one."""
    wanted = re.sub(r"[\s_]+", "-", typed.casefold())
    services = house.desk.catalogue.services
    for service in services:
        if wanted in (service.key, re.sub(r"\s+", "-", service.name.casefold())):
            return service.key
    begins = [service.key for service in services if service.key.startswith(wanted)]
    if len(begins) == 1:
        return begins[0]
    keys = ", ".join(service.key for service in services)
    raise NotFound(f"There is no service “{typed[:60]}”. Use /pmo-request alone to choose, or name one of: {keys}.")


async def _open_form(visit: Visit, key: str, given: Mapping[str, object]) -> None:
    catalogue = visit.house.desk.catalogue
    await visit.open(form(catalogue.service(key), catalogue.form(key), given))


def _question(house: House, question_id: str) -> str | None:
    with house.store.reading(house.now()) as tx:
        asked = tx.questions.get(question_id)
        return asked.text if asked else None


def _as_text(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(block["text"]["text"] for block in blocks if block.get("text"))
