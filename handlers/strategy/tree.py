"""The strategy: /pmo-strategy shows it, cut to what the person may see."""

from datetime import date

from foundation.access import Access
from foundation.errors import InvalidInput, NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message, escape
from handlers.slack.calls import BlockingCall, DeferredCall, HandlerCall, ImmediateCall
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes
from handlers.strategy.blocks.measurement import build_measurement_message, build_measurement_modal
from handlers.strategy.blocks.tree import (
    Overview,
    build_details_message,
    build_details_modal,
    build_matches_message,
    build_overview_message,
    build_overview_modal,
    build_strategy_section,
    build_subject_options,
    decode_subject,
)
from handlers.strategy.digests import preview_digest
from handlers.strategy.lookups import get_subject_title, load_strategy, load_updates
from reporting.charts import build_progress_chart
from reporting.details import SubjectDetails, build_details
from reporting.exceptions import ExceptionItem, ExceptionKind, list_texts
from reporting.own_subjects import build_own_subjects, find_exceptions_for
from reporting.sections import build_portfolio_lines
from reporting.strategy_view import build_strategy_view
from storage.store import Transaction
from strategy.measurements import take_measurement
from strategy.permissions import can_see_exceptions
from strategy.records import Measurement, Subject
from strategy.search import find_matching_subjects
from strategy.visibility import filter_visible


def register(routes: Routes) -> None:
    routes.defer_command("/pmo-strategy", show_strategy, needs=Access.EVERYTHING, heavy=asks_for_digest)
    routes.handle_action("strategy.open", open_subject, needs=Access.EVERYTHING)
    routes.handle_action("strategy.pick", open_subject, needs=Access.EVERYTHING)
    routes.handle_options("strategy.pick", offer_subjects, needs=Access.EVERYTHING)
    routes.handle_action("strategy.show", open_strategy, needs=Access.EVERYTHING)
    routes.handle_action("strategy.measure", open_measurement_form, needs=Access.EVERYTHING)
    routes.defer_submission("strategy.measure", record_measurement, check_measurement, needs=Access.EVERYTHING)


def asks_for_digest(call: HandlerCall) -> bool:
    """Whether the answer takes long: a digest is built from everything."""
    return call.command_text.partition(" ")[0].casefold() == "digest"


def show_strategy(call: DeferredCall) -> None:
    """/pmo-strategy; with part of a name, one objective or project; with “digest”, a preview."""
    person, typed = call.person, call.command_text
    if asks_for_digest(call):
        message = preview_digest(call, typed.partition(" ")[2].strip())
    else:
        message = call.read(lambda tx: _find_requested(tx, call.ctx, person, typed))
    with call.transaction() as tx:
        send_reply(tx, call.place, message)


async def open_subject(call: ImmediateCall) -> None:
    """Open one objective or project in a modal."""
    subject = decode_subject(call.value)
    found = await call.read(lambda tx: _load_details(tx, call.ctx, call.person, subject))
    await call.open_modal(build_details_modal(found))


async def offer_subjects(call: ImmediateCall) -> None:
    """Offer what matches the text in the search field."""
    typed = payloads.read_typed_option(call.payload)
    await call.ack(options=build_subject_options(await call.read(lambda tx: _find_matches(tx, call.person, typed))))


async def open_strategy(call: ImmediateCall) -> None:
    """Open the whole strategy in a modal."""
    await call.open_modal(build_overview_modal(await call.read(lambda tx: _load_overview(tx, call.ctx, call.person))))


async def open_measurement_form(call: ImmediateCall) -> None:
    """Open the form that records a value of a metric."""
    subject = decode_subject(call.value)
    details, today = await call.read(lambda tx: (_load_details(tx, call.ctx, call.person, subject), tx.today))
    await call.open_modal(build_measurement_modal(details.measurable, today))


def check_measurement(call: BlockingCall) -> None:
    """Show each error under its field."""
    call.read(lambda tx: _read_measurement(tx, call))


def record_measurement(call: DeferredCall) -> None:
    """Store the value, confirm it to its author and refresh the Homes that show it."""
    with call.transaction() as tx:
        found = _read_measurement(tx, call)
        tx.strategy.add_measurement(found, tx.now)
        metric = load_strategy(tx).metric(found.metric)
        tx.outbox.post(found.author, build_measurement_message(metric, found))
        tx.homes.mark_outdated([found.author, metric.owner])


def _find_matches(tx: Transaction, person: Person, typed: str) -> list[tuple[Subject, str]]:
    seen = filter_visible(load_strategy(tx), person)
    titles = seen.titles
    return [(subject, titles[subject]) for subject in find_matching_subjects(seen, typed)]


def describe_subject(tx: Transaction, ctx: AppContext, person: Person, subject: Subject) -> Message:
    """One objective or project, cut to what the person may see."""
    return build_details_message(_load_details(tx, ctx, person, subject))


def build_strategy_home_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """What the person reports on and, for the leadership, what needs attention."""
    strategy = tx.strategy.get_current()
    if strategy is None:
        return []
    updates, now, away = load_updates(tx), tx.now, ctx.absences
    own = build_own_subjects(strategy, person, now=now, updates=updates, absences=away)
    exceptions: tuple[ExceptionItem, ...] = ()
    if can_see_exceptions(person):
        exceptions = find_exceptions_for(strategy, person, now=now, updates=updates, absences=away, people=ctx.people)
    asks_first = sorted(exceptions, key=lambda one: one.kind is not ExceptionKind.UNANSWERED)
    return build_strategy_section(own, list_texts(asks_first))


def _find_requested(tx: Transaction, ctx: AppContext, person: Person, typed: str) -> Message:
    if not typed:
        return build_overview_message(_load_overview(tx, ctx, person))
    seen = filter_visible(load_strategy(tx), person)
    found = find_matching_subjects(seen, typed)
    if not found:
        typed_text = escape(typed[:60])
        raise NotFound(
            f"No objective or project you can see matches “{typed_text}”. Type `/pmo-strategy` to see all of them."
        )
    if len(found) > 1:
        return build_matches_message(typed, [(subject, get_subject_title(seen, subject)) for subject in found])
    return describe_subject(tx, ctx, person, found[0])


def _load_overview(tx: Transaction, ctx: AppContext, person: Person) -> Overview:
    strategy = load_strategy(tx)
    view = build_strategy_view(
        strategy,
        person,
        now=tx.now,
        updates=load_updates(tx),
        people=ctx.people,
    )
    lines = build_portfolio_lines(view.portfolio, {}) if view.portfolio else []
    return Overview(view, lines, build_progress_chart([branch.status for branch in view.all_branches()]))


def _load_details(tx: Transaction, ctx: AppContext, person: Person, subject: Subject) -> SubjectDetails:
    strategy = load_strategy(tx)
    return build_details(
        strategy,
        person,
        subject,
        now=tx.now,
        updates=load_updates(tx),
        absences=ctx.absences,
        people=ctx.people,
    )


def _read_measurement(tx: Transaction, call: HandlerCall) -> Measurement:
    entered, person = call.submitted, call.person
    if not entered.get("on"):
        raise InvalidInput({"on": "Choose the day it was measured."})
    return take_measurement(
        filter_visible(load_strategy(tx), person),
        person,
        str(entered.get("metric") or ""),
        on=date.fromisoformat(str(entered["on"])),
        value=str(entered.get("value") or ""),
        now=tx.now,
        is_sure=bool(entered.get("sure")),
    )
