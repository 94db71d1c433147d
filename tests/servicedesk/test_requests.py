"""What a request's people can do, told as it happens."""

from dataclasses import replace
from datetime import date

import pytest

from foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from foundation.people import People
from servicedesk.catalogue import Priority
from servicedesk.clock import Target
from servicedesk.effects import find_approvers
from servicedesk.history import recompute_clocks, replay_log
from servicedesk.priority import rank_requests
from servicedesk.records import RequestState, Scores, Verb
from servicedesk.requests import apply_verb, draft_request
from tests.servicedesk.cast import (
    ADA,
    BEN,
    DANA,
    DELIVERY,
    DESK,
    EMEKA,
    FARAH,
    LONDON,
    MONDAY,
    WEI,
    at,
    drafted,
    health_check,
    history,
    in_state,
    submitted,
)


def test_a_health_check_goes_from_the_form_to_acceptance():
    request = drafted()
    for verb, actor, moment, given, state in (
        (Verb.SUBMIT, BEN, at(11, 9), {}, RequestState.SUBMITTED),
        (Verb.ASK, WEI, at(11, 10), {"comment": "Which phase?"}, RequestState.NEEDS_INFO),
        (Verb.ANSWER, BEN, at(12, 9), {"comment": "The second."}, RequestState.SUBMITTED),
        (Verb.ACCEPT, WEI, at(12, 10), {}, RequestState.QUEUED),
        (Verb.CLAIM, EMEKA, at(12, 11), {}, RequestState.IN_PROGRESS),
        (Verb.DELIVER, EMEKA, at(18, 9), DELIVERY, RequestState.DELIVERED),
        (Verb.ACCEPT_DELIVERY, BEN, at(19, 9), {}, RequestState.CLOSED),
    ):
        change = apply_verb(request, verb, actor, moment, DESK, **given)
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
    change = apply_verb(request, Verb.SUBMIT, BEN, at(11, 12), DESK)
    assert change.request is request
    assert change.entry is None


def test_of_two_who_claim_the_second_is_told_who_was_quicker():
    claimed = apply_verb(in_state(RequestState.QUEUED), Verb.CLAIM, WEI, MONDAY, DESK).request
    with pytest.raises(Conflict) as refusal:
        apply_verb(claimed, Verb.CLAIM, EMEKA, MONDAY, DESK)
    assert refusal.value.message == (
        "PMO-12 is in progress with Wei Chen, so you cannot claim it now. Open it again to see what can be done."
    )


def test_only_pmo_staff_accept_a_request():
    with pytest.raises(NotAllowed) as refusal:
        apply_verb(submitted(), Verb.ACCEPT, ADA, MONDAY, DESK)
    assert refusal.value.message == "Only PMO staff can accept it. Ask them, or leave a comment on PMO-12."


def test_a_request_is_assigned_only_to_pmo_staff():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(in_state(RequestState.QUEUED), Verb.ASSIGN, WEI, MONDAY, DESK, assignee=BEN.id)
    assert refusal.value.fields == {
        "assignee": "Ben Castellanos is not on the PMO's staff. Choose somebody who is.",
    }


def test_a_delivery_names_what_is_still_to_do():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(
            in_state(RequestState.IN_PROGRESS),
            Verb.DELIVER,
            WEI,
            MONDAY,
            DESK,
            **DELIVERY | {"checklist": ["rated", "actions"]},
        )
    assert refusal.value.fields["checklist"] == (
        "Still to do: The PMO has acknowledged it; The project manager has acknowledged it; "
        "The sponsor has acknowledged it."
    )


def test_a_question_needs_words():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(submitted(), Verb.ASK, WEI, MONDAY, DESK, comment="  ")
    assert refusal.value.fields == {"comment": "Write what you want to say."}


def test_a_confidential_request_does_not_exist_for_others():
    with pytest.raises(NotFound) as refusal:
        apply_verb(submitted(confidential=True), Verb.COMMENT, ADA, MONDAY, DESK, comment="What is this?")
    assert refusal.value.message == "There is no request PMO-12 that you can see. Check its number."


def test_a_hold_is_reviewed_on_a_day_to_come():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(
            in_state(RequestState.IN_PROGRESS),
            Verb.HOLD,
            WEI,
            MONDAY,
            DESK,
            reason="Audit first",
            review_on=date(2026, 5, 11),
        )
    assert refusal.value.fields == {"review_on": "Choose a day after today, within a year."}


def test_a_change_of_priority_takes_the_new_target_and_keeps_what_is_used():
    request = in_state(RequestState.QUEUED)  # Monday 9:00, 10 business days
    change = apply_verb(request, Verb.CHANGE_PRIORITY, WEI, at(12), DESK, priority=Priority.EXPEDITE)
    assert request.delivery.find_due_time(LONDON) == at(22, 17)
    assert change.request.delivery.find_due_time(LONDON) == at(15, 17)
    assert change.request.delivery.count_used(at(12), LONDON) == 8 * 3600


