"""The strategy: /pmo-strategy shows it, as far as the person may know it."""

from datetime import date

from foundation.errors import InvalidInput, NotFound
from foundation.people import Person, Role
from handlers.context import AppContext
from handlers.home.home import refresh_homes
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message, escape
from handlers.slack.calls import BlockingCall, DeferredCall, HandlerCall, ImmediateCall
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes
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
from reporting.exceptions import ExceptionItem, ExceptionKind
from reporting.lines import metric_line
from reporting.mine import attention, mine
from reporting.sections import portfolio_lines
from reporting.strategy_view import strategy_view
from storage.store import Transaction
from strategy.measurements import measure
from strategy.records import Measurement, Metric, Subject, SubjectKind
from strategy.search import every_subject, matching
from strategy.status import metric_status
from strategy.visibility import visible


def register(routes: Routes) -> None:
    routes.defer_command("/pmo-strategy", show_strategy)
    routes.handle_action("strategy.open", open_subject)
    routes.handle_action("strategy.pick", open_subject)
    routes.handle_options("strategy.pick", offer_subjects)
    routes.handle_action("strategy.show", open_strategy)
    routes.handle_action("strategy.measure", open_measurement_form)
    routes.defer_submission("strategy.measure", record_measurement, check_measurement)


def show_strategy(call: DeferredCall) -> None:
    """/pmo-strategy; with a name or a part of it, one objective or project; “digest” for a preview."""
    place = call.place
    person, typed = call.ctx.people.get(place.user), call.command_text
    with call.transaction() as tx:
        first, _, rest = typed.partition(" ")
        if first.casefold() == "digest":
            send_reply(tx, place, preview(tx, call.ctx, person, rest.strip()))
        else:
            send_reply(tx, place, _asked_for(tx, call.ctx, person, typed))


async def open_subject(call: ImmediateCall) -> None:
    """A button or a choice: one objective or project in a window."""
    subject = subject_of(call.value)

    found = await call.read(lambda tx: _details(tx, call.ctx, call.person, subject))
    await call.open_modal(details_modal(found))


async def offer_subjects(call: ImmediateCall) -> None:
    """What fits what was typed in the search field."""
    typed = payloads.read_typed_option(call.payload)
    await call.ack(options=options(await call.read(lambda tx: _matches(tx, call.person, typed))))


async def open_strategy(call: ImmediateCall) -> None:
    """The whole strategy in a window."""
    await call.open_modal(overview_modal(await call.read(lambda tx: _everything(tx, call.ctx, call.person))))


async def open_measurement_form(call: ImmediateCall) -> None:
    """Somebody wants to record a value of one of the measures."""
    subject = subject_of(call.value)

    details = await call.read(lambda tx: _details(tx, call.ctx, call.person, subject))
    await call.open_modal(measure_modal(details.measures, call.ctx.now().date()))


def check_measurement(call: BlockingCall) -> None:
    """What is wrong with the value or its day stands under it."""
    call.read(lambda tx: _measurement(tx, call))


def record_measurement(call: DeferredCall) -> None:
    """The value is kept; who recorded it gets a word, and what depends on it is shown anew."""
    with call.transaction() as tx:
        found = _measurement(tx, call)
        tx.strategy.record(found, tx.now)
        metric = strategy_now(tx).metric(found.metric)
        tx.outbox.post(found.author, measured_message(metric, found))
        refresh_homes(tx, call.ctx, [found.author, metric.owner])


def _matches(tx: Transaction, person: Person, typed: str) -> list[tuple[Subject, str]]:
    seen = visible(strategy_now(tx), person)
    titles = dict(every_subject(seen))
    return [(subject, titles[subject]) for subject in matching(seen, typed)]


def details_now(tx: Transaction, ctx: AppContext, person: Person, subject: Subject) -> Message:
    """One objective or project as it stands, as far as the person may know it."""
    return details_message(_details(tx, ctx, person, subject))


def in_state_now(tx: Transaction, ctx: AppContext, person: Person, kind: SubjectKind, state: State) -> Message:
    """All objectives or projects in a state, as far as the person may know them."""
    strategy = strategy_now(tx)
    told = updates_now(tx, strategy)
    found = in_state(strategy, person, kind, state, now=tx.now, updates=told, people=ctx.people)
    return in_state_message(kind, state, found)


def measure_now(tx: Transaction, ctx: AppContext, person: Person, metric: Metric) -> Message:
    """A measure that the person may see."""
    status = metric_status(visible(strategy_now(tx), person), metric, tx.now.date())
    return measure_message(metric_line(status, ctx.people), metric.objective)


def home_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """What the person reports on, and what needs the attention of those above."""
    strategy = tx.strategy.current()
    if strategy is None:
        return []
    updates, now, away = updates_now(tx, strategy), tx.now, ctx.absences
    own = mine(strategy, person, now=now, updates=updates, absences=away)
    concerns: tuple[ExceptionItem, ...] = ()
    if person.has_role(Role.LEADER, Role.PMO_LEAD):
        concerns = attention(strategy, person, now=now, updates=updates, absences=away, people=ctx.people)
    asked_first = sorted(concerns, key=lambda one: one.kind is not ExceptionKind.UNANSWERED)
    return strategy_section(own, [one.text for one in asked_first])


def _asked_for(tx: Transaction, ctx: AppContext, person: Person, typed: str) -> Message:
    if not typed:
        return overview_message(_everything(tx, ctx, person))
    seen = visible(strategy_now(tx), person)
    found = matching(seen, typed)
    if not found:
        words = escape(typed[:60])
        raise NotFound(f"No objective or project that you can see fits “{words}”. `/pmo-strategy` alone shows all.")
    if len(found) > 1:
        return found_message(typed, [(subject, title_of(seen, subject)) for subject in found])
    return details_now(tx, ctx, person, found[0])


def _everything(tx: Transaction, ctx: AppContext, person: Person) -> Overview:
    strategy = strategy_now(tx)
    view = strategy_view(
        strategy,
        person,
        now=tx.now,
        updates=updates_now(tx, strategy),
        absences=ctx.absences,
        people=ctx.people,
    )
    lines = portfolio_lines(view.portfolio, {}) if view.portfolio else []
    return Overview(view, lines, progress_chart([branch.status for branch in view.every()]))


def _details(tx: Transaction, ctx: AppContext, person: Person, subject: Subject) -> Details:
    strategy = strategy_now(tx)
    return details_of(
        strategy,
        person,
        subject,
        now=tx.now,
        updates=updates_now(tx, strategy),
        absences=ctx.absences,
        people=ctx.people,
    )


def _measurement(tx: Transaction, call: HandlerCall) -> Measurement:
    entered, person = call.submitted, call.person
    if not entered.get("on"):
        raise InvalidInput({"on": "Choose the day on which it was measured."})
    return measure(
        visible(strategy_now(tx), person),
        person,
        str(entered.get("metric") or ""),
        on=date.fromisoformat(str(entered["on"])),
        value=str(entered.get("value") or ""),
        now=tx.now,
    )
