"""Only the PMO answers questions that people pass on, and sees what the handbook doesn't answer."""

import pytest

from foundation.errors import NotAllowed
from foundation.people import People, Person, Role
from knowledge.permissions import (
    can_answer_questions,
    can_see_gaps,
    can_teach,
    check_can_answer_questions,
    check_can_read_question,
    check_can_see_gaps,
    check_can_teach,
    find_question_answerers,
)

PMO = {Role.PMO_STAFF, Role.PMO_LEAD}


def holder(role: Role) -> Person:
    return Person(f"U_{role}", role, frozenset({role}))


@pytest.mark.parametrize("role", list(Role))
def test_only_pmo_roles_answer_see_gaps_and_teach(role: Role) -> None:
    allowed = [can_answer_questions(holder(role)), can_see_gaps(holder(role)), can_teach(holder(role))]
    assert allowed == [role in PMO] * 3


def test_private_question_is_for_its_asker_alone() -> None:
    wei = holder(Role.PMO_STAFF)
    check_can_read_question(wei, "U01ADA", is_quotable=True)
    check_can_read_question(wei, wei.id, is_quotable=False)
    with pytest.raises(NotAllowed, match="asked in private"):
        check_can_read_question(wei, "U01ADA", is_quotable=False)


@pytest.mark.parametrize("check", [check_can_answer_questions, check_can_see_gaps, check_can_teach])
def test_checks_refuse_everybody_else(check: object) -> None:
    assert callable(check)
    check(holder(Role.PMO_STAFF))
    with pytest.raises(NotAllowed, match="Only the PMO"):
        check(holder(Role.LEADER))


def test_answerers_are_staff_and_lead_of_the_pmo() -> None:
    people = People(holder(role) for role in Role)
    assert {person.name for person in find_question_answerers(people)} == PMO
