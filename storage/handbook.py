"""The current handbook, and the cache of its vectors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, defer

from knowledge.handbook import Handbook, Page, build_page_key
from storage.database import Database
from storage.tables.handbook import HandbookRow, PageRow, VectorRow
from storage.upsert import insert_new_rows

SHIPPED_ORIGIN = "shipped"
_ONLY = 1  # the one row of the table “handbook”
_AT_ONCE = 500  # rows; SQLite limits the number of parameters


@dataclass(frozen=True, slots=True)
class CurrentHandbook:
    """Which handbook is the current one."""

    version: int
    origin: str
    imported_at: datetime
    kept_number: int = 0  # of the kept handbook with these pages; 0 if they aren't kept

    @property
    def is_shipped(self) -> bool:
        """Whether it is the handbook that comes with the product."""
        return self.origin == SHIPPED_ORIGIN


class HandbookPages:
    """The pages, within a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_current(self) -> CurrentHandbook | None:
        row = self._session.get(HandbookRow, _ONLY)
        return CurrentHandbook(row.version, row.origin, row.imported_at, row.kept_number) if row else None

    def count(self) -> int:
        """The number of pages of the current handbook."""
        return self._session.scalar(select(func.count()).select_from(PageRow)) or 0

    def list_keys(self) -> dict[str, str]:
        """The source of every page by its key (see `Page.key`), in the order of the handbook."""
        columns = select(PageRow.source, PageRow.digest, PageRow.related).order_by(PageRow.source)
        rows = self._session.execute(columns).all()
        return {build_page_key(source, digest, related): source for source, digest, related in rows}

    def list_digests(self) -> dict[str, str]:
        """The digest of every page by its source."""
        return dict(self._session.execute(select(PageRow.source, PageRow.digest)).all())

    def list_services(self) -> frozenset[str]:
        """The keys of all services that any page names."""
        return frozenset(key for keys in self._session.scalars(select(PageRow.services)) for key in keys)

    def read_pages(self, sources: Sequence[str]) -> Iterator[Page]:
        """The pages with these sources, in this order, as far as they exist."""
        for start in range(0, len(sources), _AT_ONCE):
            wanted = sources[start : start + _AT_ONCE]
            rows = self._session.scalars(select(PageRow).where(PageRow.source.in_(wanted)))
            found = {row.source: _to_page(row) for row in rows}
            self._session.expunge_all()
            yield from (found[source] for source in wanted if source in found)

    def read_all(self) -> Handbook:
        """The current handbook with all its pages."""
        return Handbook(tuple(self.read_pages(list(self.list_keys().values()))))

    def list_owned(self, person: str) -> list[str]:
        """The sources of the pages that somebody owns."""
        return list(self._session.scalars(select(PageRow.source).where(PageRow.owner == person)))

    def list_heads(self) -> dict[str, Page]:
        """Every page without its text, by its digest."""
        rows = self._session.scalars(select(PageRow).options(defer(PageRow.text))).all()
        return {row.digest: _to_page(row, "") for row in rows}

    def replace(self, handbook: Handbook, origin: str, at: datetime, kept_number: int = 0) -> bool:
        """Make this the current handbook, writing only what is different. Returns whether anything changed."""
        before, stored = self.get_current(), self.list_keys()
        new = {page.key: page for page in handbook}
        if before and before.origin == origin and stored.keys() == new.keys():
            return False
        self._delete([source for key, source in stored.items() if key not in new])
        self._insert([page for key, page in new.items() if key not in stored])
        values = {"origin": origin, "imported_at": at, "kept_number": kept_number}
        insert_new_rows(self._session, HandbookRow, [values | {"id": _ONLY, "version": 0}])
        # The database adds, because somebody may add a learned question at the same moment.
        self._session.execute(update(HandbookRow).values(values | {"version": HandbookRow.version + 1}))
        return True

    def _delete(self, sources: Sequence[str]) -> None:
        for start in range(0, len(sources), _AT_ONCE):
            self._session.execute(delete(PageRow).where(PageRow.source.in_(sources[start : start + _AT_ONCE])))

    def _insert(self, pages: Sequence[Page]) -> None:
        for start in range(0, len(pages), _AT_ONCE):
            rows = [asdict(page) for page in pages[start : start + _AT_ONCE]]
            self._session.execute(insert(PageRow), [row | _to_lists(row) for row in rows])


class VectorCache:
    """knowledge.vectors.VectorStore in the database. Each call is a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_many(self, encoder: str, digests: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        with self._database.read_only() as session:
            for start in range(0, len(digests), _AT_ONCE):
                wanted = VectorRow.digest.in_(digests[start : start + _AT_ONCE])
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


def _to_page(row: PageRow, text: str | None = None) -> Page:
    """The page, or with `text` the page with that text instead of its own."""
    return Page(
        id=row.id,
        title=row.title,
        source=row.source,
        text=row.text if text is None else text,
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
