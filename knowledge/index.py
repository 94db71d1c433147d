"""The search index of a handbook. It is never changed: a new handbook gets a new index.

A passage's score mixes words (BM25 as a share of the highest score the question could get) and, with a model, meaning
(cosine, min–max scaled), over the best hundred passages of each. The questions that a section answers are searched
together with it. The shares below were chosen on questions.jsonl and questions_more.jsonl; results hardly change around
these values.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.meaning_index import CANDIDATES, MeaningIndex
from knowledge.out_of_scope import OutOfScopeTopic, load_topics
from knowledge.passages import Passage, get_search_text
from knowledge.records import StoredPassages
from knowledge.terms import extract_terms
from knowledge.word_index import WordIndex

MEANING_SHARE = 0.5  # of the score; the rest is words
SUPPORT = 0.1  # of the mean score of the next two passages of the page: it says more about the topic


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found. `score`, 0–1, orders the hits of one search; `cosine` is None without a model."""

    passage: Passage
    score: float
    bm25: float
    cosine: float | None = None


class Index:
    """Passages, searched by words and, with `meaning`, by meaning."""

    def __init__(self, passages: StoredPassages, words: WordIndex, meaning: MeaningIndex | None = None) -> None:
        self.passages = passages
        self._words = words
        self._meaning = meaning

    def with_questions(self, added: Mapping[tuple[str, str], Sequence[str]]) -> "Index":
        """The index with these questions instead of what was added before, by the page's id and the section's anchor.

        Nothing else is indexed again. Questions of sections that don't exist are left out.
        """
        by_row: dict[int, list[str]] = {}
        for (page_id, anchor), questions in added.items():
            for question in questions:
                row = self._choose_passage(page_id, anchor, question)
                if row is not None:
                    by_row.setdefault(row, []).append(question)
        meaning = self._meaning.with_questions(by_row) if self._meaning else None
        return Index(self.passages.with_questions(by_row), self._words.with_questions(by_row), meaning)

    @property
    def has_model(self) -> bool:
        return self._meaning is not None

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Every word but stop words, in lower case, and how often the passages and their questions have it."""
        return self._words.vocabulary

    @property
    def english(self) -> Collection[str]:
        """Common English words, rightly spelt; none without a model."""
        return self._meaning.words if self._meaning else ()

    @property
    def has_sentences(self) -> bool:
        """Whether scoring sentences is cheap."""
        return self._meaning is None or self._meaning.has_sentences

    def weigh_term(self, term: str) -> float:
        """The inverse document frequency of a stem; highest if no passage has it."""
        return self._words.weigh_term(term)

    def knows_term(self, term: str) -> bool:
        """Whether any passage has the stem or a synonym."""
        return self._words.knows_term(term)

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        """The best passages, best first; none if nothing matches."""
        asked = extract_terms(question)
        words = self._words.score_texts(asked)
        rows = np.argsort(-words, kind="stable")[:CANDIDATES]
        rows = rows[words[rows] > 0]
        cosines = None
        if self._meaning:
            rows, cosines = self._meaning.find_nearest(question, rows)
        if not len(rows):
            return []
        scores = np.minimum(1, words[rows] / max(sum(map(self.weigh_term, asked)), 1e-9))
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
        return (
            self._meaning.score_sentences(question, passage, self.passages.find_row(passage)) if self._meaning else None
        )

    def find_out_of_scope(self, question: str, passage: Passage) -> tuple[OutOfScopeTopic, float]:
        """The out-of-scope topic that is nearest to the question, and its similarity, 0–1.

        Without a model, only words count that the passage doesn't have.
        """
        if self._meaning:
            return self._meaning.find_out_of_scope(question)
        asked = set(extract_terms(question))
        total = sum(map(self.weigh_term, asked)) or 1.0
        missing = asked - set(extract_terms(get_search_text(passage)))
        missing = {term for term in missing if not self._words.is_in_heading(term)}
        found = [sum(map(self.weigh_term, missing & topic.stems)) / total for topic in load_topics()]
        best = max(range(len(found)), key=found.__getitem__)
        return load_topics()[best], found[best]

    def _choose_passage(self, page_id: str, anchor: str, question: str) -> int | None:
        """The row of the section's passage that shares most of the question's words; None without such a section."""
        rows = [row for row in self.passages.list_rows(page_id) if self.passages[row].anchor == anchor]
        asked = set(extract_terms(question))

        def weigh_shared(row: int) -> float:
            return sum(map(self.weigh_term, asked.intersection(extract_terms(get_search_text(self.passages[row])))))

        return max(rows, key=weigh_shared, default=None)

    def _compute_support(self, rows: NDArray[np.intp], scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each candidate gains from other candidates of its page."""
        pages = self.passages.find_pages(rows).tolist()
        by_page: dict[int, list[float]] = {}
        for page, score in zip(pages, scores.tolist(), strict=True):
            by_page.setdefault(page, []).append(score)
        gains = {page: SUPPORT * sum(sorted(found)[-3:-1]) / 2 for page, found in by_page.items()}
        return np.array([gains[page] for page in pages], dtype=np.float32)
