"""Who may see a request, and who may do what for the PMO."""

import pytest

from foundation.errors import NotFound
from foundation.people import People, Person
from servicedesk.permissions import (
    can_be_assigned,
    can_change_watchers,
    can_see,
    can_see_queue,
    can_see_scores,
    find_allowed_verbs,
    find_approvers,
    find_pmo_leads,
    find_pmo_staff,
    find_relations,
    is_acting_for_pmo,
)
from servicedesk.records import RequestState, RequestVerb
from servicedesk.requests import apply_verb
from servicedesk.transitions import SYSTEM, Relation
from tests.servicedesk.cast import (
    ADA,
    BEN,
    DANA,
    DESK,
    EMEKA,
    EVERYBODY,
    FARAH,
    MONDAY,
    WEI,
    framework,
    make_request,
    make_submitted,
)

PEOPLE = People(EVERYBODY)


@pytest.mark.parametrize(
    ("person", "sees"), [(ADA, False), (FARAH, True), (BEN, True), (WEI, True), (EMEKA, True), (DANA, False)]
)
def test_confidential_request_is_visible_to_involved_people_and_pmo(person, sees):
    request = make_submitted(confidential=True, watchers=[FARAH.id])
    assert can_see(request, person) is sees
    assert bool(find_allowed_verbs(request, person)) is sees


def test_confidential_request_opens_only_to_asked_approvers():
    """The head of the PMO approves a framework or, if they requested it, a leader."""
    asked_of_emeka = make_request(RequestState.PENDING_APPROVAL, confidential=True)
    assert not can_see(asked_of_emeka, DANA)
    with pytest.raises(NotFound):
        apply_verb(asked_of_emeka, RequestVerb.APPROVE, DANA, MONDAY, DESK)

    asked_of_dana = make_request(RequestState.PENDING_APPROVAL, requester=EMEKA, confidential=True)
    assert can_see(asked_of_dana, DANA)


def test_approver_still_sees_confidential_request_after_approval():
    pending = make_request(RequestState.PENDING_APPROVAL, requester=EMEKA, confidential=True)
    assert can_see(apply_verb(pending, RequestVerb.APPROVE, DANA, MONDAY, DESK).request, DANA)


def test_newly_confidential_request_closes_to_unasked_approvers():
    changing = make_request(RequestState.CHANGES_REQUESTED)
    assert can_see(changing, DANA)
    again = apply_verb(changing, RequestVerb.RESUBMIT, BEN, MONDAY, DESK, values=framework(confidential=True)).request
    assert [can_see(again, DANA), can_see(again, EMEKA)] == [False, True]


@pytest.mark.parametrize("person", [ADA, WEI, EMEKA])
def test_only_the_requester_sees_a_draft(person):
    assert not can_see(make_request(RequestState.DRAFT), person)


@pytest.mark.parametrize("person", EVERYBODY)
def test_only_pmo_staff_have_the_pmos_rights(person: Person) -> None:
    is_staff = person in (WEI, EMEKA)
    assert (can_see_queue(person), can_see_scores(person), can_be_assigned(person)) == (is_staff,) * 3


def test_staff_include_the_leads() -> None:
    assert find_pmo_staff(PEOPLE) == (WEI, EMEKA)
    assert find_pmo_leads(PEOPLE) == (EMEKA,)


def test_requester_and_pmo_change_other_watchers() -> None:
    assert [can_change_watchers(make_submitted(), person) for person in (BEN, WEI, ADA)] == [True, True, False]


def test_pmo_member_acts_as_requester_of_their_own_request() -> None:
    assert is_acting_for_pmo(make_submitted(), WEI)
    assert is_acting_for_pmo(make_submitted(), SYSTEM)
    assert not is_acting_for_pmo(make_submitted(requester=WEI), WEI)
    assert not is_acting_for_pmo(make_submitted(), BEN)


def test_relations_are_listed_closest_first() -> None:
    request = make_submitted(watchers=[BEN.id, FARAH.id])
    assert find_relations(request, BEN, PEOPLE) == (Relation.REQUESTER, Relation.VIEWER)
    assert find_relations(request, FARAH, PEOPLE) == (Relation.VIEWER,)
    assert find_relations(request, ADA, PEOPLE) == ()


def test_approver_is_related_only_while_asked() -> None:
    pending = make_request(RequestState.PENDING_APPROVAL)
    assert find_approvers(pending, PEOPLE) == (EMEKA,)
    assert find_relations(pending, EMEKA, PEOPLE) == (Relation.APPROVER,)
    approved = apply_verb(pending, RequestVerb.APPROVE, EMEKA, MONDAY, DESK).request
    assert find_relations(approved, EMEKA, PEOPLE) == ()
