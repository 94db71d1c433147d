"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy spells separately for each."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables.base import Base


def insert_new_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that break no unique constraint; return how many. All rows have the same keys."""
    if not rows:
        return 0
    statement = _build_insert(session, table).on_conflict_do_nothing()
    # As a list of parameters the statement is compiled once for all batches, whatever their size.
    inserted = session.connection().execute(
        statement.returning(inspect(table).primary_key[0]), [dict(row) for row in rows]
    )
    return len(inserted.all())


def upsert_row(session: Session, table: type[Base], row: Mapping[str, Any]) -> None:
    """Insert the row, or change the one with the same primary key to it."""
    upsert_rows(session, table, [row])


def upsert_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for several rows, all with the same keys."""
    if not rows:
        return
    key = [column.name for column in inspect(table).primary_key]
    statement = _build_insert(session, table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in key}
    statement = statement.on_conflict_do_update(index_elements=key, set_=changes)
    session.connection().execute(statement, [dict(row) for row in rows])


def _build_insert(session: Session, table: type[Base]) -> Any:
    dialect = session.get_bind().dialect.name
    core = cast(Table, table.__table__)
    return sqlite.insert(core) if dialect == "sqlite" else postgresql.insert(core)
