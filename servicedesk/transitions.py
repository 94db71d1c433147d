"""The life of a request as one table: from which state to which, by which verb, by whom, and with what input.

Clocks follow the state: `CLOCK_RULES` says which clock a state runs or pauses. All other clocks that started stop.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from foundation.people import Person
from servicedesk.records import (
    APPROVAL_STATES,
    ENDED_STATES,
    OPEN_STATES,
    UNDELIVERED_STATES,
    WORK_STATES,
    ClockName,
    Request,
    RequestState,
    RequestVerb,
)

SYSTEM = Person("system", "PMO Assistant", frozenset())
"""The actor of what happens automatically: reminders and closing."""


class Relation(StrEnum):
    """What somebody is to a request. The value completes “Only … can …”."""

    REQUESTER = "the requester"
    TRIAGER = "PMO staff"
    ASSIGNEE = "the assignee"
    APPROVER = "an approver who isn't the requester"
    ADMIN = "the head of the PMO, unless they are the requester"
    SYSTEM = "the PMO Assistant"
    VIEWER = "people who can see it"


class ApprovalPath(StrEnum):
    """Tells transitions of the same verb and state apart: does the catalogue ask for an approval?"""

    ALWAYS = "always"
    APPROVAL_NEEDED = "approval needed"
    NO_APPROVAL_NEEDED = "no approval needed"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Without `to` the state stays as it is; an override names its target state in the input. `required_input` are keys of
    `ActionInput`.
    """

    verb: RequestVerb
    sources: frozenset[RequestState]
    to: RequestState | None
    relations: frozenset[Relation]
    required_input: tuple[str, ...] = ()
    path: ApprovalPath = ApprovalPath.ALWAYS


def _transition(
    verb: RequestVerb,
    sources: RequestState | Iterable[RequestState],
    to: RequestState | None,
    *relations: Relation,
    required_input: tuple[str, ...] = (),
    path: ApprovalPath = ApprovalPath.ALWAYS,
) -> Transition:
    states = {sources} if isinstance(sources, RequestState) else sources
    return Transition(verb, frozenset(states), to, frozenset(relations), required_input, path)


S, V, R = RequestState, RequestVerb, Relation
CHANGEABLE_STATES = {S.SUBMITTED, S.NEEDS_INFO, S.QUEUED} | WORK_STATES
OVERRIDE_STATES = frozenset({S.SUBMITTED, S.QUEUED, S.IN_PROGRESS, S.CLOSED, S.DECLINED, S.WITHDRAWN})

