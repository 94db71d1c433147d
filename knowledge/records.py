"""Pages and passages as text records, from which they are read one at a time."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from knowledge.handbook import Page
from knowledge.passages import Passage, Unit
from knowledge.ragged import Ragged, Texts

READ_PAGES = 256  # stay in memory
READ_PASSAGES = 2_048

T_co = TypeVar("T_co", covariant=True)


def write_page_head(page: Page) -> str:
    """Everything but the text."""
    effective = page.effective.isoformat() if page.effective else None
    plain = (page.id, page.title, page.source, page.first_line, page.owner, page.edition, effective, page.digest)
    return _to_json([*plain, page.services, page.questions, page.related, page.headings])


def write_passage(passage: Passage) -> str:
    """Everything but what its page says as well. The text isn't written, because its units make it up."""
    units = [[unit.start, unit.end, unit.text, unit.kind, unit.block, unit.depth] for unit in passage.units]
    return _to_json([passage.section, passage.anchor, passage.line, passage.digest, passage.questions, units])


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read_page(head: str, text: str) -> Page:
    page_id, title, source, first_line, owner, edition, effective, digest, *lists = json.loads(head)
    services, questions, related, headings = map(tuple, lists)
    return Page(
        id=page_id,
        title=title,
        source=source,
        text=text,
        first_line=first_line,
        owner=owner,
        edition=edition,
        effective=date.fromisoformat(effective) if effective else None,
        services=services,
        questions=questions,
        related=related,
        digest=digest,
        headings=headings,
    )


def _read_passage(record: str, page: Page) -> Passage:
    section, anchor, line, digest, questions, units = json.loads(record)
    return Passage(
        page_id=page.id,
        title=page.title,
        section=section,
        anchor=anchor,
        text="\n".join([unit[2] for unit in units]),
        source=page.source,
        line=line,
        edition=page.edition,
        digest=digest,
        units=tuple([Unit(*unit) for unit in units]),
        questions=tuple(questions),
    )


class _Records(Sequence[T_co], Generic[T_co]):
    """Records that are read when they are needed; the last few stay in memory."""

    def __init__(self, count: int, read: Callable[[int], T_co], cached: int) -> None:
        self._count = count
        self._read = lru_cache(maxsize=cached)(read)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> T_co: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[T_co, ...]: ...

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(self._count)))
        row = int(at)
        if not -self._count <= row < self._count:
            raise IndexError(row)
        return self._read(row % self._count)


class StoredPages(_Records[Page]):
    """The pages of packed heads and texts."""

    def __init__(self, heads: Ragged, texts: Ragged) -> None:
        self._heads, texts_of = Texts(heads), Texts(texts)
        super().__init__(len(heads), lambda row: _read_page(self._heads[row], texts_of[row]), READ_PAGES)

    def read_head(self, number: int) -> Page:
        """The page without its text."""
        return _read_page(self._heads[number], "")


class StoredPassages(_Records[Passage]):
    """The passages of packed records. `page_first` has the row of each page's first passage, `added` has questions that
    passages answer, by row, beside those in their records."""

    def __init__(
        self,
        records: Ragged,
        page_first: NDArray[np.int64],
        pages: StoredPages,
        page_numbers: Mapping[str, int],
        added: Mapping[int, Sequence[str]] | None = None,
    ) -> None:
        self._packed, self._page_first, self._pages, self._page_numbers = records, page_first, pages, page_numbers
        self._records, self._added = Texts(records), added or {}
        self._read_head = lru_cache(maxsize=READ_PAGES)(pages.read_head)
        super().__init__(len(records), self._read_row, READ_PASSAGES)

    def with_questions(self, questions: Mapping[int, Sequence[str]]) -> "StoredPassages":
        """The passages with these questions, by row, instead of what was added before."""
        return StoredPassages(self._packed, self._page_first, self._pages, self._page_numbers, questions)

    def find_pages(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The number of each row's page."""
        return np.searchsorted(self._page_first, rows, side="right") - 1

    def list_rows(self, page_id: str) -> range:
        """The rows of a page's passages; none if there is no such page."""
        number = self._page_numbers.get(page_id)
        if number is None:
            return range(0)
        return range(int(self._page_first[number]), int(self._page_first[number + 1]))

    def find_row(self, passage: Passage) -> int:
        """The row of a passage of this handbook."""
        return next(row for row in self.list_rows(passage.page_id) if self[row] == passage)

    def _read_row(self, row: int) -> Passage:
        (page,) = self.find_pages(np.array([row]))
        passage = _read_passage(self._records[row], self._read_head(int(page)))
        added = self._added.get(row, ())
        return replace(passage, questions=(*passage.questions, *added)) if added else passage
