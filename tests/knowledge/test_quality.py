"""Minimum quality on the shipped handbook, with and without the model.

questions*.jsonl were written by the pages' writers in people's own words; foreign.jsonl holds what must not be
answered: other departments' matters, the world, and facts on projects that no handbook holds. follow_ups.jsonl holds
questions after another one: 70 that depend on it, then 30 that don't. method_*.jsonl name the sections that answer and
words that must be quoted. Every second row is held out of the fit.

Every question is asked once with each library. The floors are a little below what was measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.answers.method_questions import Judgement, ask_method_question, read_method_questions
from knowledge.evaluation import (
    AskedRow,
    Evaluation,
    EvaluationQuestion,
    ask_questions,
    evaluate_answers,
    read_test_questions,
    summarize_answers,
)
from knowledge.library import Library

HERE = Path(__file__).parent
FILES = ("questions.jsonl", "questions_more.jsonl")

Asked = Sequence[Sequence[AskedRow]]


@dataclass(frozen=True)
class Floor:
    """What must be reached: the first three at least, the others at most."""

    recall_at_5: float
    mrr_at_10: float
    right_page: float
    false_answers: float
    wrong_refusals: float
    choices: float


@dataclass(frozen=True)
class MethodFloor:
    """The shares that must be reached: fully right, right section cited, right section shown."""

    right: float
    cited: float
    shown: float


ALL = {"words": Floor(0.90, 0.74, 0.69, 0.05, 0.14, 0.23), "meaning": Floor(0.95, 0.87, 0.87, 0.03, 0.06, 0.28)}
HELD_OUT = {"words": Floor(0.90, 0.74, 0.69, 0.05, 0.14, 0.25), "meaning": Floor(0.95, 0.87, 0.88, 0.03, 0.06, 0.28)}
FOREIGN = {"words": 0.19, "meaning": 0.10}  # of 228, 75 of which are about projects

# By kind of question, and “answerable” for all that have an answer: over all rows, and over those held out.
METHOD_ALL = {
    "answerable": MethodFloor(0.78, 0.82, 0.94),
    "plain": MethodFloor(0.80, 0.86, 0.97),
    "misspelt": MethodFloor(0.85, 0.85, 0.96),
    "follow_up": MethodFloor(0.72, 0.75, 0.82),
    "double": MethodFloor(0.70, 0.72, 0.80),
    "foreign": MethodFloor(0.55, 0.62, 0.92),
}
METHOD_HELD_OUT = {
    "answerable": MethodFloor(0.77, 0.80, 0.93),
    "plain": MethodFloor(0.78, 0.83, 0.95),
    "misspelt": MethodFloor(0.85, 0.85, 0.96),
    "follow_up": MethodFloor(0.70, 0.76, 0.76),
    "double": MethodFloor(0.70, 0.75, 0.83),
    "foreign": MethodFloor(0.55, 0.55, 0.90),
}
METHOD_BY_WORDS = {"answerable": MethodFloor(0.64, 0.70, 0.86)}
METHOD_BY_WORDS_HELD_OUT = {"answerable": MethodFloor(0.66, 0.70, 0.84)}
DECLINED = {"meaning": (0.81, 0.85), "words": (0.74, 0.84)}  # of what isn't in the handbook: all, held out


@pytest.fixture(scope="session")
def asked_pages(by_words: Library, by_meaning: Library) -> dict[str, Asked]:
    """The questions of each file with what was found, without and with the model."""
    rows = [read_test_questions(HERE / name) for name in FILES]
    libraries = {"words": by_words, "meaning": by_meaning}
    return {kind: [ask_questions(some, library) for some in rows] for kind, library in libraries.items()}


@pytest.fixture(scope="session")
def judged(by_words: Library, by_meaning: Library) -> dict[str, Sequence[Judgement]]:
    """What the answers to the questions on the method are worth, without and with the model."""
    libraries = {"words": by_words, "meaning": by_meaning}
    rows = read_method_questions()
    return {kind: [ask_method_question(row, library) for row in rows] for kind, library in libraries.items()}


def _summarize(asked: Asked, step: int) -> Evaluation:
    return summarize_answers([row for some in asked for row in some[step - 1 :: step]])


@pytest.mark.parametrize(("step", "floors"), [(1, ALL), (2, HELD_OUT)], ids=["all", "held-out"])
@pytest.mark.parametrize("kind", ["words", "meaning"])
def test_questions_in_own_words_find_their_page(
    asked_pages: dict[str, Asked], kind: str, step: int, floors: dict[str, Floor]
) -> None:
    found, floor = _summarize(asked_pages[kind], step), floors[kind]

    assert (found.recall_at_5 or 0) >= floor.recall_at_5, found
    assert (found.mrr_at_10 or 0) >= floor.mrr_at_10, found
    assert (found.right_page or 0) >= floor.right_page, found
    assert found.false_answers is not None
    assert found.wrong_refusals is not None
    assert found.choices is not None
    assert found.false_answers <= floor.false_answers, found
    assert found.wrong_refusals <= floor.wrong_refusals, found
    assert found.choices <= floor.choices, found


def test_model_finds_more_than_words_alone(asked_pages: dict[str, Asked]) -> None:
    words, meaning = _summarize(asked_pages["words"], 1), _summarize(asked_pages["meaning"], 1)

    assert (meaning.mrr_at_10 or 0) > (words.mrr_at_10 or 0) + 0.1


@pytest.mark.parametrize(
    ("kind", "held_out", "floors"),
    [
        ("meaning", False, METHOD_ALL),
        ("meaning", True, METHOD_HELD_OUT),
        ("words", False, METHOD_BY_WORDS),
        ("words", True, METHOD_BY_WORDS_HELD_OUT),
    ],
)
def test_questions_on_method_are_answered_rightly(
    judged: dict[str, Sequence[Judgement]], kind: str, held_out: bool, floors: dict[str, MethodFloor]
) -> None:
    for name, floor in floors.items():
        some = [
            one for one in _select(judged[kind], held_out) if one.row.answers and name in ("answerable", one.row.kind)
        ]

        assert _share(some, lambda one: one.is_right) >= floor.right, name
        assert _share(some, lambda one: one.cites) >= floor.cited, name
        assert _share(some, lambda one: one.shows) >= floor.shown, name


@pytest.mark.parametrize("kind", ["meaning", "words"])
def test_questions_not_in_handbook_are_declined(judged: dict[str, Sequence[Judgement]], kind: str) -> None:
    some = [one for one in judged[kind] if not one.row.answers]

    assert _share(some, lambda one: one.declines) >= DECLINED[kind][0]
    assert _share(_select(some, held_out=True), lambda one: one.declines) >= DECLINED[kind][1]


def _select(judged: Sequence[Judgement], held_out: bool) -> Sequence[Judgement]:
    """All of them, or those that are held out."""
    return [one for one in judged if one.row.held_out or not held_out]


def _share(some: Sequence[Judgement], is_good: Callable[[Judgement], bool]) -> float:
    return sum(map(is_good, some)) / len(some)


@pytest.mark.parametrize("kind", ["words", "meaning"])
def test_questions_outside_handbook_are_rarely_answered(request: pytest.FixtureRequest, kind: str) -> None:
    library: Library = request.getfixturevalue(f"by_{kind}")

    found = evaluate_answers(read_test_questions(HERE / "foreign.jsonl"), library)

    assert found.false_answers is not None
    assert found.false_answers <= FOREIGN[kind], found


@pytest.mark.parametrize(("kind", "right", "alone"), [("meaning", 0.90, 0.97), ("words", 0.82, 0.80)])
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
