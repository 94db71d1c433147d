"""Figures for monitoring: whether the database answers, its size, and what is waiting; all in a few milliseconds."""

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import FromClause, func, select, text, union_all
from sqlalchemy.orm import Session

from storage.database import Database
from storage.db_errors import DatabaseUnavailable
from storage.engine.outbox import BULK_PRIORITIES, PROMPT_PRIORITIES
from storage.tables.engine import ArrivalRow, DeliveryRow

MOST_COUNTED = 10_000  # more are counted as that many: the queries must stay short, however much is waiting


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """How many are waiting, at most MOST_COUNTED, and for how many seconds the oldest of those."""

    waiting: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class DatabaseFigures:
    """`prompt` is what somebody is waiting for, `bulk` what is sent to many."""

    ping_seconds: float
    size_bytes: int
    inbox: QueueFigures
    prompt: QueueFigures
    bulk: QueueFigures


class Measurer:
    """Measures one database. It's called in a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file = Path(database.url.database) if database.is_sqlite and database.url.database else None
        self._identity = self._identify_file()

    def measure(self, now: datetime) -> DatabaseFigures:
        """The figures.

        Raises:
            DatabaseUnavailable: the database doesn't answer; the message says what to do.
        """
        if self._identify_file() != self._identity:
            # An open file goes on working after it was deleted, but what is written to it is lost.
            raise DatabaseUnavailable("The database file was deleted or replaced. Put it back and restart the bot.")
        began = time.perf_counter()
        with self._database.read_only() as session:
            session.execute(text("SELECT 1"))
            ping = time.perf_counter() - began
            prompt, bulk = (_measure_outbox(session, some, now) for some in (PROMPT_PRIORITIES, BULK_PRIORITIES))
            return DatabaseFigures(ping, self._measure_size(session), _measure_inbox(session, now), prompt, bulk)

    def _identify_file(self) -> tuple[int, int] | None:
        """What stays the same as long as the file does; None if there's none."""
        try:
            found = os.stat(self._file) if self._file else None
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found else None

    def _measure_size(self, session: Session) -> int:
        if self._file is None:
            return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        parts = (self._file, self._file.with_name(f"{self._file.name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())


def _measure_inbox(session: Session, now: datetime) -> QueueFigures:
    waiting = select(ArrivalRow.received_at.label("since")).where(ArrivalRow.due_at.is_not(None))
    return _measure(session, waiting.order_by(ArrivalRow.due_at).limit(MOST_COUNTED).subquery(), now)


def _measure_outbox(session: Session, priorities: tuple[int, ...], now: datetime) -> QueueFigures:
    # One part for each priority: then the index on priority and due time finds the rows, however many are settled.
    parts = [
        select(DeliveryRow.created_at.label("since"))
        .where(DeliveryRow.priority == priority, DeliveryRow.due_at.is_not(None))
        .order_by(DeliveryRow.due_at)
        .limit(MOST_COUNTED)
        .subquery()
        for priority in priorities
    ]
    return _measure(session, union_all(*(select(part.c.since) for part in parts)).limit(MOST_COUNTED).subquery(), now)


def _measure(session: Session, rows: FromClause, now: datetime) -> QueueFigures:
    count, oldest = session.execute(select(func.count(), func.min(rows.c.since))).one()
    return QueueFigures(count, max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)
