"""Search by words: BM25 over the stems of passages."""

import math
from collections import Counter
from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.terms import find_synonyms

SYNONYM_SHARE = 0.2  # of the score of synonyms


class WordIndex:
    """The stems of texts, each text a list of stems with repetitions."""

    def __init__(self, corpus: Sequence[Sequence[str]]) -> None:
        self._size = len(corpus)
        self._holders = Counter(term for words in corpus for term in set(words))
        self._words = bm25s.BM25(k1=1.2, b=0.75)
        if self._holders:
            self._words.index([list(words) for words in corpus], show_progress=False)

    def weigh_term(self, term: str) -> float:
        """The inverse document frequency of a stem; highest if no text has it."""
        holders = self._holders[term]
        return math.log(1 + (self._size - holders + 0.5) / (holders + 0.5))

    def knows_term(self, term: str) -> bool:
        """Whether any text has the stem or a synonym."""
        return term in self._holders or not find_synonyms(term).isdisjoint(self._holders)

    def score_texts(self, asked: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every text for these stems and, with a small share, for their synonyms."""
        if not self._holders or not asked:
            return np.zeros(self._size, dtype=np.float32)
        vague = [term for term in asked if len(asked) > 2 or term not in self._holders]
        more = sorted({other for term in vague for other in find_synonyms(term)} - set(asked))
        scores = self._words.get_scores(list(asked))
        if more:
            scores = scores + SYNONYM_SHARE * self._words.get_scores(more)
        return np.asarray(scores, dtype=np.float32)
