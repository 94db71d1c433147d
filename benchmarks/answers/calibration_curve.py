"""How often the best section is right, by how confident the product is that it is.

Questions that no section answers are wrong at any confidence. Two questions in one are left out: each part has a
confidence of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.answers.method_questions import MethodQuestion
from benchmarks.answers.product_ranker import rank_asked
from benchmarks.answers.tables import format_number, format_table
from knowledge.calibration import load_background_questions
from knowledge.choice import is_stated
from knowledge.confidence import compute_features, estimate_confidence
from knowledge.evaluation import format_section
from knowledge.library import Library

BINS = 10
GROUPS = ("even", "odd", "background")
Curve = dict[str, list["Rated"]]


@dataclass(frozen=True, slots=True)
class Rated:
    """The confidence in the best section, 0–1, and whether it is a right one."""

    confidence: float
    is_right: bool


def measure_curve(rows: Iterable[MethodQuestion], library: Library) -> Curve:
    """By the group of the question. What isn't a question of words, or is stated by a section, has no confidence."""
    curve: Curve = {group: [] for group in GROUPS}
    for row in rows:
        if row.kind != "double":
            curve["odd" if row.held_out else "even"] += _rate_question(row.question, row.before, row.sections, library)
    for question in load_background_questions():
        curve["background"] += _rate_question(question, (), frozenset(), library)
    return curve


def format_curve(curve: Curve) -> str:
    """Each bin with the number of questions, their mean confidence and the share that was right."""
    found = {group: [_describe_bin(some) for some in _split_bins(rated)] for group, rated in curve.items()}
    head = ["Confidence", *(f"{group}: {name}" for group in GROUPS[:2] for name in ("rows", "mean", "right"))]
    rows = [
        [f"{at / BINS:.1f}–{(at + 1) / BINS:.1f}", *found["even"][at], *found["odd"][at], found["background"][at][0]]
        for at in range(BINS)
    ]
    return format_table([*head, "background: rows"], rows)


def _rate_question(question: str, before: Sequence[str], right: frozenset[str], library: Library) -> list[Rated]:
    asked, quotes = rank_asked(question, before, library)
    if not quotes or is_stated(asked, quotes[0].hit.passage):
        return []
    passage = quotes[0].hit.passage
    confidence = estimate_confidence(compute_features(asked, quotes, library.index))
    return [Rated(confidence, format_section(passage.source, passage.anchor) in right)]


def _split_bins(rated: Sequence[Rated]) -> list[list[Rated]]:
    return [[one for one in rated if min(int(one.confidence * BINS), BINS - 1) == at] for at in range(BINS)]


def _describe_bin(rated: Sequence[Rated]) -> list[str]:
    if not rated:
        return ["0", "–", "–"]
    mean = float(np.mean([one.confidence for one in rated]))
    return [str(len(rated)), format_number(mean), format_number(float(np.mean([one.is_right for one in rated])))]