TRANSITIONS: tuple[Transition, ...] = (
    _transition(V.SUBMIT, S.DRAFT, S.SUBMITTED, R.REQUESTER),
    _transition(V.ASK, S.SUBMITTED, S.NEEDS_INFO, R.TRIAGER, required_input=("comment",)),
    _transition(V.ANSWER, S.NEEDS_INFO, S.SUBMITTED, R.REQUESTER, required_input=("comment",)),
    _transition(V.ACCEPT, S.SUBMITTED, S.PENDING_APPROVAL, R.TRIAGER, path=ApprovalPath.APPROVAL_NEEDED),
    _transition(V.ACCEPT, S.SUBMITTED, S.QUEUED, R.TRIAGER, path=ApprovalPath.NO_APPROVAL_NEEDED),
    _transition(V.APPROVE, S.PENDING_APPROVAL, S.QUEUED, R.APPROVER),
    _transition(V.REQUEST_CHANGES, S.PENDING_APPROVAL, S.CHANGES_REQUESTED, R.APPROVER, required_input=("comment",)),
    _transition(V.RESUBMIT, S.CHANGES_REQUESTED, S.PENDING_APPROVAL, R.REQUESTER),
    _transition(V.CLAIM, S.QUEUED, S.IN_PROGRESS, R.TRIAGER),
    _transition(V.ASSIGN, S.QUEUED, S.IN_PROGRESS, R.TRIAGER, required_input=("assignee",)),
    _transition(V.REASSIGN, WORK_STATES, None, R.TRIAGER, required_input=("assignee",)),
    _transition(V.QUESTION, S.IN_PROGRESS, S.WAITING_REQUESTER, R.ASSIGNEE, required_input=("comment",)),
    _transition(V.REPLY, S.WAITING_REQUESTER, S.IN_PROGRESS, R.REQUESTER, required_input=("comment",)),
    _transition(V.HOLD, S.IN_PROGRESS, S.ON_HOLD, R.ASSIGNEE, R.TRIAGER, required_input=("reason", "review_on")),
    _transition(V.RESUME, S.ON_HOLD, S.IN_PROGRESS, R.ASSIGNEE, R.TRIAGER),
    _transition(V.DELIVER, S.IN_PROGRESS, S.DELIVERED, R.ASSIGNEE, required_input=("link",)),
    _transition(V.REMIND, S.DELIVERED, None, R.SYSTEM),
    _transition(V.ACCEPT_DELIVERY, S.DELIVERED, S.CLOSED, R.REQUESTER),
    _transition(V.AUTO_CLOSE, S.DELIVERED, S.CLOSED, R.SYSTEM),
    _transition(V.REOPEN, {S.DELIVERED, S.CLOSED}, S.IN_PROGRESS, R.REQUESTER, required_input=("reason",)),
    _transition(V.DECLINE, UNDELIVERED_STATES - APPROVAL_STATES, S.DECLINED, R.TRIAGER, required_input=("reason",)),
    _transition(V.DECLINE, APPROVAL_STATES, S.DECLINED, R.TRIAGER, R.APPROVER, required_input=("reason",)),
    _transition(V.MARK_DUPLICATE, UNDELIVERED_STATES, S.DUPLICATE, R.TRIAGER, required_input=("duplicate_of",)),
    _transition(V.WITHDRAW, UNDELIVERED_STATES | {S.DRAFT}, S.WITHDRAWN, R.REQUESTER),
    _transition(V.CHANGE_PRIORITY, UNDELIVERED_STATES, None, R.TRIAGER, required_input=("priority",)),
    _transition(V.CHANGE_SERVICE, CHANGEABLE_STATES, None, R.TRIAGER, required_input=("service", "reason")),
    _transition(V.CHANGE_REQUESTER, OPEN_STATES, None, R.TRIAGER, required_input=("requester",)),
    _transition(V.SCORE, UNDELIVERED_STATES, None, R.TRIAGER, required_input=("scores",)),
    _transition(V.WATCH, OPEN_STATES | ENDED_STATES, None, R.VIEWER, required_input=("people",)),
    _transition(V.UNWATCH, OPEN_STATES | ENDED_STATES, None, R.VIEWER, required_input=("people",)),
    _transition(V.COMMENT, OPEN_STATES | ENDED_STATES, None, R.VIEWER, required_input=("comment",)),
    _transition(V.OVERRIDE, OPEN_STATES | ENDED_STATES, None, R.ADMIN, required_input=("to", "reason")),
)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """Which clock a state is about, and whether that clock runs or is paused."""

    clock: ClockName
    runs: bool


CLOCK_RULES: dict[RequestState, ClockRule] = {
    S.SUBMITTED: ClockRule(ClockName.TRIAGE, runs=True),
    S.NEEDS_INFO: ClockRule(ClockName.TRIAGE, runs=False),
    S.PENDING_APPROVAL: ClockRule(ClockName.APPROVAL, runs=True),
    S.CHANGES_REQUESTED: ClockRule(ClockName.APPROVAL, runs=False),
    S.QUEUED: ClockRule(ClockName.DELIVERY, runs=True),
    S.IN_PROGRESS: ClockRule(ClockName.DELIVERY, runs=True),
    S.WAITING_REQUESTER: ClockRule(ClockName.DELIVERY, runs=False),
    S.ON_HOLD: ClockRule(ClockName.DELIVERY, runs=False),
}


def find_transitions(request: Request, verb: RequestVerb) -> tuple[Transition, ...]:
    """The transitions by which the verb leaves the request's current state."""
    return tuple(one for one in TRANSITIONS if one.verb is verb and request.state in one.sources)
