"""The searchable form of a handbook: built off to the side, never changed, exchanged as a whole.

Two readings of a question are mixed half and half: its words (BM25 divided by the best) and, with a model, its
meaning (cosine, min–max scaled), both over the union of the best hundred of each. A section's cosine is the mean of
its own and that of its best window of sentences.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Encoder, Progress
from knowledge.passages import Passage
from knowledge.vectors import Scan, VectorStore, encoded
from knowledge.words import terms

CANDIDATES = 100
WINDOW = 2  # sentences


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `score` orders the hits of one search, 0–1; `bm25` is raw; `cosine` is None without a model."""

    passage: Passage
    score: float
    bm25: float
    cosine: float | None = None


class Meaning:
    """The vectors of passages and of their windows of sentences."""

    def __init__(
        self,
        passages: Sequence[Passage],
        encoder: Encoder,
        store: VectorStore | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._encoder = encoder
        windows = [[(_digest(text), text) for text in _windows(passage)] for passage in passages]
        texts = {passage.digest: _searched(passage) for passage in passages}
        texts.update(pair for some in windows for pair in some)
        vectors = encoded(texts, encoder, store, progress)
        self._passages = Scan([vectors[passage.digest] for passage in passages])
        self._windows = Scan([vectors[digest] for some in windows for digest, _ in some])
        self._first = np.cumsum([0, *(len(some) for some in windows)])

    def cosines(self, question: str, also: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The rows of the passages nearest in meaning together with those in `also`, and the cosine of each."""
        vector = self._encoder.encode([question])[0]
        rows = np.union1d(self._passages.nearest(vector, CANDIDATES)[0], also)
        own = self._passages.cosines(vector, rows)
        spans = [np.arange(self._first[row], self._first[row + 1]) for row in rows]
        every = self._windows.cosines(vector, np.concatenate(spans))
        starts = np.cumsum([0, *(len(span) for span in spans[:-1])])
        return rows, np.asarray((own + np.maximum.reduceat(every, starts)) / 2, dtype=np.float32)


class Index:
    """Passages searched by their words and, where `meaning` is given, by what they mean."""

    def __init__(self, passages: Sequence[Passage], meaning: Meaning | None = None) -> None:
        self.passages = tuple(passages)
        self._meaning = meaning if passages else None
        self._words = bm25s.BM25(k1=1.2, b=0.75)
        corpus = [terms(_searched(passage)) for passage in self.passages]
        self._wordless = not any(corpus)
        if not self._wordless:
            self._words.index(corpus, show_progress=False)

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        """The best passages, best first; none where nothing has to do with the question."""
        words = self._bm25(question)
        rows = np.argsort(-words, kind="stable")[:CANDIDATES]
        rows = rows[words[rows] > 0]
        cosines = None
        if self._meaning:
            rows, cosines = self._meaning.cosines(question, rows)
        if not len(rows):
            return []
        scores = words[rows] / max(float(words[rows].max()), 1e-9)
        if cosines is not None:
            spread = max(float(cosines.max() - cosines.min()), 1e-9)
            scores = 0.5 * scores + 0.5 * (cosines - cosines.min()) / spread
        return [
            Hit(
                self.passages[rows[at]],
                float(scores[at]),
                float(words[rows[at]]),
                None if cosines is None else float(cosines[at]),
            )
            for at in np.argsort(-scores, kind="stable")[:limit]
        ]

    def _bm25(self, question: str) -> NDArray[np.float32]:
        asked = terms(question)
        if self._wordless or not asked:
            return np.zeros(len(self.passages), dtype=np.float32)
        return np.asarray(self._words.get_scores(asked), dtype=np.float32)


def _searched(passage: Passage) -> str:
    return f"{passage.section}\n{passage.text}"


def _windows(passage: Passage) -> Iterator[str]:
    units = passage.units
    for at in range(max(1, len(units) - WINDOW + 1)):
        yield " ".join(unit.text for unit in units[at : at + WINDOW])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
