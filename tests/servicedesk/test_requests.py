"""What people can do with a request, step by step."""

from dataclasses import replace
from datetime import date

import pytest

from foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from foundation.people import People
from servicedesk.catalogue import Priority
from servicedesk.clock import Target
from servicedesk.history import recompute_clocks, replay_log
from servicedesk.permissions import find_allowed_verbs, find_approvers
from servicedesk.priority import rank_requests
from servicedesk.records import RequestState, RequestVerb, Scores
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
    health_check,
    make_draft,
    make_log,
    make_request,
    make_submitted,
)


def test_health_check_runs_from_form_to_acceptance():
    request = make_draft()
    for verb, actor, moment, given, state in (
        (RequestVerb.SUBMIT, BEN, at(11, 9), {}, RequestState.SUBMITTED),
        (RequestVerb.ASK, WEI, at(11, 10), {"comment": "Which phase?"}, RequestState.NEEDS_INFO),
        (RequestVerb.ANSWER, BEN, at(12, 9), {"comment": "The second."}, RequestState.SUBMITTED),
        (RequestVerb.ACCEPT, WEI, at(12, 10), {}, RequestState.QUEUED),
        (RequestVerb.CLAIM, EMEKA, at(12, 11), {}, RequestState.IN_PROGRESS),
        (RequestVerb.DELIVER, EMEKA, at(18, 9), DELIVERY, RequestState.DELIVERED),
        (RequestVerb.ACCEPT_DELIVERY, BEN, at(19, 9), {}, RequestState.CLOSED),
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


def test_second_submission_changes_nothing():
    request = make_submitted()
    change = apply_verb(request, RequestVerb.SUBMIT, BEN, at(11, 12), DESK)
    assert change.request is request
    assert change.entry is None


def test_second_claim_names_the_assignee():
    claimed = apply_verb(make_request(RequestState.QUEUED), RequestVerb.CLAIM, WEI, MONDAY, DESK).request
    with pytest.raises(Conflict) as error:
        apply_verb(claimed, RequestVerb.CLAIM, EMEKA, MONDAY, DESK)
    assert error.value.message == (
        "PMO-12 is in progress and assigned to Wei Chen, so you can't claim it now. "
        "Open it again to see what you can do."
    )


def test_only_pmo_staff_can_accept():
    with pytest.raises(NotAllowed) as error:
        apply_verb(make_submitted(), RequestVerb.ACCEPT, ADA, MONDAY, DESK)
    assert error.value.message == "Only PMO staff can accept it. Ask them, or comment on PMO-12."


def test_only_pmo_staff_can_be_assigned():
    with pytest.raises(InvalidInput) as error:
        apply_verb(make_request(RequestState.QUEUED), RequestVerb.ASSIGN, WEI, MONDAY, DESK, assignee=BEN.id)
    assert error.value.fields == {
        "assignee": "Ben Castellanos isn't on the PMO staff. Choose someone who is.",
    }


def test_delivery_error_lists_unfinished_checklist_items():
    with pytest.raises(InvalidInput) as error:
        apply_verb(
            make_request(RequestState.IN_PROGRESS),
            RequestVerb.DELIVER,
            WEI,
            MONDAY,
            DESK,
            **DELIVERY | {"checklist": ["rated", "actions"]},
        )
    assert error.value.fields["checklist"] == (
        "Not done yet: The PMO has acknowledged it; The project manager has acknowledged it; "
        "The sponsor has acknowledged it."
    )


def test_question_needs_text():
    with pytest.raises(InvalidInput) as error:
        apply_verb(make_submitted(), RequestVerb.ASK, WEI, MONDAY, DESK, comment="  ")
    assert error.value.fields == {"comment": "Enter a comment."}


def test_confidential_request_is_not_found_by_others():
    with pytest.raises(NotFound) as error:
        apply_verb(make_submitted(confidential=True), RequestVerb.COMMENT, ADA, MONDAY, DESK, comment="What is this?")
    assert error.value.message == "I can't find PMO-12 among the requests you can see. Check the number."


def test_hold_needs_a_future_review_date():
    with pytest.raises(InvalidInput) as error:
        apply_verb(
            make_request(RequestState.IN_PROGRESS),
            RequestVerb.HOLD,
            WEI,
            MONDAY,
            DESK,
            reason="Audit first",
            review_on=date(2026, 5, 11),
        )
    assert error.value.fields == {"review_on": "Choose a date after today and within a year."}


def test_priority_change_sets_target_keeps_used_time():
    request = make_request(RequestState.QUEUED)  # Monday 9:00, 10 business days
    change = apply_verb(request, RequestVerb.CHANGE_PRIORITY, WEI, at(12), DESK, priority=Priority.EXPEDITE)
    assert request.delivery.find_due_time(LONDON) == at(22, 17)
    assert change.request.delivery.find_due_time(LONDON) == at(15, 17)
    assert change.request.delivery.count_used(at(12), LONDON) == 8 * 3600


def test_service_change_sets_target_keeps_shared_answers():
    change = apply_verb(
        make_request(RequestState.QUEUED),
        RequestVerb.CHANGE_SERVICE,
        WEI,
        at(12),
        DESK,
        service="methodology-compliance",
        reason="Method",
    )
    assert change.request.delivery.find_due_time(LONDON) == at(15, 17)
    assert set(change.request.values) == {"title", "project", "detail", "stage"}


def test_service_change_before_acceptance_sets_triage_target():
    change = apply_verb(
        make_submitted(),
        RequestVerb.CHANGE_SERVICE,
        WEI,
        at(11, 10),
        DESK,
        service="regulatory-compliance",
        reason="It is the law",
    )
    assert change.request.triage.find_due_time(LONDON) == at(11, 13)


def test_accepted_request_cannot_move_to_approved_service():
    with pytest.raises(Conflict, match="needs approval, and PMO-12 has already been accepted"):
        apply_verb(
            make_request(RequestState.QUEUED),
            RequestVerb.CHANGE_SERVICE,
            WEI,
            MONDAY,
            DESK,
            service="framework-development",
            reason="Big",
        )


def test_reassigning_leaves_the_clock_alone():
    request = make_request(RequestState.IN_PROGRESS)
    change = apply_verb(request, RequestVerb.REASSIGN, EMEKA, at(13), DESK, assignee=EMEKA.id)
    assert change.request.assignee == EMEKA.id
    assert change.request.delivery == request.delivery


def test_comment_never_pauses_a_clock():
    request = make_request(RequestState.IN_PROGRESS)
    change = apply_verb(request, RequestVerb.COMMENT, BEN, at(12), DESK, comment="Could you also look at the register?")
    assert change.request.delivery == request.delivery


def test_question_is_open_until_answered():
    asked = apply_verb(
        make_request(RequestState.IN_PROGRESS),
        RequestVerb.QUESTION,
        WEI,
        MONDAY,
        DESK,
        comment=" Where is the register? ",
    )
    assert asked.request.question == "Where is the register?"
    replied = apply_verb(asked.request, RequestVerb.REPLY, BEN, at(12), DESK, comment="In the project room.")
    assert replied.request.question is None
    assert replied.entry.comment == "In the project room."


def test_answer_can_change_the_form_validly():
    request = make_request(RequestState.NEEDS_INFO)
    changed = apply_verb(
        request, RequestVerb.ANSWER, BEN, at(12), DESK, comment="Here.", values=health_check(own_rag="red")
    )
    assert changed.request.values["own_rag"] == "red"
    with pytest.raises(InvalidInput):
        apply_verb(request, RequestVerb.ANSWER, BEN, at(12), DESK, comment="Here.", values={"title": "Only this"})


def test_approved_framework_gets_thirty_days():
    pending = make_request(RequestState.PENDING_APPROVAL)
    assert pending.approval.find_due_time(LONDON) == at(12, 17)
    assert [person.name for person in find_approvers(pending, DESK.people)] == ["Emeka Adeyemi"]
    approved = apply_verb(pending, RequestVerb.APPROVE, EMEKA, at(12), DESK).request
    assert (approved.state, approved.approved_by) == (RequestState.QUEUED, EMEKA.id)
    assert approved.accepted_at == at(12)
    assert approved.delivery.target == Target(30, "days")


def test_leader_approves_the_pmo_leads_request():
    pending = make_request(RequestState.PENDING_APPROVAL, requester=EMEKA)
    assert find_approvers(pending, DESK.people) == (DANA,)


def test_request_without_possible_approver_is_not_accepted():
    alone = replace(DESK, people=People([BEN, WEI]))
    with pytest.raises(Conflict) as error:
        apply_verb(make_submitted(service="framework-development"), RequestVerb.ACCEPT, WEI, MONDAY, alone)
    assert error.value.message == (
        "PMO-12 needs approval, and nobody can give it: people don't approve their own requests. "
        "Give someone else an approver's role, or change the approval rule in the catalogue."
    )


def hand_over(request, person):
    return apply_verb(request, RequestVerb.CHANGE_REQUESTER, WEI, MONDAY, DESK, requester=person.id).request


def test_former_requesters_dont_decide_on_what_was_theirs():
    handed = hand_over(hand_over(make_request(RequestState.PENDING_APPROVAL, requester=EMEKA), BEN), FARAH)
    assert handed.former_requesters == (EMEKA.id, BEN.id)
    assert find_approvers(handed, DESK.people) == (DANA,)
    with pytest.raises(NotAllowed) as error:
        apply_verb(handed, RequestVerb.APPROVE, EMEKA, MONDAY, DESK)
    assert error.value.message == ("You can't approve it because PMO-12 was your own request. Ask Dana Lindqvist.")
    assert RequestVerb.OVERRIDE not in find_allowed_verbs(handed, EMEKA)


def test_approver_cannot_become_the_requester():
    approved = apply_verb(make_request(RequestState.PENDING_APPROVAL), RequestVerb.APPROVE, EMEKA, MONDAY, DESK).request
    with pytest.raises(InvalidInput) as error:
        hand_over(approved, EMEKA)
    assert error.value.fields == {"requester": "Emeka Adeyemi approved it, so it can't be theirs. Choose someone else."}


def test_last_approver_cannot_become_the_requester():
    pending = hand_over(make_request(RequestState.PENDING_APPROVAL, requester=EMEKA), BEN)
    with pytest.raises(InvalidInput) as error:
        hand_over(pending, DANA)
    assert error.value.fields == {
        "requester": "Only Dana Lindqvist can approve it, so it can't be theirs. Choose someone else."
    }


def test_override_into_work_needs_reason_and_assignee():
    with pytest.raises(InvalidInput) as error:
        apply_verb(make_submitted(), RequestVerb.OVERRIDE, EMEKA, MONDAY, DESK, to=RequestState.IN_PROGRESS)
    assert error.value.fields == {"reason": "Enter a reason. The requester will see it."}
    with pytest.raises(InvalidInput) as error:
        apply_verb(
            make_submitted(), RequestVerb.OVERRIDE, EMEKA, MONDAY, DESK, to=RequestState.IN_PROGRESS, reason="Urgent"
        )
    assert error.value.fields == {"assignee": "Choose an assignee."}
    change = apply_verb(
        make_submitted(),
        RequestVerb.OVERRIDE,
        EMEKA,
        at(12),
        DESK,
        to=RequestState.IN_PROGRESS,
        reason="Urgent",
        assignee=WEI.id,
    )
    assert (change.request.state, change.request.assignee, change.entry.comment) == (
        RequestState.IN_PROGRESS,
        WEI.id,
        "Urgent",
    )
    assert change.request.delivery.find_due_time(LONDON) == at(25, 17)


def test_override_reaches_only_some_states():
    with pytest.raises(InvalidInput) as error:
        apply_verb(
            make_request(RequestState.QUEUED),
            RequestVerb.OVERRIDE,
            EMEKA,
            MONDAY,
            DESK,
            to=RequestState.DELIVERED,
            reason="Done",
        )
    assert error.value.fields == {
        "to": "Choose one of these statuses: waiting for triage, in progress, closed, declined, withdrawn."
    }


def test_only_requester_and_pmo_add_other_watchers():
    request = make_submitted()
    assert apply_verb(request, RequestVerb.WATCH, ADA, MONDAY, DESK, people=[ADA.id]).request.watchers == (ADA.id,)
    with pytest.raises(NotAllowed):
        apply_verb(request, RequestVerb.WATCH, ADA, MONDAY, DESK, people=[FARAH.id])
    watched = apply_verb(request, RequestVerb.WATCH, BEN, MONDAY, DESK, people=[FARAH.id, ADA.id]).request
    assert apply_verb(watched, RequestVerb.UNWATCH, ADA, MONDAY, DESK, people=[ADA.id]).request.watchers == (FARAH.id,)


def test_scores_must_be_on_their_scales():
    with pytest.raises(InvalidInput) as error:
        apply_verb(make_submitted(), RequestVerb.SCORE, WEI, MONDAY, DESK, scores=Scores(0, 6, 3, 4))
    assert error.value.fields == {
        "impact": "Choose a number from 1 to 5.",
        "urgency": "Choose a number from 1 to 5.",
        "size": "Choose 1, 2, 3, 5 or 8.",
    }


def test_request_cannot_duplicate_itself():
    with pytest.raises(InvalidInput) as error:
        apply_verb(make_submitted(), RequestVerb.MARK_DUPLICATE, WEI, MONDAY, DESK, duplicate_of=12)
    assert error.value.fields == {"duplicate_of": "Enter the number of another request: the one to keep."}


def test_long_comment_error_gives_both_lengths():
    with pytest.raises(InvalidInput) as error:
        apply_verb(make_submitted(), RequestVerb.COMMENT, BEN, MONDAY, DESK, comment="x" * 2001)
    assert error.value.fields == {"comment": "This has 2,001 characters; the limit is 2,000. Shorten it."}


def test_draft_is_validated_on_submission():
    change = draft_request(13, "form-2", "health-check", BEN, {"title": "Later"}, MONDAY, DESK)
    with pytest.raises(InvalidInput) as error:
        apply_verb(change.request, RequestVerb.SUBMIT, BEN, MONDAY, DESK)
    assert "project" in error.value.fields
    assert (
        apply_verb(change.request, RequestVerb.SUBMIT, BEN, MONDAY, DESK, values=health_check()).request.state
        is RequestState.SUBMITTED
    )


def test_request_outlives_its_service():
    services = [service for service in DESK.catalogue.services if service.key != "health-check"]
    later = replace(DESK, catalogue=DESK.catalogue.model_copy(update={"services": services}))
    change = apply_verb(make_request(RequestState.DELIVERED), RequestVerb.ACCEPT_DELIVERY, BEN, MONDAY, later)
    assert change.request.state is RequestState.CLOSED
    assert rank_requests([change.request], later.catalogue)


def test_set_back_machine_clock_keeps_log_in_order():
    change = apply_verb(make_submitted(), RequestVerb.ACCEPT, WEI, at(8), DESK)
    assert change.entry.at == MONDAY


def test_only_assignee_can_deliver():
    with pytest.raises(NotAllowed) as error:
        apply_verb(make_request(RequestState.IN_PROGRESS), RequestVerb.DELIVER, EMEKA, MONDAY, DESK, **DELIVERY)
    assert error.value.message == ("Only Wei Chen (the assignee) can deliver it. Ask them, or comment on PMO-12.")


def test_late_holiday_recounts_only_open_requests():
    with_holiday = replace(LONDON, holidays=LONDON.holidays | {date(2026, 5, 12)})
    log = make_log(RequestState.IN_PROGRESS)
    asked = apply_verb(replay_log(log, LONDON), RequestVerb.QUESTION, WEI, at(13), DESK, comment="Where is it?")
    assert asked.request.delivery.used_before == 16 * 3600
    recounted = recompute_clocks(asked.request, [*log, asked.entry], with_holiday)
    assert recounted.delivery.used_before == 8 * 3600
    ended = make_log(RequestState.CLOSED)
    assert recompute_clocks(replay_log(ended, LONDON), ended, with_holiday) == replay_log(ended, LONDON)
