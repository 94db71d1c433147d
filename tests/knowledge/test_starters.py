"""Everybody gets example questions that their handbook answers."""

from collections.abc import Callable

import pytest

from foundation.people import Person, Role
from knowledge.answers import Outcome
from knowledge.handbook import Handbook, Page
from knowledge.library import Library
from knowledge.questions import LONGEST_OFFERED
from knowledge.starters import _SECTIONS, MOST, list_starters


@pytest.mark.parametrize("role", list(Role))
def test_starters_for_each_role_are_answered_from_their_sections(library: Library, role: Role) -> None:
    starters = list_starters(library.handbook, Person("U1", "One", frozenset({role})))
    assert len(starters) == MOST
    for starter, (page_id, heading) in zip(starters, _SECTIONS[role], strict=True):
        answer = library.ask(starter)
        assert len(starter) <= LONGEST_OFFERED
        assert answer.status is Outcome.ANSWERED, starter
        assert (page_id, heading) in [(one.page_id, one.section.rpartition(" › ")[2]) for one in answer.citations]


def test_question_is_written_as_a_sentence(page: Callable[..., Page]) -> None:
    pages = [
        page("# Gates\n\n## Dates\n\nIn May.", questions=("what are gates?", "when is it"), headings=("", "Dates"))
    ]
    assert list_starters(Handbook(tuple(pages)), Person("U1", "One")) == ("What are gates?",)


def test_foreign_handbook_offers_its_own_questions(page: Callable[..., Page]) -> None:
    pages = [page("# P", id=f"p{number}", questions=(f"Question {number}?",)) for number in range(9)]
    assert list_starters(Handbook(tuple(pages)), Person("U1", "One")) == tuple(f"Question {n}?" for n in (0, 2, 4, 6))


def test_handbook_without_questions_offers_none(page: Callable[..., Page]) -> None:
    assert list_starters(Handbook((page("# P"),)), Person("U1", "One")) == ()
