"""The current handbook, and the cache of its vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from knowledge.handbook import Handbook, Page
from storage.database import Database
from storage.tables.handbook import HandbookRow, PageRow, VectorRow
from storage.upsert import insert_new_rows, upsert_row

_ONLY = 1  # the one row of the table “handbook”


@dataclass(frozen=True, slots=True)
class CurrentHandbook:
    """Which handbook is the current one."""

    version: int
    origin: str
    imported_at: datetime


class HandbookPages:
    """The pages, within a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_current(self) -> CurrentHandbook | None:
        row = self._session.get(HandbookRow, _ONLY)
        return CurrentHandbook(row.version, row.origin, row.imported_at) if row else None

    def count(self) -> int:
        """The number of pages of the current handbook."""
        return self._session.scalar(select(func.count()).select_from(PageRow)) or 0

    def read_all(self) -> Handbook:
        rows = self._session.scalars(select(PageRow).order_by(PageRow.source)).all()
        return Handbook(tuple(_to_page(row) for row in rows))

    def replace(self, handbook: Handbook, origin: str, at: datetime) -> bool:
        """Make this the current handbook. Returns whether anything changed."""
        before = self.get_current()
        digests = dict(self._session.execute(select(PageRow.source, PageRow.digest)).all())
        if before and before.origin == origin and digests == {page.source: page.digest for page in handbook}:
            return False
        self._session.execute(delete(PageRow))
        rows = [asdict(page) for page in handbook]
        self._session.execute(insert(PageRow), [row | _to_lists(row) for row in rows])
        version = before.version + 1 if before else 1
        upsert_row(self._session, HandbookRow, {"id": _ONLY, "version": version, "origin": origin, "imported_at": at})
        return True


class VectorCache:
    """knowledge.vectors.VectorStore in the database. Each call is a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_many(self, encoder: str, digests: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        with self._database.read_only() as session:
            for start in range(0, len(digests), 500):  # SQLite limits the number of parameters
                wanted = VectorRow.digest.in_(digests[start : start + 500])
                rows = session.execute(
                    select(VectorRow.digest, VectorRow.vector).where(VectorRow.encoder == encoder, wanted)
                )
                found.update(rows.all())
        return found

    def put_many(self, encoder: str, vectors: Mapping[str, bytes]) -> None:
        with self._database.transaction() as session:
            rows = [{"encoder": encoder, "digest": digest, "vector": vector} for digest, vector in vectors.items()]
            insert_new_rows(session, VectorRow, rows)


def _to_lists(row: Mapping[str, object]) -> dict[str, list[str]]:
    return {name: list(row[name]) for name in ("services", "questions", "related", "headings")}  # type: ignore[call-overload]


def _to_page(row: PageRow) -> Page:
    return Page(
        id=row.id,
        title=row.title,
        source=row.source,
        text=row.text,
        first_line=row.first_line,
        owner=row.owner,
        edition=row.edition,
        effective=row.effective,
        services=tuple(row.services),
        questions=tuple(row.questions),
        related=tuple(row.related),
        digest=row.digest,
        headings=tuple(row.headings),
    )
