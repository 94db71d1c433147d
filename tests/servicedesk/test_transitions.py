"""The life of a request, written down independently: from which state to which, and by whom."""

from datetime import date

import pytest

from foundation.errors import Conflict, NotAllowed, NotFound
from servicedesk.catalogue import Priority
from servicedesk.permissions import find_allowed_verbs
from servicedesk.records import RequestState, RequestVerb, Scores
from servicedesk.requests import apply_verb
from servicedesk.transitions import SYSTEM, TRANSITIONS
from tests.servicedesk.cast import (
    BEN,
    DANA,
    DELIVERY,
    DESK,
    EMEKA,
    EVERYBODY,
    FARAH,
    MONDAY,
    WEI,
    make_request,
    make_submitted,
)

S, V = RequestState, RequestVerb
PMO = {WEI, EMEKA}
# Ben asks, Wei does the work. Emeka is PMO staff, approver and head of the PMO; Dana is an approver.
EXPECTED = {
    (S.DRAFT, V.SUBMIT): (S.SUBMITTED, {BEN}),
    (S.DRAFT, V.WITHDRAW): (S.WITHDRAWN, {BEN}),
    (S.SUBMITTED, V.ASK): (S.NEEDS_INFO, PMO),
    (S.NEEDS_INFO, V.ANSWER): (S.SUBMITTED, {BEN}),
    (S.SUBMITTED, V.ACCEPT): (S.QUEUED, PMO),
    (S.PENDING_APPROVAL, V.APPROVE): (S.QUEUED, {EMEKA, DANA}),
    (S.PENDING_APPROVAL, V.REQUEST_CHANGES): (S.CHANGES_REQUESTED, {EMEKA, DANA}),
    (S.CHANGES_REQUESTED, V.RESUBMIT): (S.PENDING_APPROVAL, {BEN}),
    (S.QUEUED, V.CLAIM): (S.IN_PROGRESS, PMO),
    (S.QUEUED, V.ASSIGN): (S.IN_PROGRESS, PMO),
    (S.IN_PROGRESS, V.QUESTION): (S.WAITING_REQUESTER, {WEI}),
    (S.WAITING_REQUESTER, V.REPLY): (S.IN_PROGRESS, {BEN}),
    (S.IN_PROGRESS, V.HOLD): (S.ON_HOLD, PMO),
    (S.ON_HOLD, V.RESUME): (S.IN_PROGRESS, PMO),
    (S.IN_PROGRESS, V.REASSIGN): (S.IN_PROGRESS, PMO),
    (S.WAITING_REQUESTER, V.REASSIGN): (S.WAITING_REQUESTER, PMO),
    (S.ON_HOLD, V.REASSIGN): (S.ON_HOLD, PMO),
    (S.IN_PROGRESS, V.DELIVER): (S.DELIVERED, {WEI}),
    (S.DELIVERED, V.ACCEPT_DELIVERY): (S.CLOSED, {BEN}),
    (S.DELIVERED, V.REOPEN): (S.IN_PROGRESS, {BEN}),
    (S.CLOSED, V.REOPEN): (S.IN_PROGRESS, {BEN}),
}
BEFORE_DELIVERY = (
    S.SUBMITTED,
    S.NEEDS_INFO,
    S.PENDING_APPROVAL,
    S.CHANGES_REQUESTED,
    S.QUEUED,
    S.IN_PROGRESS,
    S.WAITING_REQUESTER,
    S.ON_HOLD,
)
for state in BEFORE_DELIVERY:
    approval = state in (S.PENDING_APPROVAL, S.CHANGES_REQUESTED)
    EXPECTED[state, V.DECLINE] = (S.DECLINED, PMO | {DANA} if approval else PMO)
    EXPECTED[state, V.MARK_DUPLICATE] = (S.DUPLICATE, PMO)
    EXPECTED[state, V.WITHDRAW] = (S.WITHDRAWN, {BEN})
    EXPECTED[state, V.CHANGE_PRIORITY] = (state, PMO)
    EXPECTED[state, V.SCORE] = (state, PMO)
    if not approval:
        EXPECTED[state, V.CHANGE_SERVICE] = (state, PMO)
for state in (*BEFORE_DELIVERY, S.DELIVERED):
    EXPECTED[state, V.CHANGE_REQUESTER] = (state, PMO)
for state in RequestState:
    if state is not S.DRAFT:
        EXPECTED |= {(state, verb): (state, set(EVERYBODY)) for verb in (V.COMMENT, V.WATCH, V.UNWATCH)}
        EXPECTED[state, V.OVERRIDE] = (S.QUEUED if state is not S.QUEUED else S.CLOSED, {EMEKA})

BY_TIME = {V.REMIND, V.AUTO_CLOSE}
ACTS = [verb for verb in RequestVerb if verb is not V.DRAFT and verb not in BY_TIME]


