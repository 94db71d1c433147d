"""Acting on requests: `draft_request` starts one, `apply_verb` does everything else. Both check and return a change.

Errors are worded for the person who acts. Nothing here stores or sends anything.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

from foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from foundation.people import People, Person
from foundation.text import clean_text
from servicedesk.calendar import drop_fraction
from servicedesk.catalogue import Priority
from servicedesk.clock import Target
from servicedesk.desk import Action, ActionInput, Desk
from servicedesk.effects import FieldChanges, check_can_reopen, compute_changes, find_needed_approval
from servicedesk.forms import MAX_LONG_TEXT_LENGTH, validate_form
from servicedesk.history import TARGETS, apply_entry, read_values, start_request
from servicedesk.permissions import can_see, check_can_request, find_approvers, find_pmo_leads, has_relation
from servicedesk.records import ClockName, Request, RequestChange, RequestLogEntry, RequestState, RequestVerb
from servicedesk.transitions import CLOCK_RULES, ApprovalPath, Relation, Transition, find_transitions

_MISSING = {
    "comment": "Enter a comment.",
    "reason": "Enter a reason. The requester will see it.",
    "assignee": "Choose an assignee.",
    "review_on": "Choose a review date.",
    "link": "Enter the link to the deliverable.",
    "duplicate_of": "Enter the number of the request to keep.",
    "priority": "Choose a priority.",
    "service": "Choose a service.",
    "requester": "Choose the new requester.",
    "scores": "Choose all four scores.",
    "people": "Choose at least one person.",
    "to": "Choose the new status.",
}

# Completes “Only … can …” and “you can't …”.
VERB_PHRASES = {
    RequestVerb.DRAFT: "draft it again",
    RequestVerb.SUBMIT: "submit it",
    RequestVerb.ASK: "ask the requester about it",
    RequestVerb.ANSWER: "answer the question",
    RequestVerb.ACCEPT: "accept it",
    RequestVerb.APPROVE: "approve it",
    RequestVerb.REQUEST_CHANGES: "ask for changes",
    RequestVerb.RESUBMIT: "resubmit it",
    RequestVerb.CLAIM: "claim it",
    RequestVerb.ASSIGN: "assign it",
    RequestVerb.REASSIGN: "reassign it",
    RequestVerb.QUESTION: "ask the requester about it",
    RequestVerb.REPLY: "reply to the question",
    RequestVerb.HOLD: "put it on hold",
    RequestVerb.RESUME: "resume work on it",
    RequestVerb.DELIVER: "deliver it",
    RequestVerb.REMIND: "send the reminder",
    RequestVerb.ACCEPT_DELIVERY: "accept the delivery",
    RequestVerb.AUTO_CLOSE: "close it automatically",
    RequestVerb.REOPEN: "reopen it",
    RequestVerb.DECLINE: "decline it",
    RequestVerb.MARK_DUPLICATE: "mark it as a duplicate",
    RequestVerb.WITHDRAW: "withdraw it",
    RequestVerb.CHANGE_PRIORITY: "change its priority",
    RequestVerb.CHANGE_SERVICE: "move it to another service",
    RequestVerb.CHANGE_REQUESTER: "hand it over to another requester",
    RequestVerb.SCORE: "score it",
    RequestVerb.WATCH: "add watchers",
    RequestVerb.UNWATCH: "remove watchers",
    RequestVerb.COMMENT: "comment on it",
    RequestVerb.OVERRIDE: "override its status",
}


def draft_request(
    number: int, key: str, service: str, requester: Person, values: Mapping[str, object], now: datetime, desk: Desk
) -> RequestChange:
    """A new request, not yet submitted; its form may be incomplete. `key` identifies the submission (see Request).

    Raises:
        NotAllowed: the person may not use the service desk.
        UserError: there is no such service, or a value is invalid.
    """
    check_can_request(requester)
    at = drop_fraction(now)
    valid = validate_form(
        desk.catalogue.list_form_fields(service), values, desk.calendar.local_date(at), complete=False
    )
    data = {"key": key, "service": service, "values": valid}
    entry = RequestLogEntry(number, 1, at, requester.id, RequestVerb.DRAFT, None, RequestState.DRAFT, data=data)
    return RequestChange(start_request(entry), entry)


def apply_verb(
    request: Request, verb: RequestVerb, actor: Person, now: datetime, desk: Desk, **given: Unpack[ActionInput]
) -> RequestChange:
    """Apply the verb if the table allows it to this person now and the required input is there.

    A second submission by the requester changes nothing and isn't an error.

    Raises:
        NotFound: the person may not know of the request.
        Conflict: the verb doesn't apply in the current state; somebody else may have been quicker.
        NotAllowed: the verb is for other people.
        InvalidInput: input is missing or invalid, with a sentence for each field.
    """
    check_can_see(request, actor)
    if verb is RequestVerb.SUBMIT and request.state is not RequestState.DRAFT and actor.id == request.requester:
        return RequestChange(request, None)
    action = _make_action(request, verb, actor, now, desk, _clean_input(given))
    transition = _find_transition(action)
    _check_input(transition, action.input)
    entry = _make_entry(action, transition)
    return RequestChange(apply_entry(request, entry, desk.calendar), entry)


def check_can_act(request: Request, verb: RequestVerb, actor: Person, now: datetime, desk: Desk) -> None:
    """Whether the person may apply the verb now, whatever the input. Check it before opening a form.

    Raises:
        NotFound, Conflict, NotAllowed: as `apply_verb` does.
    """
    check_can_see(request, actor)
    action = _make_action(request, verb, actor, now, desk, {})
    _find_transition(action)
    if verb is RequestVerb.REOPEN:
        check_can_reopen(action)


def check_can_see(request: Request, person: Person) -> None:
    """Raises NotFound, as for a request that doesn't exist, when the person may not know of it."""
    if not can_see(request, person):
        raise NotFound(describe_missing_request(request.number))


