"""Acting on requests. `draft` begins one, `apply` does everything else; both check, and tell what changes.

Refusals are worded for the person who acts. Nothing here stores or sends anything.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

from foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from foundation.people import People, Person, Role
from servicedesk.calendar import drop_fraction
from servicedesk.catalogue import Priority
from servicedesk.clock import Target
from servicedesk.desk import Action, ActionInput, Desk
from servicedesk.effects import FieldChanges, check_can_reopen, compute_changes, find_approvers, find_needed_approval
from servicedesk.forms import MAX_LONG_TEXT_LENGTH, clean_text, validate_form
from servicedesk.history import TARGETS, apply_entry, read_values, start_request
from servicedesk.records import Change, ClockName, LogEntry, Request, RequestState, Verb
from servicedesk.transitions import (
    CLOCK_RULES,
    ApprovalPath,
    Relation,
    Transition,
    can_see,
    find_transitions,
    has_relation,
)

_MISSING = {
    "comment": "Write what you want to say.",
    "reason": "Give a reason; the requester sees it.",
    "assignee": "Choose who takes it.",
    "review_on": "Choose the day on which this is looked at again.",
    "link": "Give the link to what is delivered.",
    "duplicate_of": "Give the number of the request that stays.",
    "priority": "Choose a priority.",
    "service": "Choose a service.",
    "scores": "Give the four scores.",
    "people": "Choose at least one person.",
    "to": "Choose the state to move it to.",
}

# Completes “Only … can …” and “you cannot …”.
_VERB_PHRASES = {
    Verb.DRAFT: "begin it anew",
    Verb.SUBMIT: "submit it",
    Verb.ASK: "ask the requester about it",
    Verb.ANSWER: "answer the question",
    Verb.ACCEPT: "accept it",
    Verb.APPROVE: "approve it",
    Verb.REQUEST_CHANGES: "ask for changes",
    Verb.RESUBMIT: "submit it again",
    Verb.CLAIM: "claim it",
    Verb.ASSIGN: "assign it",
    Verb.REASSIGN: "give it to somebody else",
    Verb.QUESTION: "put a question to the requester",
    Verb.REPLY: "reply to the question",
    Verb.HOLD: "put it on hold",
    Verb.RESUME: "resume it",
    Verb.DELIVER: "deliver it",
    Verb.REMIND: "send the reminder",
    Verb.ACCEPT_DELIVERY: "accept the delivery",
    Verb.AUTO_CLOSE: "close it without acceptance",
    Verb.REOPEN: "reopen it",
    Verb.DECLINE: "decline it",
    Verb.MARK_DUPLICATE: "mark it as a duplicate",
    Verb.WITHDRAW: "withdraw it",
    Verb.CHANGE_PRIORITY: "change its priority",
    Verb.CHANGE_SERVICE: "move it to another service",
    Verb.SCORE: "score it",
    Verb.WATCH: "change who watches it",
    Verb.UNWATCH: "change who watches it",
    Verb.COMMENT: "comment on it",
    Verb.OVERRIDE: "override its state",
}


def draft_request(
    number: int, key: str, service: str, requester: Person, values: Mapping[str, object], now: datetime, desk: Desk
) -> Change:
    """A new request, not yet submitted; its form may still have gaps. `key` names the act of asking (see Request).

    Raises:
        UserError: there is no such service, or a given value cannot be accepted.
    """
    at = drop_fraction(now)
    kept = validate_form(desk.catalogue.list_form_fields(service), values, desk.calendar.local_date(at), complete=False)
    data = {"key": key, "service": service, "values": kept}
    entry = LogEntry(number, 1, at, requester.id, Verb.DRAFT, None, RequestState.DRAFT, data=data)
    return Change(start_request(entry), entry)


def apply_verb(
    request: Request, verb: Verb, actor: Person, now: datetime, desk: Desk, **given: Unpack[ActionInput]
) -> Change:
    """Do the verb, if the table allows it to this person now and all that it needs is given.

    A second submission by the requester changes nothing and is no error.

    Raises:
        NotFound: the person may not know of the request.
        Conflict: the request is not where the verb applies; somebody may have been quicker.
        NotAllowed: the verb is for others.
        InvalidInput: something that is given, or is missing, with a sentence for each.
    """
    check_can_see(request, actor)
    if verb is Verb.SUBMIT and request.state is not RequestState.DRAFT and actor.id == request.requester:
        return Change(request, None)
    action = _make_action(request, verb, actor, now, desk, _clean_input(given))
    transition = _find_transition(action)
    _check_input(transition, action.input)
    entry = _make_entry(action, transition)
    return Change(apply_entry(request, entry, desk.calendar), entry)


def check_can_act(request: Request, verb: Verb, actor: Person, now: datetime, desk: Desk) -> None:
    """Whether the person may do the verb now, whatever they would give with it. Ask before they begin to write.

    Raises:
        NotFound, Conflict, NotAllowed: as `apply` does.
    """
    check_can_see(request, actor)
    action = _make_action(request, verb, actor, now, desk, {})
    _find_transition(action)
    if verb is Verb.REOPEN:
        check_can_reopen(action)


def check_can_see(request: Request, person: Person) -> None:
    """Raises NotFound where the person may not know of the request, in the words of one that does not exist."""
    if not can_see(request, person):
        raise NotFound(describe_missing_request(request.number))


def describe_missing_request(number: int) -> str:
    """The words for a request that does not exist, or not for this person: they must not differ."""
    return f"There is no request PMO-{number} that you can see. Check its number."


def check_original(request: Request, original: Request, people: People) -> None:
    """Whether the request may be marked as a duplicate of the other.

    Raises:
        InvalidInput: the other is a duplicate itself, or those who see this request may not know of it.
    """
    if original.duplicate_of:
        words = f"{original.reference} is a duplicate itself. The one that stays is PMO-{original.duplicate_of}."
        raise InvalidInput({"duplicate_of": words})
    readers = [people.get(person) for person in (request.requester, *request.watchers)]
    if not all(can_see(original, reader) for reader in readers):
        name = people.get(request.requester).name
        words = f"{original.reference} is confidential, and {name} or a watcher may not know of it. Decline instead."
        raise InvalidInput({"duplicate_of": words})


def _make_action(request: Request, verb: Verb, actor: Person, now: datetime, desk: Desk, given: ActionInput) -> Action:
    # A clock of the machine that was set back must not turn the log's order round.
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
    wrong = {key: _MISSING[key] for key in transition.required_input if not _is_given(given.get(key))}
    for key in ("comment", "reason"):
        text = given.get(key)
        if isinstance(text, str) and len(text) > MAX_LONG_TEXT_LENGTH:
            wrong[key] = f"This has {len(text)} characters; {MAX_LONG_TEXT_LENGTH} fit. Shorten it."
    if wrong:
        raise InvalidInput(wrong)


def _clean_input(given: ActionInput) -> ActionInput:
    cleaned = given.copy()
    if "comment" in given:
        cleaned["comment"] = clean_text(given["comment"])
    if "reason" in given:
        cleaned["reason"] = clean_text(given["reason"])
    return cleaned


def _is_given(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, (), [])


def _make_entry(action: Action, transition: Transition) -> LogEntry:
    request = action.request
    data = compute_changes(action)
    after = action.input["to"] if action.verb is Verb.OVERRIDE else transition.to or request.state
    if targets := _find_targets(action, data, after):
        data[TARGETS] = {name: str(target) for name, target in targets.items()}
    comment = action.input.get("comment") or action.input.get("reason")
    return LogEntry(
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
    """Targets for the clock that starts now, and new ones where the answers, the service or the priority changed.

    An edited catalogue by itself leaves the promises alone that were made before.
    """
    stance = CLOCK_RULES.get(after)
    changed = not data.keys().isdisjoint({"values", "service", "priority"})
    targets = {}
    for name in ClockName:
        clock = action.request.get_clock(name)
        starts = clock is None and stance is not None and stance.clock is name
        asked = starts or (clock is not None and not clock.stopped and changed)
        if asked and (target := _find_target(action, data, name)):
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
        rule = catalogue.find_approval_rule(service, values)
        return rule.target if rule else None
    return catalogue.find_delivery_target(service, values, Priority(str(data.get("priority", request.priority))))


def _explain_wrong_state(action: Action) -> str:
    request = action.request
    holder = f" with {action.desk.people.get(request.assignee).name}" if request.assignee else ""
    return (
        f"{request.reference} is {request.state.label}{holder}, so you cannot {_VERB_PHRASES[action.verb]} now. "
        "Open it again to see what can be done."
    )


def _explain_wrong_person(action: Action, transition: Transition) -> str:
    deed = _VERB_PHRASES[action.verb]
    if transition.relations == {Relation.APPROVER} and action.actor.id == action.request.requester:
        others = _name_people(action, Relation.APPROVER)
        return f"You asked for {action.request.reference} yourself, so somebody else must {deed}: {others}."
    who = " or ".join(_name_people(action, one) for one in Relation if one in transition.relations)
    return f"Only {who} can {deed}. Ask them, or leave a comment on {action.request.reference}."


def _name_people(action: Action, who: Relation) -> str:
    request, people = action.request, action.desk.people
    match who:
        case Relation.REQUESTER:
            return f"{people.get(request.requester).name}, who asked for it,"
        case Relation.ASSIGNEE if request.assignee:
            return f"{people.get(request.assignee).name}, who has it,"
        case Relation.APPROVER:
            return " or ".join(person.name for person in find_approvers(request, people)) or "an approver"
        case Relation.ADMIN:
            leads = [lead.name for lead in people.find_by_role(Role.PMO_LEAD) if lead.id != request.requester]
            return " or ".join(leads) or "the head of the PMO"
        case _:
            return str(who)
