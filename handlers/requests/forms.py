"""Requests: asking for a PMO service, from the first click to a numbered request."""

import re

from foundation.errors import Invalid, NotFound
from handlers.context import House
from handlers.requests.blocks.form import CHOOSE, FORM, Filling, form, options, picker
from handlers.requests.notifications import announce_new
from handlers.requests.views import check_named
from handlers.slack import payloads
from handlers.slack.routes import Body, Routes, Visit
from handlers.strategy import lookups
from servicedesk.catalogue import Service
from servicedesk.forms import LONG_TEXT_LENGTH, validate
from servicedesk.records import Verb
from servicedesk.requests import apply, draft
from storage.engine.inbox import Arrival


def register(routes: Routes) -> None:
    routes.command_now("/pmo-request", commanded)
    routes.shortcut_now("request_service", begun)
    routes.action_now("request.begin", begun)
    routes.action_now(f"{CHOOSE}.*", chosen)
    routes.submission(FORM, submitted, check)
    routes.options_now("request.project", projects)
    routes.options_now("request.objective", objectives)


async def commanded(visit: Visit) -> None:
    """/pmo-request [service]."""
    typed = payloads.plain(visit.body.get("text", ""))
    if typed:
        await _open_form(visit, service_key(visit.house, typed), Filling())
    else:
        await begun(visit)


async def begun(visit: Visit) -> None:
    """Somebody wants a service and has not said which."""
    await visit.open(picker(visit.house.desk.catalogue))


async def chosen(visit: Visit) -> None:
    """A service was chosen in the first window, or under an answer: then what was asked is taken along."""
    question_id, filling = payloads.question_behind(visit.body), Filling()
    if question_id:
        asked = await visit.look(lambda: _question(visit.house, question_id))
        filling = Filling({"detail": asked[:LONG_TEXT_LENGTH]} if asked else {})
    await _open_form(visit, payloads.action_value(visit.body), filling)


def check(body: Body, house: House) -> None:
    """Every field is held to the catalogue and to the strategy; what is wrong stands under it."""
    fields, values = house.desk.catalogue.form(payloads.carried(body)), payloads.submitted(body)
    wrong: dict[str, str] = {}
    with house.store.reading(house.now()) as tx:
        try:
            check_named(tx, house.people.get(payloads.place(body).user), fields, values)
        except Invalid as invalid:
            wrong = invalid.fields
    try:
        validate(fields, values, house.desk.calendar.local_date(house.now()))
    except Invalid as invalid:
        wrong |= invalid.fields
    if wrong:
        raise Invalid(wrong)


def submitted(arrival: Arrival, house: House) -> None:
    """A filled-in form becomes a numbered request, shown to its requester, its watchers and in triage."""
    requester = house.people.get(payloads.place(arrival.payload).user)
    service, values = payloads.carried(arrival.payload), payloads.submitted(arrival.payload)
    now = house.now()
    with house.store.finishing(arrival, now) as tx:
        begun_ = draft(tx.requests.next_number(), arrival.key, service, requester, values, now, house.desk)
        sent = apply(begun_.request, Verb.SUBMIT, requester, now, house.desk)
        announce_new(tx, house, tx.requests.add([begun_, sent]))


async def projects(visit: Visit) -> None:
    """The choices of the field “project”, by what was typed."""
    found = await visit.look(lambda: lookups.projects(visit.house, visit.person, visit.body.get("value", "")))
    await visit.ack(options=options(found))


async def objectives(visit: Visit) -> None:
    """The choices of the field “objective”, by what was typed."""
    found = await visit.look(lambda: lookups.objectives(visit.house, visit.person, visit.body.get("value", "")))
    await visit.ack(options=options(found))


def service_key(house: House, typed: str) -> str:
    """The service that was meant: its key, its name, or words of either, or else of what it offers, that only one has.

    Raises:
        NotFound: naming those that there are.
    """
    services = house.desk.catalogue.services
    wanted = _words(typed)
    names = {service.key: (_words(service.key), _words(service.name)) for service in services}
    if exact := [key for key, known in names.items() if wanted in known]:
        return exact[0]
    close = [key for key, known in names.items() if any(set(wanted) <= set(name) for name in known)]
    close = close or [service.key for service in services if set(wanted) <= set(_words(_offer(service)))]
    if len(close) == 1:
        return close[0]
    keys = ", ".join(close or names)
    why = "could be several services" if close else "is no service of the PMO"
    raise NotFound(f"“{typed[:60]}” {why}. Use /pmo-request alone to choose, or name one of: {keys}.")


def _offer(service: Service) -> str:
    choices = [words for one in service.fields for option in one.options.items() for words in option]
    return " ".join([service.line, service.deliverable, *choices])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


async def _open_form(visit: Visit, key: str, filling: Filling) -> None:
    """In place of the window in which the service was chosen, so that none is left behind when the form is sent."""
    catalogue = visit.house.desk.catalogue
    made = form(catalogue.service(key), catalogue.form(key), filling)
    view = visit.body.get("view") or {}
    if view.get("type") == "modal":
        await visit.client.views_update(view_id=view["id"], view=made)
    else:
        await visit.open(made)


def _question(house: House, question_id: str) -> str | None:
    with house.store.reading(house.now()) as tx:
        asked = tx.questions.get(question_id)
        return asked.text if asked else None
