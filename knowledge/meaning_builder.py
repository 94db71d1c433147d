"""Builds the vectors of a handbook, encoding only what a previous index doesn't have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.embedding import Encoder, Progress
from knowledge.meaning_tables import MeaningTables, encode_passages, join_meaning
from knowledge.text_tables import TextTables, open_texts
from knowledge.vectors import VectorStore

MOST_SENTENCES = 150_000  # in a larger handbook, sentences are encoded only when they are about to be quoted
PASSAGES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Encoding:
    """The model, the vectors that it made before, and what is told (done, total) passages."""

    encoder: Encoder
    store: VectorStore | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class PassageRun:
    """Passages that follow one another: where they are in the previous index (None: they are new), and how many."""

    previous: int | None
    size: int


def has_vectors_of_units(text: TextTables) -> bool:
    """Whether the handbook is small enough to encode every unit beforehand."""
    return int(text.unit_counts.sum()) <= MOST_SENTENCES


def build_meaning(
    text: TextTables, runs: Sequence[PassageRun], previous: MeaningTables | None, encoding: Encoding
) -> MeaningTables | None:
    """The vectors of all passages, which `runs` list in order; None for a handbook without text."""
    new = _NewPassages(text, sum(run.size for run in runs if run.previous is None), encoding)
    found: list[MeaningTables] = []
    row = 0
    for run in runs:
        if run.previous is None or previous is None:
            found += new.encode_rows(row, row + run.size)
        else:
            found.append(previous.cut(run.previous, run.previous + run.size))
        row += run.size
    return join_meaning(found) if found else None


class _NewPassages:
    """Encodes passages, and says how many of all new ones are done."""

    def __init__(self, text: TextTables, total: int, encoding: Encoding) -> None:
        _, self._passages = open_texts(text)
        self._with_units = has_vectors_of_units(text)
        self._encoding = encoding
        self._done, self._total = 0, total

    def encode_rows(self, start: int, end: int) -> Iterator[MeaningTables]:
        """The vectors of these rows, some at a time, so that large handbooks don't fill the memory."""
        for first in range(start, end, PASSAGES_AT_ONCE):
            some = self._passages[first : min(first + PASSAGES_AT_ONCE, end)]

            def report(done: int, total: int, size: int = len(some)) -> None:
                self._report(size * done // total)

            encoder, store = self._encoding.encoder, self._encoding.store
            yield encode_passages(some, encoder, store, report, with_units=self._with_units)
            self._done += len(some)
            self._report(0)

    def _report(self, done: int) -> None:
        if self._encoding.progress:
            self._encoding.progress(self._done + done, self._total)
