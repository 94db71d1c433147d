"""Consistent copies of a database while it is in use, each made as its database does that best, and their return.

SQLite copies its file page by page within one read transaction. PostgreSQL's own pg_dump and pg_restore do the rest
(storage.postgresql_dump). What is common to both: a restored database is migrated and prepared (prepare_restored).
"""

import os
import shutil
import sqlite3
import stat
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from foundation.errors import UserError
from storage import postgresql_dump
from storage.copying import copy_file
from storage.database import Database
from storage.db_errors import translate_errors
from storage.engine.restored import prepare_restored
from storage.migrate import migrate_database, read_revision
from storage.tables.requests import RequestRow

MOST_PROBLEMS = 5
PRIVATE = 0o600  # for this user alone


class BadBackup(UserError):
    """The file can't be restored. Nothing was changed."""


def write_copy(database: Database, target: Path) -> str:
    """Copy the database into the file `target`, and return the revision of its tables.

    Raises:
        UserError: there's nothing to copy, the database is damaged, or a tool is missing.
    """
    if not database.is_sqlite:
        revision = read_revision(database)
        postgresql_dump.dump_tables(database.address, target)
        return revision
    source = Path(database.url.database or "")
    if not source.is_file():
        raise UserError(f"There's no database at {source}. Set PMO_DATA (or DATABASE_URL) to the data to back up.")
    copy_file(source, target)
    if problems := find_damage(target):
        raise UserError(f"The database {source} is damaged ({problems[0]}). Stop the bot and restore a backup.")
    with closing(Database(f"sqlite:///{target}")) as copy:
        revision = read_revision(copy)
    _leave_one_file(target)
    return revision


def find_damage(file: Path) -> list[str]:
    """What SQLite finds wrong with a database file: broken pages, and rows that refer to missing ones."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({MOST_PROBLEMS})")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_PROBLEMS)
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [one for one in found if one != "ok"] + [f"a row of {row[0]} refers to a missing one" for row in orphans]


def restore_sqlite(
    database: Database, copy: Path, made_at: datetime, now: datetime, *, was_running: bool
) -> Path | None:
    """Put the SQLite file `copy` in the place of the database, which nobody else may be using.

    The earlier file is kept beside it; its path is returned, None if there was none. Until the last step, which is
    atomic, the earlier data stays in use.

    Raises:
        BadBackup: the copy is damaged.
        storage.migrate.NewerDatabase: it belongs to a newer version.
    """
    if problems := find_damage(copy):
        raise BadBackup(f"The database in this backup is damaged ({problems[0]}). Use another backup.")
    with closing(Database(f"sqlite:///{copy}")) as restored:
        _prepare(restored, made_at, now, was_running=was_running)
    _leave_one_file(copy)
    target = Path(database.url.database or "")
    copy.chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else PRIVATE)
    kept = _keep_file(target, now) if target.exists() else None
    with copy.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(copy, target)
    return kept


def restore_postgresql(database: Database, dump: Path, made_at: datetime, now: datetime, *, was_running: bool) -> str:
    """Put the tables of a PostgreSQL dump in the place of the database's own, which are moved to another schema.

    Returns the schema's name, empty if there were no tables.
    """
    kept = postgresql_dump.restore_tables(database, dump, f"pmo_before_{now:%Y%m%d_%H%M%S}")
    _prepare(database, made_at, now, was_running=was_running)
    return kept


def count_requests(database: Database) -> int:
    """How many requests there are: what people recognise their data by."""
    with database.read_only() as session:
        return session.scalar(select(func.count()).select_from(RequestRow)) or 0


def _prepare(database: Database, made_at: datetime, now: datetime, *, was_running: bool) -> None:
    migrate_database(database)
    with database.transaction() as session:
        prepare_restored(session, made_at, now, was_running=was_running)


def _leave_one_file(file: Path) -> None:
    """Bring everything into the file itself: its write-ahead log isn't moved with it."""
    with translate_errors(), closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _keep_file(target: Path, now: datetime) -> Path:
    """A second name for the database file and, if it can't be emptied, its write-ahead log."""
    kept = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}")
    with suppress(sqlite3.Error), closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        os.link(target, kept)
    except OSError:  # some file systems have no second names
        shutil.copy2(target, kept)
    log = target.with_name(f"{target.name}-wal")
    if log.exists():  # a damaged file
        os.replace(log, kept.with_name(f"{kept.name}-wal"))
    # An old log beside the new file would be taken for the new file's own.
    target.with_name(f"{target.name}-shm").unlink(missing_ok=True)
    return kept
