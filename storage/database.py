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
        self.address = url
        self.url, extra = read_address(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # Errors are logged with the statement, but without its parameters: those are people's words.
        self.engine = _open_sqlite(self.url, busy_seconds) if self.is_sqlite else _open_postgresql(self.url, extra)
        self.light_engine = _open_sqlite(self.url, busy_seconds, "NORMAL") if self.is_sqlite else self.engine
        # SQLite lets one writer in and makes the others poll. A queue in the process costs nothing, and it can let
        # arrivals go first, which Slack wants acknowledged within three seconds.
        self._write_lock = PriorityLock() if self.is_sqlite else None
        self._writing = threading.local()

    @contextmanager
    def transaction(self, *, durable: bool = True, urgent: bool = False) -> Iterator[Session]:
        """Commit everything done with the session together or, if anything is raised, nothing.

        A transaction that isn't `durable` doesn't wait for the disk. A power cut, but not the end of the process, may
        undo it, unless a durable one was committed after it. An `urgent` transaction goes before all others that wait.

        Raises:
            RuntimeError: this thread is in a transaction already; the two would wait for each other for ever.
            DatabaseUnavailable: nothing was changed.
        """
        if getattr(self._writing, "on", False):
            raise RuntimeError("A transaction was opened within a transaction.")
        self._writing.on = True
        try:
            # Waiting for the disk costs more than all the rest of a small transaction. It's left out where losing the
            # commit means only that the same work is done again; nothing is sent to Slack on the strength of it alone.
            engine = self.engine if durable else self.light_engine
            with self._wait_turn(urgent), translate_errors(), Session(engine, expire_on_commit=False) as session:
                session.connection(execution_options={"writes": True})
                if not durable and not self.is_sqlite:
                    session.execute(_NO_WAITING)
                yield session
                session.commit()
        finally:
            self._writing.on = False

    def _wait_turn(self, urgent: bool) -> AbstractContextManager[None]:
        return self._write_lock.hold(urgent=urgent) if self._write_lock else nullcontext()

    @contextmanager
    def read_only(self) -> Iterator[Session]:
        """A consistent view. Changes made with the session aren't saved."""
        with translate_errors(), Session(self.engine) as session:
            yield session

    @contextmanager
    def exclusive_use(self) -> Iterator[None]:
        """Make sure that no other process uses the SQLite file; PostgreSQL serves many.

        Raises:
            UserError: another process is using it.
        """
        # The operating system holds the lock on a separate file, so it ends with the process, however that dies. A
        # process id in a file would prove nothing, because another program may have it by then.
        if not self.is_sqlite or not self.url.database:
            yield
            return
        lock = FileLock(f"{self.url.database}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UserError(
                f"Another PMO Assistant is already using {self.url.database}. "
                "Stop it, or set PMO_DATA (or DATABASE_URL) to another location."
            ) from None
        except OSError as error:
            raise UserError(
                f"The folder of {self.url.database} can't be written to ({error.strerror}). Give the bot write access."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def is_in_use(self) -> bool:
        """Whether another process uses the SQLite file."""
        try:
            with self.exclusive_use():
                return False
        except UserError as error:
            return isinstance(error.__context__, Timeout)

    def close(self) -> None:
        self.engine.dispose()
        self.light_engine.dispose()


class PriorityLock:
    """A lock that urgent holders get first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_held = False
        self._urgent_waiting = 0

    @contextmanager
    def hold(self, *, urgent: bool) -> Iterator[None]:
        # Urgent waiters are counted before they wait, so the next release goes to one of them. Others hold back while
        # any is counted, and nobody is interrupted.
        with self._changed:
            self._urgent_waiting += urgent
            self._changed.wait_for(lambda: not self._is_held and (urgent or not self._urgent_waiting))
            self._urgent_waiting -= urgent
            self._is_held = True
        try:
            yield
        finally:
            with self._changed:
                self._is_held = False
                self._changed.notify_all()


# A process that is stopped, or a machine that disappears, in the middle of a transaction still holds its locks, and
# everybody else waits for them. After these seconds the server ends such a transaction.
_HELD_SECONDS = 10
_SESSION = (
    f"SET idle_in_transaction_session_timeout = '{_HELD_SECONDS}s'",
    f"SET lock_timeout = '{2 * _HELD_SECONDS}s'",
    f"SET tcp_keepalives_idle = {_HELD_SECONDS}",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET jit = off",  # compiling a statement takes longer than any of ours runs
)


_NO_WAITING = text("SET LOCAL synchronous_commit = off")


def _open_postgresql(url: URL, extra: dict[str, Any]) -> Engine:
    engine = create_engine(url, connect_args=extra, pool_pre_ping=True, pool_size=10, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for setting in _SESSION:
            cursor.execute(setting)
        cursor.close()
        connection.commit()

    return engine


def _switch_to_write_ahead(cursor: DBAPICursor, busy_seconds: float) -> None:
    """Switch the file to write-ahead logging, as other processes may be doing at the same moment."""
    # SQLite refuses all but one of them at once, whatever the busy timeout says, so the waiting is done here.
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


def _open_sqlite(url: URL, busy_seconds: float, synchronous: str = "FULL") -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_seconds}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        connection.isolation_level = None  # BEGIN is sent below, not by the driver
        cursor = connection.cursor()
        _switch_to_write_ahead(cursor, busy_seconds)
        # FULL waits for the disk at each commit, and so for all commits before it; NORMAL doesn't wait.
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once if somebody else wrote in between. Announcing
        # the writing at the start makes it wait for its turn instead.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
