"""Transactions, times, and one process for each SQLite file."""

import sqlite3
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, StatementError

from foundation.errors import UserError
from storage.database import Database
from storage.migrate import is_up_to_date, migrate_database
from storage.tables.engine import ArrivalRow, RateLimitRow
from storage.upsert import insert_new_rows, upsert_row
from tests.storage.cast import NOW, later


def pace(scope: str, free_at: datetime = NOW) -> dict[str, object]:
    return {"scope": scope, "free_at": free_at, "taken": []}


def scopes(database: Database) -> list[str]:
    with database.read_only() as session:
        return list(session.scalars(select(RateLimitRow.scope).order_by(RateLimitRow.scope)))


class Stop(Exception):
    """An error half-way."""


def test_failed_transaction_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        upsert_row(session, RateLimitRow, pace("kept"))

    def stumble() -> None:
        with database.transaction() as session:
            upsert_row(session, RateLimitRow, pace("lost"))
            session.flush()
            raise Stop

    with pytest.raises(Stop):
        stumble()
    assert scopes(database) == ["kept"]


def test_read_only_session_saves_nothing(database: Database) -> None:
    with database.read_only() as session:
        upsert_row(session, RateLimitRow, pace("lost"))
    assert scopes(database) == []


def test_nested_transaction_is_refused(database: Database) -> None:
    with pytest.raises(RuntimeError, match="within"), database.transaction(), database.transaction():
        pass
    with database.transaction() as session:  # and the outer one has ended
        upsert_row(session, RateLimitRow, pace("kept"))
    assert scopes(database) == ["kept"]


def test_time_comes_back_as_same_instant(database: Database) -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    with database.transaction() as session:
        upsert_row(session, RateLimitRow, pace("moment", tokyo))
    with database.read_only() as session:
        found = session.scalars(select(RateLimitRow.free_at)).one()
    assert found == NOW
    assert found.utcoffset() == timedelta(0)


def test_time_without_zone_is_rejected(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="needs a time zone"), database.transaction() as session:
        upsert_row(session, RateLimitRow, pace("naive", naive))


def test_existing_rows_are_skipped(database: Database) -> None:
    with database.transaction() as session:
        assert insert_new_rows(session, RateLimitRow, [pace("one"), pace("two")]) == 2
    with database.transaction() as session:
        assert insert_new_rows(session, RateLimitRow, [pace("two", later(60)), pace("three"), pace("three")]) == 1
        assert insert_new_rows(session, RateLimitRow, []) == 0
    with database.read_only() as session:
        assert session.scalars(select(RateLimitRow.free_at).where(RateLimitRow.scope == "two")).one() == NOW


def test_errors_do_not_quote_what_is_stored(database: Database) -> None:
    row = pace("same") | {"taken": [1234567.5]}

    def store_twice() -> None:
        with database.transaction() as session:
            session.add_all([RateLimitRow(**row), RateLimitRow(**row)])

    with pytest.raises(IntegrityError) as raised:
        store_twice()
    assert "INSERT INTO paces" in str(raised.value)
    assert "1234567.5" not in str(raised.value)


def test_thousand_rows_are_inserted_at_once(database: Database) -> None:
    with database.transaction() as session:
        assert insert_new_rows(session, RateLimitRow, [pace(f"scope {number}") for number in range(1_000)]) == 1_000
    with database.read_only() as session:
        assert session.scalar(select(func.count()).select_from(RateLimitRow)) == 1_000


def test_text_of_every_script_survives(database: Database) -> None:
    spoken = {"text": "Ünïcödé · 项目 · מגע · 🏗️ · “quotes” · \\u0041 · %s %(x)s :name"}
    row = {"key": "k", "route": "r", "payload": spoken, "status": "waiting", "received_at": NOW, "due_at": NOW}
    with database.transaction() as session:
        insert_new_rows(session, ArrivalRow, [row])
    with database.read_only() as session:
        assert session.scalars(select(ArrivalRow.payload)).one() == spoken


def test_second_process_on_sqlite_file_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pmo.db'}"
    refused = pytest.raises(UserError, match=r"already using .*pmo\.db.*Stop it")
    with Database(url).exclusive_use(), refused, Database(url).exclusive_use():
        pass
    with Database(url).exclusive_use():
        pass


def test_new_file_waits_for_another_writer(tmp_path: Path) -> None:
    """SQLite itself fails at once if the journal mode is changed at that moment."""
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE first (row)")
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO first VALUES (1)")
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    waiting = threading.Thread(target=lambda: migrate_database(database))
    waiting.start()
    other.execute("COMMIT")
    waiting.join()
    assert is_up_to_date(database)
    database.close()
    other.close()


def test_postgresql_serves_many_processes(new_postgresql) -> None:
    url = new_postgresql()
    first, second = Database(url), Database(url)
    with first.exclusive_use(), second.exclusive_use():
        pass