def _get_input(verb, state, person):
    return {
        V.ASK: {"comment": "Which phase?"},
        V.ANSWER: {"comment": "The second."},
        V.REQUEST_CHANGES: {"comment": "Name the adopters."},
        V.ASSIGN: {"assignee": WEI.id},
        V.REASSIGN: {"assignee": EMEKA.id},
        V.QUESTION: {"comment": "Where is it?"},
        V.REPLY: {"comment": "Here."},
        V.HOLD: {"reason": "Audit first", "review_on": date(2026, 5, 20)},
        V.DELIVER: DELIVERY,
        V.REOPEN: {"reason": "A page is missing"},
        V.DECLINE: {"reason": "Another team does this"},
        V.MARK_DUPLICATE: {"duplicate_of": 3},
        V.CHANGE_PRIORITY: {"priority": Priority.EXPEDITE},
        V.CHANGE_SERVICE: {"service": "methodology-compliance", "reason": "It is about the method"},
        V.CHANGE_REQUESTER: {"requester": FARAH.id},
        V.SCORE: {"scores": Scores(5, 3, 2, 2)},
        V.WATCH: {"people": [person.id]},
        V.UNWATCH: {"people": [person.id]},
        V.COMMENT: {"comment": "Good to know."},
        V.OVERRIDE: {"to": S.QUEUED if state is not S.QUEUED else S.CLOSED, "reason": "The board decided"},
    }.get(verb, {})


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("verb", ACTS)
def test_verb_works_only_as_the_table_says(state, verb):
    to, people = EXPECTED.get((state, verb), (None, set()))
    request = make_request(state)
    for person in EVERYBODY:
        given = _get_input(verb, state, person)
        if person in people:
            assert apply_verb(request, verb, person, MONDAY, DESK, **given).request.state is to, person.name
            assert verb in find_allowed_verbs(request, person), person.name
        elif verb is not V.SUBMIT or person is not BEN:  # Ben's second submission is no error
            with pytest.raises((Conflict, NotAllowed, NotFound)):
                apply_verb(request, verb, person, MONDAY, DESK, **given)
            assert verb not in find_allowed_verbs(request, person), person.name


@pytest.mark.parametrize("state", list(RequestState))
def test_system_acts_only_on_deliveries(state):
    assert set(find_allowed_verbs(make_request(state), SYSTEM)) == (BY_TIME if state is S.DELIVERED else set())


def test_accepted_framework_waits_for_approval():
    request = make_submitted(service="framework-development")
    assert apply_verb(request, V.ACCEPT, WEI, MONDAY, DESK).request.state is S.PENDING_APPROVAL


def test_every_transition_is_expected_here():
    known = set(EXPECTED) | {(S.DELIVERED, V.REMIND), (S.DELIVERED, V.AUTO_CLOSE)}
    assert {(state, transition.verb) for transition in TRANSITIONS for state in transition.sources} == known


@pytest.mark.parametrize(
    ("state", "triage", "approval", "delivery"),
    [
        (S.DRAFT, None, None, None),
        (S.SUBMITTED, "runs", None, None),
        (S.NEEDS_INFO, "paused", None, None),
        (S.PENDING_APPROVAL, "stopped", "runs", None),
        (S.CHANGES_REQUESTED, "stopped", "paused", None),
        (S.QUEUED, "stopped", None, "runs"),
        (S.IN_PROGRESS, "stopped", None, "runs"),
        (S.WAITING_REQUESTER, "stopped", None, "paused"),
        (S.ON_HOLD, "stopped", None, "paused"),
        (S.DELIVERED, "stopped", None, "stopped"),
        (S.CLOSED, "stopped", None, "stopped"),
        (S.DECLINED, "stopped", None, None),
        (S.DUPLICATE, "stopped", None, None),
        (S.WITHDRAWN, "stopped", None, None),
    ],
)
def test_clocks_follow_the_state(state, triage, approval, delivery):
    request = make_request(state)
    assert [_how(request.triage), _how(request.approval), _how(request.delivery)] == [triage, approval, delivery]


def test_approval_stops_its_clock_and_starts_delivery():
    request = apply_verb(make_request(S.PENDING_APPROVAL), V.APPROVE, EMEKA, MONDAY, DESK).request
    assert [_how(request.triage), _how(request.approval), _how(request.delivery)] == ["stopped", "stopped", "runs"]


def test_reopening_resumes_the_delivery_clock():
    request = apply_verb(make_request(S.CLOSED), V.REOPEN, BEN, MONDAY, DESK, reason="A page is missing").request
    assert [_how(request.triage), _how(request.delivery)] == ["stopped", "runs"]


def _how(clock):
    if clock is None:
        return None
    return "runs" if clock.is_running else "stopped" if clock.stopped else "paused"


def test_requester_never_approves_own_request():
    request = make_request(S.PENDING_APPROVAL, requester=DANA)
    with pytest.raises(NotAllowed) as error:
        apply_verb(request, V.APPROVE, DANA, MONDAY, DESK)
    assert error.value.message == ("You can't approve it because PMO-12 is your own request. Ask Emeka Adeyemi.")
    assert V.APPROVE not in find_allowed_verbs(request, DANA)


def test_pmo_lead_cannot_override_their_own_request():
    request = make_submitted(requester=EMEKA)
    with pytest.raises(NotAllowed):
        apply_verb(request, V.OVERRIDE, EMEKA, MONDAY, DESK, to=S.QUEUED, reason="Faster")
