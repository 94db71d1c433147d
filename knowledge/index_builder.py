"""Builds the tables of a handbook's index, taking over from a previous index what it has of unchanged pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Progress
from knowledge.handbook import Page
from knowledge.meaning_builder import Encoding, PassageRun, build_meaning, has_vectors_of_units
from knowledge.meaning_tables import MeaningTables
from knowledge.ragged import Texts
from knowledge.text_tables import PageRun, TextTables, analyse_pages, join_text

PAGES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class IndexTables:
    """Everything that an index consists of; `meaning` is None without a model or without text.

    `thresholds` has the numbers of `knowledge.thresholds.Thresholds` once they are calibrated.
    """

    text: TextTables
    meaning: MeaningTables | None
    thresholds: NDArray[np.float64] | None = None


def build_tables(pages: Sequence[Page], encoding: Encoding | None) -> IndexTables:
    """The tables of these pages."""
    text = analyse_pages(pages)
    run = PassageRun(None, len(text.passages))
    return IndexTables(text, build_meaning(text, [run], None, encoding) if encoding else None)


def rebuild_tables(
    keys: Sequence[str],
    read_pages: Callable[[Sequence[str]], Sequence[Page]],
    previous: IndexTables | None,
    encoding: Encoding | None,
    progress: Progress | None = None,
) -> IndexTables:
    """The tables of the pages with these keys, in this order (see `Page.key`).

    `read_pages` is called for the pages that `previous` doesn't have; `progress` counts those. The encoder must be the
    one that made the vectors of `previous`.
    """
    known = {key: (0, number) for number, key in enumerate(Texts(previous.text.page_keys))} if previous else {}
    parts = [previous.text] if previous else []
    missing = [key for key in keys if key not in known]
    for start in range(0, len(missing), PAGES_AT_ONCE):
        some = missing[start : start + PAGES_AT_ONCE]
        known |= {key: (len(parts), number) for number, key in enumerate(some)}
        parts.append(analyse_pages(read_pages(some)))
        if progress:
            progress(start + len(some), len(missing))
    runs = list(_list_runs(known[key] for key in keys))
    text = join_text(parts, runs)
    if encoding is None:
        return IndexTables(text, None)
    vectors = _take_vectors(previous, text)
    moved = [_find_passages(parts, run, is_known=vectors is not None and run.part == 0) for run in runs]
    return IndexTables(text, build_meaning(text, moved, vectors, encoding))


def _list_runs(places: Iterable[tuple[int, int]]) -> Iterator[PageRun]:
    """Pages by part and number, put together where they follow one another."""
    run: PageRun | None = None
    for part, number in places:
        if run and (run.part, run.end) == (part, number):
            run = PageRun(part, run.start, number + 1)
            continue
        if run:
            yield run
        run = PageRun(part, number, number + 1)
    if run:
        yield run


def _take_vectors(previous: IndexTables | None, text: TextTables) -> MeaningTables | None:
    """The previous vectors, unless only one of the two handbooks is small enough for vectors of units."""
    if previous and has_vectors_of_units(previous.text) == has_vectors_of_units(text):
        return previous.meaning
    return None


def _find_passages(parts: Sequence[TextTables], run: PageRun, *, is_known: bool) -> PassageRun:
    start, end = parts[run.part].find_rows(run.start, run.end)
    return PassageRun(start if is_known else None, end - start)
