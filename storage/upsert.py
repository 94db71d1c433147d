"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy spells once for each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables.base import Base


def insert_new(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that break no unique constraint; return how many that were."""
    if not rows:
        return 0
    statement = _insert(session, table).values([dict(row) for row in rows]).on_conflict_do_nothing()
    first_column = inspect(table).primary_key[0]
    return len(session.execute(statement.returning(first_column)).all())


def put(session: Session, table: type[Base], row: Mapping[str, Any]) -> None:
    """Insert the row, or make the row with the same primary key equal to it."""
    key = [column.name for column in inspect(table).primary_key]
    changes = {name: value for name, value in row.items() if name not in key}
    session.execute(_insert(session, table).values(dict(row)).on_conflict_do_update(index_elements=key, set_=changes))


def _insert(session: Session, table: type[Base]) -> Any:
    dialect = session.get_bind().dialect.name
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
