"""One database: an SQLite file by default, PostgreSQL by its address."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from foundation.errors import Refused

BUSY_SECONDS = 15  # how long a writer waits for another process to finish with the SQLite file


class DatabaseUnavailable(Refused):
    """The database cannot be used now: locked, full, read-only or not reachable."""


class Database:
    """Transactions over one engine. Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self.url = make_url(_with_driver(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else create_engine(self.url, pool_pre_ping=True)
        # SQLite lets one writer in; queuing for it here is fair and costs nothing, polling its lock is neither.
        self._writer: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All that is done with the session is committed together, or, when anything is raised, not at all."""
        with self._writer, explained(), Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"writes": True})
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look; nothing done with the session is kept."""
        with explained(), Session(self.engine) as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


def _with_driver(url: str) -> str:
    for name in ("postgres://", "postgresql://"):
        if url.startswith(name):
            return "postgresql+pg8000://" + url.removeprefix(name)
    return url


def _sqlite(url: Any) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        connection.isolation_level = None  # BEGIN is said below, not by the driver
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # what was acked to Slack survives a power cut
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turns writer half-way fails at once when somebody else wrote meanwhile: say so at the start.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the driver raises into what a person may be told."""
    try:
        yield
    except OperationalError as error:
        raise DatabaseUnavailable(_explanation(str(error.orig))) from error


def _explanation(cause: str) -> str:
    known = {
        "disk is full": "The disk is full: nothing was changed. Free some space, then try again.",
        "locked": "The database is busy with another program. Close that program, then try again.",
        "readonly": "The database file is read-only. Give the bot the right to write to it and its folder.",
        "unable to open": "The database file cannot be opened. Check that its folder exists and may be written to.",
        "disk I/O": "The disk does not answer as it should: nothing was changed. Check the disk, then try again.",
    }
    return next((words for mark, words in known.items() if mark in cause), f"The database does not answer: {cause}")
