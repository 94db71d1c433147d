"""Fit knowledge/confidence.json: how sure the bot is that a quote answers a question.

    python benchmarks/fit_confidence.py [--write]

The training set is every second question of tests/knowledge/*.jsonl (those without pages must not be answered) and the
titles of the handbook's pages, which people also type. The other half is held out for the report. The model is a
logistic regression with a light ridge penalty and equal weight for both classes, solved by Newton steps: eight numbers
don't need a library.
"""

import json
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from knowledge.confidence import WEIGHTS, compute_features  # noqa: E402 - the path must be set first
from knowledge.embedding import load_encoder  # noqa: E402
from knowledge.handbook import Handbook, read_handbook  # noqa: E402
from knowledge.library import Library  # noqa: E402
from knowledge.questions import parse_question  # noqa: E402
from knowledge.quoting import pick_quote  # noqa: E402

THRESHOLD = {"meaning": 0.45, "words": 0.42}
RIDGE = 0.02
TITLE_WEIGHT = 0.3  # titles are easy and many


@dataclass(frozen=True, slots=True)
class Row:
    """A question; `file` is its source, `answerable` whether the handbook has the answer."""

    question: str
    answerable: bool
    file: str
    held_out: bool


def read_rows(handbook: Handbook) -> Iterable[Row]:
    for path in sorted((ROOT / "tests" / "knowledge").glob("*.jsonl")):
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            yield Row(row["question"], bool(row["pages"]), row.get("kind", path.stem), at % 2 == 1)
    for at, page in enumerate(handbook):
        yield Row(page.title.lower(), True, "titles", at % 2 == 1)
        yield Row(("what is " if at % 3 else "") + page.id.replace("-", " "), True, "titles", at % 2 == 0)


def measure_features(library: Library, asked: list[Row]) -> tuple[list[Row], list[str], np.ndarray]:
    """The rows with a hit, the names of the features, and the features [rows, names]."""
    rows, found = [], []
    for row in asked:
        question = parse_question(row.question)
        if hits := library.search(question.text, 1):
            rows.append(row)
            found.append(compute_features(question, pick_quote(question, hits[0], library.index), library.index))
    names = list(found[0])
    return rows, names, np.array([[one[name] for name in names] for one in found])


def solve_weights(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
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


def fit_weights(library: Library, asked: list[Row], kind: str) -> dict[str, float]:
    rows, names, x = measure_features(library, asked)
    y = np.array([row.answerable for row in rows], dtype=float)
    weight = np.array([TITLE_WEIGHT if row.file == "titles" else 1.0 for row in rows])
    weight *= np.array([not row.held_out for row in rows])
    weight /= np.where(y == 1, (weight * y).sum(), (weight * (1 - y)).sum()) * 2
    use = weight > 0
    slopes, bias = solve_weights(x[use], y[use], weight[use])
    p = 1 / (1 + np.exp(-(x @ slopes + bias)))
    print_report(kind, asked, dict(zip(rows, p.tolist(), strict=True)))
    return {name: round(float(value), 2) for name, value in zip(names, slopes, strict=True)} | {
        "bias": round(bias, 2),
        "threshold": THRESHOLD[kind],
    }


def print_report(kind: str, asked: list[Row], confidence: dict[Row, float]) -> None:
    """How many questions would be answered, at several thresholds."""
    groups: dict[tuple[bool, str, bool], list[float]] = {}
    for row in asked:
        groups.setdefault((row.held_out, row.file, row.answerable), []).append(confidence.get(row, 0.0))
    for (held_out, file, wanted), found in sorted(groups.items()):
        thresholds = (0.3, 0.4, 0.45, 0.5, 0.6)
        shares = "  ".join(f"{one:.2f}: {sum(score >= one for score in found):3}" for one in thresholds)
        words = f"{'held out' if held_out else 'fitted':9} {file:15} {'' if wanted else 'not '}in the handbook"
        print(f"{kind:8} {words:47} of {len(found):3}, answered from {shares}")


def main() -> None:
    handbook = read_handbook(ROOT / "knowledge" / "handbook", strict=True)
    encoder = load_encoder(Path(tempfile.gettempdir()) / "pmo-assistant-model")
    asked = list(read_rows(handbook))
    weights = {
        "about": "Weights of a logistic regression over the features of knowledge/confidence.py; "
        "see benchmarks/fit_confidence.py.",
        "meaning": fit_weights(Library.build(handbook, encoder), asked, "meaning"),
        "words": fit_weights(Library.build(handbook), asked, "words"),
    }
    print(json.dumps(weights, indent=2))
    if "--write" in sys.argv:
        WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
