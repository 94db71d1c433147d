"""The strategy: /pmo-strategy shows it, as far as the person may know it."""

from datetime import date

from foundation.errors import Invalid, NotFound
from foundation.people import Person, Role
from handlers.context import House
from handlers.home.home import refresh_homes
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message, escape
from handlers.slack.replies import reply
from handlers.slack.routes import Body, Routes, Visit
from handlers.strategy.blocks.measurement import measure_modal, measured_message
from handlers.strategy.blocks.tree import (
    Overview,
    details_message,
    details_modal,
    found_message,
    in_state_message,
    measure_message,
    options,
    overview_message,
    overview_modal,
    strategy_section,
    subject_of,
)
from handlers.strategy.digests import preview
from handlers.strategy.lookups import strategy_now, title_of, updates_now
from reporting.by_status import State, in_state
from reporting.charts import progress_chart
from reporting.details import Details, details_of
from reporting.exceptions import Concern, ConcernKind
from reporting.lines import metric_line
from reporting.mine import attention, mine
from reporting.sections import portfolio_lines
from reporting.strategy_view import strategy_view
from storage.engine.inbox import Arrival
from storage.store import Transaction
from strategy.measurements import measure
from strategy.records import Measurement, Metric, Subject, SubjectKind
from strategy.search import every_subject, matching
from strategy.status import metric_status
from strategy.visibility import visible


def register(routes: Routes) -> None:
    routes.command("/pmo-strategy", commanded)
    routes.action_now("strategy.open", opened)
    routes.action_now("strategy.pick", opened)
    routes.options_now("strategy.pick", offered)
    routes.action_now("strategy.show", shown)
    routes.action_now("strategy.measure", measuring)
    routes.submission("strategy.measure", measured, check_measure)


def commanded(arrival: Arrival, house: House) -> None:
    """/pmo-strategy; with a name or a part of it, one objective or project; “digest” for a preview."""
    place = payloads.place(arrival.payload)
    person, typed = house.people.get(place.user), payloads.plain(arrival.payload.get("text", ""))
    with house.store.finishing(arrival, house.now()) as tx:
        first, _, rest = typed.partition(" ")
        if first.casefold() == "digest":
            reply(tx, place, preview(tx, house, person, rest.strip()))
        else:
            reply(tx, place, _asked_for(tx, house, person, typed))


async def opened(visit: Visit) -> None:
    """A button or a choice: one objective or project in a window."""
    subject = subject_of(payloads.action_value(visit.body))

    def find() -> Details:
        with visit.house.store.reading(visit.house.now()) as tx:
            return _details(tx, visit.house, visit.person, subject)

    await visit.open(details_modal(await visit.look(find)))


async def offered(visit: Visit) -> None:
    """What fits what was typed in the search field."""
    typed = str(visit.body.get("value") or "")

    def find() -> list[tuple[Subject, str]]:
        with visit.house.store.reading(visit.house.now()) as tx:
            seen = visible(strategy_now(tx), visit.person)
            titles = dict(every_subject(seen))
            return [(subject, titles[subject]) for subject in matching(seen, typed)]

    await visit.ack(options=options(await visit.look(find)))


async def shown(visit: Visit) -> None:
    """The whole strategy in a window."""

    def find() -> Overview:
        with visit.house.store.reading(visit.house.now()) as tx:
            return _everything(tx, visit.house, visit.person)

    await visit.open(overview_modal(await visit.look(find)))


async def measuring(visit: Visit) -> None:
    """Somebody wants to record a value of one of the measures."""
    subject = subject_of(payloads.action_value(visit.body))

    def find() -> Details:
        with visit.house.store.reading(visit.house.now()) as tx:
            return _details(tx, visit.house, visit.person, subject)

    details = await visit.look(find)
    await visit.open(measure_modal(details.measures, visit.house.now().date()))


