"""Minimum quality on the shipped handbook, with and without the model.

questions*.jsonl were written by the pages' writers in people's own words; foreign.jsonl holds what must not be
answered: other departments' matters, the world, and facts on projects that no handbook holds. follow_ups.jsonl holds
questions after another one: 70 that depend on it, then 30 that don't. Every second row is held out of the fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.evaluation import EvaluationQuestion, evaluate_answers, read_test_questions
from knowledge.library import Library

HERE = Path(__file__).parent
FILES = ("questions.jsonl", "questions_more.jsonl")


@dataclass(frozen=True)
class Floor:
    """What must be reached: recall and MRR at least, false answers and wrong refusals at most."""

    recall_at_5: float
    mrr_at_10: float
    false_answers: float
    wrong_refusals: float


ALL = {"words": Floor(0.73, 0.57, 0.12, 0.22), "meaning": Floor(0.87, 0.71, 0.11, 0.11)}
HELD_OUT = {"words": Floor(0.66, 0.51, 0.15, 0.24), "meaning": Floor(0.88, 0.71, 0.13, 0.14)}
FOREIGN = {"words": 0.26, "meaning": 0.24}  # of 228, 75 of which are about projects


def _asked(step: int) -> Sequence[EvaluationQuestion]:
    return [row for name in FILES for row in read_test_questions(HERE / name)[step - 1 :: step]]


@pytest.mark.parametrize(("step", "floors"), [(1, ALL), (2, HELD_OUT)], ids=["all", "held-out"])
@pytest.mark.parametrize("kind", ["words", "meaning"])
def test_questions_in_own_words_find_their_page(
    request: pytest.FixtureRequest, kind: str, step: int, floors: dict[str, Floor]
) -> None:
    library: Library = request.getfixturevalue(f"by_{kind}")

    found, floor = evaluate_answers(_asked(step), library), floors[kind]

    assert (found.recall_at_5 or 0) >= floor.recall_at_5, found
    assert (found.mrr_at_10 or 0) >= floor.mrr_at_10, found
    assert found.false_answers is not None
    assert found.wrong_refusals is not None
    assert found.false_answers <= floor.false_answers, found
    assert found.wrong_refusals <= floor.wrong_refusals, found


@pytest.mark.parametrize("kind", ["words", "meaning"])
def test_questions_outside_handbook_are_rarely_answered(request: pytest.FixtureRequest, kind: str) -> None:
    library: Library = request.getfixturevalue(f"by_{kind}")

    found = evaluate_answers(read_test_questions(HERE / "foreign.jsonl"), library)

    assert found.false_answers is not None
    assert found.false_answers <= FOREIGN[kind], found


@pytest.mark.parametrize(("kind", "right", "alone"), [("meaning", 0.85, 0.97), ("words", 0.8, 0.74)])
def test_follow_ups_are_read_with_previous_question(
    request: pytest.FixtureRequest, kind: str, right: float, alone: float
) -> None:
    library: Library = request.getfixturevalue(f"by_{kind}")
    rows = read_test_questions(HERE / "follow_ups.jsonl")

    assert _rightly_answered(rows[:70], library) >= right
    assert _rightly_answered(rows[70:], library) >= alone


def _rightly_answered(rows: Sequence[EvaluationQuestion], library: Library) -> float:
    found = evaluate_answers(rows, library)
    return (found.right_page or 0) * (1 - (found.wrong_refusals or 0))


def test_model_finds_more_than_words_alone(by_words: Library, by_meaning: Library) -> None:
    rows = [row for row in _asked(1) if row.pages]

    words, meaning = evaluate_answers(rows, by_words), evaluate_answers(rows, by_meaning)

    assert (meaning.mrr_at_10 or 0) > (words.mrr_at_10 or 0) + 0.1


def test_questions_name_existing_pages(by_words: Library) -> None:
    sources = {page.source for page in by_words.handbook}

    assert {page for row in _asked(1) for page in row.pages} <= sources
