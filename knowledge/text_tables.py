"""A handbook's pages, passages and words as arrays: made from pages, and joined from parts of other tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.handbook import Handbook, Page
from knowledge.passages import Passage, get_search_text, split_into_passages
from knowledge.postings import CountedText, Postings, build_postings, join_postings
from knowledge.ragged import Ragged, Texts, count_offsets, join_offsets, join_ragged, pack_texts
from knowledge.records import StoredPages, StoredPassages, write_page_head, write_passage


@dataclass(frozen=True, slots=True)
class TextTables:
    """Pages in order: key, id, head and text of each, and the row of its first passage.

    Then the passages, how many units each has, and their postings.
    """

    page_keys: Ragged
    page_ids: Ragged
    page_heads: Ragged
    page_texts: Ragged
    page_first: NDArray[np.int64]
    passages: Ragged
    unit_counts: NDArray[np.int32]
    postings: Postings

    def find_rows(self, start: int, end: int) -> tuple[int, int]:
        """The row of the first passage of page `start`, and that of page `end`."""
        return int(self.page_first[start]), int(self.page_first[end])


@dataclass(frozen=True, slots=True)
class PageRun:
    """Pages that follow one another in the tables with this number."""

    part: int
    start: int
    end: int


def analyse_pages(pages: Sequence[Page]) -> TextTables:
    """Split the pages into passages and count their words."""
    split = [split_into_passages(page) for page in pages]
    passages = [passage for some in split for passage in some]
    return TextTables(
        page_keys=pack_texts(page.key for page in pages),
        page_ids=pack_texts(page.id for page in pages),
        page_heads=pack_texts(map(write_page_head, pages)),
        page_texts=pack_texts(page.text for page in pages),
        page_first=count_offsets([len(some) for some in split]),
        passages=pack_texts(map(write_passage, passages)),
        unit_counts=np.array([len(passage.units) for passage in passages], dtype=np.int32),
        postings=build_postings([_count_passage(passage) for passage in passages]),
    )


def _count_passage(passage: Passage) -> CountedText:
    # Each question counts twice, like a heading whose words occur in the text as well.
    return CountedText(passage.section, get_search_text(passage), passage.questions)


def open_texts(tables: TextTables) -> tuple[Handbook, StoredPassages]:
    """The pages and passages, each read when it is needed."""
    numbers = {page_id: number for number, page_id in enumerate(Texts(tables.page_ids))}
    pages = StoredPages(tables.page_heads, tables.page_texts)
    return Handbook(pages, numbers), StoredPassages(tables.passages, tables.page_first, pages, numbers)


def join_text(parts: Sequence[TextTables], runs: Sequence[PageRun]) -> TextTables:
    """The pages of these runs, in order."""
    taken = [(parts[run.part], run.start, run.end) for run in runs] or [(analyse_pages(()), 0, 0)]

    def join(name: str) -> Ragged:
        return join_ragged([getattr(tables, name).cut(start, end) for tables, start, end in taken])

    rows = [(tables, *tables.find_rows(start, end)) for tables, start, end in taken]
    return TextTables(
        page_keys=join("page_keys"),
        page_ids=join("page_ids"),
        page_heads=join("page_heads"),
        page_texts=join("page_texts"),
        page_first=join_offsets([tables.page_first[start : end + 1] for tables, start, end in taken]),
        passages=join_ragged([tables.passages.cut(start, end) for tables, start, end in rows]),
        unit_counts=np.concatenate([tables.unit_counts[start:end] for tables, start, end in rows]),
        postings=_join_runs(parts, runs),
    )


def _join_runs(parts: Sequence[TextTables], runs: Sequence[PageRun]) -> Postings:
    moved: list[list[tuple[int, int, int]]] = [[] for _ in parts]
    size = 0
    for run in runs:
        start, end = parts[run.part].find_rows(run.start, run.end)
        moved[run.part].append((start, end, size))
        size += end - start
    return join_postings([(tables.postings, some) for tables, some in zip(parts, moved, strict=True) if some], size)
