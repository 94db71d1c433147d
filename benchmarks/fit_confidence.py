"""Fit knowledge/confidence.json: how sure the bot is that a quote answers a question.

    python -m benchmarks.fit_confidence [--write]

A question counts as rightly answered if the section of its best quote is right; where only pages are known, if the page
is. Those without an answer in the handbook never are. The training set is every second row of the question sets in
tests/knowledge and of the titles of the handbook's pages, which people also type. The other half is held out for the
report. With the model, all of it is asked twice: of the shipped handbook, and of the same pages without the questions
in them, since most handbooks have none. Two questions in one and other languages are left out. The model is a logistic
regression with a light ridge penalty and equal weight for both classes, solved by Newton steps: eight numbers don't
need a library.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.libraries import build_library, load_model
from benchmarks.answers.method_questions import FOLDER, read_method_questions
from knowledge.answers import read_spelling
from knowledge.choice import rank_quotes
from knowledge.confidence import WEIGHTS, compute_features
from knowledge.embedding import Encoder
from knowledge.evaluation import format_section
from knowledge.follow_ups import is_follow_up, join_with_previous
from knowledge.library import Library
from knowledge.questions import parse_question

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
RIDGE = 0.02
TITLE_WEIGHT = 0.3  # titles are easy and many
PAGE_FILES = ("questions.jsonl", "questions_more.jsonl", "foreign.jsonl")
LEFT_OUT = ("foreign", "double")

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """A question; `kind` says where it is from, `right` has the places that answer it: sections, or pages."""

    question: str
    right: frozenset[str]
    kind: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A row with its features, and whether its best quote is from a right place."""

    row: Row
    features: dict[str, float]
    is_right: bool


def read_rows(library: Library) -> Iterator[Row]:
    for row in read_method_questions():
        if row.kind not in LEFT_OUT:
            joined = join_with_previous(row.question, row.before) if is_follow_up(row.question) else None
            question = joined or row.question
            yield Row(question, row.sections, row.kind, row.held_out)
    for name in PAGE_FILES:
        for at, line in enumerate((FOLDER / name).read_text(encoding="utf-8").splitlines()):
            value = json.loads(line)
            kind = value.get("kind", "own words" if value["pages"] else "not in handbook")
            yield Row(value["question"], frozenset(value["pages"]), kind, at % 2 == 1)
    for at, page in enumerate(library.handbook):
        yield Row(page.title.lower(), frozenset([page.source]), "titles", at % 2 == 0)
        words = page.id.replace("-", " ")
        yield Row(f"what is {words}" if at % 3 else words, frozenset([page.source]), "titles", at % 2 == 1)


def measure_row(row: Row, library: Library) -> Example | None:
    """None if nothing matches."""
    read = read_spelling(parse_question(row.question).text, library.index)
    asked = parse_question(library.glossary.add_terms(read.text))
    quotes = rank_quotes(asked, library.index) if asked.stems else []
    if not quotes:
        return None
    passage = quotes[0].hit.passage
    places = {passage.source, format_section(passage.source, passage.anchor)}
    return Example(row, compute_features(asked, quotes, library.index), not places.isdisjoint(row.right))


def solve_weights(x: Vector, y: Vector, weight: Vector) -> tuple[Vector, float]:
    """The weights of the features, and the bias."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    ridge = RIDGE * np.r_[np.ones(x.shape[1]), 1e-6]
    b = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ b))
        slope = z.T @ (weight * (p - y)) + ridge * b
        b -= np.linalg.solve((z * (weight * p * (1 - p))[:, None]).T @ z + np.diag(ridge), slope)
    b[:-1] /= spread
    return b[:-1], float(b[-1] - (b[:-1] * mean).sum())


def fit_weights(kind: str, encoder: Encoder | None) -> dict[str, float]:
    """By words, most is found through the questions, so that a handbook without them tells little."""
    variants = (True, False) if encoder else (True,)
    libraries = [build_library(encoder, with_questions=has_questions) for has_questions in variants]
    measured = [[one for row in read_rows(library) if (one := measure_row(row, library))] for library in libraries]
    found = [example for examples in measured for example in examples]
    fitted = [example for example in found if not example.row.held_out]
    names = list(found[0].features)
    y = np.array([example.is_right for example in fitted], dtype=float)
    weight = np.array([TITLE_WEIGHT if example.row.kind == "titles" else 1.0 for example in fitted])
    weight /= np.where(y == 1, (weight * y).sum(), (weight * (1 - y)).sum()) * 2
    x = np.array([[example.features[name] for name in names] for example in fitted])
    slopes, bias = solve_weights(x, y, weight)
    weights = {name: round(float(value), 2) for name, value in zip(names, slopes, strict=True)}
    weights["bias"] = round(bias, 2)
    for name, examples in zip((kind, f"{kind}, no questions in the pages"), measured, strict=False):
        for held_out in (False, True):
            print_report(name, [example for example in examples if example.row.held_out == held_out], held_out, weights)
    return weights


def print_report(kind: str, examples: Sequence[Example], held_out: bool, weights: dict[str, float]) -> None:
    """The share of questions that would be answered, and rightly answered, at several thresholds."""
    groups: dict[str, list[tuple[float, bool]]] = {}
    for example in examples:
        total = weights["bias"] + sum(weights[name] * value for name, value in example.features.items())
        groups.setdefault(example.row.kind, []).append((1 / (1 + np.exp(-total)), example.is_right))
    print(f"\n{kind}, {'held out' if held_out else 'fitted'}: answered / rightly answered, by threshold")
    for name, rated in sorted(groups.items()):
        shares = (
            f"{least}: {np.mean([sure >= least for sure, _ in rated]):.2f}"
            f" / {np.mean([sure >= least and right for sure, right in rated]):.2f}"
            for least in THRESHOLDS
        )
        print(f"  {name:16} of {len(rated):3}  {'   '.join(shares)}")


def main() -> None:
    weights = {
        "about": "Weights of a logistic regression over the features of knowledge/confidence.py; "
        "see benchmarks/fit_confidence.py.",
        "meaning": fit_weights("meaning", load_model()),
        "words": fit_weights("words", None),
    }
    print(json.dumps(weights, indent=2))
    if "--write" in sys.argv:
        WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
