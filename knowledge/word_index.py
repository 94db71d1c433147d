"""Search by words: BM25 over the stems of passages."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.postings import CACHED, CountedText, Postings, StemReader, build_postings
from knowledge.terms import find_synonyms

SYNONYM_SHARE = 0.2  # of the score of synonyms
K1 = 1.2  # how soon further occurrences of a word stop adding to the score
B = 0.75  # how much a long text is marked down

Vector = NDArray[np.float32]


class WordIndex:
    """The stems of texts. `added` has further entries of some of them, and may change without the rest."""

    def __init__(self, postings: Postings, added: Postings | None = None) -> None:
        self._postings = postings
        self._readers = [StemReader(some) for some in (postings, added) if some]
        lengths = postings.lengths if added is None else postings.lengths + added.lengths
        self._size = len(lengths)
        mean = max(float(lengths.mean()), 1e-9) if self._size else 1.0
        self._norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
        self._count_holders = lru_cache(maxsize=CACHED)(lambda term: len(self._read_term(term)[0]))

    def with_questions(self, questions: Mapping[int, Sequence[str]]) -> "WordIndex":
        """The index with these questions of texts, by row, instead of what was added before."""
        if not questions:
            return WordIndex(self._postings)
        few = build_postings([CountedText("", "", some) for some in questions.values()])
        rows, lengths = np.fromiter(questions, dtype=np.int32), np.zeros(self._size, dtype=np.int32)
        lengths[rows] = few.lengths
        return WordIndex(self._postings, replace(few, rows=rows[few.rows], lengths=lengths))

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """Every word but stop words, in lower case, and how often it occurs."""
        counted = [reader.count_words() for reader in self._readers]
        return counted[0] if len(counted) == 1 else Counter(counted[0]) + Counter(counted[1])

    def weigh_term(self, term: str) -> float:
        """The inverse document frequency of a stem; highest if no text has it."""
        holders = self._count_holders(term)
        return math.log(1 + (self._size - holders + 0.5) / (holders + 0.5))

    def has_term(self, term: str) -> bool:
        """Whether any text has the stem."""
        return bool(self._count_holders(term))

    def knows_term(self, term: str) -> bool:
        """Whether any text has the stem or a synonym."""
        return self.has_term(term) or any(map(self.has_term, find_synonyms(term)))

    def is_in_heading(self, term: str) -> bool:
        """Whether any heading has the stem."""
        return bool(self._postings.headed[self._readers[0].find_entries(term)].any())

    def score_texts(self, asked: Sequence[str]) -> Vector:
        """The BM25 score of every text for these stems and, with a small share, for their synonyms."""
        scores = self._score_terms(asked)
        vague = [term for term in asked if len(asked) > 2 or not self.has_term(term)]
        more = sorted({other for term in vague for other in find_synonyms(term)} - set(asked))
        return scores + np.float32(SYNONYM_SHARE) * self._score_terms(more) if more else scores

    def _score_terms(self, terms: Sequence[str]) -> Vector:
        scores = np.zeros(self._size, dtype=np.float32)
        for term in terms:
            rows, counts = self._read_term(term)
            scores[rows] += np.float32(self.weigh_term(term)) * counts / (counts + self._norms[rows])
        return scores

    def _read_term(self, term: str) -> tuple[NDArray[np.integer], Vector]:
        """The rows of the texts that have the stem, each once, and how often each has it."""
        found = [reader.read_entries(term) for reader in self._readers]
        rows, counts = (np.concatenate(some) for some in zip(*found, strict=True)) if len(found) > 1 else found[0]
        if len(rows) == 0 or (len(found) == 1 and len(self._readers[0].find_words(term)) < 2):
            return rows, counts.astype(np.float32)
        order = np.argsort(rows, kind="stable")
        distinct, first = np.unique(rows[order], return_index=True)
        return distinct, np.add.reduceat(counts[order], first, dtype=np.float32)
