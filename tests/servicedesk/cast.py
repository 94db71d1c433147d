"""The people, working hours and requests of these tests."""

from datetime import UTC, date, datetime
from typing import Any

from foundation.people import People, Person, Role
from servicedesk.calendar import make_calendar
from servicedesk.catalogue import read_catalogue
from servicedesk.desk import Desk
from servicedesk.history import replay_log
from servicedesk.records import Request, RequestLogEntry, RequestState, RequestVerb
from servicedesk.requests import apply_verb, draft_request

ADA = Person("U01ADA", "Ada Okafor", frozenset({Role.MEMBER}))
BEN = Person("U02BEN", "Ben Castellanos", frozenset({Role.PROJECT_MANAGER}))
WEI = Person("U03WEI", "Wei Chen", frozenset({Role.PMO_STAFF}))
DANA = Person("U04DANA", "Dana Lindqvist", frozenset({Role.LEADER}))
EMEKA = Person("U05EMEKA", "Emeka Adeyemi", frozenset({Role.PMO_STAFF, Role.PMO_LEAD}))
FARAH = Person("U06FARAH", "Farah Haddad", frozenset({Role.PROJECT_MANAGER}))
EVERYBODY = (ADA, BEN, WEI, DANA, EMEKA, FARAH)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
NINE_TO_FIVE = {day: ["09:00-17:00"] for day in WEEKDAYS}
EASTER = (date(2026, 4, 3), date(2026, 4, 6))
LONDON = make_calendar("Europe/London", NINE_TO_FIVE, EASTER)

DESK = Desk(read_catalogue(), LONDON, People(EVERYBODY))

DELIVERY = {
    "link": "https://example.org/report",
    "checklist": ["rated", "actions", "ack_pmo", "ack_manager", "ack_sponsor"],
}


def at(day: int, hour: int = 9, minute: int = 0, month: int = 5) -> datetime:
    """A moment of 2026 by London's clock in summer; 11 May is a Monday."""
    return datetime(2026, month, day, hour - 1, minute, tzinfo=UTC)


MONDAY = at(11)


def health_check(**changes: Any) -> dict[str, Any]:
    """The form of a health check as Ben fills it in."""
    return {
        "title": "Look at the Northgate works",
        "project": "northgate",
        "detail": "Costs run ahead of the plan.",
        "trigger": "concern",
        "stage": "delivery",
        "budget_band": "large",
        "own_rag": "amber",
        "sponsor_informed": True,
    } | changes


def framework(**changes: Any) -> dict[str, Any]:
    """The form of a framework, which needs approval."""
    return {
        "title": "One way to run digital work",
        "project": "not-listed",
        "detail": "Every team has its own gates.",
        "unit": "Digital",
        "project_types": ["digital"],
        "practice": "None agreed.",
        "approver": DANA.id,
    } | changes


def make_draft(requester: Person = BEN, service: str = "health-check", **values: Any) -> Request:
    form = framework if service == "framework-development" else health_check
    return draft_request(12, "form-1", service, requester, form(**values), MONDAY, DESK).request


def make_submitted(requester: Person = BEN, service: str = "health-check", **values: Any) -> Request:
    return apply_verb(make_draft(requester, service, **values), RequestVerb.SUBMIT, requester, MONDAY, DESK).request


def make_log(state: RequestState, requester: Person = BEN, **values: Any) -> list[RequestLogEntry]:
    """The log of a request that reached the state in the usual way: triaged and done by Wei, approved by Emeka."""
    approval = state in (RequestState.PENDING_APPROVAL, RequestState.CHANGES_REQUESTED)
    service, form = ("framework-development", framework) if approval else ("health-check", health_check)
    change = draft_request(12, "form-1", service, requester, form(**values), MONDAY, DESK)
    changes = [change]
    for verb, actor, given in _WAYS[state]:
        changes.append(
            apply_verb(changes[-1].request, verb, requester if actor is BEN else actor, MONDAY, DESK, **given)
        )
    assert changes[-1].request.state is state
    return [change.entry for change in changes if change.entry]


