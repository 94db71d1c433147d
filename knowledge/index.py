"""The searchable form of a handbook: built off to the side, never changed, exchanged as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import bm25s
import numpy as np

from knowledge.passages import Passage
from knowledge.words import terms

CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `score` orders the hits of one search, 0–1; `bm25` is raw; `cosine` is None without a model."""

    passage: Passage
    score: float
    bm25: float
    cosine: float | None = None


class Index:
    """Passages searched by their words."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = tuple(passages)
        self._words = bm25s.BM25(k1=1.2, b=0.75)
        corpus = [terms(f"{passage.section}\n{passage.text}") for passage in self.passages]
        self._empty = not any(corpus)
        if not self._empty:
            self._words.index(corpus, show_progress=False)

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        """The best passages, best first; none for a question whose words are nowhere."""
        asked = terms(question)
        if self._empty or not asked:
            return []
        scores = self._words.get_scores(asked)
        best = np.argsort(-scores, kind="stable")[:limit]
        top = float(scores[best[0]]) or 1.0
        return [
            Hit(self.passages[at], float(scores[at]) / top, float(scores[at])) for at in best.tolist() if scores[at] > 0
        ]
