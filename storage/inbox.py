"""What arrived from Slack, written before it is acknowledged and kept until its work is committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.tables.engine import ArrivalRow
from storage.upsert import insert_new

LEASE = timedelta(seconds=60)  # the work on one arrival takes milliseconds; a process that died is waited for this long
LAST_ATTEMPT = 6


class Lost(Exception):
    """Another process has taken over this work: nothing of it may be committed here."""


@dataclass(frozen=True, slots=True)
class NewArrival:
    """Something just delivered. `key` identifies it across repeats (event_id, or the payload's own trigger)."""

    key: str
    route: str
    payload: dict[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """An arrival claimed for work: `attempt` counts from 1 and is part of the claim."""

    id: int
    key: str
    route: str
    payload: dict[str, Any]
    received_at: datetime
    attempt: int
    owner: str


class Inbox:
    """Arrivals in the database. Every method is one transaction, unless it takes a session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, arrivals: Sequence[NewArrival]) -> int:
        """Keep what arrived; what is there already is passed over. Returns how many were new."""
        with self._database.transaction() as session:
            rows = [
                {
                    "key": arrival.key,
                    "route": arrival.route,
                    "payload": arrival.payload,
                    "status": "waiting",
                    "received_at": arrival.received_at,
                    "due_at": arrival.received_at,
                    "attempts": 0,
                }
                for arrival in arrivals
            ]
            return insert_new(session, ArrivalRow, rows)

    def claim(self, owner: str, now: datetime, limit: int) -> list[Arrival]:
        """Take due arrivals for `owner`, oldest first; those of a process whose lease ran out are due again."""
        with self._database.transaction() as session:
            due = (
                select(ArrivalRow.id)
                .where(
                    or_(
                        (ArrivalRow.status == "waiting") & (ArrivalRow.due_at <= now),
                        (ArrivalRow.status == "leased") & (ArrivalRow.lease_until <= now),
                    )
                )
                .order_by(ArrivalRow.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            ids = session.scalars(due).all()
            if not ids:
                return []
            claimed = session.scalars(
                update(ArrivalRow)
                .where(ArrivalRow.id.in_(ids))
                .values(status="leased", owner=owner, lease_until=now + LEASE, attempts=ArrivalRow.attempts + 1)
                .returning(ArrivalRow)
            )
            return sorted((_arrival(row, owner) for row in claimed), key=lambda arrival: arrival.id)

    def finish(self, session: Session, arrival: Arrival, now: datetime) -> None:
        """Mark it done in the transaction that holds its results.

        Raises:
            Lost: it is no longer ours; the transaction must not be committed.
        """
        self._set(session, arrival, status="done", done_at=now, owner=None, lease_until=None)

    def is_last(self, arrival: Arrival) -> bool:
        """Whether there will be no further attempt."""
        return arrival.attempt >= LAST_ATTEMPT

    def put_back(self, arrival: Arrival, error: str, now: datetime) -> None:
        """Its work failed: it is due again after a pause that doubles."""
        later = now + timedelta(seconds=min(2**arrival.attempt, 300))
        with self._database.transaction() as session:
            self._set(
                session, arrival, status="waiting", due_at=later, owner=None, lease_until=None, error=error[:2000]
            )

    def release(self, now: datetime) -> int:
        """Make due at once what other owners hold. Only for the one process that may use the file."""
        with self._database.transaction() as session:
            held = update(ArrivalRow).where(ArrivalRow.status == "leased")
            return _count(session.execute(held.values(status="waiting", due_at=now, owner=None)))

    def next_due(self) -> datetime | None:
        """When there is something to do next; None when nothing is waiting."""
        with self._database.reading() as session:
            waiting = session.scalar(select(func.min(ArrivalRow.due_at)).where(ArrivalRow.status == "waiting"))
            leased = session.scalar(select(func.min(ArrivalRow.lease_until)).where(ArrivalRow.status == "leased"))
            return min((moment for moment in (waiting, leased) if moment), default=None)

    def prune(self, before: datetime) -> int:
        """Forget what was done before that moment."""
        with self._database.transaction() as session:
            old = (ArrivalRow.status == "done") & (ArrivalRow.done_at < before)
            return _count(session.execute(delete(ArrivalRow).where(old)))

    def _set(self, session: Session, arrival: Arrival, **values: Any) -> None:
        mine = (
            (ArrivalRow.id == arrival.id)
            & (ArrivalRow.status == "leased")
            & (ArrivalRow.owner == arrival.owner)
            & (ArrivalRow.attempts == arrival.attempt)
        )
        if _count(session.execute(update(ArrivalRow).where(mine).values(**values))) != 1:
            raise Lost(arrival.key)


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101 (narrows the type; an update has a row count)
    return result.rowcount


def _arrival(row: ArrivalRow, owner: str) -> Arrival:
    return Arrival(row.id, row.key, row.route, row.payload, row.received_at, row.attempts, owner)