def make_request(state: RequestState, requester: Person = BEN, **values: Any) -> Request:
    """The request with such a log."""
    return replay_log(make_log(state, requester, **values), LONDON)


_SUBMITTED: tuple[tuple[RequestVerb, Person, Any], ...] = ((RequestVerb.SUBMIT, BEN, {}),)
_QUEUED = (*_SUBMITTED, (RequestVerb.ACCEPT, WEI, {}))
_WORKED = (*_QUEUED, (RequestVerb.CLAIM, WEI, {}))
_DELIVERED = (*_WORKED, (RequestVerb.DELIVER, WEI, DELIVERY))
_WAYS: dict[RequestState, tuple[tuple[RequestVerb, Person, Any], ...]] = {
    RequestState.DRAFT: (),
    RequestState.SUBMITTED: _SUBMITTED,
    RequestState.NEEDS_INFO: (*_SUBMITTED, (RequestVerb.ASK, WEI, {"comment": "Which phase?"})),
    RequestState.PENDING_APPROVAL: _QUEUED,
    RequestState.CHANGES_REQUESTED: (*_QUEUED, (RequestVerb.REQUEST_CHANGES, EMEKA, {"comment": "Name the adopters."})),
    RequestState.QUEUED: _QUEUED,
    RequestState.IN_PROGRESS: _WORKED,
    RequestState.WAITING_REQUESTER: (*_WORKED, (RequestVerb.QUESTION, WEI, {"comment": "Where is the register?"})),
    RequestState.ON_HOLD: (
        *_WORKED,
        (RequestVerb.HOLD, WEI, {"reason": "Audit first", "review_on": date(2026, 5, 20)}),
    ),
    RequestState.DELIVERED: _DELIVERED,
    RequestState.CLOSED: (*_DELIVERED, (RequestVerb.ACCEPT_DELIVERY, BEN, {})),
    RequestState.DECLINED: (*_SUBMITTED, (RequestVerb.DECLINE, WEI, {"reason": "Another team does this"})),
    RequestState.DUPLICATE: (*_SUBMITTED, (RequestVerb.MARK_DUPLICATE, WEI, {"duplicate_of": 3})),
    RequestState.WITHDRAWN: (*_SUBMITTED, (RequestVerb.WITHDRAW, BEN, {})),
}


def write_log(*acts, number=12, started=None):
    """The log of a request that was started at the time of its first action."""
    change = draft_request(number, f"form-{number}", "health-check", BEN, health_check(), started or acts[0][2], DESK)
    entries = [change.entry]
    for verb, actor, moment, given in acts:
        change = apply_verb(change.request, verb, actor, moment, DESK, **given)
        entries.append(change.entry)
    return entries


ASKED_BACK = (
    (RequestVerb.SUBMIT, BEN, at(11, 9), {}),
    (RequestVerb.ASK, WEI, at(11, 11), {"comment": "Which phase?"}),
    (RequestVerb.ANSWER, BEN, at(12, 11), {"comment": "The second."}),
    (RequestVerb.ACCEPT, WEI, at(12, 13), {}),
    (RequestVerb.CLAIM, WEI, at(13, 9), {}),
    (RequestVerb.QUESTION, WEI, at(13, 13), {"comment": "Where is the register?"}),
    (RequestVerb.REPLY, BEN, at(15, 13), {"comment": "Here."}),
    (RequestVerb.HOLD, WEI, at(18, 9), {"reason": "Audit first", "review_on": date(2026, 5, 19)}),
    (RequestVerb.RESUME, WEI, at(19, 9), {}),
    (RequestVerb.DELIVER, WEI, at(19, 17), DELIVERY),
    (RequestVerb.ACCEPT_DELIVERY, BEN, at(21, 9), {}),
    (RequestVerb.COMMENT, BEN, at(25, 9), {"comment": "Thanks!"}),
)
