"""A request, and the log of everything that happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from foundation.people import Role
from servicedesk.catalogue import Priority
from servicedesk.clock import Clock
from servicedesk.forms import FormValues


class RequestState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_INFO = "needs_info"
    PENDING_APPROVAL = "pending_approval"
    CHANGES_REQUESTED = "changes_requested"
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    WAITING_REQUESTER = "waiting_requester"
    ON_HOLD = "on_hold"
    DELIVERED = "delivered"
    CLOSED = "closed"
    DECLINED = "declined"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """How people read it, within a sentence."""
        return _LABELS[self]


_LABELS = {
    RequestState.DRAFT: "a draft",
    RequestState.SUBMITTED: "waiting for triage",
    RequestState.NEEDS_INFO: "waiting for the requester's answer",
    RequestState.PENDING_APPROVAL: "waiting for approval",
    RequestState.CHANGES_REQUESTED: "waiting for the requester's changes",
    RequestState.QUEUED: "in the queue",
    RequestState.IN_PROGRESS: "in progress",
    RequestState.WAITING_REQUESTER: "waiting for the requester's reply",
    RequestState.ON_HOLD: "on hold",
    RequestState.DELIVERED: "delivered",
    RequestState.CLOSED: "closed",
    RequestState.DECLINED: "declined",
    RequestState.DUPLICATE: "closed as a duplicate",
    RequestState.WITHDRAWN: "withdrawn",
}

TRIAGE_STATES = frozenset({RequestState.SUBMITTED, RequestState.NEEDS_INFO})
APPROVAL_STATES = frozenset({RequestState.PENDING_APPROVAL, RequestState.CHANGES_REQUESTED})
WAITING_STATES = frozenset({RequestState.NEEDS_INFO, RequestState.CHANGES_REQUESTED, RequestState.WAITING_REQUESTER})
WORK_STATES = frozenset({RequestState.IN_PROGRESS, RequestState.WAITING_REQUESTER, RequestState.ON_HOLD})
UNDELIVERED_STATES = TRIAGE_STATES | APPROVAL_STATES | WORK_STATES | {RequestState.QUEUED}
ENDED_STATES = frozenset({RequestState.CLOSED, RequestState.DECLINED, RequestState.DUPLICATE, RequestState.WITHDRAWN})
OPEN_STATES = UNDELIVERED_STATES | {RequestState.DELIVERED}


class RequestVerb(StrEnum):
    """What people, or the system, do to a request. The table in transitions.py says who may, and in which state."""

    DRAFT = "draft"
    SUBMIT = "submit"
    ASK = "ask"
    ANSWER = "answer"
    ACCEPT = "accept"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    RESUBMIT = "resubmit"
    CLAIM = "claim"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    QUESTION = "question"
    REPLY = "reply"
    HOLD = "hold"
    RESUME = "resume"
    DELIVER = "deliver"
    REMIND = "remind"
    ACCEPT_DELIVERY = "accept_delivery"
    AUTO_CLOSE = "auto_close"
    REOPEN = "reopen"
    DECLINE = "decline"
    MARK_DUPLICATE = "mark_duplicate"
    WITHDRAW = "withdraw"
    CHANGE_PRIORITY = "change_priority"
    CHANGE_SERVICE = "change_service"
    CHANGE_REQUESTER = "change_requester"
    SCORE = "score"
    WATCH = "watch"
    UNWATCH = "unwatch"
    COMMENT = "comment"
    OVERRIDE = "override"


class ClockName(StrEnum):
    TRIAGE = "triage"
    APPROVAL = "approval"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Scores:
    """A triager's estimate: `impact`, `urgency` (time criticality), `risk` (reduction) 1–5; `size` 1, 2, 3, 5 or 8."""

    impact: int
    urgency: int
    risk: int
    size: int


@dataclass(frozen=True, slots=True)
class Request:
    """The current state of a request. `version` starts at 1 and grows by one with every log entry.

    People are user IDs. `key` identifies the submission, so that a form that is sent twice makes one request.
    `question` is what the requester has to answer in needs_info, changes_requested and waiting_requester.
    """

    number: int
    key: str
    service: str
    requester: str
    values: FormValues
    created_at: datetime
    updated_at: datetime
    version: int = 1
    state: RequestState = RequestState.DRAFT
    priority: Priority = Priority.NORMAL
    scores: Scores | None = None
    former_requesters: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    approver_roles: tuple[Role, ...] = ()
    approved_by: str | None = None
    assignee: str | None = None
    triage: Clock | None = None
    approval: Clock | None = None
    delivery: Clock | None = None
    question: str | None = None
    hold_reason: str | None = None
    review_on: date | None = None
    deliverable: str | None = None
    checklist: tuple[str, ...] = ()
    reason: str | None = None
    duplicate_of: int | None = None
    reminders: int = 0
    reminded_at: datetime | None = None
    reopened: int = 0
    submitted_at: datetime | None = None
    accepted_at: datetime | None = None
    started_at: datetime | None = None
    delivered_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def reference(self) -> str:
        """How people refer to it: “PMO-12”."""
        return f"PMO-{self.number}"

    @property
    def title(self) -> str:
        return str(self.values.get("title", self.reference))

    def was_made_by(self, user_id: str) -> bool:
        """Whether it is or once was this person's own request, on which they don't decide."""
        return user_id in (self.requester, *self.former_requesters)

    @property
    def is_confidential(self) -> bool:
        return self.values.get("confidential") is True

    def get_clock(self, name: ClockName) -> Clock | None:
        clocks = {ClockName.TRIAGE: self.triage, ClockName.APPROVAL: self.approval, ClockName.DELIVERY: self.delivery}
        return clocks[name]


JsonData = Mapping[str, object]  # what JSON can hold


@dataclass(frozen=True, slots=True)
class RequestLogEntry:
    """One action, never changed afterwards. `version` is the request's version after it, and so its place in the log.

    `data` holds the changed fields of the request as JSON values (see history.py).
    """

    number: int
    version: int
    at: datetime
    actor: str
    verb: RequestVerb
    before: RequestState | None
    after: RequestState
    comment: str | None = None
    data: JsonData = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestChange:
    """A request after an action, and the action's log entry; no entry when the action had already been done."""

    request: Request
    entry: RequestLogEntry | None