def test_a_change_of_service_takes_its_target_and_keeps_the_answers_that_both_forms_ask_for():
    change = apply_verb(
        in_state(RequestState.QUEUED),
        Verb.CHANGE_SERVICE,
        WEI,
        at(12),
        DESK,
        service="methodology-compliance",
        reason="Method",
    )
    assert change.request.delivery.find_due_time(LONDON) == at(15, 17)
    assert set(change.request.values) == {"title", "project", "detail", "stage"}


def test_a_change_of_service_before_acceptance_takes_its_time_to_triage():
    change = apply_verb(
        submitted(), Verb.CHANGE_SERVICE, WEI, at(11, 10), DESK, service="regulatory-compliance", reason="It is the law"
    )
    assert change.request.triage.find_due_time(LONDON) == at(11, 13)


def test_what_is_accepted_does_not_become_a_service_that_needs_approval():
    with pytest.raises(Conflict, match="needs approval, and PMO-12 is accepted already"):
        apply_verb(
            in_state(RequestState.QUEUED),
            Verb.CHANGE_SERVICE,
            WEI,
            MONDAY,
            DESK,
            service="framework-development",
            reason="Big",
        )


def test_reassigning_changes_nothing_about_the_clock():
    request = in_state(RequestState.IN_PROGRESS)
    change = apply_verb(request, Verb.REASSIGN, EMEKA, at(13), DESK, assignee=EMEKA.id)
    assert change.request.assignee == EMEKA.id
    assert change.request.delivery == request.delivery


def test_an_ordinary_message_never_pauses_a_clock():
    request = in_state(RequestState.IN_PROGRESS)
    change = apply_verb(request, Verb.COMMENT, BEN, at(12), DESK, comment="Could you also look at the register?")
    assert change.request.delivery == request.delivery


def test_what_is_asked_stands_on_the_request_until_it_is_answered():
    asked = apply_verb(
        in_state(RequestState.IN_PROGRESS), Verb.QUESTION, WEI, MONDAY, DESK, comment=" Where is the register? "
    )
    assert asked.request.question == "Where is the register?"
    replied = apply_verb(asked.request, Verb.REPLY, BEN, at(12), DESK, comment="In the project room.")
    assert replied.request.question is None
    assert replied.entry.comment == "In the project room."


def test_an_answer_may_change_the_form_and_is_checked_like_the_first():
    request = in_state(RequestState.NEEDS_INFO)
    changed = apply_verb(request, Verb.ANSWER, BEN, at(12), DESK, comment="Here.", values=health_check(own_rag="red"))
    assert changed.request.values["own_rag"] == "red"
    with pytest.raises(InvalidInput):
        apply_verb(request, Verb.ANSWER, BEN, at(12), DESK, comment="Here.", values={"title": "Only this"})


def test_a_framework_is_approved_by_somebody_else_and_then_has_its_thirty_days():
    pending = in_state(RequestState.PENDING_APPROVAL)
    assert pending.approval.find_due_time(LONDON) == at(12, 17)
    assert [person.name for person in find_approvers(pending, DESK.people)] == ["Emeka Adeyemi"]
    approved = apply_verb(pending, Verb.APPROVE, EMEKA, at(12), DESK).request
    assert (approved.state, approved.approved_by) == (RequestState.QUEUED, EMEKA.id)
    assert approved.accepted_at == at(12)
    assert approved.delivery.target == Target(30, "days")


def test_when_the_head_of_the_pmo_asks_a_leader_approves():
    pending = in_state(RequestState.PENDING_APPROVAL, requester=EMEKA)
    assert find_approvers(pending, DESK.people) == (DANA,)


def test_what_nobody_could_approve_is_not_sent_into_approval():
    alone = replace(DESK, people=People([BEN, WEI]))
    with pytest.raises(Conflict) as refusal:
        apply_verb(submitted(service="framework-development"), Verb.ACCEPT, WEI, MONDAY, alone)
    assert refusal.value.message == (
        "PMO-12 needs approval, but nobody other than its requester may give it. "
        "Give somebody the role of an approver, or change the approval rule in the catalogue."
    )


def test_an_override_needs_a_reason_and_a_person_for_work():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(submitted(), Verb.OVERRIDE, EMEKA, MONDAY, DESK, to=RequestState.IN_PROGRESS)
    assert refusal.value.fields == {"reason": "Give a reason; the requester sees it."}
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(submitted(), Verb.OVERRIDE, EMEKA, MONDAY, DESK, to=RequestState.IN_PROGRESS, reason="Urgent")
    assert refusal.value.fields == {"assignee": "Choose who takes it."}
    change = apply_verb(
        submitted(), Verb.OVERRIDE, EMEKA, at(12), DESK, to=RequestState.IN_PROGRESS, reason="Urgent", assignee=WEI.id
    )
    assert (change.request.state, change.request.assignee, change.entry.comment) == (
        RequestState.IN_PROGRESS,
        WEI.id,
        "Urgent",
    )
    assert change.request.delivery.find_due_time(LONDON) == at(25, 17)


