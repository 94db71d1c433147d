"""Fit the constants of knowledge/quoting.py: which sentences of a section answer a question.

    python -m benchmarks.fit_sentences

Of each right section that search finds, the sentences and rows that hold a part of the expected answer should be
chosen. The weights are those of a softmax over the units of the section with a light ridge penalty, by gradient ascent.
The training set is every second row of the sets whose expected words are known, and all of the spare set; the other
rows are held out for the report. A definition's weight is set by hand, since too few questions ask for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.libraries import build_library, load_model
from benchmarks.answers.method_questions import (
    FILES,
    SPARE_FILE,
    MethodQuestion,
    normalise_text,
    read_method_questions,
)
from knowledge.answers import read_spelling
from knowledge.choice import SEARCHED
from knowledge.evaluation import format_section
from knowledge.library import Library
from knowledge.questions import parse_question
from knowledge.quoting import BY_WORDS, WITH_MODEL, list_signs

KINDS = ("plain", "misspelt")
BY_HAND = ("definition",)
RIDGE, STEPS, RATE = 0.02, 800, 0.5

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """The signs [units, names] of a right section, and which of its units hold a part of the answer."""

    signs: Vector
    is_right: Vector


def measure_row(row: MethodQuestion, library: Library, names: Sequence[str]) -> Example | None:
    """None if search doesn't find a right section, or a part of it without any of the expected words."""
    asked = parse_question(read_spelling(parse_question(row.question).text, library.index).text)
    hits = library.search(asked.text, SEARCHED)
    hit = next((hit for hit in hits if format_section(hit.passage.source, hit.passage.anchor) in row.sections), None)
    if hit is None:
        return None
    cosines = library.index.score_sentences(asked.text, hit.passage)
    signs = list_signs(asked, hit, cosines, library.index)
    says = [words for answer in row.answers for alternatives in answer.says for words in alternatives]
    right = np.array([any(words in normalise_text(unit.text) for words in says) for unit in hit.passage.units], float)
    return Example(np.array([[some[name] for name in names] for some in signs], float), right) if right.any() else None


def solve_weights(examples: Sequence[Example]) -> Vector:
    """The weights that make the right units most probable."""
    spread = np.concatenate([example.signs for example in examples]).std(axis=0) + 1e-6
    weights = np.zeros(len(spread))
    for _ in range(STEPS):
        slope = sum((_find_slope(example, spread, weights) for example in examples), np.zeros(len(spread)))
        weights += RATE * (slope / len(examples) - RIDGE * weights)
    return weights / spread


def _find_slope(example: Example, spread: Vector, weights: Vector) -> Vector:
    z = example.signs / spread
    scores = z @ weights
    p = np.exp(scores - scores.max())
    p /= p.sum()
    aimed = p * example.is_right
    return z.T @ (aimed / (aimed.sum() + 1e-12) - p)


def measure_share(examples: Sequence[Example], weights: Vector) -> float:
    """How often the best unit holds a part of the answer."""
    return float(np.mean([example.is_right[int(np.argmax(example.signs @ weights))] for example in examples]))


def fit_kind(library: Library, present: dict[str, float], label: str) -> None:
    names = [name for name in present if name not in BY_HAND and (name != "meaning" or library.index.has_model)]
    rows = [row for row in read_method_questions() if row.kind in KINDS]
    spare = read_method_questions(SPARE_FILE)
    fitted = _measure_rows([*(row for row in rows if not row.held_out), *spare], library, names)
    held_out = _measure_rows([row for row in rows if row.held_out], library, names)
    weights = solve_weights(fitted)
    print(f"{label}: {len(fitted)} rows of {', '.join((*FILES, SPARE_FILE))} fitted, {len(held_out)} held out")
    for words, used in (("present", np.array([present[name] for name in names])), ("fitted", weights)):
        shares = (
            f"best unit right: fitted {measure_share(fitted, used):.3f}, held out {measure_share(held_out, used):.3f}"
        )
        print(f"  {words:8} {shares}  {dict(zip(names, used.round(1).tolist(), strict=True))}")


def _measure_rows(rows: Sequence[MethodQuestion], library: Library, names: Sequence[str]) -> list[Example]:
    return [example for row in rows if (example := measure_row(row, library, names))]


def main() -> None:
    fit_kind(build_library(load_model()), WITH_MODEL, "WITH_MODEL")
    fit_kind(build_library(None), BY_WORDS, "BY_WORDS")


if __name__ == "__main__":
    main()