def describe_missing_request(number: int) -> str:
    """One text for a request that doesn't exist and for one that the person may not see: they must not differ."""
    return f"I can't find PMO-{number} among the requests you can see. Check the number."


def check_original(request: Request, original: Request, people: People) -> None:
    """Whether the request may be marked as a duplicate of the other.

    Raises:
        InvalidInput: the original is itself a duplicate, or people who see this request may not see the original.
    """
    if original.duplicate_of:
        problem = f"{original.reference} is itself a duplicate of PMO-{original.duplicate_of}. Enter that number."
        raise InvalidInput({"duplicate_of": problem})
    readers = [people.get(person) for person in (request.requester, *request.watchers)]
    if not all(can_see(original, reader) for reader in readers):
        name = people.get(request.requester).name
        problem = (
            f"{original.reference} is confidential, and {name} or a watcher can't see it. Decline this one instead."
        )
        raise InvalidInput({"duplicate_of": problem})


def _make_action(
    request: Request, verb: RequestVerb, actor: Person, now: datetime, desk: Desk, given: ActionInput
) -> Action:
    # The machine's clock may have been set back. The log must stay in order all the same, because clocks are recounted
    # from it entry by entry.
    return Action(request, verb, actor, max(drop_fraction(now), request.updated_at), desk, given)


def _find_transition(action: Action) -> Transition:
    transitions = find_transitions(action.request, action.verb)
    if not transitions:
        raise Conflict(_explain_wrong_state(action))
    mine = [
        transition for transition in transitions if has_relation(action.actor, action.request, transition.relations)
    ]
    if not mine:
        raise NotAllowed(_explain_wrong_person(action, transitions[0]))
    if mine[0].path is ApprovalPath.ALWAYS:
        return mine[0]
    way = ApprovalPath.APPROVAL_NEEDED if find_needed_approval(action) else ApprovalPath.NO_APPROVAL_NEEDED
    return next(transition for transition in mine if transition.path is way)


def _check_input(transition: Transition, given: ActionInput) -> None:
    errors = {key: _MISSING[key] for key in transition.required_input if not _is_given(given.get(key))}
    for key in ("comment", "reason"):
        text = given.get(key)
        if isinstance(text, str) and len(text) > MAX_LONG_TEXT_LENGTH:
            errors[key] = f"This has {len(text):,} characters; the limit is {MAX_LONG_TEXT_LENGTH:,}. Shorten it."
    if errors:
        raise InvalidInput(errors)