def test_an_override_leads_only_to_plain_states():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(
            in_state(RequestState.QUEUED), Verb.OVERRIDE, EMEKA, MONDAY, DESK, to=RequestState.DELIVERED, reason="Done"
        )
    assert refusal.value.fields == {
        "to": "It can be moved to: waiting for triage, in progress, closed, declined, withdrawn."
    }


def test_who_else_watches_is_decided_by_the_requester_and_the_pmo():
    request = submitted()
    assert apply_verb(request, Verb.WATCH, ADA, MONDAY, DESK, people=[ADA.id]).request.watchers == (ADA.id,)
    with pytest.raises(NotAllowed):
        apply_verb(request, Verb.WATCH, ADA, MONDAY, DESK, people=[FARAH.id])
    watched = apply_verb(request, Verb.WATCH, BEN, MONDAY, DESK, people=[FARAH.id, ADA.id]).request
    assert apply_verb(watched, Verb.UNWATCH, ADA, MONDAY, DESK, people=[ADA.id]).request.watchers == (FARAH.id,)


def test_scores_stay_within_their_scales():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(submitted(), Verb.SCORE, WEI, MONDAY, DESK, scores=Scores(0, 6, 3, 4))
    assert refusal.value.fields == {
        "impact": "Give a whole number from 1 to 5.",
        "urgency": "Give a whole number from 1 to 5.",
        "size": "Give one of 1, 2, 3, 5 and 8.",
    }


def test_a_request_is_no_duplicate_of_itself():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(submitted(), Verb.MARK_DUPLICATE, WEI, MONDAY, DESK, duplicate_of=12)
    assert refusal.value.fields == {"duplicate_of": "Give the number of another request, the one that stays."}


def test_a_remark_that_is_too_long_is_told_by_how_much():
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(submitted(), Verb.COMMENT, BEN, MONDAY, DESK, comment="x" * 2001)
    assert refusal.value.fields == {"comment": "This has 2001 characters; 2000 fit. Shorten it."}


def test_a_form_that_was_saved_as_a_draft_is_checked_when_it_is_submitted():
    change = draft_request(13, "form-2", "health-check", BEN, {"title": "Later"}, MONDAY, DESK)
    with pytest.raises(InvalidInput) as refusal:
        apply_verb(change.request, Verb.SUBMIT, BEN, MONDAY, DESK)
    assert "project" in refusal.value.fields
    assert (
        apply_verb(change.request, Verb.SUBMIT, BEN, MONDAY, DESK, values=health_check()).request.state
        is RequestState.SUBMITTED
    )


def test_a_request_outlives_a_service_that_is_no_longer_offered():
    services = [service for service in DESK.catalogue.services if service.key != "health-check"]
    later = replace(DESK, catalogue=DESK.catalogue.model_copy(update={"services": services}))
    change = apply_verb(in_state(RequestState.DELIVERED), Verb.ACCEPT_DELIVERY, BEN, MONDAY, later)
    assert change.request.state is RequestState.CLOSED
    assert rank_requests([change.request], later.catalogue)


def test_a_machine_whose_clock_was_set_back_does_not_turn_the_log_round():
    change = apply_verb(submitted(), Verb.ACCEPT, WEI, at(8), DESK)
    assert change.entry.at == MONDAY


def test_only_the_assignee_delivers_and_others_are_told_who_that_is():
    with pytest.raises(NotAllowed) as refusal:
        apply_verb(in_state(RequestState.IN_PROGRESS), Verb.DELIVER, EMEKA, MONDAY, DESK, **DELIVERY)
    assert refusal.value.message == (
        "Only Wei Chen, who has it, can deliver it. Ask them, or leave a comment on PMO-12."
    )


def test_a_holiday_entered_late_reaches_open_requests_and_no_others():
    with_holiday = replace(LONDON, holidays=LONDON.holidays | {date(2026, 5, 12)})
    log = history(RequestState.IN_PROGRESS)
    asked = apply_verb(replay_log(log, LONDON), Verb.QUESTION, WEI, at(13), DESK, comment="Where is it?")
    assert asked.request.delivery.used_before == 16 * 3600
    recounted = recompute_clocks(asked.request, [*log, asked.entry], with_holiday)
    assert recounted.delivery.used_before == 8 * 3600
    ended = history(RequestState.CLOSED)
    assert recompute_clocks(replay_log(ended, LONDON), ended, with_holiday) == replay_log(ended, LONDON)
