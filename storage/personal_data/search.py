"""Finds the rows that name somebody, in any table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import LargeBinary, Table, Text, and_, cast, false, func, or_, select
from sqlalchemy.orm import Session

from storage.personal_data.columns import COLUMNS, Content
from storage.personal_data.identity import Identity
from storage.tables import Base

BATCH = 200  # rows in one transaction
_UNSEARCHED = (Content.NOTHING, Content.TERMS, Content.PACKED)

Key = tuple[Any, ...]


def list_personal_tables() -> list[Table]:
    """All tables that may name people. Requests come before their logs, which say who wrote what."""
    found = [Base.metadata.tables[name] for name, columns in COLUMNS.items() if not _is_silent(columns)]
    return sorted(found, key=lambda table: table.name != "requests")


def find_keys(session: Session, table: Table, identity: Identity) -> list[Key]:
    """The primary keys of the rows that have one of the person's names somewhere, or that can't be searched."""
    key = list(table.primary_key)
    searched = [
        func.lower(cast(table.c[name], Text)).contains(pattern.lower(), autoescape=True)
        for name, column in COLUMNS[table.name].items()
        if column.content not in _UNSEARCHED
        for pattern in identity.list_patterns()
    ]
    packed = any(isinstance(table.c[name].type, LargeBinary) for name in COLUMNS[table.name])
    rows = session.execute(select(*key).where(or_(false(), *searched)) if not packed else select(*key))
    return sorted((tuple(row) for row in rows), key=str)


def read_rows(
    session: Session, table: Table, keys: Sequence[Key], *, locked: bool = False
) -> Iterator[Mapping[str, Any]]:
    """The rows as they are now, on request `locked` until the transaction ends; those that are gone are left out."""
    for key in keys:
        query = select(table).where(match_key(table, key))
        row = session.execute(query.with_for_update() if locked else query).mappings().one_or_none()
        if row is not None:
            yield dict(row)


def match_key(table: Table, key: Key) -> Any:
    """The condition that selects one row."""
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


def get_key(table: Table, row: Mapping[str, Any]) -> Key:
    return tuple(row[column.name] for column in table.primary_key)


def _is_silent(columns: Mapping[str, Any]) -> bool:
    return all(column.content is Content.NOTHING for column in columns.values())