def check_measure(body: Body, house: House) -> None:
    """What is wrong with the value or its day stands under it."""
    with house.store.reading(house.now()) as tx:
        _measurement(tx, house, body)


def measured(arrival: Arrival, house: House) -> None:
    """The value is kept; who recorded it gets a word, and what depends on it is shown anew."""
    with house.store.finishing(arrival, house.now()) as tx:
        found = _measurement(tx, house, arrival.payload)
        tx.strategy.record(found, house.now())
        metric = strategy_now(tx).metric(found.metric)
        tx.outbox.post(found.author, measured_message(metric, found))
        refresh_homes(tx, house, [found.author, metric.owner])


def details_now(tx: Transaction, house: House, person: Person, subject: Subject) -> Message:
    """One objective or project as it stands, as far as the person may know it."""
    return details_message(_details(tx, house, person, subject))


def in_state_now(tx: Transaction, house: House, person: Person, kind: SubjectKind, state: State) -> Message:
    """All objectives or projects in a state, as far as the person may know them."""
    strategy = strategy_now(tx)
    told = updates_now(tx, strategy)
    found = in_state(strategy, person, kind, state, now=house.now(), updates=told, people=house.people)
    return in_state_message(kind, state, found)


def measure_now(tx: Transaction, house: House, person: Person, metric: Metric) -> Message:
    """A measure that the person may see."""
    status = metric_status(visible(strategy_now(tx), person), metric, house.now().date())
    return measure_message(metric_line(status, house.people), metric.objective)


def home_section(tx: Transaction, house: House, person: Person) -> list[Block]:
    """What the person reports on, and what needs the attention of those above."""
    strategy = tx.strategy.current()
    if strategy is None:
        return []
    updates, now, away = updates_now(tx, strategy), house.now(), house.absences
    own = mine(strategy, person, now=now, updates=updates, absences=away)
    concerns: tuple[Concern, ...] = ()
    if person.holds(Role.LEADER, Role.PMO_LEAD):
        concerns = attention(strategy, person, now=now, updates=updates, absences=away, people=house.people)
    asked_first = sorted(concerns, key=lambda one: one.kind is not ConcernKind.UNANSWERED)
    return strategy_section(own, [one.text for one in asked_first])


def _asked_for(tx: Transaction, house: House, person: Person, typed: str) -> Message:
    if not typed:
        return overview_message(_everything(tx, house, person))
    seen = visible(strategy_now(tx), person)
    found = matching(seen, typed)
    if not found:
        words = escape(typed[:60])
        raise NotFound(f"No objective or project that you can see fits “{words}”. `/pmo-strategy` alone shows all.")
    if len(found) > 1:
        return found_message(typed, [(subject, title_of(seen, subject)) for subject in found])
    return details_now(tx, house, person, found[0])


def _everything(tx: Transaction, house: House, person: Person) -> Overview:
    strategy = strategy_now(tx)
    view = strategy_view(
        strategy,
        person,
        now=house.now(),
        updates=updates_now(tx, strategy),
        absences=house.absences,
        people=house.people,
    )
    lines = portfolio_lines(view.portfolio, {}) if view.portfolio else []
    return Overview(view, lines, progress_chart([branch.status for branch in view.every()]))


def _details(tx: Transaction, house: House, person: Person, subject: Subject) -> Details:
    strategy = strategy_now(tx)
    return details_of(
        strategy,
        person,
        subject,
        now=house.now(),
        updates=updates_now(tx, strategy),
        absences=house.absences,
        people=house.people,
    )


def _measurement(tx: Transaction, house: House, body: Body) -> Measurement:
    entered, person = payloads.submitted(body), house.people.get(payloads.place(body).user)
    if not entered.get("on"):
        raise Invalid({"on": "Choose the day on which it was measured."})
    return measure(
        visible(strategy_now(tx), person),
        person,
        str(entered.get("metric") or ""),
        on=date.fromisoformat(str(entered["on"])),
        value=str(entered.get("value") or ""),
        now=house.now(),
    )
