"""Search by meaning: the vectors of passages, of the questions they answer and of their sentences."""

from collections.abc import Mapping, Sequence
from copy import copy
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.added_questions import AddedQuestions
from knowledge.embedding import Encoder
from knowledge.meaning_tables import MeaningTables, hash_text
from knowledge.out_of_scope import OutOfScopeTopic, load_topics
from knowledge.passages import Passage, get_sentence_text
from knowledge.vectors import Scan, VectorStore, encode_texts, unpack_vectors

CANDIDATES = 100
SENTENCE_SHARE = 0.5  # of the cosine: that of the best sentence; the rest is that of the whole passage
QUESTION_SHARE = 0.85  # of the cosine: that of the nearest question the passage answers, if that is higher


class MeaningIndex:
    """The vectors of passages, and the encoder that made them."""

    def __init__(self, tables: MeaningTables, encoder: Encoder, store: VectorStore | None = None) -> None:
        self.words = encoder.words
        self._vector = lru_cache(maxsize=1_024)(lambda text: encoder.encode([text])[0])
        self._passages = Scan(tables.passages)
        self._questions = tables.questions
        self._encoder, self._store = encoder, store
        self._added: AddedQuestions | None = None
        self._units = tables.units if len(tables.units.vectors) else None
        topics = {hash_text(topic.text): topic.text for topic in load_topics()}
        vectors = encode_texts(topics, encoder, store)
        self._topics = unpack_vectors([vectors[hash_text(topic.text)] for topic in load_topics()])

    def with_questions(self, questions: Mapping[int, Sequence[str]]) -> "MeaningIndex":
        """The index with these questions of passages, by row, instead of what was added before."""
        other = copy(self)
        other._added = AddedQuestions(questions, self._encoder, self._store) if questions else None
        return other

    def find_nearest(self, question: str, also: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The rows of the passages nearest in meaning and those in `also`, and the cosine of each."""
        vector = self._vector(question)
        rows = np.union1d(self._passages.nearest(vector, CANDIDATES)[0], also)
        if self._added:
            rows = np.union1d(rows, self._added.find_nearest(vector))
        cosines = self._passages.cosines(vector, rows)
        if self._units:
            cosines = (1 - SENTENCE_SHARE) * cosines + SENTENCE_SHARE * self._units.find_best(vector, rows)
        asked = self._questions.find_best(vector, rows)
        if self._added:
            asked = np.maximum(asked, self._added.find_best(vector, rows))
        return rows, np.maximum(cosines, (1 - QUESTION_SHARE) * cosines + QUESTION_SHARE * asked)

    @property
    def has_sentences(self) -> bool:
        """Whether the vectors of all sentences are there; otherwise each must be encoded when it's needed."""
        return self._units is not None

    def score_sentences(self, question: str, passage: Passage, row: int) -> list[float]:
        """The cosine of each unit of the passage in this row."""
        vector = self._vector(question)
        if self._units:
            return [float(one) for one in self._units.compute_cosines(vector, row)]
        return [float(self._vector(get_sentence_text(passage, unit)) @ vector) for unit in passage.units]

    def find_out_of_scope(self, question: str) -> tuple[OutOfScopeTopic, float]:
        """The nearest topic that the handbook doesn't cover, and its cosine."""
        cosines = self._topics.compute_cosines(self._vector(question), np.arange(len(self._topics)))
        best = int(np.argmax(cosines))
        return load_topics()[best], float(cosines[best])
