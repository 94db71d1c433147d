"""Monitoring learns how much waits and for how long, however much is stored."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from storage.database import Database
from storage.db_errors import DatabaseUnavailable
from storage.engine.inbox import Inbox, NewArrival
from storage.engine.outbox import Outbox
from storage.monitoring import MOST_COUNTED, Measurer, QueueFigures
from tests.storage.cast import ASK, NOW, build_text, later

EMPTY = QueueFigures(0, 0.0)


def test_nothing_waits(database: Database) -> None:
    figures = Measurer(database).measure(NOW)
    assert (figures.inbox, figures.prompt, figures.bulk) == (EMPTY, EMPTY, EMPTY)
    assert figures.size_bytes > 100_000
    assert 0 < figures.ping_seconds < 10


def test_what_waits_is_counted_from_the_oldest(database: Database) -> None:
    Inbox(database).write([NewArrival(f"event:{one}", "event:message", {}, later(one)) for one in range(3)])
    with database.transaction() as session:
        Outbox(session, later(10)).post(ASK, build_text("answer"))
        for _ in range(2):
            Outbox(session, later(20)).post(ASK, build_text("digest"), bulk=True)
    figures = Measurer(database).measure(later(60))
    assert figures.inbox == QueueFigures(3, 60.0)
    assert figures.prompt == QueueFigures(1, 50.0)
    assert figures.bulk == QueueFigures(2, 40.0)


def test_clock_that_was_set_back_gives_no_negative_age(database: Database) -> None:
    Inbox(database).write([NewArrival("event:1", "event:message", {}, NOW)])
    assert Measurer(database).measure(NOW - timedelta(hours=1)).inbox == QueueFigures(1, 0.0)


def test_count_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.monitoring.MOST_COUNTED", 2)
    Inbox(database).write([NewArrival(f"event:{one}", "event:message", {}, NOW) for one in range(3)])
    assert Measurer(database).measure(NOW).inbox.waiting == 2
    assert MOST_COUNTED > 1_000


def test_queries_use_indexes(database: Database) -> None:
    """They stay fast however many settled rows there are."""
    statements: list[tuple[str, object]] = []
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's planner scans small tables")
    listener = (database.engine, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
    event.listen(*listener)
    Measurer(database).measure(NOW)
    event.remove(*listener)
    with database.engine.connect() as connection:
        for statement, parameters in statements:
            if statement.startswith("SELECT count"):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps = [str(row[3]) for row in plan]
                assert not [step for step in steps if step.startswith(("SCAN arrivals", "SCAN deliveries"))], steps
                assert [step for step in steps if " USING INDEX ix_" in step], steps


def test_deleted_file_is_noticed(tmp_path: Path, database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("There's no file")
    measurer = Measurer(database)
    Path(str(database.url.database)).unlink()
    with pytest.raises(DatabaseUnavailable, match="was deleted or replaced"):
        measurer.measure(NOW)