def _clean_input(given: ActionInput) -> ActionInput:
    cleaned = given.copy()
    if "comment" in given:
        cleaned["comment"] = clean_text(given["comment"])
    if "reason" in given:
        cleaned["reason"] = clean_text(given["reason"])
    return cleaned


def _is_given(value: object) -> bool:
    return bool(clean_text(value)) if isinstance(value, str) else value not in (None, (), [])


def _make_entry(action: Action, transition: Transition) -> RequestLogEntry:
    request = action.request
    data = compute_changes(action)
    after = action.input["to"] if action.verb is RequestVerb.OVERRIDE else transition.to or request.state
    if targets := _find_targets(action, data, after):
        data[TARGETS] = {name: str(target) for name, target in targets.items()}
    comment = action.input.get("comment") or action.input.get("reason")
    return RequestLogEntry(
        request.number,
        request.version + 1,
        action.at,
        action.actor.id,
        action.verb,
        request.state,
        after,
        comment,
        data,
    )


def _find_targets(action: Action, data: FieldChanges, after: RequestState) -> dict[ClockName, Target]:
    """Targets for the clock that starts now, and new ones after a change of answers, service or priority.

    Editing the catalogue doesn't change targets that were set before.
    """
    rule = CLOCK_RULES.get(after)
    changed = not data.keys().isdisjoint({"values", "service", "priority"})
    targets = {}
    for name in ClockName:
        clock = action.request.get_clock(name)
        starts = clock is None and rule is not None and rule.clock is name
        needs_target = starts or (clock is not None and not clock.stopped and changed)
        if needs_target and (target := _find_target(action, data, name)):
            targets[name] = target
    return targets


def _find_target(action: Action, data: FieldChanges, name: ClockName) -> Target | None:
    request, catalogue = action.request, action.desk.catalogue
    service = str(data.get("service", request.service))
    given: Any = data.get("values", request.values)
    values = read_values(given)
    if name is ClockName.TRIAGE:
        return catalogue.find_triage_target(service)
    if name is ClockName.APPROVAL:
        approval = catalogue.find_approval_rule(service, values)
        return approval.target if approval else None
    return catalogue.find_delivery_target(service, values, Priority(str(data.get("priority", request.priority))))


def _explain_wrong_state(action: Action) -> str:
    request = action.request
    holder = f" and assigned to {action.desk.people.get(request.assignee).name}" if request.assignee else ""
    return (
        f"{request.reference} is {request.state.label}{holder}, so you can't {VERB_PHRASES[action.verb]} now. "
        "Open it again to see what you can do."
    )


def _explain_wrong_person(action: Action, transition: Transition) -> str:
    phrase = VERB_PHRASES[action.verb]
    if transition.relations == {Relation.APPROVER} and action.request.was_made_by(action.actor.id):
        others = _name_people(action, Relation.APPROVER)
        is_own = "is" if action.actor.id == action.request.requester else "was"
        return f"You can't {phrase} because {action.request.reference} {is_own} your own request. Ask {others}."
    allowed = " or ".join(_name_people(action, one) for one in Relation if one in transition.relations)
    return f"Only {allowed} can {phrase}. Ask them, or comment on {action.request.reference}."


def _name_people(action: Action, relation: Relation) -> str:
    request, people = action.request, action.desk.people
    match relation:
        case Relation.REQUESTER:
            return f"{people.get(request.requester).name} (the requester)"
        case Relation.ASSIGNEE if request.assignee:
            return f"{people.get(request.assignee).name} (the assignee)"
        case Relation.APPROVER:
            return " or ".join(person.name for person in find_approvers(request, people)) or "an approver"
        case Relation.ADMIN:
            leads = [lead.name for lead in find_pmo_leads(people) if not request.was_made_by(lead.id)]
            return " or ".join(leads) or "the head of the PMO"
        case _:
            return str(relation)
