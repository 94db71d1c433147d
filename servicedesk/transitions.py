"""The life of a request as one table: from where to where, by which verb, by whom, and what must be given.

Clocks follow the state: `STANCES` says which clock a state runs or pauses; all others that have started are stopped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from foundation.people import Person, Role
from servicedesk.records import (
    APPROVAL,
    BEFORE_DELIVERY,
    ENDED,
    OPEN,
    WORK,
    ClockName,
    Request,
    State,
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


class Way(StrEnum):
    """Rows that share their from, verb and who, told apart by the catalogue's approval rule."""

    ALWAYS = "always"
    APPROVAL_NEEDED = "approval needed"
    NO_APPROVAL_NEEDED = "no approval needed"


@dataclass(frozen=True, slots=True)
class Row:
    """`to` None keeps the state, or for an override is the one that is given. `needs` are keys of what must come."""

    verb: Verb
    sources: frozenset[State]
    to: State | None
    who: frozenset[Relation]
    needs: tuple[str, ...] = ()
    way: Way = Way.ALWAYS


def _row(
    verb: Verb,
    sources: State | Iterable[State],
    to: State | None,
    *who: Relation,
    needs: tuple[str, ...] = (),
    way: Way = Way.ALWAYS,
) -> Row:
    froms = {sources} if isinstance(sources, State) else sources
    return Row(verb, frozenset(froms), to, frozenset(who), needs, way)


S, V, W = State, Verb, Relation
SERVED = {S.SUBMITTED, S.NEEDS_INFO, S.QUEUED} | WORK
OVERRIDE_TO = frozenset({S.SUBMITTED, S.QUEUED, S.IN_PROGRESS, S.CLOSED, S.DECLINED, S.WITHDRAWN})

TABLE: tuple[Row, ...] = (
    _row(V.SUBMIT, S.DRAFT, S.SUBMITTED, W.REQUESTER),
    _row(V.ASK, S.SUBMITTED, S.NEEDS_INFO, W.TRIAGER, needs=("comment",)),
    _row(V.ANSWER, S.NEEDS_INFO, S.SUBMITTED, W.REQUESTER, needs=("comment",)),
    _row(V.ACCEPT, S.SUBMITTED, S.PENDING_APPROVAL, W.TRIAGER, way=Way.APPROVAL_NEEDED),
    _row(V.ACCEPT, S.SUBMITTED, S.QUEUED, W.TRIAGER, way=Way.NO_APPROVAL_NEEDED),
    _row(V.APPROVE, S.PENDING_APPROVAL, S.QUEUED, W.APPROVER),
    _row(V.REQUEST_CHANGES, S.PENDING_APPROVAL, S.CHANGES_REQUESTED, W.APPROVER, needs=("comment",)),
    _row(V.RESUBMIT, S.CHANGES_REQUESTED, S.PENDING_APPROVAL, W.REQUESTER),
    _row(V.CLAIM, S.QUEUED, S.IN_PROGRESS, W.TRIAGER),
    _row(V.ASSIGN, S.QUEUED, S.IN_PROGRESS, W.TRIAGER, needs=("assignee",)),
    _row(V.REASSIGN, WORK, None, W.TRIAGER, needs=("assignee",)),
    _row(V.QUESTION, S.IN_PROGRESS, S.WAITING_REQUESTER, W.ASSIGNEE, needs=("comment",)),
    _row(V.REPLY, S.WAITING_REQUESTER, S.IN_PROGRESS, W.REQUESTER, needs=("comment",)),
    _row(V.HOLD, S.IN_PROGRESS, S.ON_HOLD, W.ASSIGNEE, W.TRIAGER, needs=("reason", "review_on")),
    _row(V.RESUME, S.ON_HOLD, S.IN_PROGRESS, W.ASSIGNEE, W.TRIAGER),
    _row(V.DELIVER, S.IN_PROGRESS, S.DELIVERED, W.ASSIGNEE, needs=("link",)),
    _row(V.REMIND, S.DELIVERED, None, W.SYSTEM),
    _row(V.ACCEPT_DELIVERY, S.DELIVERED, S.CLOSED, W.REQUESTER),
    _row(V.AUTO_CLOSE, S.DELIVERED, S.CLOSED, W.SYSTEM),
    _row(V.REOPEN, {S.DELIVERED, S.CLOSED}, S.IN_PROGRESS, W.REQUESTER, needs=("reason",)),
    _row(V.DECLINE, BEFORE_DELIVERY - APPROVAL, S.DECLINED, W.TRIAGER, needs=("reason",)),
    _row(V.DECLINE, APPROVAL, S.DECLINED, W.TRIAGER, W.APPROVER, needs=("reason",)),
    _row(V.MARK_DUPLICATE, BEFORE_DELIVERY, S.DUPLICATE, W.TRIAGER, needs=("duplicate_of",)),
    _row(V.WITHDRAW, BEFORE_DELIVERY | {S.DRAFT}, S.WITHDRAWN, W.REQUESTER),
    _row(V.CHANGE_PRIORITY, BEFORE_DELIVERY, None, W.TRIAGER, needs=("priority",)),
    _row(V.CHANGE_SERVICE, SERVED, None, W.TRIAGER, needs=("service", "reason")),
    _row(V.SCORE, BEFORE_DELIVERY, None, W.TRIAGER, needs=("scores",)),
    _row(V.WATCH, OPEN | ENDED, None, W.VIEWER, needs=("people",)),
    _row(V.UNWATCH, OPEN | ENDED, None, W.VIEWER, needs=("people",)),
    _row(V.COMMENT, OPEN | ENDED, None, W.VIEWER, needs=("comment",)),
    _row(V.OVERRIDE, OPEN | ENDED, None, W.ADMIN, needs=("to", "reason")),
)


