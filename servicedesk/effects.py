"""What each verb changes in a request, once the table allows it, and what it still refuses.

A decision gives the changed fields as JSON can hold them; they are the data of the log entry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from foundation.errors import Conflict, InvalidInput, NotAllowed
from foundation.people import People, Person, Role
from servicedesk.catalogue import Approval
from servicedesk.clock import Target
from servicedesk.desk import Act
from servicedesk.forms import MOST_PEOPLE, Value, check_url, validate
from servicedesk.records import WORK, Request, State, Verb
from servicedesk.transitions import OVERRIDE_TO

LONGEST_HOLD = timedelta(days=366)
SIZES = (1, 2, 3, 5, 8)

Changed = dict[str, object]


def decide(act: Act) -> Changed:
    """The fields that the act changes.

    Raises:
        UserError: what is given does not fit, or the moment is not right.
    """
    decision = _DECISIONS.get(act.verb)
    return decision(act) if decision else {}


def approvers(request: Request, people: People) -> tuple[Person, ...]:
    """Who is asked to approve: those of the first role that has somebody other than the requester."""
    return next((others for role in request.approver_roles if (others := _others_with(role, request, people))), ())


def _others_with(role: Role, request: Request, people: People) -> tuple[Person, ...]:
    return tuple(person for person in people.find_by_role(role) if person.id != request.requester)


def approval_needed(act: Act) -> Approval | None:
    return act.desk.catalogue.approval(act.request.service, act.request.values)


def _submit(act: Act) -> Changed:
    values = _values(act) or validate(act.desk.catalogue.form(act.request.service), act.request.values, act.today)
    watchers = values.get("watchers", ())
    return {"values": values, "watchers": list(watchers) if isinstance(watchers, tuple) else []}


def _values(act: Act) -> dict[str, Value]:
    """The form as it is given with the verb, checked; empty when none is given."""
    if "values" not in act.given:
        return {}
    return validate(act.desk.catalogue.form(act.request.service), act.given["values"], act.today)


def _changed_values(act: Act) -> Changed:
    values = _values(act)
    return {"values": values} if values else {}


def _ask(act: Act) -> Changed:
    return {"question": act.given["comment"]}


def _accept(act: Act) -> Changed:
    rule = approval_needed(act)
    if rule is None:
        return {}
    if not any(_others_with(role, act.request, act.desk.people) for role in rule.by):
        raise Conflict(
            f"{act.request.reference} needs approval, but nobody other than its requester may give it. "
            "Give somebody the role of an approver, or change the approval rule in the catalogue."
        )
    return _opened_to(rule.by, act, act.request.values)


def _resubmit(act: Act) -> Changed:
    values = _values(act)
    return {"values": values, **_opened_to(act.request.approver_roles, act, values)} if values else {}


def _opened_to(roles: Sequence[Role], act: Act, values: Mapping[str, object]) -> Changed:
    """Whoever holds any of the roles may approve. What is confidential is opened to those alone who are asked."""
    if values.get("confidential"):
        roles = [role for role in roles if _others_with(role, act.request, act.desk.people)][:1]
    return {"approver_roles": [str(role) for role in roles]}


def _approve(act: Act) -> Changed:
    return {"approved_by": act.actor.id}


def _claim(act: Act) -> Changed:
    return {"assignee": act.actor.id}


def _assign(act: Act) -> Changed:
    person = act.desk.people.get(act.given["assignee"])
    if not person.is_pmo:
        raise InvalidInput({"assignee": f"{person.name} is not on the PMO's staff. Choose somebody who is."})
    if person.id == act.request.assignee:
        raise InvalidInput({"assignee": f"{person.name} has it already. Choose somebody else."})
    return {"assignee": person.id}


def _hold(act: Act) -> Changed:
    review_on = act.given["review_on"]
    if not act.today < review_on <= act.today + LONGEST_HOLD:
        raise InvalidInput({"review_on": "Choose a day after today, within a year."})
    return {"hold_reason": act.given["reason"], "review_on": review_on.isoformat()}


def _deliver(act: Act) -> Changed:
    link = check_url(act.given["link"])
    items = act.desk.catalogue.service(act.request.service).checklist
    done = act.given.get("checklist", ())
    left = [label for key, label in items.items() if key not in done]
    if left:
        raise InvalidInput({"checklist": f"Still to do: {'; '.join(left)}."})
    return {"deliverable": link, "checklist": list(items), "reason": None}


def _remind(act: Act) -> Changed:
    times = act.desk.catalogue.acceptance.remind_after
    sent = act.request.reminders
    if sent >= len(times) or not _passed(act, act.request.delivered_at, times[sent]):
        raise Conflict(f"No reminder about {act.request.reference} is due.")
    return {}


def _auto_close(act: Act) -> Changed:
    """After the time for acceptance, all reminders, and one business day after the last of them."""
    acceptance, request = act.desk.catalogue.acceptance, act.request
    reminded = request.reminders >= len(acceptance.remind_after)
    last = request.reminded_at or request.delivered_at
    passed = _passed(act, request.delivered_at, acceptance.close_after) and _passed(act, last, Target(1, "days"))
    if not (reminded and passed):
        raise Conflict(f"{request.reference} does not close by itself yet.")
    return {}


def check_reopening(act: Act) -> None:
    """Raises Conflict when it ended too long ago."""
    within = act.desk.catalogue.acceptance.reopen_within
    since = act.request.ended_at or act.request.delivered_at
    calendar = act.desk.calendar
    if since and calendar.between(since, act.at) > within.seconds(calendar):
        ended = f"{act.request.reference} ended more than {within} ago"
        raise Conflict(f"{ended}. Make a new request, and link to this one.")


def _reopen(act: Act) -> Changed:
    check_reopening(act)
    return {"checklist": [], "reason": act.given["reason"]}


def _passed(act: Act, since: datetime | None, target: Target) -> bool:
    calendar = act.desk.calendar
    return since is not None and calendar.between(since, act.at) >= target.seconds(calendar)


def _reason(act: Act) -> Changed:
    return {"reason": act.given.get("reason")}


def _duplicate(act: Act) -> Changed:
    other = act.given["duplicate_of"]
    if other < 1 or other == act.request.number:
        raise InvalidInput({"duplicate_of": "Give the number of another request, the one that stays."})
    return {"duplicate_of": other, "reason": act.given.get("reason")}


def _change_priority(act: Act) -> Changed:
    priority = act.given["priority"]
    if priority is act.request.priority:
        raise InvalidInput({"priority": f"The priority is {priority} already."})
    return {"priority": str(priority)}


def _change_service(act: Act) -> Changed:
    """Answers that mean the same in the new form are kept; the log keeps the others."""
    catalogue, request = act.desk.catalogue, act.request
    service = catalogue.service(act.given["service"])
    if service.key == request.service:
        raise InvalidInput({"service": f"It is a request for “{service.name}” already."})
    form = catalogue.form(service.key)
    same = {field.key for field in catalogue.form(request.service) if field in form}
    values = {key: value for key, value in request.values.items() if key in same}
    if request.state in WORK | {State.QUEUED} and catalogue.approval(service.key, values):
        raise Conflict(
            f"“{service.name}” needs approval, and {request.reference} is accepted already. "
            "Decline it with that reason, and ask the requester for a new one."
        )
    return {"service": service.key, "values": values}


def _score(act: Act) -> Changed:
    scores = act.given["scores"]
    parts = {"impact": scores.impact, "urgency": scores.urgency, "risk": scores.risk}
    wrong = {key: "Give a whole number from 1 to 5." for key, score in parts.items() if not 1 <= score <= 5}
    if scores.size not in SIZES:
        wrong["size"] = "Give one of 1, 2, 3, 5 and 8."
    if wrong:
        raise InvalidInput(wrong)
    return {"scores": asdict(scores)}


def _watch(act: Act) -> Changed:
    watchers = list(dict.fromkeys([*act.request.watchers, *_others_too(act)]))
    if len(watchers) > MOST_PEOPLE:
        raise InvalidInput({"people": f"At most {MOST_PEOPLE} people can watch a request."})
    return {"watchers": watchers}


def _unwatch(act: Act) -> Changed:
    people = _others_too(act)
    return {"watchers": [watcher for watcher in act.request.watchers if watcher not in people]}


def _others_too(act: Act) -> tuple[str, ...]:
    """Everybody may watch or stop; of others, the requester and the PMO decide."""
    people = tuple(act.given["people"])
    if set(people) != {act.actor.id} and not (act.actor.is_pmo or act.actor.id == act.request.requester):
        raise NotAllowed("Only the requester and PMO staff can decide who else watches it. Ask one of them.")
    return people


def _override(act: Act) -> Changed:
    to = act.given["to"]
    if to not in OVERRIDE_TO or to is act.request.state:
        choices = ", ".join(state.words for state in State if state in OVERRIDE_TO - {act.request.state})
        raise InvalidInput({"to": f"It can be moved to: {choices}."})
    changed: Changed = {"reason": act.given["reason"]}
    if to is State.IN_PROGRESS:
        if "assignee" in act.given and act.given["assignee"] != act.request.assignee:
            changed |= _assign(act)
        elif act.request.assignee is None:
            raise InvalidInput({"assignee": "Choose who takes it."})
    if to in (State.SUBMITTED, State.QUEUED):
        changed["assignee"] = None
    return changed


_DECISIONS: Mapping[Verb, Callable[[Act], Changed]] = {
    Verb.SUBMIT: _submit,
    Verb.ASK: _ask,
    Verb.ANSWER: _changed_values,
    Verb.ACCEPT: _accept,
    Verb.APPROVE: _approve,
    Verb.REQUEST_CHANGES: _ask,
    Verb.RESUBMIT: _resubmit,
    Verb.CLAIM: _claim,
    Verb.ASSIGN: _assign,
    Verb.REASSIGN: _assign,
    Verb.QUESTION: _ask,
    Verb.HOLD: _hold,
    Verb.DELIVER: _deliver,
    Verb.REMIND: _remind,
    Verb.AUTO_CLOSE: _auto_close,
    Verb.REOPEN: _reopen,
    Verb.DECLINE: _reason,
    Verb.MARK_DUPLICATE: _duplicate,
    Verb.WITHDRAW: _reason,
    Verb.CHANGE_PRIORITY: _change_priority,
    Verb.CHANGE_SERVICE: _change_service,
    Verb.SCORE: _score,
    Verb.WATCH: _watch,
    Verb.UNWATCH: _unwatch,
    Verb.OVERRIDE: _override,
}
