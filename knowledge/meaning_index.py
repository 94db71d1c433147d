"""Search by meaning: the vectors of passages, of the questions they answer and of their sentences."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Encoder, Progress, Vectors
from knowledge.out_of_scope import OutOfScopeTopic, load_topics
from knowledge.passages import Passage, get_search_text
from knowledge.vectors import Scan, VectorStore, encode_texts

CANDIDATES = 100
SENTENCE_SHARE = 0.3  # of the cosine: that of the best sentence; the rest is that of the whole passage
MOST_SENTENCES = 10_000  # in a larger handbook, sentences are encoded only when they are about to be quoted
QUESTION_SHARE = 0.7  # of the cosine: that of the nearest question the passage answers, if that is higher


class MeaningIndex:
    """The vectors of passages, of the questions they answer and, if there aren't too many, of their units."""

    def __init__(
        self,
        passages: Sequence[Passage],
        encoder: Encoder,
        store: VectorStore | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._vector = lru_cache(maxsize=1_024)(lambda text: encoder.encode([text])[0])
        units = [[unit.text for unit in passage.units] for passage in passages]
        if sum(map(len, units)) > MOST_SENTENCES:
            units = []
        questions = [list(passage.questions) for passage in passages]
        out_of_scope = [topic.text for topic in load_topics()]
        texts = {passage.digest: get_search_text(passage) for passage in passages}
        texts.update((_hash_text(text), text) for some in (*questions, out_of_scope, *units) for text in some)
        vectors = encode_texts(texts, encoder, store, progress)
        self._row = {passage.digest: row for row, passage in enumerate(passages)}
        self._passages = Scan([vectors[passage.digest] for passage in passages])
        self._questions = _Groups(questions, vectors)
        self._out_of_scope = Scan([vectors[_hash_text(text)] for text in out_of_scope])
        self._units = _Groups(units, vectors) if units else None

    def find_nearest(self, question: str, also: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The rows of the passages nearest in meaning and those in `also`, and the cosine of each."""
        vector = self._vector(question)
        rows = np.union1d(self._passages.nearest(vector, CANDIDATES)[0], also)
        cosines = self._passages.cosines(vector, rows)
        if self._units:
            cosines = (1 - SENTENCE_SHARE) * cosines + SENTENCE_SHARE * self._units.best(vector, rows)
        asked = self._questions.best(vector, rows)
        return rows, np.maximum(cosines, (1 - QUESTION_SHARE) * cosines + QUESTION_SHARE * asked)

    def score_sentences(self, question: str, passage: Passage) -> list[float]:
        """The cosine of each of the passage's units."""
        vector = self._vector(question)
        if self._units:
            return [float(one) for one in self._units.cosines(vector, self._row[passage.digest])]
        return [float(self._vector(unit.text) @ vector) for unit in passage.units]

    def find_out_of_scope(self, question: str) -> tuple[OutOfScopeTopic, float]:
        """The nearest topic that the handbook doesn't cover, and its cosine."""
        rows, cosines = self._out_of_scope.nearest(self._vector(question), 1)
        return load_topics()[int(rows[0])], float(cosines[0])


class _Groups:
    """Vectors of texts in groups, one group per passage; groups may be empty."""

    def __init__(self, groups: Sequence[Sequence[str]], vectors: Mapping[str, bytes]) -> None:
        self._first = np.cumsum([0, *(len(group) for group in groups)])
        self._scan = Scan([vectors[_hash_text(text)] for group in groups for text in group])

    def cosines(self, vector: Vectors, group: int) -> NDArray[np.float32]:
        """The cosine of each text of the group."""
        return self._scan.cosines(vector, np.arange(self._first[group], self._first[group + 1]))

    def best(self, vector: Vectors, groups: NDArray[np.intp]) -> NDArray[np.float32]:
        """The highest cosine in each of these groups; −1 for an empty one."""
        first, lengths = self._first[groups], self._first[groups + 1] - self._first[groups]
        begins = np.cumsum(lengths) - lengths  # of each group, among the rows of all of them
        rows = np.arange(lengths.sum()) + np.repeat(first - begins, lengths)
        found = np.full(len(groups), -1, dtype=np.float32)
        filled = lengths > 0
        if filled.any():
            found[filled] = np.maximum.reduceat(self._scan.cosines(vector, rows), begins[filled])
        return found


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
