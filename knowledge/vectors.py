"""Vectors with one byte per number, stored by the digest of their text, and the search for the nearest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import WIDTH, Encoder, Progress, Vectors

SMALL = 20_000  # up to this many, every vector is compared in full
RESCORED = 1_000


class VectorStore(Protocol):
    """Stores vectors, so that only new text is encoded. `encoder` names the model that made them."""

    def get_many(self, encoder: str, digests: Sequence[str]) -> Mapping[str, bytes]:
        """The vectors of these digests that are stored."""
        ...

    def put_many(self, encoder: str, vectors: Mapping[str, bytes]) -> None:
        """Store vectors; one that is stored already may stay as it is."""
        ...


@dataclass(frozen=True, slots=True)
class PackedVectors:
    """Rows of numbers in int8, and what to multiply each row with."""

    codes: NDArray[np.int8]
    scales: Vectors

    def __len__(self) -> int:
        return len(self.scales)

    def cut(self, start: int, end: int) -> "PackedVectors":
        """The rows from `start` to before `end`."""
        return PackedVectors(self.codes[start:end], self.scales[start:end])

    def compute_cosines(self, vector: Vectors, rows: NDArray[np.intp]) -> Vectors:
        """The cosine of each of these rows with the vector."""
        table = self.codes[rows].astype(np.float32) * self.scales[rows, None]
        return np.asarray(table @ vector, dtype=np.float32)


class Scan:
    """Finds the vectors nearest to one."""

    def __init__(self, packed: PackedVectors) -> None:
        self._packed = packed
        is_small = len(packed) <= SMALL
        self._full = packed.codes * packed.scales[:, None] if is_small else None
        self._signs = None if is_small else _pack_signs(packed.codes)

    def __len__(self) -> int:
        return len(self._packed)

    def cosines(self, vector: Vectors, rows: NDArray[np.intp]) -> Vectors:
        """The cosine of each of these rows."""
        return self._packed.compute_cosines(vector, rows)

    def nearest(self, vector: Vectors, count: int) -> tuple[NDArray[np.intp], Vectors]:
        """The rows with the highest cosines, best first, and the cosines."""
        if self._full is not None:
            rows, cosines = np.arange(len(self)), np.asarray(self._full @ vector, dtype=np.float32)
        else:
            rows = self._roughly_nearest(vector, max(RESCORED, count))
            cosines = self.cosines(vector, rows)
        best = np.argsort(-cosines, kind="stable")[:count]
        return rows[best], cosines[best]

    def _roughly_nearest(self, vector: Vectors, count: int) -> NDArray[np.intp]:
        """The rows whose numbers have the most signs in common with the vector's: a quick way that finds 99.4 % of the
        ten nearest."""
        assert self._signs is not None  # noqa: S101 - only called for many rows
        differing = np.bitwise_count(self._signs ^ _pack_signs(vector)).sum(axis=1, dtype=np.uint16)
        if count >= len(differing):
            return np.arange(len(differing))
        return np.argpartition(differing, count)[:count]


def encode_texts(
    texts: Mapping[str, str], encoder: Encoder, store: VectorStore | None, progress: Progress | None = None
) -> dict[str, bytes]:
    """The packed vector of every text, by digest: from the store if it is there, or else encoded and stored."""
    known = dict(store.get_many(encoder.name, list(texts))) if store else {}
    missing = [digest for digest in texts if digest not in known]
    step = 256  # stored after each step, so that a process that is stopped half-way doesn't start over
    for at in range(0, len(missing), step):
        some = missing[at : at + step]
        vectors = encoder.encode([texts[digest] for digest in some], _shift_progress(progress, at, len(missing)))
        new = dict(zip(some, pack_vectors(vectors), strict=True))
        known.update(new)
        if store:
            store.put_many(encoder.name, new)
    return known


def pack_vectors(vectors: Vectors) -> list[bytes]:
    """Each row as its scale (float32) followed by its numbers in int8."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9).astype(np.float32) / 127
    codes = np.round(vectors / scales[:, None]).astype(np.int8)
    return [scale.tobytes() + row.tobytes() for scale, row in zip(scales, codes, strict=True)]


def unpack_vectors(rows: Sequence[bytes]) -> PackedVectors:
    """What `pack_vectors` made, as arrays."""
    width = len(rows[0]) if rows else 4 + WIDTH
    table = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, width)
    return PackedVectors(table[:, 4:].view(np.int8).copy(), table[:, :4].copy().view(np.float32)[:, 0])


def join_vectors(parts: Sequence[PackedVectors]) -> PackedVectors:
    """The vectors of all parts, in order. There is at least one part."""
    filled = [part for part in parts if len(part)] or parts[:1]
    return PackedVectors(
        np.concatenate([part.codes for part in filled]), np.concatenate([part.scales for part in filled])
    )


def _pack_signs(numbers: NDArray[Any]) -> NDArray[np.uint64]:
    """The sign of each number in one bit, 64 to a word."""
    bits = np.packbits(numbers > 0, axis=-1)
    short = -bits.shape[-1] % 8
    return np.ascontiguousarray(np.pad(bits, [(0, 0)] * (bits.ndim - 1) + [(0, short)])).view(np.uint64)


def _shift_progress(progress: Progress | None, done: int, total: int) -> Progress | None:
    return (lambda at, _: progress(done + at, total)) if progress else None
