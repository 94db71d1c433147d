"""Whoever adds a column says what it tells about people; otherwise an erasure would miss it."""

import pytest
from sqlalchemy import JSON, LargeBinary, String, Table

from storage.personal_data.columns import COLUMNS, Content
from storage.personal_data.rows import REWRITERS
from storage.tables import Base
from storage.tables.engine import StoredKind

TEXTUAL = (String, JSON, LargeBinary, StoredKind)  # Text is a String
TABLES = Base.metadata.sorted_tables


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_that_can_name_somebody_is_described(table: Table) -> None:
    textual = {column.name for column in table.c if isinstance(column.type, TEXTUAL)}
    assert COLUMNS.get(table.name, {}).keys() == textual, f"Describe the columns of {table.name} in COLUMNS"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_authors_are_columns_with_people(table: Table) -> None:
    columns = COLUMNS[table.name]
    for name, column in columns.items():
        needs_author = column.content in (Content.WORDS, Content.RECORD)
        assert bool(column.author) is needs_author or column.content is Content.TERMS, name
        if needs_author:
            assert columns[column.author].content is Content.PERSON


def test_there_are_no_tables_that_are_gone() -> None:
    assert COLUMNS.keys() == Base.metadata.tables.keys()


def test_every_content_is_dealt_with() -> None:
    assert REWRITERS.keys() == set(Content)
