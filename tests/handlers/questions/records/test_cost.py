"""A question reads what it asks for in a few queries, and next to nothing if it is for the handbook."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from handlers.questions.records.finder import find_records
from tests.handlers.questions.records.sample_office import ASKERS, SampleOffice

MOST_QUERIES = 11  # a list of requests has four parts


@contextmanager
def count_queries() -> Iterator[list[str]]:
    queries: list[str] = []

    def note_query(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            queries.append(statement)

    event.listen(Engine, "before_cursor_execute", note_query)
    yield queries
    event.remove(Engine, "before_cursor_execute", note_query)


@pytest.mark.parametrize(
    ("question", "most"),
    [
        ("how do I write a charter?", 1),
        ("which projects are red?", 4),
        ("status of smart metering", 4),
        ("who owns smart metering?", 4),
        ("what changed last week?", 5),
        ("who hasn't reported?", 4),
        ("open requests", MOST_QUERIES),
        ("my requests", MOST_QUERIES),
    ],
)
def test_queries_are_few(office: SampleOffice, question: str, most: int) -> None:
    person = office.ctx.people.get(ASKERS["emeka"])
    with office.ctx.store.read_only(office.ctx.now()) as tx, count_queries() as queries:
        find_records(tx, office.ctx, person, question, tuple)
    assert len(queries) <= most, queries
