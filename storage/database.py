"""One database: an SQLite file by default, PostgreSQL by its address."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.orm import Session

from foundation.errors import UserError
from storage.addresses import read_address
from storage.db_errors import translate_errors

BUSY_SECONDS = 15.0  # how long a writer waits for another process to finish with the SQLite file


class Database:
    """Transactions over one engine. Safe to use from many threads."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url, extra = read_address(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url, busy_seconds) if self.is_sqlite else _postgresql(self.url, extra)
        self._light = _sqlite(self.url, busy_seconds, "NORMAL") if self.is_sqlite else self.engine
        # SQLite lets one writer in; queuing for it here costs nothing, polling its lock does.
        self._turnstile = PriorityLock() if self.is_sqlite else None
        self._writing = threading.local()

    @contextmanager
    def transaction(self, *, durable: bool = True, urgent: bool = False) -> Iterator[Session]:
        """All that is done with the session is committed together, or, when anything is raised, not at all.

        What is not `durable` does not wait for the disk: a power cut, but no end of the process, may undo it, unless a
        durable transaction was committed after it. So it serves for what would be done again, and is acted upon only
        after a durable one. An `urgent` transaction goes before all others that wait.

        Raises:
            RuntimeError: this thread is in a transaction already: two would wait for each other for ever.
            DatabaseUnavailable: nothing was changed.
        """
        if getattr(self._writing, "on", False):
            raise RuntimeError("A transaction was begun within a transaction.")
        self._writing.on = True
        try:
            engine = self.engine if durable else self._light
            with self._turn(urgent), translate_errors(), Session(engine, expire_on_commit=False) as session:
                session.connection(execution_options={"writes": True})
                if not durable and not self.is_sqlite:
                    session.execute(_NO_WAITING)
                yield session
                session.commit()
        finally:
            self._writing.on = False

    def _turn(self, urgent: bool) -> AbstractContextManager[None]:
        return self._turnstile.hold(urgent=urgent) if self._turnstile else nullcontext()

    @contextmanager
    def read_only(self) -> Iterator[Session]:
        """A consistent look; nothing done with the session is kept."""
        with translate_errors(), Session(self.engine) as session:
            yield session

    @contextmanager
    def exclusive_use(self) -> Iterator[None]:
        """Be the one process at work with the SQLite file; PostgreSQL takes many.

        Raises:
            UserError: another process is at work with it.
        """
        if not self.is_sqlite or not self.url.database:
            yield
            return
        lock = FileLock(f"{self.url.database}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UserError(
                f"Another PMO Assistant is already at work with {self.url.database}. "
                "Stop it, or set PMO_DATA (or DATABASE_URL) to another place."
            ) from None
        except OSError as error:
            raise UserError(f"The folder of {self.url.database} cannot be written to ({error.strerror}).") from None
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        self.engine.dispose()
        self._light.dispose()


class PriorityLock:
    """Lets one through at a time, those in a hurry first."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._is_busy = False
        self._in_a_hurry = 0

    @contextmanager
    def hold(self, *, urgent: bool) -> Iterator[None]:
        with self._moved:
            self._in_a_hurry += urgent
            self._moved.wait_for(lambda: not self._is_busy and (urgent or not self._in_a_hurry))
            self._in_a_hurry -= urgent
            self._is_busy = True
        try:
            yield
        finally:
            with self._moved:
                self._is_busy = False
                self._moved.notify_all()


# A process that is stopped, or a machine that is gone, in the middle of a transaction holds locks that others wait for:
# the server lets go of it after these seconds.
_HELD_SECONDS = 10
_SESSION = (
    f"SET idle_in_transaction_session_timeout = '{_HELD_SECONDS}s'",
    f"SET lock_timeout = '{2 * _HELD_SECONDS}s'",
    f"SET tcp_keepalives_idle = {_HELD_SECONDS}",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)


_NO_WAITING = text("SET LOCAL synchronous_commit = off")


def _postgresql(url: URL, extra: dict[str, Any]) -> Engine:
    engine = create_engine(url, connect_args=extra, pool_pre_ping=True, pool_size=10)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for setting in _SESSION:
            cursor.execute(setting)
        cursor.close()
        connection.commit()

    return engine


def _write_ahead(cursor: DBAPICursor, busy_seconds: float) -> None:
    """Processes that open a new file together change its mode together; SQLite refuses all but one without waiting."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _sqlite(url: URL, busy_seconds: float, synchronous: str = "FULL") -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        connection.isolation_level = None  # BEGIN is said below, not by the driver
        cursor = connection.cursor()
        _write_ahead(cursor, busy_seconds)
        # FULL waits for the disk at each commit, and so for all commits before it; NORMAL does not wait.
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turns writer half-way fails at once when somebody else wrote meanwhile: say so at the start.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
