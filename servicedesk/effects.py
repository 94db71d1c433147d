"""What each verb changes in a request once the table allows it, and which input it refuses.

An effect returns the changed fields as JSON values; they become the data of the log entry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from foundation.errors import Conflict, InvalidInput, NotAllowed
from foundation.people import Role
from servicedesk.catalogue import ApprovalRule
from servicedesk.clock import Target
from servicedesk.desk import Action
from servicedesk.forms import MAX_PEOPLE, FormValue, check_url, validate_form
from servicedesk.permissions import (
    can_be_assigned,
    can_be_involved,
    can_change_watchers,
    explain_uninvolved,
    find_approvers,
    find_others_with_role,
)
from servicedesk.records import APPROVAL_STATES, WORK_STATES, RequestState, RequestVerb
from servicedesk.transitions import OVERRIDE_STATES

LONGEST_HOLD = timedelta(days=366)
SIZES = (1, 2, 3, 5, 8)

FieldChanges = dict[str, object]


def compute_changes(action: Action) -> FieldChanges:
    """The fields that the action changes.

    Raises:
        UserError: the input is invalid, or it is too early or too late for the action.
    """
    effect = _EFFECTS.get(action.verb)
    return effect(action) if effect else {}


def find_needed_approval(action: Action) -> ApprovalRule | None:
    """The rule by which the request needs approval, if it does."""
    return action.desk.catalogue.find_approval_rule(action.request.service, action.request.values)


def _submit(action: Action) -> FieldChanges:
    values = _read_form(action) or validate_form(
        action.desk.catalogue.list_form_fields(action.request.service), action.request.values, action.today
    )
    watchers = values.get("watchers", ())
    return {"values": values, "watchers": list(watchers) if isinstance(watchers, tuple) else []}


def _read_form(action: Action) -> dict[str, FormValue]:
    """The validated form that came with the verb; empty when none came."""
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
    if not any(find_others_with_role(role, action.request, action.desk.people) for role in rule.by):
        raise Conflict(
            f"{action.request.reference} needs approval, and nobody can give it: people don't approve "
            "their own requests. Give someone else an approver's role, or change the approval rule in the catalogue."
        )
    return _set_approver_roles(rule.by, action, action.request.values)


def _resubmit(action: Action) -> FieldChanges:
    values = _read_form(action)
    return {"values": values, **_set_approver_roles(action.request.approver_roles, action, values)} if values else {}


def _set_approver_roles(roles: Sequence[Role], action: Action, values: Mapping[str, object]) -> FieldChanges:
    """Anybody with one of the roles may approve, but a confidential request opens only to those who are asked."""
    if values.get("confidential"):
        roles = [role for role in roles if find_others_with_role(role, action.request, action.desk.people)][:1]
    return {"approver_roles": [str(role) for role in roles]}


def _approve(action: Action) -> FieldChanges:
    return {"approved_by": action.actor.id}


def _claim(action: Action) -> FieldChanges:
    return {"assignee": action.actor.id}


def _assign(action: Action) -> FieldChanges:
    person = action.desk.people.get(action.input["assignee"])
    if not can_be_assigned(person):
        raise InvalidInput({"assignee": f"{person.name} isn't on the PMO staff. Choose someone who is."})
    if person.id == action.request.assignee:
        raise InvalidInput({"assignee": f"It's already assigned to {person.name}. Choose someone else."})
    return {"assignee": person.id}


def _hold(action: Action) -> FieldChanges:
    review_on = action.input["review_on"]
    if not action.today < review_on <= action.today + LONGEST_HOLD:
        raise InvalidInput({"review_on": "Choose a date after today and within a year."})
    return {"hold_reason": action.input["reason"], "review_on": review_on.isoformat()}


def _deliver(action: Action) -> FieldChanges:
    link = check_url(action.input["link"])
    items = action.desk.catalogue.get_service(action.request.service).checklist
    done = action.input.get("checklist", ())
    left = [label for key, label in items.items() if key not in done]
    if left:
        raise InvalidInput({"checklist": f"Not done yet: {'; '.join(left)}."})
    return {"deliverable": link, "checklist": list(items), "reason": None}


def _remind(action: Action) -> FieldChanges:
    times = action.desk.catalogue.acceptance.remind_after
    sent = action.request.reminders
    if sent >= len(times) or not _has_passed(action, action.request.delivered_at, times[sent]):
        raise Conflict(f"No reminder about {action.request.reference} is due yet.")
    return {}


def _auto_close(action: Action) -> FieldChanges:
    """Close when the time for acceptance has passed, all reminders went out, and the last one is a business day old."""
    acceptance, request = action.desk.catalogue.acceptance, action.request
    reminded = request.reminders >= len(acceptance.remind_after)
    last = request.reminded_at or request.delivered_at
    passed = _has_passed(action, request.delivered_at, acceptance.close_after) and _has_passed(
        action, last, Target(1, "days")
    )
    if not (reminded and passed):
        raise Conflict(f"It's too early to close {request.reference} automatically.")
    return {}


def check_can_reopen(action: Action) -> None:
    """Raises Conflict when the request ended too long ago."""
    reopen_within = action.desk.catalogue.acceptance.reopen_within
    since = action.request.ended_at or action.request.delivered_at
    calendar = action.desk.calendar
    if since and calendar.count_working_seconds(since, action.at) > reopen_within.to_seconds(calendar):
        ended = f"{action.request.reference} ended more than {reopen_within} ago"
        raise Conflict(f"{ended}. Create a new request and link to this one.")


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
        raise InvalidInput({"duplicate_of": "Enter the number of another request: the one to keep."})
    return {"duplicate_of": other, "reason": action.input.get("reason")}


def _change_priority(action: Action) -> FieldChanges:
    priority = action.input["priority"]
    if priority is action.request.priority:
        raise InvalidInput({"priority": f"The priority is already {priority}."})
    return {"priority": str(priority)}


def _change_service(action: Action) -> FieldChanges:
    """Keep the answers to fields that both forms share. The log still has the others."""
    catalogue, request = action.desk.catalogue, action.request
    service = catalogue.get_service(action.input["service"])
    if service.key == request.service:
        raise InvalidInput({"service": f"It's already a request for “{service.name}”."})
    form = catalogue.list_form_fields(service.key)
    same = {field.key for field in catalogue.list_form_fields(request.service) if field in form}
    values = {key: value for key, value in request.values.items() if key in same}
    if request.state in WORK_STATES | {RequestState.QUEUED} and catalogue.find_approval_rule(service.key, values):
        raise Conflict(
            f"“{service.name}” needs approval, and {request.reference} has already been accepted. "
            "Decline it with that reason and ask the requester for a new request."
        )
    return {"service": service.key, "values": values}


def _score(action: Action) -> FieldChanges:
    scores = action.input["scores"]
    parts = {"impact": scores.impact, "urgency": scores.urgency, "risk": scores.risk}
    errors = {key: "Choose a number from 1 to 5." for key, score in parts.items() if not 1 <= score <= 5}
    if scores.size not in SIZES:
        errors["size"] = "Choose 1, 2, 3, 5 or 8."
    if errors:
        raise InvalidInput(errors)
    return {"scores": asdict(scores)}


def _change_requester(action: Action) -> FieldChanges:
    person = action.desk.people.get(action.input["requester"])
    if not can_be_involved(person):
        raise InvalidInput({"requester": f"{person.name} can't use the service desk. Choose someone else."})
    if person.id == action.request.requester:
        raise InvalidInput({"requester": f"It's already {person.name}'s request. Choose someone else."})
    former = [*action.request.former_requesters, action.request.requester]
    after = replace(action.request, requester=person.id, former_requesters=tuple(former))
    if person.id == after.approved_by:
        raise InvalidInput({"requester": f"{person.name} approved it, so it can't be theirs. Choose someone else."})
    if after.state in APPROVAL_STATES and not find_approvers(after, action.desk.people):
        raise InvalidInput(
            {"requester": f"Only {person.name} can approve it, so it can't be theirs. Choose someone else."}
        )
    return {"requester": person.id, "former_requesters": former}


def _watch(action: Action) -> FieldChanges:
    watchers = list(dict.fromkeys([*action.request.watchers, *_read_watchers(action)]))
    if len(watchers) > MAX_PEOPLE:
        raise InvalidInput({"people": f"At most {MAX_PEOPLE} people can watch a request."})
    if problem := explain_uninvolved(_read_watchers(action), action.desk.people):
        raise InvalidInput({"people": problem})
    return {"watchers": watchers}


def _unwatch(action: Action) -> FieldChanges:
    people = _read_watchers(action)
    return {"watchers": [watcher for watcher in action.request.watchers if watcher not in people]}


def _read_watchers(action: Action) -> tuple[str, ...]:
    """Whose watching changes. Everybody decides for themselves; the requester and the PMO may decide for others."""
    people = tuple(action.input["people"])
    if set(people) != {action.actor.id} and not can_change_watchers(action.request, action.actor):
        raise NotAllowed("Only the requester and PMO staff can add or remove other watchers. Ask one of them.")
    return people


def _override(action: Action) -> FieldChanges:
    to = action.input["to"]
    if to not in OVERRIDE_STATES or to is action.request.state:
        choices = ", ".join(state.label for state in RequestState if state in OVERRIDE_STATES - {action.request.state})
        raise InvalidInput({"to": f"Choose one of these statuses: {choices}."})
    changed: FieldChanges = {"reason": action.input["reason"]}
    if to is RequestState.IN_PROGRESS:
        if "assignee" in action.input and action.input["assignee"] != action.request.assignee:
            changed |= _assign(action)
        elif action.request.assignee is None:
            raise InvalidInput({"assignee": "Choose an assignee."})
    if to in (RequestState.SUBMITTED, RequestState.QUEUED):
        changed["assignee"] = None
    return changed


_EFFECTS: Mapping[RequestVerb, Callable[[Action], FieldChanges]] = {
    RequestVerb.SUBMIT: _submit,
    RequestVerb.ASK: _set_question,
    RequestVerb.ANSWER: _change_form,
    RequestVerb.ACCEPT: _accept,
    RequestVerb.APPROVE: _approve,
    RequestVerb.REQUEST_CHANGES: _set_question,
    RequestVerb.RESUBMIT: _resubmit,
    RequestVerb.CLAIM: _claim,
    RequestVerb.ASSIGN: _assign,
    RequestVerb.REASSIGN: _assign,
    RequestVerb.QUESTION: _set_question,
    RequestVerb.HOLD: _hold,
    RequestVerb.DELIVER: _deliver,
    RequestVerb.REMIND: _remind,
    RequestVerb.AUTO_CLOSE: _auto_close,
    RequestVerb.REOPEN: _reopen,
    RequestVerb.DECLINE: _set_reason,
    RequestVerb.MARK_DUPLICATE: _mark_duplicate,
    RequestVerb.WITHDRAW: _set_reason,
    RequestVerb.CHANGE_PRIORITY: _change_priority,
    RequestVerb.CHANGE_SERVICE: _change_service,
    RequestVerb.CHANGE_REQUESTER: _change_requester,
    RequestVerb.SCORE: _score,
    RequestVerb.WATCH: _watch,
    RequestVerb.UNWATCH: _unwatch,
    RequestVerb.OVERRIDE: _override,
}
