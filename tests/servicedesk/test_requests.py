"""What a request's people can do, told as it happens."""

from datetime import date

import pytest

from foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from servicedesk.records import State, Verb
from servicedesk.requests import apply
from tests.servicedesk.cast import (
    ADA,
    BEN,
    DELIVERY,
    DESK,
    EMEKA,
    MONDAY,
    WEI,
    at,
    drafted,
    in_state,
    submitted,
)


def test_a_health_check_goes_from_the_form_to_acceptance():
    request = drafted()
    for verb, actor, moment, given, state in (
        (Verb.SUBMIT, BEN, at(11, 9), {}, State.SUBMITTED),
        (Verb.ASK, WEI, at(11, 10), {"comment": "Which phase?"}, State.NEEDS_INFO),
        (Verb.ANSWER, BEN, at(12, 9), {"comment": "The second."}, State.SUBMITTED),
        (Verb.ACCEPT, WEI, at(12, 10), {}, State.QUEUED),
        (Verb.CLAIM, EMEKA, at(12, 11), {}, State.IN_PROGRESS),
        (Verb.DELIVER, EMEKA, at(18, 9), DELIVERY, State.DELIVERED),
        (Verb.ACCEPT_DELIVERY, BEN, at(19, 9), {}, State.CLOSED),
    ):
        change = apply(request, verb, actor, moment, DESK, **given)
        request, entry = change.request, change.entry
        assert request.state is state
        assert entry is not None
        assert (entry.actor, entry.verb, entry.at, entry.version) == (actor.id, verb, moment, request.version)
    assert request.assignee == EMEKA.id
    assert request.deliverable == "https://example.org/report"
    assert (request.submitted_at, request.accepted_at, request.started_at) == (at(11, 9), at(12, 10), at(12, 11))
    assert (request.delivered_at, request.ended_at) == (at(18, 9), at(19, 9))


def test_submitting_the_same_form_again_changes_nothing():
    request = submitted()
    change = apply(request, Verb.SUBMIT, BEN, at(11, 12), DESK)
    assert change.request is request
    assert change.entry is None


def test_of_two_who_claim_the_second_is_told_who_was_quicker():
    claimed = apply(in_state(State.QUEUED), Verb.CLAIM, WEI, MONDAY, DESK).request
    with pytest.raises(Conflict) as refusal:
        apply(claimed, Verb.CLAIM, EMEKA, MONDAY, DESK)
    assert refusal.value.message == (
        "PMO-12 is in progress with Wei Chen, so you cannot claim it now. Open it again to see what can be done."
    )


def test_only_pmo_staff_accept_a_request():
    with pytest.raises(NotAllowed) as refusal:
        apply(submitted(), Verb.ACCEPT, ADA, MONDAY, DESK)
    assert refusal.value.message == "Only PMO staff can accept it. Ask them, or leave a comment on PMO-12."


def test_a_request_is_assigned_only_to_pmo_staff():
    with pytest.raises(Invalid) as refusal:
        apply(in_state(State.QUEUED), Verb.ASSIGN, WEI, MONDAY, DESK, assignee=BEN.id)
    assert refusal.value.fields == {
        "assignee": "Ben Castellanos is not on the PMO's staff. Choose somebody who is.",
    }


def test_a_delivery_names_what_is_still_to_do():
    with pytest.raises(Invalid) as refusal:
        apply(
            in_state(State.IN_PROGRESS),
            Verb.DELIVER,
            WEI,
            MONDAY,
            DESK,
            **DELIVERY | {"checklist": ["rated", "actions"]},
        )
    assert refusal.value.fields["checklist"] == (
        "Still to do: The PMO acknowledged it; The project manager acknowledged it; The sponsor acknowledged it."
    )


def test_a_question_needs_words():
    with pytest.raises(Invalid) as refusal:
        apply(submitted(), Verb.ASK, WEI, MONDAY, DESK, comment="  ")
    assert refusal.value.fields == {"comment": "Write what you want to say."}


def test_a_confidential_request_does_not_exist_for_others():
    with pytest.raises(NotFound) as refusal:
        apply(submitted(confidential=True), Verb.COMMENT, ADA, MONDAY, DESK, comment="What is this?")
    assert refusal.value.message == "There is no request PMO-12 that you can see. Check its number."


def test_a_hold_is_reviewed_on_a_day_to_come():
    with pytest.raises(Invalid) as refusal:
        apply(
            in_state(State.IN_PROGRESS), Verb.HOLD, WEI, MONDAY, DESK, reason="Audit first", review_on=date(2026, 5, 11)
        )
    assert refusal.value.fields == {"review_on": "Choose a day after today, within a year."}
