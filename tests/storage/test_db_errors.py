"""A database that is locked, full, read-only, damaged or unreachable loses nothing, and the error says what to do."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, event, text

from foundation.errors import UserError
from storage.database import Database
from storage.db_errors import DatabaseUnavailable
from storage.engine.inbox import Inbox
from storage.engine.outbox import Outbox
from storage.migrate import migrate_database
from tests.storage.cast import ASK, LEASE, NOW, ONE, arrival, build_text, later, sender_of, texts
from tests.storage.databases import NewDatabase, format_url


@pytest.fixture
def file(tmp_path: Path, migrated_file: Path) -> Path:
    path = tmp_path / "pmo.db"
    path.write_bytes(migrated_file.read_bytes())
    return path


@pytest.fixture
def sqlite(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}", busy_seconds=0.05)
    yield database
    database.close()


def with_pragma(database: Database, pragma: str) -> None:
    """From the next connection on."""

    @event.listens_for(database.engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.execute(pragma)

    database.engine.dispose()


def what_waits(database: Database) -> list[str]:
    return [found.key for found in Inbox(database).claim(ONE, later(60), 100, LEASE)]


def test_locked_file_is_explained_until_free(file: Path, sqlite: Database) -> None:
    inbox = Inbox(sqlite)
    with sqlite3.connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable, match=r"Another program is using the database. Close that program"):
            inbox.write([arrival("first")])
        other.rollback()
    other.close()
    inbox.write([arrival("first")])
    assert what_waits(sqlite) == ["first"]


def test_locked_file_at_start_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    database = Database(f"sqlite:///{file}", busy_seconds=0.05)
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable, match="Another program"):
            migrate_database(database)
        other.rollback()
    other.close()
    migrate_database(database)
    database.close()


def test_full_disk_is_explained_and_loses_nothing(file: Path, sqlite: Database) -> None:
    inbox = Inbox(sqlite)
    inbox.write([arrival("before")])
    with_pragma(sqlite, "PRAGMA max_page_count = 1")  # SQLite then takes the pages in use as the limit
    big = [arrival(f"big {number}", text="x" * 3_000) for number in range(50)]
    with pytest.raises(DatabaseUnavailable, match=r"disk is full, and nothing was changed. Free some space"):
        inbox.write(big)
    freed = Database(f"sqlite:///{file}")
    assert Inbox(freed).write(big) == 50
    assert what_waits(freed)[0] == "before"
    freed.close()


def test_full_disk_loses_no_work(file: Path, sqlite: Database) -> None:
    Inbox(sqlite).write([arrival("question")])
    [claimed] = Inbox(sqlite).claim(ONE, NOW, 1, LEASE)
    with_pragma(sqlite, "PRAGMA max_page_count = 1")

    def answer() -> None:
        with sqlite.transaction() as session:
            Inbox(sqlite).mark_done(session, claimed, NOW)
            for _ in range(50):
                Outbox(session, NOW).post(ASK, build_text("x" * 3_000))

    with pytest.raises(DatabaseUnavailable):
        answer()
    freed = Database(f"sqlite:///{file}")
    assert texts(sender_of(freed).claim(ONE, later(60), 100)) == []
    assert what_waits(freed) == ["question"]
    freed.close()


def test_read_only_file_is_explained(file: Path, sqlite: Database) -> None:
    Inbox(sqlite).write([arrival("before")])
    with_pragma(sqlite, "PRAGMA query_only = ON")
    with pytest.raises(DatabaseUnavailable, match=r"read-only. Give the bot write access"):
        Inbox(sqlite).write([arrival("second")])
    writable = Database(f"sqlite:///{file}")
    assert what_waits(writable) == ["before"]
    writable.close()


def test_foreign_file_is_explained_and_untouched(tmp_path: Path) -> None:
    file = tmp_path / "pmo.db"
    file.write_text("Dear diary, " * 1_000)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnavailable, match="isn't a PMO Assistant database"):
        migrate_database(database)
    database.close()
    assert file.read_text().startswith("Dear diary")


def test_missing_folder_is_explained(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'pmo.db'}")
    with pytest.raises(DatabaseUnavailable, match=r"can't be opened. Check that its folder exists"):
        migrate_database(database)
    database.close()


def test_file_in_place_of_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UserError, match="can't be written to"),
        Database(f"sqlite:///{tmp_path}/file/pmo.db").exclusive_use(),
    ):
        pass


@pytest.fixture
def postgresql_database(new_postgresql: NewDatabase) -> Iterator[Database]:
    database = Database(new_postgresql())
    yield database
    database.close()


def test_standby_server_is_explained(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as session:
        name = session.scalar(text("SELECT current_database()"))
        session.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    postgresql_database.engine.dispose()
    with pytest.raises(DatabaseUnavailable, match="read-only"):
        Inbox(postgresql_database).write([arrival("first")])


def test_dropped_connection_is_opened_again(new_postgresql: NewDatabase) -> None:
    address = new_postgresql()
    database = Database(address)
    inbox = Inbox(database)
    with pytest.raises(DatabaseUnavailable):
        lose_the_connection(database, address)
    inbox.write([arrival("after")])
    assert what_waits(database) == ["after"]
    database.close()


def lose_the_connection(database: Database, address: str) -> None:
    """The server ends the connection in the middle of a transaction."""
    other = Database(address)
    with database.transaction() as session, other.read_only() as theirs:
        own = session.scalar(text("SELECT pg_backend_pid()"))
        theirs.execute(text(f"SELECT pg_terminate_backend({own})"))
        theirs.close()
        other.close()
        session.execute(text("SELECT 1"))


def test_unreachable_server_is_explained(tmp_path: Path) -> None:
    database = Database(f"postgresql://nobody@/pmo?host={tmp_path}")
    with pytest.raises(DatabaseUnavailable, match="can't be reached"):
        migrate_database(database)
    database.close()


def test_missing_database_is_explained(postgresql: URL) -> None:
    database = Database(format_url(postgresql.set(database="pmo_nowhere")))
    with pytest.raises(DatabaseUnavailable, match="no database with that name"):
        migrate_database(database)
    database.close()
