"""Questions that were added to passages after the index was built: few, and free to change without it."""

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Encoder, Vectors
from knowledge.meaning_tables import VectorGroups, hash_text
from knowledge.ragged import count_offsets
from knowledge.vectors import VectorStore, encode_texts, unpack_vectors

NEAREST = 10  # passages that are candidates because of an added question


class AddedQuestions:
    """The vectors of added questions, by the row of their passage."""

    def __init__(self, questions: Mapping[int, Sequence[str]], encoder: Encoder, store: VectorStore | None) -> None:
        self._rows = np.array(sorted(questions), dtype=np.intp)
        groups = [questions[row] for row in self._rows.tolist()]
        texts = {hash_text(text): text for text in chain(*groups)}
        vectors = encode_texts(texts, encoder, store)
        packed = unpack_vectors([vectors[hash_text(text)] for text in chain(*groups)])
        self._groups = VectorGroups(count_offsets([len(group) for group in groups]), packed)

    def find_nearest(self, vector: Vectors) -> NDArray[np.intp]:
        """The rows of the passages with the nearest questions."""
        cosines = self._groups.find_best(vector, np.arange(len(self._rows)))
        return self._rows[np.argsort(-cosines, kind="stable")[:NEAREST]]

    def find_best(self, vector: Vectors, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The highest cosine of an added question of each of these passages; −1 if it has none."""
        found = np.full(len(rows), -1, dtype=np.float32)
        places = np.searchsorted(self._rows, rows)
        has_any = self._rows[np.minimum(places, len(self._rows) - 1)] == rows
        if has_any.any():
            found[has_any] = self._groups.find_best(vector, places[has_any])
        return found
