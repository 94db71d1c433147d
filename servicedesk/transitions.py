"""The life of a request as one table: from where to where, by which verb, by whom, and what must be given.

Clocks follow the state: `STANCES` says which clock a state runs or pauses; all others that have started are stopped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from foundation.people import Person, Role
from servicedesk.records import (
    APPROVAL_STATES,
    ENDED_STATES,
    OPEN_STATES,
    UNDELIVERED_STATES,
    WORK_STATES,
    ClockName,
    Request,
    RequestState,
    Verb,
)

SYSTEM = Person("system", "PMO Assistant", frozenset())
"""Who acts when time acts: reminders and closing by itself."""


class Relation(StrEnum):
    """What somebody is to a request. The value completes the sentence “Only … can …”."""

    REQUESTER = "the requester"
    TRIAGER = "PMO staff"
    ASSIGNEE = "the person it is assigned to"
    APPROVER = "its approvers, never the requester,"
    ADMIN = "the head of the PMO, if it is not their own request,"
    SYSTEM = "the clock"
    VIEWER = "people who may see it"


class ApprovalPath(StrEnum):
    """Rows that share their from, verb and who, told apart by the catalogue's approval rule."""

    ALWAYS = "always"
    APPROVAL_NEEDED = "approval needed"
    NO_APPROVAL_NEEDED = "no approval needed"


@dataclass(frozen=True, slots=True)
class Transition:
    """`to` None keeps the state, or for an override is the one that is given. `needs` are keys of what must come."""

    verb: Verb
    sources: frozenset[RequestState]
    to: RequestState | None
    relations: frozenset[Relation]
    required_input: tuple[str, ...] = ()
    path: ApprovalPath = ApprovalPath.ALWAYS


def _transition(
    verb: Verb,
    sources: RequestState | Iterable[RequestState],
    to: RequestState | None,
    *who: Relation,
    needs: tuple[str, ...] = (),
    way: ApprovalPath = ApprovalPath.ALWAYS,
) -> Transition:
    froms = {sources} if isinstance(sources, RequestState) else sources
    return Transition(verb, frozenset(froms), to, frozenset(who), needs, way)


S, V, W = RequestState, Verb, Relation
CHANGEABLE_STATES = {S.SUBMITTED, S.NEEDS_INFO, S.QUEUED} | WORK_STATES
OVERRIDE_STATES = frozenset({S.SUBMITTED, S.QUEUED, S.IN_PROGRESS, S.CLOSED, S.DECLINED, S.WITHDRAWN})

