"""Somebody's account is deactivated: the PMO gets a list of what they leave open, and can hand over their requests."""

from collections.abc import Mapping

from foundation.access import Access
from foundation.errors import InvalidInput, NotAllowed, UserError
from foundation.people import Person
from handlers.administration.blocks.departure import (
    HAND_OVER_ACTION,
    HAND_OVER_FORM,
    Departure,
    build_departure_notice,
    build_hand_over_form,
    build_hand_over_summary,
)
from handlers.context import AppContext
from handlers.requests.notifications import announce_change
from handlers.slack.calls import BlockingCall, DeferredCall, ImmediateCall
from handlers.slack.pmo_notices import tell_pmo
from handlers.slack.routes import Routes
from handlers.slack.workspace_events import read_deactivated
from servicedesk.desk import ActionInput
from servicedesk.permissions import can_be_assigned, can_be_involved, can_see_queue, find_approvers, find_pmo_staff
from servicedesk.records import OPEN_STATES, WORK_STATES, Request, RequestState, RequestVerb
from servicedesk.requests import apply_verb
from storage.store import Transaction
from strategy.visibility import filter_visible_to_all


def register(routes: Routes) -> None:
    routes.defer_event("user_change", note_departure, needs=None, when=concerns_deactivation)
    routes.handle_action(HAND_OVER_ACTION, open_hand_over_form, needs=Access.EVERYTHING)
    routes.defer_submission(HAND_OVER_FORM, hand_over_requests, check_hand_over, needs=Access.EVERYTHING)


async def concerns_deactivation(call: BlockingCall) -> bool:
    """Slack sends this event for every change of a profile; only one of them matters."""
    return read_deactivated(call.payload) is not None


def note_departure(call: DeferredCall) -> None:
    """List what they leave open, once. Somebody who isn't listed and leaves nothing is no news."""
    gone = read_deactivated(call.payload)
    departure = call.read(lambda tx: find_open_matters(tx, call.ctx, gone)) if gone else None
    with call.transaction() as tx:
        if departure and (departure.is_listed or departure.has_matters):
            tell_pmo(tx, call.ctx, build_departure_notice(departure), key=f"departed:{gone}")


def find_open_matters(tx: Transaction, ctx: AppContext, gone: str) -> Departure:
    """What somebody who left is responsible for, as far as everybody in the PMO may know."""
    requests = tx.requests.list_in_states(OPEN_STATES)
    strategy = tx.strategy.get_current()
    shown = filter_visible_to_all(strategy, find_pmo_staff(ctx.people)) if strategy else None
    return Departure(
        person=gone,
        name=ctx.people.get(gone).name,
        is_listed=any(person.id == gone for person in ctx.people),
        organisation_file=ctx.own_files.organisation or "organisation.yaml",
        made=[one for one in requests if one.requester == gone],
        assigned=[one for one in requests if one.assignee == gone],
        approvals=[one for one in requests if _awaits_approval(one, ctx, gone)],
        objectives=[one.title for one in shown.objectives if gone in (one.owner, one.reviewer)] if shown else [],
        metrics=[one.name for one in shown.metrics if one.owner == gone] if shown else [],
        projects=[one.name for one in shown.projects if gone in (one.owner, one.sponsor)] if shown else [],
        forwards=tx.questions.count_forwarded(gone),
        day=ctx.desk.calendar.local_date(tx.now),
    )


async def open_hand_over_form(call: ImmediateCall) -> None:
    """Somebody of the PMO clicked Hand over requests."""
    _check_role(call.person)
    departure = await call.read(lambda tx: find_open_matters(tx, call.ctx, call.value))
    if not departure.assigned and not departure.made:
        raise UserError(f"{departure.name} has no open requests any more.")
    await call.open_modal(build_hand_over_form(departure, find_pmo_staff(call.ctx.people)))


def check_hand_over(call: BlockingCall) -> None:
    """Raises InvalidInput when nobody is chosen, or somebody who can't take over."""
    _check_role(call.person)
    chosen = _read_successors(call)
    errors = {field: "Choose somebody else." for field, person in chosen.items() if person.id == call.metadata}
    if (assignee := chosen.get("assignee")) and not can_be_assigned(assignee):
        errors["assignee"] = f"{assignee.name} isn't on the PMO staff. Choose someone who is."
    if (requester := chosen.get("requester")) and not can_be_involved(requester):
        errors["requester"] = f"{requester.name} can't use the service desk. Choose someone else."
    if errors or not chosen:
        raise InvalidInput(errors or {"assignee": "Choose somebody.", "requester": "Choose somebody."})


def hand_over_requests(call: DeferredCall) -> None:
    """Reassign what they work on, and give what they requested another requester. The log shows both."""
    chosen, actor = _read_successors(call), call.person
    with call.transaction() as tx:
        departure = find_open_matters(tx, call.ctx, call.metadata)
        done: list[str] = []
        for request, verb, field in _list_steps(departure, chosen):
            successor = chosen[field]
            given: ActionInput = (
                {"assignee": successor.id} if verb is not RequestVerb.CHANGE_REQUESTER else {"requester": successor.id}
            )
            try:
                _act_on_request(tx, call.ctx, request.number, verb, actor, given)
                done.append(f"{request.reference} to {successor.name}")
            except UserError as error:
                done.append(f"{request.reference} not: {error.message}")
        tx.outbox.post(actor.id, build_hand_over_summary(departure, done))


def _list_steps(departure: Departure, chosen: Mapping[str, Person]) -> list[tuple[Request, RequestVerb, str]]:
    assigned = [(one, RequestVerb.REASSIGN, "assignee") for one in departure.assigned if one.state in WORK_STATES]
    made = [(one, RequestVerb.CHANGE_REQUESTER, "requester") for one in departure.made]
    return [step for step in (*assigned, *made) if step[2] in chosen]


def _act_on_request(
    tx: Transaction, ctx: AppContext, number: int, verb: RequestVerb, actor: Person, given: ActionInput
) -> None:
    before = tx.requests.get(number)  # read again: an earlier step may have changed it
    change = apply_verb(before, verb, actor, tx.now, ctx.desk, **given)
    tx.requests.save(change)
    announce_change(tx, ctx, before, change)


def _read_successors(call: BlockingCall) -> dict[str, Person]:
    """Who is to take over, by field of the form."""
    entered = {field: str(call.submitted.get(field) or "") for field in ("assignee", "requester")}
    return {field: call.ctx.people.get(person) for field, person in entered.items() if person}


def _check_role(person: Person) -> None:
    if not can_see_queue(person):
        raise NotAllowed("Only the PMO can hand over requests.")


def _awaits_approval(request: Request, ctx: AppContext, gone: str) -> bool:
    asked = find_approvers(request, ctx.people) if request.state is RequestState.PENDING_APPROVAL else ()
    return any(person.id == gone for person in asked)
