"""Which word occurs in which text and how often: built from texts, joined, and read stem by stem."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.ragged import Ragged, Texts, count_offsets, pack_texts
from knowledge.terms import extract_words, stem_word

CACHED = 20_000  # stems
MOST_COUNTED = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class Postings:
    """The entries of each word, end to end: the row of a text, how often it has the word, and whether its heading does.

    Words are ordered by their stem, so that the entries of a stem follow one another. `word_first` has the number of
    each stem's first word, `entry_first` that of each word's first entry. `lengths` counts the words of each text.
    """

    stems: Ragged
    word_first: NDArray[np.int64]
    words: Ragged
    entry_first: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    headed: NDArray[np.bool_]
    lengths: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class CountedText:
    """What is counted of a text: each of `extra` counts twice."""

    heading: str
    text: str
    extra: Sequence[str] = ()


def build_postings(texts: Sequence[CountedText]) -> Postings:
    """The postings of texts, whose rows are their places in the sequence."""
    numbers: dict[str, int] = {}
    entries: list[tuple[int, int, int, bool]] = []
    lengths = []
    for row, text in enumerate(texts):
        counts = Counter(extract_words(text.text))
        for question in text.extra:
            for word in extract_words(question):
                counts[word] += 2
        headed = set(extract_words(text.heading))
        lengths.append(counts.total())
        entries += [(numbers.setdefault(word, len(numbers)), row, n, word in headed) for word, n in counts.items()]
    columns = np.array(entries, dtype=np.int64).reshape(-1, 4).T
    found = np.minimum(columns[2], MOST_COUNTED)
    return _order_entries(list(numbers), columns[0], columns[1], found, columns[3], np.asarray(lengths, dtype=np.int32))


def join_postings(parts: Sequence[tuple[Postings, Sequence[tuple[int, int, int]]]], size: int) -> Postings:
    """The postings of `size` texts: from each part some runs of rows (first row, row after the last, new first row)."""
    numbers: dict[str, int] = {}
    found = [_take_entries(postings, runs, numbers) for postings, runs in parts]
    if not found:
        return build_postings(())
    word, rows, counts, headed = (np.concatenate(columns) for columns in zip(*found, strict=True))
    lengths = np.zeros(size, dtype=np.int32)
    for postings, runs in parts:
        for start, end, new in runs:
            lengths[new : new + end - start] = postings.lengths[start:end]
    return _order_entries(list(numbers), word, rows, counts, headed, lengths)


def _take_entries(
    postings: Postings, runs: Sequence[tuple[int, int, int]], numbers: dict[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint16], NDArray[np.bool_]]:
    """Number of the word, new row, count and heading of each entry in these rows; `numbers` gets further words."""
    new_rows = np.full(len(postings.lengths), -1, dtype=np.int32)
    for start, end, new in runs:
        new_rows[start:end] = np.arange(new, new + end - start)
    words = np.array([numbers.setdefault(word, len(numbers)) for word in Texts(postings.words)], dtype=np.int32)
    word, rows = np.repeat(words, np.diff(postings.entry_first)), new_rows[postings.rows]
    is_taken = rows >= 0
    if is_taken.all():
        return word, rows, postings.counts, postings.headed
    return word[is_taken], rows[is_taken], postings.counts[is_taken], postings.headed[is_taken]


def _order_entries(
    words: Sequence[str],
    word: NDArray[np.integer],
    rows: NDArray[np.integer],
    counts: NDArray[np.integer],
    headed: NDArray[np.integer] | NDArray[np.bool_],
    lengths: NDArray[np.int32],
) -> Postings:
    """Entries in any order, put in the order of their stems, words and rows; words without entries are left out."""
    used = np.bincount(word, minlength=len(words)) if words else np.zeros(0, dtype=np.int64)
    keys = sorted((stem_word(one), one, at) for at, one in enumerate(words) if used[at])
    places = np.zeros(len(words), dtype=np.int64)
    for place, (_, _, at) in enumerate(keys):
        places[at] = place
    # Joined parts are long runs that are in order already, which a stable sort merely merges.
    order = np.argsort(places[word] * max(len(lengths), 1) + rows, kind="stable")
    stems = list(dict.fromkeys(stem for stem, _, _ in keys))
    words_of = Counter(stem for stem, _, _ in keys)
    return Postings(
        stems=pack_texts(stems),
        word_first=count_offsets([words_of[stem] for stem in stems]),
        words=pack_texts(one for _, one, _ in keys),
        entry_first=count_offsets(used[[at for _, _, at in keys]] if keys else []),
        rows=rows[order].astype(np.int32),
        counts=counts[order].astype(np.uint16),
        headed=headed[order].astype(np.bool_),
        lengths=lengths,
    )


class StemReader:
    """Finds the entries of a stem."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._stems, self._words = Texts(postings.stems), Texts(postings.words)
        self.find_words = lru_cache(maxsize=CACHED)(self._find_words)

    def find_entries(self, stem: str) -> slice:
        """The places of the stem's entries; none if no text has it."""
        words = self.find_words(stem)
        first = self._postings.entry_first
        return slice(int(first[words.start]), int(first[words.stop]))

    def read_entries(self, stem: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """The row and the count of each of the stem's entries. A row with several of its words occurs repeatedly."""
        places = self.find_entries(stem)
        return self._postings.rows[places], self._postings.counts[places]

    def _find_words(self, stem: str) -> range:
        """The numbers of the words with this stem."""
        at = bisect_left(self._stems, stem)
        if at == len(self._stems) or self._stems[at] != stem:
            return range(0)
        return range(int(self._postings.word_first[at]), int(self._postings.word_first[at + 1]))

    def count_words(self) -> dict[str, int]:
        """All words, and how often each occurs."""
        first = self._postings.entry_first[:-1]
        if not len(first):
            return {}
        return dict(
            zip(self._words, np.add.reduceat(self._postings.counts, first, dtype=np.int64).tolist(), strict=True)
        )