@dataclass(frozen=True, slots=True)
class Stance:
    clock: ClockName
    runs: bool


STANCES: dict[State, Stance] = {
    S.SUBMITTED: Stance(ClockName.TRIAGE, runs=True),
    S.NEEDS_INFO: Stance(ClockName.TRIAGE, runs=False),
    S.PENDING_APPROVAL: Stance(ClockName.APPROVAL, runs=True),
    S.CHANGES_REQUESTED: Stance(ClockName.APPROVAL, runs=False),
    S.QUEUED: Stance(ClockName.DELIVERY, runs=True),
    S.IN_PROGRESS: Stance(ClockName.DELIVERY, runs=True),
    S.WAITING_REQUESTER: Stance(ClockName.DELIVERY, runs=False),
    S.ON_HOLD: Stance(ClockName.DELIVERY, runs=False),
}


def is_one_of(person: Person, request: Request, who: Iterable[Relation]) -> bool:
    """Whether the person is any of these to the request."""
    return any(_is(person, request, one) for one in who)


def may_see(request: Request, person: Person) -> bool:
    """A draft is its requester's. A confidential one is its requester's, watchers', assignee's, approvers', PMO's."""
    if person.id in (request.requester, SYSTEM.id):
        return True
    if request.state is State.DRAFT:
        return False
    if not request.confidential:
        return True
    named = person.id in (request.assignee, request.approved_by, *request.watchers)
    return named or person.is_pmo or (request.state in APPROVAL and _is(person, request, Relation.APPROVER))


def rows_for(request: Request, verb: Verb) -> tuple[Row, ...]:
    """The rows by which the verb leaves the state that the request is in."""
    return tuple(row for row in TABLE if row.verb is verb and request.state in row.sources)


def allowed_verbs(request: Request, person: Person) -> tuple[Verb, ...]:
    """What the person may do with the request as it stands, in the order of the table: the buttons that are shown."""
    if not may_see(request, person):
        return ()
    rows = (row for row in TABLE if request.state in row.sources and is_one_of(person, request, row.who))
    return tuple(dict.fromkeys(row.verb for row in rows))


def verbs_of(request: Request, side: Iterable[Relation]) -> tuple[Verb, ...]:
    """What people who are any of these to the request may do with it: the buttons of a card that several people see."""
    side = frozenset(side)
    rows = (row for row in TABLE if request.state in row.sources and row.who & side)
    return tuple(dict.fromkeys(row.verb for row in rows))


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
            return person.id != SYSTEM.id and may_see(request, person)
