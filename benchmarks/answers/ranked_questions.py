"""Questions whose right sections are known, as a ranking is measured with them, and the rank of the right section."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from benchmarks.answers.method_questions import MethodQuestion

DEPTH = 10  # sections; what is ranked lower doesn't count

Ranker = Callable[[str, Sequence[str]], Sequence[str]]
"""From a question and the previous ones, newest first, to sections (“page.md#anchor”), best first, each once."""


@dataclass(frozen=True, slots=True)
class RankedQuestion:
    """`right` has the sections that answer it, any of which is right. `before` has previous questions, newest first."""

    kind: str
    question: str
    before: tuple[str, ...]
    right: frozenset[str]
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class RankFigures:
    """The share of questions with a right section at rank 1, 3, 5 and 10 or before, and MRR@10."""

    at_1: float
    at_3: float
    at_5: float
    at_10: float
    mrr: float


def list_ranked_questions(rows: Sequence[MethodQuestion]) -> list[RankedQuestion]:
    """The rows that have an answer. Two questions in one are ranked twice, once for each answer."""
    return [
        RankedQuestion(row.kind, row.question, row.before, frozenset(answer.sections), row.held_out)
        for row in rows
        for answer in row.answers
    ]


def find_rank(found: Sequence[str], right: Collection[str]) -> float:
    """The rank of the first right section; infinite if it isn't among the first ten."""
    return next((at for at, section in enumerate(found[:DEPTH], start=1) if section in right), math.inf)


def rank_questions(questions: Sequence[RankedQuestion], ranker: Ranker) -> list[float]:
    """The rank of each question's right section."""
    return [find_rank(ranker(one.question, one.before), one.right) for one in questions]


def compute_rank_figures(ranks: Sequence[float]) -> RankFigures:
    """There is at least one rank."""
    at_1, at_3, at_5, at_10 = (sum(rank <= most for rank in ranks) / len(ranks) for most in (1, 3, 5, DEPTH))
    return RankFigures(at_1, at_3, at_5, at_10, mrr=sum(1 / rank for rank in ranks) / len(ranks))
