"""Everything that the database has about somebody, as JSON."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_jsonable_python

from storage.database import Database
from storage.personal_data.columns import COLUMNS, Content
from storage.personal_data.identity import Identity
from storage.personal_data.search import find_keys, list_personal_tables, read_rows

_LEFT_OUT = (Content.TERMS, Content.PACKED)  # computed from other columns, or pages that are documents of all


def export_person(database: Database, person: str, name: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that has the person's id or name anywhere, as a whole, by table; without rows, no table.

    What others wrote about the person is there, too.
    """
    identity, found = Identity(person, name, 0), {}
    with database.read_only() as session:
        for table in list_personal_tables():
            rows = read_rows(session, table, find_keys(session, table, identity))
            about = [
                _describe(table.name, row) for row in rows if identity.is_named_in(_list_readable(table.name, row))
            ]
            if about:
                found[table.name] = about
    return found


def _list_readable(table: str, row: Mapping[str, Any]) -> list[Any]:
    left_out = (*_LEFT_OUT, Content.NOTHING)
    return [row[name] for name, column in COLUMNS[table].items() if column.content not in left_out]


def _describe(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    left_out = {name for name, column in COLUMNS[table].items() if column.content in _LEFT_OUT}
    return {name: to_jsonable_python(value) for name, value in row.items() if name not in left_out}
