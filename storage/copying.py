"""Copies a database, without changing it and while it is in use, into a new SQLite file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Table, insert, select, update

from storage.addresses import read_address
from storage.database import Database
from storage.db_errors import DatabaseUnavailable
from storage.migrate import migrate_database
from storage.tables import Base
from storage.tables.engine import ArrivalRow

BATCH = 1000


def copy_database(address: str, target: Path) -> None:
    """Copy everything to the new file `target`, with today's tables, and drop the work that is still to be done.

    Nothing is there yet if `address` names an SQLite file that doesn't exist.

    Raises:
        DatabaseUnavailable: it can't be read.
    """
    url, _ = read_address(address)
    if url.get_backend_name() == "sqlite":
        copy_file(Path(url.database or ""), target)
    copy = Database(f"sqlite:///{target}")
    try:
        migrate_database(copy)
        if url.get_backend_name() != "sqlite":
            _copy_rows(address, copy)
        with copy.transaction() as session:
            session.execute(update(ArrivalRow).where(ArrivalRow.due_at.is_not(None)).values(status="done", due_at=None))
    finally:
        copy.close()


def copy_file(source: Path, target: Path) -> None:
    """Copy an SQLite file, if it's there, as it is at one moment.

    Raises:
        DatabaseUnavailable: it can't be read.
    """
    # Opened read-only, SQLite neither creates a missing file nor tidies up behind the bot that is using this one. Its
    # backup is consistent however much is being written.
    if not source.is_file():
        return
    try:
        reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        with closing(reading), closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
    except sqlite3.Error as error:
        raise DatabaseUnavailable(f"The database {source} can't be read ({error}).") from None


def _copy_rows(address: str, copy: Database) -> None:
    source = Database(address)
    try:
        with source.read_only() as reading, copy.transaction() as session:
            for table in Base.metadata.sorted_tables:
                _copy_table(reading.connection(), session.connection(), table)
    finally:
        source.close()


def _copy_table(source: Connection, target: Connection, table: Table) -> None:
    for rows in source.execution_options(yield_per=BATCH).execute(select(table)).mappings().partitions(BATCH):
        target.execute(insert(table), [dict(row) for row in rows])