TRANSITIONS: tuple[Transition, ...] = (
    _transition(V.SUBMIT, S.DRAFT, S.SUBMITTED, W.REQUESTER),
    _transition(V.ASK, S.SUBMITTED, S.NEEDS_INFO, W.TRIAGER, needs=("comment",)),
    _transition(V.ANSWER, S.NEEDS_INFO, S.SUBMITTED, W.REQUESTER, needs=("comment",)),
    _transition(V.ACCEPT, S.SUBMITTED, S.PENDING_APPROVAL, W.TRIAGER, way=ApprovalPath.APPROVAL_NEEDED),
    _transition(V.ACCEPT, S.SUBMITTED, S.QUEUED, W.TRIAGER, way=ApprovalPath.NO_APPROVAL_NEEDED),
    _transition(V.APPROVE, S.PENDING_APPROVAL, S.QUEUED, W.APPROVER),
    _transition(V.REQUEST_CHANGES, S.PENDING_APPROVAL, S.CHANGES_REQUESTED, W.APPROVER, needs=("comment",)),
    _transition(V.RESUBMIT, S.CHANGES_REQUESTED, S.PENDING_APPROVAL, W.REQUESTER),
    _transition(V.CLAIM, S.QUEUED, S.IN_PROGRESS, W.TRIAGER),
    _transition(V.ASSIGN, S.QUEUED, S.IN_PROGRESS, W.TRIAGER, needs=("assignee",)),
    _transition(V.REASSIGN, WORK_STATES, None, W.TRIAGER, needs=("assignee",)),
    _transition(V.QUESTION, S.IN_PROGRESS, S.WAITING_REQUESTER, W.ASSIGNEE, needs=("comment",)),
    _transition(V.REPLY, S.WAITING_REQUESTER, S.IN_PROGRESS, W.REQUESTER, needs=("comment",)),
    _transition(V.HOLD, S.IN_PROGRESS, S.ON_HOLD, W.ASSIGNEE, W.TRIAGER, needs=("reason", "review_on")),
    _transition(V.RESUME, S.ON_HOLD, S.IN_PROGRESS, W.ASSIGNEE, W.TRIAGER),
    _transition(V.DELIVER, S.IN_PROGRESS, S.DELIVERED, W.ASSIGNEE, needs=("link",)),
    _transition(V.REMIND, S.DELIVERED, None, W.SYSTEM),
    _transition(V.ACCEPT_DELIVERY, S.DELIVERED, S.CLOSED, W.REQUESTER),
    _transition(V.AUTO_CLOSE, S.DELIVERED, S.CLOSED, W.SYSTEM),
    _transition(V.REOPEN, {S.DELIVERED, S.CLOSED}, S.IN_PROGRESS, W.REQUESTER, needs=("reason",)),
    _transition(V.DECLINE, UNDELIVERED_STATES - APPROVAL_STATES, S.DECLINED, W.TRIAGER, needs=("reason",)),
    _transition(V.DECLINE, APPROVAL_STATES, S.DECLINED, W.TRIAGER, W.APPROVER, needs=("reason",)),
    _transition(V.MARK_DUPLICATE, UNDELIVERED_STATES, S.DUPLICATE, W.TRIAGER, needs=("duplicate_of",)),
    _transition(V.WITHDRAW, UNDELIVERED_STATES | {S.DRAFT}, S.WITHDRAWN, W.REQUESTER),
    _transition(V.CHANGE_PRIORITY, UNDELIVERED_STATES, None, W.TRIAGER, needs=("priority",)),
    _transition(V.CHANGE_SERVICE, CHANGEABLE_STATES, None, W.TRIAGER, needs=("service", "reason")),
    _transition(V.SCORE, UNDELIVERED_STATES, None, W.TRIAGER, needs=("scores",)),
    _transition(V.WATCH, OPEN_STATES | ENDED_STATES, None, W.VIEWER, needs=("people",)),
    _transition(V.UNWATCH, OPEN_STATES | ENDED_STATES, None, W.VIEWER, needs=("people",)),
    _transition(V.COMMENT, OPEN_STATES | ENDED_STATES, None, W.VIEWER, needs=("comment",)),
    _transition(V.OVERRIDE, OPEN_STATES | ENDED_STATES, None, W.ADMIN, needs=("to", "reason")),
)


@dataclass(frozen=True, slots=True)
class ClockRule:
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


def has_relation(person: Person, request: Request, who: Iterable[Relation]) -> bool:
    """Whether the person is any of these to the request."""
    return any(_is(person, request, one) for one in who)


def can_see(request: Request, person: Person) -> bool:
    """A draft is its requester's. A confidential one is its requester's, watchers', assignee's, approvers', PMO's."""
    if person.id in (request.requester, SYSTEM.id):
        return True
    if request.state is RequestState.DRAFT:
        return False
    if not request.is_confidential:
        return True
    named = person.id in (request.assignee, request.approved_by, *request.watchers)
    return named or person.is_pmo or (request.state in APPROVAL_STATES and _is(person, request, Relation.APPROVER))


def find_transitions(request: Request, verb: Verb) -> tuple[Transition, ...]:
    """The rows by which the verb leaves the state that the request is in."""
    return tuple(
        transition for transition in TRANSITIONS if transition.verb is verb and request.state in transition.sources
    )


def find_allowed_verbs(request: Request, person: Person) -> tuple[Verb, ...]:
    """What the person may do with the request as it stands, in the order of the table: the buttons that are shown."""
    if not can_see(request, person):
        return ()
    transitions = (
        transition
        for transition in TRANSITIONS
        if request.state in transition.sources and has_relation(person, request, transition.relations)
    )
    return tuple(dict.fromkeys(transition.verb for transition in transitions))


def find_verbs_for(request: Request, side: Iterable[Relation]) -> tuple[Verb, ...]:
    """What people who are any of these to the request may do with it: the buttons of a card that several people see."""
    side = frozenset(side)
    transitions = (
        transition for transition in TRANSITIONS if request.state in transition.sources and transition.relations & side
    )
    return tuple(dict.fromkeys(transition.verb for transition in transitions))


def _is(person: Person, request: Request, who: Relation) -> bool:
    match who:
        case Relation.REQUESTER:
            return person.id == request.requester
        case Relation.TRIAGER:
            return person.is_pmo
        case Relation.ASSIGNEE:
            return person.id == request.assignee
        case Relation.APPROVER:
            return person.id != request.requester and person.has_role(*request.approver_roles)
        case Relation.ADMIN:
            return person.has_role(Role.PMO_LEAD) and person.id != request.requester
        case Relation.SYSTEM:
            return person.id == SYSTEM.id
        case Relation.VIEWER:
            return person.id != SYSTEM.id and can_see(request, person)
