"""What the product's ranking is compared with, over the very same passages and the questions that they answer."""

from collections.abc import Callable, Sequence
from itertools import chain

import bm25s
import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.ranked_questions import Ranker
from knowledge.embedding import Encoder, Vectors
from knowledge.evaluation import format_section
from knowledge.meaning_tables import VectorGroups, hash_text
from knowledge.passages import Passage, get_search_text
from knowledge.ragged import count_offsets
from knowledge.terms import extract_terms
from knowledge.vectors import VectorStore, encode_texts, unpack_vectors

CANDIDATES = 100  # passages of each kind of search
RRF_K = 60  # the usual constant of reciprocal rank fusion
K1, B = 1.2, 0.75

Scores = NDArray[np.float32]
Fusion = Callable[[Scores, Scores], Scores]


class Baselines:
    """Scores of every passage by words (bm25s over stems) and by meaning (the bundled MiniLM).

    The questions that a passage answers count in both: as words of its text, and as vectors beside its own, of which
    the nearest decides.
    """

    def __init__(self, passages: Sequence[Passage], encoder: Encoder, store: VectorStore) -> None:
        self.passages = passages
        self._sections = [format_section(passage.source, passage.anchor) for passage in passages]
        self._words = bm25s.BM25(k1=K1, b=B)
        self._words.index([extract_terms(get_full_text(passage)) for passage in passages], show_progress=False)
        self._encoder = encoder
        self._vectors = encode_groups(passages, encoder, store)

    def build_rankers(self) -> dict[str, Ranker]:
        """By the name under which a ranking is reported."""
        return {
            "BM25": self._build_ranker(lambda words, meaning: words),
            "Embeddings": self._build_ranker(lambda words, meaning: meaning),
            "Reciprocal rank fusion": self._build_ranker(fuse_ranks),
            "Weighted fusion": self._build_ranker(fuse_scores),
        }

    def list_sections(self, rows: Sequence[int]) -> Sequence[str]:
        """The sections of these passages, each once."""
        return tuple(dict.fromkeys(self._sections[row] for row in rows))

    def encode_question(self, text: str) -> Vectors:
        vector: Vectors = self._encoder.encode([text])[0]
        return vector

    def _build_ranker(self, fuse: Fusion) -> Ranker:
        def rank(question: str, before: Sequence[str]) -> Sequence[str]:
            text = " ".join((question, *before))
            words = np.asarray(self._words.get_scores(extract_terms(text) or [""]), dtype=np.float32)
            meaning = self._vectors.find_best(self.encode_question(text), np.arange(len(self.passages)))
            return self.list_sections(_find_best(fuse(words, meaning)).tolist())

        return rank


def fuse_ranks(words: Scores, meaning: Scores) -> Scores:
    """Reciprocal rank fusion of the best hundred of each; a passage that shares no word has no rank by words."""
    total = np.zeros(len(words), dtype=np.float32)
    for scores in (words, meaning):
        best = _find_best(scores)
        total[best] += np.where(scores[best] > 0, 1 / (RRF_K + 1 + np.arange(len(best))), 0)
    return total


def fuse_scores(words: Scores, meaning: Scores) -> Scores:
    """Half and half, each scaled to 0–1 over the best hundred of both."""
    rows = np.union1d(_find_best(words), _find_best(meaning))
    total = np.zeros(len(words), dtype=np.float32)
    for scores in (words[rows], meaning[rows]):
        total[rows] += (scores - scores.min()) / max(float(scores.max() - scores.min()), 1e-9) / 2
    return total


def _find_best(scores: Scores) -> NDArray[np.intp]:
    return np.argsort(-scores, kind="stable")[:CANDIDATES]


def encode_groups(passages: Sequence[Passage], encoder: Encoder, store: VectorStore) -> VectorGroups:
    """The vector of each passage and those of the questions it answers."""
    texts = {passage.digest: get_search_text(passage) for passage in passages}
    texts |= {hash_text(question): question for passage in passages for question in passage.questions}
    vectors = encode_texts(texts, encoder, store)
    groups = [[passage.digest, *map(hash_text, passage.questions)] for passage in passages]
    packed = unpack_vectors([vectors[digest] for digest in chain(*groups)])
    return VectorGroups(count_offsets([len(group) for group in groups]), packed)


def get_full_text(passage: Passage) -> str:
    """The text of a passage with the questions that it answers."""
    return "\n".join((get_search_text(passage), *passage.questions))
