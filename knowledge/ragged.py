"""Rows of different lengths, end to end in one array, so that they can be mapped from a file."""

import os
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray


class FileBytes:
    """The bytes of a file from `start` on, read when they are sliced.

    In a mapped file, each byte that is read brings dozens of kilobytes around it into the process's memory. With long
    texts, of which little is read, that would soon be the whole file.
    """

    def __init__(self, path: Path, start: int, size: int) -> None:
        self._file, self._start, self._size = os.open(path, os.O_RDONLY), start, size
        weakref.finalize(self, os.close, self._file)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, wanted: slice) -> NDArray[np.uint8]:
        start, end, _ = wanted.indices(self._size)
        read = bytearray()
        while len(read) < end - start:
            piece = os.pread(self._file, end - start - len(read), self._start + start + len(read))
            if not piece:
                raise EOFError("A file of the index is shorter than it was.")
            read += piece
        return np.frombuffer(read, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Ragged:
    """Row n is `values[first[n] : first[n + 1]]`; `first` has one number more than there are rows."""

    values: NDArray[Any] | FileBytes
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first) - 1

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.values[self.first[row] : self.first[row + 1]]

    def cut(self, start: int, end: int) -> "Ragged":
        """The rows from `start` to before `end`."""
        first = self.first[start : end + 1]
        return Ragged(self.values[first[0] : first[-1]], first - first[0])


def join_ragged(parts: Sequence[Ragged]) -> Ragged:
    """The rows of all parts, in order. There is at least one part."""
    return Ragged(np.concatenate([part.values[:] for part in parts]), join_offsets([part.first for part in parts]))


def join_offsets(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The `first` of parts that are put end to end."""
    return count_offsets(np.concatenate([np.diff(part) for part in parts]))


def count_offsets(lengths: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
    """The `first` of rows with these lengths."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)])


def pack_texts(texts: Iterable[str]) -> Ragged:
    """Texts as rows of UTF-8."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    return Ragged(np.frombuffer(b"".join(encoded), dtype=np.uint8), count_offsets([len(one) for one in encoded]))


class Texts(Sequence[str]):
    """Packed texts, each decoded when it is read."""

    def __init__(self, packed: Ragged) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        size = len(self)
        if not -size <= at < size:
            raise IndexError(at)
        return str(self._packed[at % size].tobytes(), "utf-8", "surrogatepass")
