"""What each verb changes in a request, once the table allows it, and what it still refuses.

A decision gives the changed fields as JSON can hold them; they are the data of the log entry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from foundation.errors import Conflict, InvalidInput, NotAllowed
from foundation.people import People, Person, Role
from servicedesk.catalogue import ApprovalRule
from servicedesk.clock import Target
from servicedesk.desk import Action
from servicedesk.forms import MAX_PEOPLE, FormValue, check_url, validate_form
from servicedesk.records import WORK_STATES, Request, RequestState, Verb
from servicedesk.transitions import OVERRIDE_STATES

LONGEST_HOLD = timedelta(days=366)
SIZES = (1, 2, 3, 5, 8)

FieldChanges = dict[str, object]


def compute_changes(action: Action) -> FieldChanges:
    """The fields that the act changes.

    Raises:
        UserError: what is given does not fit, or the moment is not right.
    """
    decision = _EFFECTS.get(action.verb)
    return decision(action) if decision else {}


def find_approvers(request: Request, people: People) -> tuple[Person, ...]:
    """Who is asked to approve: those of the first role that has somebody other than the requester."""
    return next((others for role in request.approver_roles if (others := _find_others_with(role, request, people))), ())


def _find_others_with(role: Role, request: Request, people: People) -> tuple[Person, ...]:
    return tuple(person for person in people.find_by_role(role) if person.id != request.requester)


def find_needed_approval(action: Action) -> ApprovalRule | None:
    return action.desk.catalogue.find_approval_rule(action.request.service, action.request.values)


def _submit(action: Action) -> FieldChanges:
    values = _read_form(action) or validate_form(
        action.desk.catalogue.list_form_fields(action.request.service), action.request.values, action.today
    )
    watchers = values.get("watchers", ())
    return {"values": values, "watchers": list(watchers) if isinstance(watchers, tuple) else []}


def _read_form(action: Action) -> dict[str, FormValue]:
    """The form as it is given with the verb, checked; empty when none is given."""
    if "values" not in action.input:
        return {}
    return validate_form(
        action.desk.catalogue.list_form_fields(action.request.service), action.input["values"], action.today
    )


def _change_form(action: Action) -> FieldChanges:
    values = _read_form(action)
    return {"values": values} if values else {}


def _set_question(action: Action) -> FieldChanges:
    return {"question": action.input["comment"]}


def _accept(action: Action) -> FieldChanges:
    rule = find_needed_approval(action)
    if rule is None:
        return {}
    if not any(_find_others_with(role, action.request, action.desk.people) for role in rule.by):
        raise Conflict(
            f"{action.request.reference} needs approval, but nobody other than its requester may give it. "
            "Give somebody the role of an approver, or change the approval rule in the catalogue."
        )
    return _set_approver_roles(rule.by, action, action.request.values)


def _resubmit(action: Action) -> FieldChanges:
    values = _read_form(action)
    return {"values": values, **_set_approver_roles(action.request.approver_roles, action, values)} if values else {}


def _set_approver_roles(roles: Sequence[Role], action: Action, values: Mapping[str, object]) -> FieldChanges:
    """Whoever holds any of the roles may approve. What is confidential is opened to those alone who are asked."""
    if values.get("confidential"):
        roles = [role for role in roles if _find_others_with(role, action.request, action.desk.people)][:1]
    return {"approver_roles": [str(role) for role in roles]}


def _approve(action: Action) -> FieldChanges:
    return {"approved_by": action.actor.id}


def _claim(action: Action) -> FieldChanges:
    return {"assignee": action.actor.id}


def _assign(action: Action) -> FieldChanges:
    person = action.desk.people.get(action.input["assignee"])
    if not person.is_pmo:
        raise InvalidInput({"assignee": f"{person.name} is not on the PMO's staff. Choose somebody who is."})
    if person.id == action.request.assignee:
        raise InvalidInput({"assignee": f"{person.name} has it already. Choose somebody else."})
    return {"assignee": person.id}


def _hold(action: Action) -> FieldChanges:
    review_on = action.input["review_on"]
    if not action.today < review_on <= action.today + LONGEST_HOLD:
        raise InvalidInput({"review_on": "Choose a day after today, within a year."})
    return {"hold_reason": action.input["reason"], "review_on": review_on.isoformat()}


def _deliver(action: Action) -> FieldChanges:
    link = check_url(action.input["link"])
    items = action.desk.catalogue.get_service(action.request.service).checklist
    done = action.input.get("checklist", ())
    left = [label for key, label in items.items() if key not in done]
    if left:
        raise InvalidInput({"checklist": f"Still to do: {'; '.join(left)}."})
    return {"deliverable": link, "checklist": list(items), "reason": None}


def _remind(action: Action) -> FieldChanges:
    times = action.desk.catalogue.acceptance.remind_after
    sent = action.request.reminders
    if sent >= len(times) or not _has_passed(action, action.request.delivered_at, times[sent]):
        raise Conflict(f"No reminder about {action.request.reference} is due.")
    return {}


def _auto_close(action: Action) -> FieldChanges:
    """After the time for acceptance, all reminders, and one business day after the last of them."""
    acceptance, request = action.desk.catalogue.acceptance, action.request
    reminded = request.reminders >= len(acceptance.remind_after)
    last = request.reminded_at or request.delivered_at
    passed = _has_passed(action, request.delivered_at, acceptance.close_after) and _has_passed(
        action, last, Target(1, "days")
    )
    if not (reminded and passed):
        raise Conflict(f"{request.reference} does not close by itself yet.")
    return {}


def check_can_reopen(action: Action) -> None:
    """Raises Conflict when it ended too long ago."""
    within = action.desk.catalogue.acceptance.reopen_within
    since = action.request.ended_at or action.request.delivered_at
    calendar = action.desk.calendar
    if since and calendar.count_working_seconds(since, action.at) > within.to_seconds(calendar):
        ended = f"{action.request.reference} ended more than {within} ago"
        raise Conflict(f"{ended}. Make a new request, and link to this one.")


def _reopen(action: Action) -> FieldChanges:
    check_can_reopen(action)
    return {"checklist": [], "reason": action.input["reason"]}


def _has_passed(action: Action, since: datetime | None, target: Target) -> bool:
    calendar = action.desk.calendar
    return since is not None and calendar.count_working_seconds(since, action.at) >= target.to_seconds(calendar)


def _set_reason(action: Action) -> FieldChanges:
    return {"reason": action.input.get("reason")}


def _mark_duplicate(action: Action) -> FieldChanges:
    other = action.input["duplicate_of"]
    if other < 1 or other == action.request.number:
        raise InvalidInput({"duplicate_of": "Give the number of another request, the one that stays."})
    return {"duplicate_of": other, "reason": action.input.get("reason")}


def _change_priority(action: Action) -> FieldChanges:
    priority = action.input["priority"]
    if priority is action.request.priority:
        raise InvalidInput({"priority": f"The priority is {priority} already."})
    return {"priority": str(priority)}


def _change_service(action: Action) -> FieldChanges:
    """Answers that mean the same in the new form are kept; the log keeps the others."""
    catalogue, request = action.desk.catalogue, action.request
    service = catalogue.get_service(action.input["service"])
    if service.key == request.service:
        raise InvalidInput({"service": f"It is a request for “{service.name}” already."})
    form = catalogue.list_form_fields(service.key)
    same = {field.key for field in catalogue.list_form_fields(request.service) if field in form}
    values = {key: value for key, value in request.values.items() if key in same}
    if request.state in WORK_STATES | {RequestState.QUEUED} and catalogue.find_approval_rule(service.key, values):
        raise Conflict(
            f"“{service.name}” needs approval, and {request.reference} is accepted already. "
            "Decline it with that reason, and ask the requester for a new one."
        )
    return {"service": service.key, "values": values}


def _score(action: Action) -> FieldChanges:
    scores = action.input["scores"]
    parts = {"impact": scores.impact, "urgency": scores.urgency, "risk": scores.risk}
    wrong = {key: "Give a whole number from 1 to 5." for key, score in parts.items() if not 1 <= score <= 5}
    if scores.size not in SIZES:
        wrong["size"] = "Give one of 1, 2, 3, 5 and 8."
    if wrong:
        raise InvalidInput(wrong)
    return {"scores": asdict(scores)}


def _watch(action: Action) -> FieldChanges:
    watchers = list(dict.fromkeys([*action.request.watchers, *_read_watchers(action)]))
    if len(watchers) > MAX_PEOPLE:
        raise InvalidInput({"people": f"At most {MAX_PEOPLE} people can watch a request."})
    return {"watchers": watchers}


def _unwatch(action: Action) -> FieldChanges:
    people = _read_watchers(action)
    return {"watchers": [watcher for watcher in action.request.watchers if watcher not in people]}


def _read_watchers(action: Action) -> tuple[str, ...]:
    """Everybody may watch or stop; of others, the requester and the PMO decide."""
    people = tuple(action.input["people"])
    if set(people) != {action.actor.id} and not (action.actor.is_pmo or action.actor.id == action.request.requester):
        raise NotAllowed("Only the requester and PMO staff can decide who else watches it. Ask one of them.")
    return people


def _override(action: Action) -> FieldChanges:
    to = action.input["to"]
    if to not in OVERRIDE_STATES or to is action.request.state:
        choices = ", ".join(state.label for state in RequestState if state in OVERRIDE_STATES - {action.request.state})
        raise InvalidInput({"to": f"It can be moved to: {choices}."})
    changed: FieldChanges = {"reason": action.input["reason"]}
    if to is RequestState.IN_PROGRESS:
        if "assignee" in action.input and action.input["assignee"] != action.request.assignee:
            changed |= _assign(action)
        elif action.request.assignee is None:
            raise InvalidInput({"assignee": "Choose who takes it."})
    if to in (RequestState.SUBMITTED, RequestState.QUEUED):
        changed["assignee"] = None
    return changed


_EFFECTS: Mapping[Verb, Callable[[Action], FieldChanges]] = {
    Verb.SUBMIT: _submit,
    Verb.ASK: _set_question,
    Verb.ANSWER: _change_form,
    Verb.ACCEPT: _accept,
    Verb.APPROVE: _approve,
    Verb.REQUEST_CHANGES: _set_question,
    Verb.RESUBMIT: _resubmit,
    Verb.CLAIM: _claim,
    Verb.ASSIGN: _assign,
    Verb.REASSIGN: _assign,
    Verb.QUESTION: _set_question,
    Verb.HOLD: _hold,
    Verb.DELIVER: _deliver,
    Verb.REMIND: _remind,
    Verb.AUTO_CLOSE: _auto_close,
    Verb.REOPEN: _reopen,
    Verb.DECLINE: _set_reason,
    Verb.MARK_DUPLICATE: _mark_duplicate,
    Verb.WITHDRAW: _set_reason,
    Verb.CHANGE_PRIORITY: _change_priority,
    Verb.CHANGE_SERVICE: _change_service,
    Verb.SCORE: _score,
    Verb.WATCH: _watch,
    Verb.UNWATCH: _unwatch,
    Verb.OVERRIDE: _override,
}
