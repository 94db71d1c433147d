"""One database: an SQLite file by default, PostgreSQL by its address."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from foundation.errors import Refused
from storage.addresses import read_address
from storage.troubles import explained

BUSY_SECONDS = 15.0  # how long a writer waits for another process to finish with the SQLite file


class Database:
    """Transactions over one engine. Safe to use from many threads."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url, extra = read_address(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url, busy_seconds) if self.is_sqlite else _postgresql(self.url, extra)
        # SQLite lets one writer in; queuing for it here costs nothing, polling its lock does.
        self._writer: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()
        self._writing = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All that is done with the session is committed together, or, when anything is raised, not at all.

        Raises:
            RuntimeError: this thread is in a transaction already: two would wait for each other for ever.
            DatabaseUnavailable: nothing was changed.
        """
        if getattr(self._writing, "on", False):
            raise RuntimeError("A transaction was begun within a transaction.")
        self._writing.on = True
        try:
            with self._writer, explained(), Session(self.engine, expire_on_commit=False) as session:
                session.connection(execution_options={"writes": True})
                yield session
                session.commit()
        finally:
            self._writing.on = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look; nothing done with the session is kept."""
        with explained(), Session(self.engine) as session:
            yield session

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one process at work with the SQLite file; PostgreSQL takes many.

        Raises:
            Refused: another process is at work with it.
        """
        if not self.is_sqlite or not self.url.database:
            yield
            return
        lock = FileLock(f"{self.url.database}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise Refused(
                f"Another PMO Assistant is already at work with {self.url.database}. "
                "Stop it, or set PMO_DATA (or DATABASE_URL) to another place."
            ) from None
        except OSError as error:
            raise Refused(f"The folder of {self.url.database} cannot be written to ({error.strerror}).") from None
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        self.engine.dispose()


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


def _sqlite(url: URL, busy_seconds: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_seconds})

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
