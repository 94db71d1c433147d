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
from servicedesk.desk import Act, Desk, Given
from servicedesk.effects import Changed, approval_needed, approvers, check_reopening, decide
from servicedesk.forms import LONG_TEXT_LENGTH, clean, validate
from servicedesk.history import TARGETS, first, fold, read_values
from servicedesk.records import Change, ClockName, LogEntry, Request, State, Verb
from servicedesk.transitions import STANCES, Relation, Row, Way, is_one_of, may_see, rows_for

_WANTED = {
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
_DEEDS = {
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


def draft(
    number: int, key: str, service: str, requester: Person, values: Mapping[str, object], now: datetime, desk: Desk
) -> Change:
    """A new request, not yet submitted; its form may still have gaps. `key` names the act of asking (see Request).

    Raises:
        UserError: there is no such service, or a given value cannot be accepted.
    """
    at = drop_fraction(now)
    kept = validate(desk.catalogue.form(service), values, desk.calendar.local_date(at), complete=False)
    data = {"key": key, "service": service, "values": kept}
    entry = LogEntry(number, 1, at, requester.id, Verb.DRAFT, None, State.DRAFT, data=data)
    return Change(first(entry), entry)


def apply(request: Request, verb: Verb, actor: Person, now: datetime, desk: Desk, **given: Unpack[Given]) -> Change:
    """Do the verb, if the table allows it to this person now and all that it needs is given.

    A second submission by the requester changes nothing and is no error.

    Raises:
        NotFound: the person may not know of the request.
        Conflict: the request is not where the verb applies; somebody may have been quicker.
        NotAllowed: the verb is for others.
        InvalidInput: something that is given, or is missing, with a sentence for each.
    """
    check_seen(request, actor)
    if verb is Verb.SUBMIT and request.state is not State.DRAFT and actor.id == request.requester:
        return Change(request, None)
    act = _act(request, verb, actor, now, desk, _cleaned(given))
    row = _find_row(act)
    _check_given(row, act.given)
    entry = _enter(act, row)
    return Change(fold(request, entry, desk.calendar), entry)


def check_may(request: Request, verb: Verb, actor: Person, now: datetime, desk: Desk) -> None:
    """Whether the person may do the verb now, whatever they would give with it. Ask before they begin to write.

    Raises:
        NotFound, Conflict, NotAllowed: as `apply` does.
    """
    check_seen(request, actor)
    act = _act(request, verb, actor, now, desk, {})
    _find_row(act)
    if verb is Verb.REOPEN:
        check_reopening(act)


def check_seen(request: Request, person: Person) -> None:
    """Raises NotFound where the person may not know of the request, in the words of one that does not exist."""
    if not may_see(request, person):
        raise NotFound(not_found(request.number))


def not_found(number: int) -> str:
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
    if not all(may_see(original, reader) for reader in readers):
        name = people.get(request.requester).name
        words = f"{original.reference} is confidential, and {name} or a watcher may not know of it. Decline instead."
        raise InvalidInput({"duplicate_of": words})


def _act(request: Request, verb: Verb, actor: Person, now: datetime, desk: Desk, given: Given) -> Act:
    # A clock of the machine that was set back must not turn the log's order round.
    return Act(request, verb, actor, max(drop_fraction(now), request.updated_at), desk, given)


def _find_row(act: Act) -> Row:
    rows = rows_for(act.request, act.verb)
    if not rows:
        raise Conflict(_moved_on(act))
    mine = [row for row in rows if is_one_of(act.actor, act.request, row.who)]
    if not mine:
        raise NotAllowed(_for_others(act, rows[0]))
    if mine[0].way is Way.ALWAYS:
        return mine[0]
    way = Way.APPROVAL_NEEDED if approval_needed(act) else Way.NO_APPROVAL_NEEDED
    return next(row for row in mine if row.way is way)


def _check_given(row: Row, given: Given) -> None:
    wrong = {key: _WANTED[key] for key in row.needs if not _is_given(given.get(key))}
    for key in ("comment", "reason"):
        text = given.get(key)
        if isinstance(text, str) and len(text) > LONG_TEXT_LENGTH:
            wrong[key] = f"This has {len(text)} characters; {LONG_TEXT_LENGTH} fit. Shorten it."
    if wrong:
        raise InvalidInput(wrong)


def _cleaned(given: Given) -> Given:
    cleaned = given.copy()
    if "comment" in given:
        cleaned["comment"] = clean(given["comment"])
    if "reason" in given:
        cleaned["reason"] = clean(given["reason"])
    return cleaned


def _is_given(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, (), [])


def _enter(act: Act, row: Row) -> LogEntry:
    request = act.request
    data = decide(act)
    after = act.given["to"] if act.verb is Verb.OVERRIDE else row.to or request.state
    if targets := _targets(act, data, after):
        data[TARGETS] = {name: str(target) for name, target in targets.items()}
    comment = act.given.get("comment") or act.given.get("reason")
    return LogEntry(
        request.number, request.version + 1, act.at, act.actor.id, act.verb, request.state, after, comment, data
    )


def _targets(act: Act, data: Changed, after: State) -> dict[ClockName, Target]:
    """Targets for the clock that starts now, and new ones where the answers, the service or the priority changed.

    An edited catalogue by itself leaves the promises alone that were made before.
    """
    stance = STANCES.get(after)
    changed = not data.keys().isdisjoint({"values", "service", "priority"})
    targets = {}
    for name in ClockName:
        clock = act.request.clock(name)
        starts = clock is None and stance is not None and stance.clock is name
        asked = starts or (clock is not None and not clock.stopped and changed)
        if asked and (target := _target(act, data, name)):
            targets[name] = target
    return targets


def _target(act: Act, data: Changed, name: ClockName) -> Target | None:
    request, catalogue = act.request, act.desk.catalogue
    service = str(data.get("service", request.service))
    given: Any = data.get("values", request.values)
    values = read_values(given)
    if name is ClockName.TRIAGE:
        return catalogue.triage_target(service)
    if name is ClockName.APPROVAL:
        rule = catalogue.approval(service, values)
        return rule.target if rule else None
    return catalogue.delivery_target(service, values, Priority(str(data.get("priority", request.priority))))


def _moved_on(act: Act) -> str:
    request = act.request
    holder = f" with {act.desk.people.get(request.assignee).name}" if request.assignee else ""
    return (
        f"{request.reference} is {request.state.words}{holder}, so you cannot {_DEEDS[act.verb]} now. "
        "Open it again to see what can be done."
    )


def _for_others(act: Act, row: Row) -> str:
    deed = _DEEDS[act.verb]
    if row.who == {Relation.APPROVER} and act.actor.id == act.request.requester:
        others = _names(act, Relation.APPROVER)
        return f"You asked for {act.request.reference} yourself, so somebody else must {deed}: {others}."
    who = " or ".join(_names(act, one) for one in Relation if one in row.who)
    return f"Only {who} can {deed}. Ask them, or leave a comment on {act.request.reference}."


def _names(act: Act, who: Relation) -> str:
    request, people = act.request, act.desk.people
    match who:
        case Relation.REQUESTER:
            return f"{people.get(request.requester).name}, who asked for it,"
        case Relation.ASSIGNEE if request.assignee:
            return f"{people.get(request.assignee).name}, who has it,"
        case Relation.APPROVER:
            return " or ".join(person.name for person in approvers(request, people)) or "an approver"
        case Relation.ADMIN:
            leads = [lead.name for lead in people.find_by_role(Role.PMO_LEAD) if lead.id != request.requester]
            return " or ".join(leads) or "the head of the PMO"
        case _:
            return str(who)
