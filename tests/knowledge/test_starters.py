"""Everybody gets example questions that their handbook answers."""

from collections.abc import Callable

import pytest

from foundation.people import Person, Role
from knowledge.answers import Outcome
from knowledge.handbook import Handbook, Page
from knowledge.library import Library
from knowledge.starters import LONGEST, MOST, list_starters


@pytest.mark.parametrize("role", list(Role))
def test_starters_for_each_role_are_answered(by_words: Library, role: Role) -> None:
    starters = list_starters(by_words.handbook, Person("U1", "One", frozenset({role})))
    assert 1 <= len(starters) <= MOST
    assert all(len(one) <= LONGEST and by_words.ask(one).status is Outcome.ANSWERED for one in starters)


def test_foreign_handbook_offers_its_own_questions(page: Callable[..., Page]) -> None:
    pages = [page("# P", id=f"p{number}", questions=(f"Question {number}?",)) for number in range(9)]
    assert list_starters(Handbook(tuple(pages)), Person("U1", "One")) == tuple(f"Question {n}?" for n in (0, 2, 4, 6))


def test_handbook_without_questions_offers_none(page: Callable[..., Page]) -> None:
    assert list_starters(Handbook((page("# P"),)), Person("U1", "One")) == ()
