"""The vectors of passages, of the questions they answer and of their units: encoded, and joined from parts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Encoder, Progress, Vectors
from knowledge.passages import Passage, get_search_text, get_sentence_text
from knowledge.ragged import count_offsets, join_offsets
from knowledge.vectors import PackedVectors, VectorStore, encode_texts, join_vectors, unpack_vectors


@dataclass(frozen=True, slots=True)
class VectorGroups:
    """Vectors of texts in groups, one group per passage; groups may be empty."""

    first: NDArray[np.int64]
    vectors: PackedVectors

    def cut(self, start: int, end: int) -> "VectorGroups":
        """The groups from `start` to before `end`."""
        first = self.first[start : end + 1]
        return VectorGroups(first - first[0], self.vectors.cut(int(first[0]), int(first[-1])))

    def compute_cosines(self, vector: Vectors, group: int) -> NDArray[np.float32]:
        """The cosine of each text of the group."""
        return self.vectors.compute_cosines(vector, np.arange(self.first[group], self.first[group + 1]))

    def find_best(self, vector: Vectors, groups: NDArray[np.intp]) -> NDArray[np.float32]:
        """The highest cosine in each of these groups; −1 for an empty one."""
        first, lengths = self.first[groups], self.first[groups + 1] - self.first[groups]
        begins = np.cumsum(lengths) - lengths  # of each group, among the rows of all of them
        rows = np.arange(lengths.sum()) + np.repeat(first - begins, lengths)
        found = np.full(len(groups), -1, dtype=np.float32)
        filled = lengths > 0
        if filled.any():
            found[filled] = np.maximum.reduceat(self.vectors.compute_cosines(vector, rows), begins[filled])
        return found


@dataclass(frozen=True, slots=True)
class MeaningTables:
    """The vectors of passages, in their order. `units` has none at all if the handbook is too large for them."""

    passages: PackedVectors
    questions: VectorGroups
    units: VectorGroups

    def cut(self, start: int, end: int) -> "MeaningTables":
        """The passages from `start` to before `end`."""
        return MeaningTables(self.passages.cut(start, end), self.questions.cut(start, end), self.units.cut(start, end))


def encode_passages(
    passages: Sequence[Passage],
    encoder: Encoder,
    store: VectorStore | None = None,
    progress: Progress | None = None,
    *,
    with_units: bool = True,
) -> MeaningTables:
    """The vectors of these passages; what `store` has isn't encoded again."""
    units = [[get_sentence_text(passage, unit) for unit in passage.units] if with_units else [] for passage in passages]
    questions = [passage.questions for passage in passages]
    texts = {passage.digest: get_search_text(passage) for passage in passages}
    texts |= {hash_text(text): text for text in chain(*questions, *units)}
    vectors = encode_texts(texts, encoder, store, progress)

    def pack_groups(groups: Sequence[Sequence[str]]) -> VectorGroups:
        packed = unpack_vectors([vectors[hash_text(text)] for text in chain(*groups)])
        return VectorGroups(count_offsets([len(group) for group in groups]), packed)

    own = unpack_vectors([vectors[passage.digest] for passage in passages])
    return MeaningTables(own, pack_groups(questions), pack_groups(units))


def join_meaning(parts: Sequence[MeaningTables]) -> MeaningTables:
    """The passages of all parts, in order. There is at least one part."""
    return MeaningTables(
        join_vectors([part.passages for part in parts]),
        _join_groups([part.questions for part in parts]),
        _join_groups([part.units for part in parts]),
    )


def _join_groups(parts: Sequence[VectorGroups]) -> VectorGroups:
    return VectorGroups(join_offsets([part.first for part in parts]), join_vectors([part.vectors for part in parts]))


def hash_text(text: str) -> str:
    """The digest by which the vector of a text is stored."""
    return hashlib.sha256(text.encode()).hexdigest()
