"""The least that a search by words and meaning costs: bm25s and MiniLM over the same passages, fused half and half."""

import time
from collections.abc import Callable, Sequence

import bm25s
import numpy as np

from knowledge.embedding import Encoder
from knowledge.index_builder import IndexTables
from knowledge.passages import get_search_text
from knowledge.terms import extract_terms
from knowledge.text_tables import open_texts

CANDIDATES = 100


def time_bare_search(tables: IndexTables, encoder: Encoder, questions: Sequence[str]) -> list[float]:
    """Milliseconds of processor time for each question."""
    assert tables.meaning
    _, passages = open_texts(tables.text)
    words = bm25s.BM25(k1=1.2, b=0.75)
    words.index([extract_terms(get_search_text(passage)) for passage in passages], show_progress=False)
    packed = tables.meaning.passages
    vectors = packed.codes * packed.scales[:, None]

    def search(question: str) -> None:
        scores = words.get_scores(extract_terms(question))
        cosines = vectors @ encoder.encode([question])[0]
        best = [np.argpartition(-some, CANDIDATES)[:CANDIDATES] for some in (scores, cosines)]
        rows = np.union1d(*best)
        mixed = scores[rows] / max(scores.max(), 1e-9) + np.interp(
            cosines[rows], (cosines.min(), cosines.max()), (0, 1)
        )
        assert len(rows[np.argsort(-mixed)])

    return [_time(search, question) for question in questions]


def _time(search: Callable[[str], None], question: str) -> float:
    began = time.process_time()
    search(question)
    return (time.process_time() - began) * 1000
