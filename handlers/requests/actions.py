"""What people do with a request: a button or a modal for each verb. Each ends in one transaction."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from foundation.access import Access
from foundation.errors import InvalidInput, UserError
from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.blocks.action_form import ACTION_FORM, SCORE_FIELDS, VERB_FIELDS, build_action_modal
from handlers.requests.blocks.buttons import IMMEDIATE_VERBS, MENU_ACTION, OPEN_ACTION
from handlers.requests.blocks.details import build_request_modal
from handlers.requests.blocks.form import RESUBMISSION_FORM, FormPrefill, build_resubmission_form
from handlers.requests.notifications import announce_change
from handlers.requests.seen_version import SeenRequest, check_seen_version, read_seen_request, read_shown_version
from handlers.requests.views import check_lookups, read_names, view_request
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, build_message, escape
from handlers.slack.calls import BlockingCall, DeferredCall, HandlerCall, ImmediateCall
from handlers.slack.files import append_files, name_files
from handlers.slack.payloads import Place, TypedQuestion
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes
from servicedesk.catalogue import Priority
from servicedesk.desk import ActionInput
from servicedesk.forms import MAX_LONG_TEXT_LENGTH
from servicedesk.permissions import can_change_watchers
from servicedesk.records import Request, RequestChange, RequestState, RequestVerb, Scores
from servicedesk.requests import apply_verb, check_can_act, check_can_see, check_original
from storage.store import Transaction


def register(routes: Routes) -> None:
    for verb in IMMEDIATE_VERBS:
        routes.defer_action(f"request.{verb}", act_on_request, needs=Access.REQUESTS)
    for verb in (*(verb for verb in VERB_FIELDS if verb not in IMMEDIATE_VERBS), RequestVerb.RESUBMIT):
        routes.handle_action(f"request.{verb}", open_action_form, needs=Access.REQUESTS)
    routes.handle_action("request.do.*", open_action_form, needs=Access.REQUESTS)
    routes.handle_action(MENU_ACTION, choose_from_menu, needs=Access.REQUESTS)
    routes.handle_action(OPEN_ACTION, open_request, needs=Access.REQUESTS)
    routes.defer_submission(ACTION_FORM, submit_action, check_action, needs=Access.REQUESTS)
    routes.defer_submission(RESUBMISSION_FORM, resubmit_request, check_resubmission, needs=Access.REQUESTS)


def act_on_request(call: DeferredCall) -> None:
    """Apply a verb whose button needs no input."""
    _perform_action(call, SeenRequest(int(call.value), _read_clicked_verb(call)), {})


async def open_action_form(call: ImmediateCall) -> None:
    """Open the modal of a verb that needs input."""
    await _open_action_modal(call, int(call.value), _read_clicked_verb(call))


async def choose_from_menu(call: ImmediateCall) -> None:
    """Open what was chosen in the menu of a card: a verb's modal or the whole request."""
    number, _, verb = call.value.partition(":")
    if verb == "open":
        await _open_request_modal(call, int(number))
    else:
        await _open_action_modal(call, int(number), RequestVerb(verb))


async def open_request(call: ImmediateCall) -> None:
    """Show the whole request, with everything that the person may do."""
    await _open_request_modal(call, int(call.value))


def check_action(call: BlockingCall) -> None:
    """Try the verb on the current request, so that errors show in the open modal."""
    seen = read_seen_request(call.metadata)
    call.read(
        lambda tx: _apply_action(
            tx, call.ctx, tx.requests.get(seen.number), seen, call.person, _read_input(call, seen.verb)
        )
    )


def submit_action(call: DeferredCall) -> None:
    """Apply a verb with the submitted input."""
    seen = read_seen_request(call.metadata)
    _perform_action(call, seen, _read_input(call, seen.verb))


def check_resubmission(call: BlockingCall) -> None:
    """Validate the changed form like the first one."""
    seen = read_seen_request(call.metadata, RequestVerb.RESUBMIT)
    call.read(lambda tx: _check_resubmission(tx, call.ctx, seen, call.person, call.submitted))


def resubmit_request(call: DeferredCall) -> None:
    """Send the changed form back to the approvers."""
    _perform_action(call, read_seen_request(call.metadata, RequestVerb.RESUBMIT), {"values": call.submitted})


def take_thread_reply(call: DeferredCall, asked: TypedQuestion) -> bool:
    """Take a message in the thread under a card: an answer if a question is open, otherwise a comment.

    Returns whether the message was in such a thread.
    """
    place = asked.place
    if not (place.is_direct and place.thread_ts and asked.text):
        return False
    request = call.read(lambda tx: _find_by_card(tx, place))
    if request is None:
        return False
    verb = (
        _REPLY_VERBS.get(request.state, RequestVerb.COMMENT) if request.requester == place.user else RequestVerb.COMMENT
    )
    seen, comment = SeenRequest(request.number, verb), append_files(asked.text, asked.files, MAX_LONG_TEXT_LENGTH)
    with call.transaction() as tx:
        _save_action(tx, call.ctx, seen, call.person, {"comment": comment})
        send_reply(tx, place, build_message(_confirm_reply(verb, asked)))
    return True


def _confirm_reply(verb: RequestVerb, asked: TypedQuestion) -> str:
    """What became of the words, and of a file if there is one: a file in direct messages is open to nobody else."""
    if not asked.files:
        return _REPLY_CONFIRMATIONS[verb]
    unread = f"I can't pass on {escape(name_files(asked.files))}: nobody else can open a file in this conversation."
    return f"{_REPLY_CONFIRMATIONS[verb]} {unread} Share it where they can, and reply here with the link."


