"""What arrived from Slack, written before it is acknowledged and kept until its work is committed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.engine.lease import Lease
from storage.tables.engine import ArrivalRow
from storage.upsert import insert_new_rows

MAX_FAILURES = 6  # failures after which nothing more is tried
POISON_AFTER = 3  # claims of which nothing became; then the work may be what kills the process
PRUNED_AT_ONCE = 500  # more would keep other writers waiting


class LeaseLost(Exception):
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
    """An arrival claimed for work: `attempt` counts the claims from 1 and is part of this one.

    `failures` is how often its work has failed; `counted` says that this try is among them already.
    """

    id: int
    key: str
    route: str
    payload: dict[str, Any]
    received_at: datetime
    attempt: int
    failures: int
    owner: str
    lease_until: datetime
    counted: bool = False

    @property
    def is_poison(self) -> bool:
        """Whether it was claimed again and again and nothing is known of it: the process died each time."""
        return self.attempt - 1 - self.failures >= POISON_AFTER

    @property
    def failures_with_this(self) -> int:
        """How many there are if this try fails, too."""
        return self.failures if self.counted else self.failures + 1

    @property
    def is_last(self) -> bool:
        """Whether nothing more is tried if this fails."""
        return self.failures_with_this >= MAX_FAILURES


class Inbox:
    """Arrivals in the database. Every method is one transaction, unless it takes a session.

    Only the writing waits for the disk: whatever else a power cut may undo is done again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, arrivals: Sequence[NewArrival]) -> int:
        """Keep what arrived; what is there already is passed over. Returns how many were new."""
        with self._database.transaction(urgent=True) as session:
            return insert_new_rows(session, ArrivalRow, [_row(arrival) for arrival in arrivals])

    def claim(self, owner: str, now: datetime, limit: int, lease: Lease) -> list[Arrival]:
        """Take due arrivals for `owner`, oldest first; those of a process whose lease ran out are due again."""
        due = self.next_due()
        if due is None or due > now:  # looking costs no lock and no commit
            return []
        lease_until = lease.end_after(now)
        with self._database.transaction(durable=False) as session:
            oldest = (
                select(ArrivalRow.id)
                .where(ArrivalRow.due_at <= now)
                .order_by(ArrivalRow.due_at, ArrivalRow.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
                .cte("oldest")
            )
            claimed = session.scalars(
                update(ArrivalRow)
                .where(ArrivalRow.id.in_(select(oldest.c.id)))
                .values(status="leased", owner=owner, due_at=lease_until, attempts=ArrivalRow.attempts + 1)
                .returning(ArrivalRow),
                execution_options={"synchronize_session": False},
            )
            arrivals = [_arrival(row, owner, lease_until) for row in claimed]
        return sorted(arrivals, key=lambda arrival: (arrival.received_at, arrival.id))

    def mark_done(self, session: Session, arrival: Arrival, now: datetime) -> None:
        """Mark it done in the transaction that holds its results.

        Raises:
            Lost: it is no longer ours; the transaction must not be committed.
        """
        self._set(session, arrival, status="done", due_at=None, done_at=now, owner=None)

    def count_failure_first(self, arrival: Arrival) -> Arrival:
        """Count this try as failed until it proves otherwise: if it kills the process, that is on record.

        Raises:
            Lost: it is no longer ours.
        """
        with self._database.transaction(durable=False) as session:
            self._set(session, arrival, failures=arrival.failures + 1)
        return replace(arrival, failures=arrival.failures + 1, counted=True)

    def retry_later(self, arrival: Arrival, error: str, now: datetime) -> None:
        """Its work failed: it is due again after a pause that doubles."""
        failures = arrival.failures_with_this
        later = now + timedelta(seconds=min(2**failures, 300))
        values = {"status": "waiting", "due_at": later, "owner": None, "failures": failures, "error": error[:2000]}
        with self._database.transaction(durable=False) as session:
            self._set(session, arrival, **values)

    def give_up(self, arrival: Arrival, error: str, now: datetime) -> None:
        """Nothing can be made of it, not even an answer to the person: it stays, for somebody to look at."""
        with self._database.transaction(durable=False) as session:
            self._set(session, arrival, status="dead", due_at=None, done_at=now, owner=None, error=error[:2000])

    def release_all(self, now: datetime) -> int:
        """Make due at once what other owners hold. Only for the one process that may use the file."""
        with self._database.transaction(durable=False) as session:
            held = update(ArrivalRow).where(ArrivalRow.due_at.is_not(None), ArrivalRow.status == "leased")
            return count_changed_rows(session.execute(held.values(status="waiting", due_at=now, owner=None)))

    def next_due(self) -> datetime | None:
        """When there is something to do next; None when nothing is waiting."""
        with self._database.read_only() as session:
            return session.scalar(select(func.min(ArrivalRow.due_at)))

    def prune(self, before: datetime) -> int:
        """Forget what was done before that moment, some of it at a time. Returns how many were forgotten."""
        forgotten = 0
        while pruned := self._prune_some(before):
            forgotten += pruned
        return forgotten

    def _prune_some(self, before: datetime) -> int:
        old = select(ArrivalRow.id).where(ArrivalRow.done_at < before, ArrivalRow.status == "done")
        with self._database.transaction(durable=False) as session:
            some = old.limit(PRUNED_AT_ONCE).scalar_subquery()
            return count_changed_rows(session.execute(delete(ArrivalRow).where(ArrivalRow.id.in_(some))))

    def _set(self, session: Session, arrival: Arrival, **values: Any) -> None:
        # In Core's own words: this runs for every arrival, and the ORM would look for rows to refresh.
        found = session.connection().execute(
            update(_TABLE).where(*_MINE).values(**values),
            {"mine_id": arrival.id, "mine_owner": arrival.owner, "mine_attempt": arrival.attempt},
        )
        if count_changed_rows(found) != 1:
            raise LeaseLost(arrival.key)


_TABLE = cast(Table, ArrivalRow.__table__)
_MINE = (
    _TABLE.c.id == bindparam("mine_id"),
    _TABLE.c.status == "leased",
    _TABLE.c.owner == bindparam("mine_owner"),
    _TABLE.c.attempts == bindparam("mine_attempt"),
)


def count_changed_rows(result: Any) -> int:
    """How many rows an UPDATE or DELETE touched."""
    assert isinstance(result, CursorResult)  # noqa: S101 (narrows the type; an update has a row count)
    return result.rowcount


def _row(arrival: NewArrival) -> dict[str, Any]:
    return {
        "key": arrival.key,
        "route": arrival.route,
        "payload": arrival.payload,
        "status": "waiting",
        "received_at": arrival.received_at,
        "due_at": arrival.received_at,
        "attempts": 0,
        "failures": 0,
    }


def _arrival(row: ArrivalRow, owner: str, lease_until: datetime) -> Arrival:
    return Arrival(
        id=row.id,
        key=row.key,
        route=row.route,
        payload=row.payload,
        received_at=row.received_at,
        attempt=row.attempts,
        failures=row.failures,
        owner=owner,
        lease_until=lease_until,
    )
