"""Handbooks as they were imported, each packed in one row, so that an earlier one can be put back."""

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from knowledge.handbook import Handbook, Page
from storage.tables.handbook import KeptHandbookRow

MOST_KEPT = 10
_TUPLES = ("services", "questions", "related", "headings")


@dataclass(frozen=True, slots=True)
class KeptHandbook:
    """One import. `number` counts them; `pages` is how many there are."""

    number: int
    origin: str
    imported_at: datetime
    pages: int


@dataclass(frozen=True, slots=True)
class PackedHandbook:
    """The pages of a handbook in a few bytes. Packing takes a while, so it's done outside a transaction."""

    content: bytes
    pages: int


def pack_handbook(handbook: Handbook) -> PackedHandbook:
    rows = [asdict(page) for page in handbook]
    return PackedHandbook(zlib.compress(json.dumps(rows, default=str).encode(), 6), len(rows))


def unpack_handbook(content: bytes) -> Handbook:
    return Handbook(tuple(_build_page(row) for row in json.loads(zlib.decompress(content))))


class KeptHandbooks:
    """The earlier handbooks and the current one, within a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, packed: PackedHandbook, origin: str, at: datetime) -> int:
        """Keep a handbook, and drop the oldest beyond `MOST_KEPT`. Returns its number."""
        number = (self._session.scalar(select(func.max(KeptHandbookRow.number))) or 0) + 1
        row = {"origin": origin, "imported_at": at, "pages": packed.pages, "content": packed.content}
        self._session.execute(insert(KeptHandbookRow).values(number=number, **row))
        self._session.execute(delete(KeptHandbookRow).where(KeptHandbookRow.number <= number - MOST_KEPT))
        return number

    def list_kept(self) -> list[KeptHandbook]:
        """All that are kept, the newest first."""
        columns = (KeptHandbookRow.number, KeptHandbookRow.origin, KeptHandbookRow.imported_at, KeptHandbookRow.pages)
        rows = self._session.execute(select(*columns).order_by(KeptHandbookRow.number.desc()))
        return [KeptHandbook(*row) for row in rows]

    def read_content(self, number: int) -> bytes | None:
        """What `unpack_handbook` takes; None if that handbook isn't kept."""
        return self._session.scalar(select(KeptHandbookRow.content).where(KeptHandbookRow.number == number))


def _build_page(row: dict[str, Any]) -> Page:
    lists = {name: tuple(row[name]) for name in _TUPLES}
    return Page(**row | lists | {"effective": date.fromisoformat(row["effective"]) if row["effective"] else None})