def _find_by_card(tx: Transaction, place: Place) -> Request | None:
    number = tx.requests.find_by_card(place.user, place.thread_ts) if place.thread_ts else None
    return tx.requests.get(number) if number else None


def _check_resubmission(
    tx: Transaction, ctx: AppContext, seen: SeenRequest, person: Person, values: Mapping[str, object]
) -> None:
    request = tx.requests.get(seen.number)
    _apply_action(tx, ctx, request, seen, person, {"values": values})
    check_lookups(tx, person, ctx.desk.catalogue.list_form_fields(request.service), values)


async def _open_action_modal(call: ImmediateCall, number: int, verb: RequestVerb) -> None:
    """Open the modal of the verb if the person may apply it now."""
    try:
        seen = SeenRequest(number, verb, read_shown_version(call.payload, number))
        view = await call.read(lambda tx: _make_action_modal(tx, call.ctx, seen, call.person))
    except UserError as error:
        if not payloads.read_open_modal(call.payload):
            raise
        return await _open_request_modal(call, number, error.message)
    return await call.replace_modal(view)


async def _open_request_modal(call: ImmediateCall, number: int, note: str = "") -> None:
    await call.replace_modal(await call.read(lambda tx: _make_request_modal(tx, call.ctx, number, call.person, note)))


def _make_request_modal(tx: Transaction, ctx: AppContext, number: int, person: Person, note: str) -> Block:
    request = tx.requests.get(number)
    check_can_see(request, person)
    return build_request_modal(view_request(tx, ctx, request), tx.requests.read_log(number), person, note)


def _make_action_modal(tx: Transaction, ctx: AppContext, seen: SeenRequest, person: Person) -> Block:
    request = tx.requests.get(seen.number)
    check_can_act(request, seen.verb, person, tx.now, ctx.desk)
    check_seen_version(tx, ctx, request, seen)
    build = _make_resubmission_form if seen.verb is RequestVerb.RESUBMIT else _make_verb_modal
    return build(tx, ctx, request, seen.verb, person)


def _make_verb_modal(tx: Transaction, ctx: AppContext, request: Request, verb: RequestVerb, person: Person) -> Block:
    return build_action_modal(view_request(tx, ctx, request), verb, with_people=can_change_watchers(request, person))


def _make_resubmission_form(tx: Transaction, ctx: AppContext, request: Request, _: RequestVerb, __: Person) -> Block:
    fields = ctx.desk.catalogue.list_form_fields(request.service)
    return build_resubmission_form(request, fields, FormPrefill(request.values, read_names(tx)))


def _perform_action(call: DeferredCall, seen: SeenRequest, action_input: ActionInput) -> None:
    with call.transaction() as tx:
        _save_action(tx, call.ctx, seen, call.person, action_input)


def _save_action(tx: Transaction, ctx: AppContext, seen: SeenRequest, actor: Person, action_input: ActionInput) -> None:
    before = tx.requests.get(seen.number)
    change = _apply_action(tx, ctx, before, seen, actor, action_input)
    tx.requests.save(change)
    announce_change(tx, ctx, before, change)


def _apply_action(
    tx: Transaction, ctx: AppContext, request: Request, seen: SeenRequest, actor: Person, action_input: ActionInput
) -> RequestChange:
    check_can_see(request, actor)
    check_seen_version(tx, ctx, request, seen)
    change = apply_verb(request, seen.verb, actor, tx.now, ctx.desk, **action_input)
    if seen.verb is RequestVerb.MARK_DUPLICATE:
        check_original(request, tx.requests.get(action_input["duplicate_of"]), ctx.people)
    return change


def _read_clicked_verb(call: HandlerCall) -> RequestVerb:
    """The verb at the end of the action's id."""
    return RequestVerb(call.action_id.rpartition(".")[2])


def _read_input(call: HandlerCall, verb: RequestVerb) -> ActionInput:
    """The submitted values as the verb's input.

    Raises:
        InvalidInput: a request number is malformed.
    """
    entered = {key: value for key, value in call.submitted.items() if value not in (None, "", [])}
    if verb is RequestVerb.SCORE:
        return {"scores": Scores(**{name: int(entered.get(name, 0)) for name in SCORE_FIELDS})}
    if verb is RequestVerb.UNWATCH or (verb is RequestVerb.WATCH and "people" not in entered):
        entered["people"] = [call.place.user]
    action_input: Any = {key: _PARSERS[key](value) if key in _PARSERS else value for key, value in entered.items()}
    return action_input  # type: ignore[no-any-return]


def _read_number(text: str) -> int:
    found = re.fullmatch(r"\W*(?:pmo-?)?\s*(\d{1,9})", text.strip(), re.IGNORECASE)
    if not found:
        raise InvalidInput({"duplicate_of": "Enter the number of the request to keep, such as PMO-12."})
    return int(found[1])


_REPLY_VERBS = {RequestState.NEEDS_INFO: RequestVerb.ANSWER, RequestState.WAITING_REQUESTER: RequestVerb.REPLY}
_REPLY_CONFIRMATIONS = {
    RequestVerb.ANSWER: "I've passed your answer on to the PMO. The request is back in triage.",
    RequestVerb.REPLY: "I've passed your reply on to the assignee. Work continues.",
    RequestVerb.COMMENT: "Everyone involved in the request can see your comment. To ask a question, mention me.",
}
_PARSERS: dict[str, Callable[[Any], Any]] = {
    "review_on": date.fromisoformat,
    "duplicate_of": _read_number,
    "priority": Priority,
    "to": RequestState,
}
