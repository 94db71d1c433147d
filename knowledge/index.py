"""The search index of a handbook. It is never changed: a new handbook gets a new index.

A passage's score mixes words (BM25 as a share of the highest score the question could get) and, with a model, meaning
(cosine, min–max scaled), over the best hundred passages of each. The questions in a page's front matter are searched
together with the passage that answers them. The shares below were chosen on questions.jsonl and questions_more.jsonl;
results hardly change around these values.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Encoder, Progress, Vectors
from knowledge.out_of_scope import OutOfScopeTopic, load_topics
from knowledge.passages import Passage, get_search_text
from knowledge.terms import extract_terms, find_synonyms
from knowledge.vectors import Scan, VectorStore, encode_texts

CANDIDATES = 100
MEANING_SHARE = 0.6  # of the score; the rest is words
SUPPORT = 0.25  # of the mean score of the next two passages of the page: it says more about the topic
SENTENCE_SHARE = 0.3  # of the cosine: that of the best sentence; the rest is that of the whole passage
SYNONYM_SHARE = 0.2  # of the score of synonyms
MOST_SENTENCES = 10_000  # in a larger handbook, sentences are encoded only when they are about to be quoted
QUESTION_SHARE = 0.7  # of the cosine: that of the nearest question the passage answers, if that is higher


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found. `score`, 0–1, orders the hits of one search; `cosine` is None without a model."""

    passage: Passage
    score: float
    bm25: float
    cosine: float | None = None


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


class Index:
    """Passages, searched by words and, with `meaning`, by meaning."""

    def __init__(self, passages: Sequence[Passage], meaning: MeaningIndex | None = None) -> None:
        self.passages = tuple(passages)
        self._meaning = meaning if passages else None
        # Each question counts twice, like a heading whose words occur in the text as well.
        corpus = [
            extract_terms("\n".join((get_search_text(each), *each.questions, *each.questions)))
            for each in self.passages
        ]
        self._holders = Counter(term for words in corpus for term in set(words))
        self._headed = {term for passage in self.passages for term in extract_terms(passage.section)}
        self._words = bm25s.BM25(k1=1.2, b=0.75)
        if self._holders:
            self._words.index(corpus, show_progress=False)

    @property
    def has_model(self) -> bool:
        return self._meaning is not None

    def weigh_term(self, term: str) -> float:
        """The inverse document frequency of a stem; highest if no passage has it."""
        holders = self._holders[term]
        return math.log(1 + (len(self.passages) - holders + 0.5) / (holders + 0.5))

    def knows_term(self, term: str) -> bool:
        """Whether any passage has the stem or a synonym."""
        return term in self._holders or not find_synonyms(term).isdisjoint(self._holders)

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        """The best passages, best first; none if nothing matches."""
        words = self._score_words(question)
        rows = np.argsort(-words, kind="stable")[:CANDIDATES]
        rows = rows[words[rows] > 0]
        cosines = None
        if self._meaning:
            rows, cosines = self._meaning.find_nearest(question, rows)
        if not len(rows):
            return []
        scores = words[rows] / max(sum(map(self.weigh_term, extract_terms(question))), 1e-9)
        if cosines is not None:
            low, high = float(cosines.min()), float(cosines.max())
            meaning = (cosines - low) / max(high - low, 1e-9)
            scores = (1 - MEANING_SHARE) * scores + MEANING_SHARE * meaning
        scores = (scores + self._compute_support(rows, scores)) / (1 + SUPPORT)
        return [
            Hit(
                self.passages[rows[at]],
                float(scores[at]),
                float(words[rows[at]]),
                None if cosines is None else float(cosines[at]),
            )
            for at in np.argsort(-scores, kind="stable")[:limit]
        ]

    def score_sentences(self, question: str, passage: Passage) -> list[float] | None:
        """The similarity of each unit of the passage to the question; None without a model."""
        return self._meaning.score_sentences(question, passage) if self._meaning else None

    def find_out_of_scope(self, question: str, passage: Passage) -> tuple[OutOfScopeTopic, float]:
        """The out-of-scope topic that is nearest to the question, and its similarity, 0–1.

        Without a model, only words count that the passage doesn't have.
        """
        if self._meaning:
            return self._meaning.find_out_of_scope(question)
        asked = set(extract_terms(question))
        total = sum(map(self.weigh_term, asked)) or 1.0
        missing = asked - self._headed - set(extract_terms(get_search_text(passage)))
        found = [sum(map(self.weigh_term, missing & topic.stems)) / total for topic in load_topics()]
        best = max(range(len(found)), key=found.__getitem__)
        return load_topics()[best], found[best]

    def _compute_support(self, rows: NDArray[np.intp], scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each candidate gains from other candidates of its page."""
        by_page: dict[str, list[float]] = {}
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
            by_page.setdefault(self.passages[row].page_id, []).append(score)
        gains = {page: SUPPORT * sum(sorted(found)[-3:-1]) / 2 for page, found in by_page.items()}
        return np.array([gains[self.passages[row].page_id] for row in rows.tolist()], dtype=np.float32)

    def _score_words(self, question: str) -> NDArray[np.float32]:
        asked = extract_terms(question)
        if not self._holders or not asked:
            return np.zeros(len(self.passages), dtype=np.float32)
        vague = [term for term in asked if len(asked) > 2 or term not in self._holders]
        more = sorted({other for term in vague for other in find_synonyms(term)} - set(asked))
        scores = self._words.get_scores(asked)
        if more:
            scores = scores + SYNONYM_SHARE * self._words.get_scores(more)
        return np.asarray(scores, dtype=np.float32)


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
