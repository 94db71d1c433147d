"""What arrived from Slack: stored before it is acknowledged, and handled until its results are committed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.db_errors import retry_once
from storage.engine.claims import (
    PRUNE_BATCH,
    count_changed_rows,
    prune_in_batches,
    release_leases,
    update_if_held,
)
from storage.engine.lease import Lease
from storage.engine.turns import Turns
from storage.tables.engine import ArrivalRow
from storage.upsert import insert_new_rows

MAX_FAILURES = 6  # after that many, nothing more is tried
HEAVY = ":heavy"  # ends the queue of a person's arrivals that take long
CLAIM_TRIES = 5  # as long as other processes are faster
POISON_AFTER = 3  # claims without a result; by then the work itself may be what kills the process
_TABLE = cast(Table, ArrivalRow.__table__)
_NEXT_DUE = select(func.min(ArrivalRow.due_at))


class LeaseLost(Exception):
    """Another process has taken over this work: nothing of it may be committed here."""


@dataclass(frozen=True, slots=True)
class NewArrival:
    """Something just delivered. `key` identifies it across repeats (event_id, or the payload's own trigger).

    `message` identifies the message that it is about, if any: Slack may send several events about one. `person` did it,
    if anybody did. `is_heavy` says that handling it takes long and changes nothing: the person's others may
    overtake it.
    """

    key: str
    route: str
    payload: dict[str, Any]
    received_at: datetime
    message: str | None = None
    person: str | None = None
    is_heavy: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """An arrival claimed for work. `attempt` counts the claims from 1 and identifies this one.

    `failures` is how often its work has failed; `is_counted` says that this try is already among them. `is_heavy` says
    that handling it takes long.
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
    is_counted: bool = False
    is_heavy: bool = False

    @property
    def is_poison(self) -> bool:
        """Whether several claims ended without success or failure: the process died each time."""
        return self.attempt - 1 - self.failures >= POISON_AFTER

    @property
    def failures_with_this(self) -> int:
        """How many failures there are if this try fails, too."""
        return self.failures if self.is_counted else self.failures + 1

    @property
    def is_last(self) -> bool:
        """Whether nothing more is tried if this fails."""
        return self.failures_with_this >= MAX_FAILURES


class Inbox:
    """Arrivals in the database. Every method is one transaction, unless it takes a session."""

    # Only `write` is a durable commit: once it returns, Slack gets its acknowledgement and won't deliver again. If a
    # power cut undoes a claim or a “done”, the arrival is still there, and the work is done again.

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = Turns()

    def write(self, arrivals: Sequence[NewArrival]) -> int:
        """Store what arrived, except what is stored already. Returns how many were new."""
        # Slack delivers again whenever an acknowledgement is late or lost, and sends one message as several events. The
        # unique columns make the second insert do nothing, whichever process makes it, so the work is done once.
        return retry_once(lambda: self._insert(arrivals))

    def _insert(self, arrivals: Sequence[NewArrival]) -> int:
        with self._database.transaction(urgent=True) as session:
            return insert_new_rows(session, ArrivalRow, [_to_row(arrival) for arrival in arrivals])

    def claim(
        self, owner: str, now: datetime, limit: int, lease: Lease, heavy_limit: int | None = None
    ) -> list[Arrival]:
        """Claim due arrivals for `owner`: at most `limit`, and besides at most `heavy_limit` heavy ones.

        Whose turn it is, storage.engine.turns says. Those of a process whose lease has ended are due again. The oldest
        of what was claimed comes first.
        """
        heavy_limit = limit if heavy_limit is None else heavy_limit
        for _ in range(CLAIM_TRIES):
            chosen = self._choose(owner, now, limit, heavy_limit)
            claimed = self._claim_chosen(chosen, owner, now, lease) if chosen else []
            if claimed or not chosen:
                return sorted(claimed, key=lambda arrival: (arrival.received_at, arrival.id))
            # Another process has just claimed all of them, so others are next.
        return []

    def _choose(self, owner: str, now: datetime, limit: int, heavy_limit: int) -> list[int]:
        """Looking first takes no lock and no commit."""
        with self._database.read_only() as session:
            due = session.scalar(_NEXT_DUE)
            if due is None or due > now:
                return []
            return self._turns.choose(session, owner, now, limit, heavy_limit)

    def _claim_chosen(self, ids: Sequence[int], owner: str, now: datetime, lease: Lease) -> list[Arrival]:
        lease_until = lease.end_after(now)
        # One statement checks and marks the rows. Rows that another process is just claiming are skipped instead of
        # waited for, so no two processes get the same arrival and none holds up the other.
        given = {"ids": ids, "at": now, "new_owner": owner, "until": lease_until}
        with self._database.transaction(durable=False) as session:
            claimed = session.scalars(_CLAIM, given, execution_options={"synchronize_session": False})
            return [_to_arrival(row, owner, lease_until) for row in claimed]

    def mark_done(self, session: Session, arrival: Arrival, now: datetime) -> None:
        """Mark it done, in the transaction that holds its results.

        Raises:
            LeaseLost: the caller no longer holds it; the transaction must not be committed.
        """
        self._update(session, arrival, status="done", due_at=None, done_at=now, owner=None)

    def count_failure_first(self, arrival: Arrival) -> Arrival:
        """Count this try as failed before it begins.

        Raises:
            LeaseLost: the caller no longer holds it.
        """
        # If the work kills the process, nobody is left to count. A failure counted beforehand brings the arrival to
        # its last try all the same; success marks it done, and the count no longer matters.
        with self._database.transaction(durable=False) as session:
            self._update(session, arrival, failures=arrival.failures + 1)
        return replace(arrival, failures=arrival.failures + 1, is_counted=True)

    def retry_later(self, arrival: Arrival, error: str, now: datetime) -> None:
        """Its work failed: it is due again after a wait that doubles each time."""
        failures = arrival.failures_with_this
        due_at = now + timedelta(seconds=min(2**failures, 300))
        values = {"status": "waiting", "due_at": due_at, "owner": None, "failures": failures, "error": error[:2000]}
        with self._database.transaction(durable=False) as session:
            self._update(session, arrival, **values)

    def give_up(self, arrival: Arrival, error: str, now: datetime) -> None:
        """It can't be handled, and nobody can be notified: mark it as dead, for somebody to look into."""
        with self._database.transaction(durable=False) as session:
            self._update(session, arrival, status="dead", due_at=None, done_at=now, owner=None, error=error[:2000])

    def release_all(self, now: datetime) -> int:
        """Make due at once what other owners hold. Only for a process that has the database to itself."""
        with self._database.transaction(durable=False) as session:
            return release_leases(session, ArrivalRow, now)

    def find_next_due(self, after: datetime | None = None) -> datetime | None:
        """When there is something to do next, or next after that moment; None when nothing is waiting."""
        later = _NEXT_DUE if after is None else _NEXT_DUE.where(ArrivalRow.due_at > after)
        with self._database.read_only() as session:
            return session.scalar(later)

    def prune(self, before: datetime, *, failed: bool = False) -> int:
        """Delete what was done, or `failed` every attempt, before that moment. Returns how many were deleted."""
        return prune_in_batches(lambda: self._prune_batch(before, "dead" if failed else "done"))

    def _prune_batch(self, before: datetime, status: str) -> int:
        # The newest stays: SQLite counts on from the highest id there is, and questions are named after arrivals.
        newest = select(func.max(ArrivalRow.id)).scalar_subquery()
        is_old = (ArrivalRow.done_at < before) & (ArrivalRow.status == status) & (ArrivalRow.id < newest)
        old = select(ArrivalRow.id).where(is_old).limit(PRUNE_BATCH)
        with self._database.transaction(durable=False) as session:
            pruned = delete(ArrivalRow).where(ArrivalRow.id.in_(old.scalar_subquery()))
            return count_changed_rows(session.execute(pruned))

    def _update(self, session: Session, arrival: Arrival, **values: Any) -> None:
        if not update_if_held(session, _TABLE, arrival, **values):
            raise LeaseLost(arrival.key)


def _build_claim() -> Any:
    """Parameters: ids, at, new_owner, until."""
    still_due = (
        select(ArrivalRow.id)
        .where(ArrivalRow.id.in_(bindparam("ids", expanding=True)), ArrivalRow.due_at <= bindparam("at"))
        .with_for_update(skip_locked=True)
        .cte("still_due")
    )
    values = {"owner": bindparam("new_owner"), "due_at": bindparam("until"), "attempts": ArrivalRow.attempts + 1}
    claimed = update(ArrivalRow).where(ArrivalRow.id.in_(select(still_due.c.id)))
    return claimed.values(status="leased", **values).returning(ArrivalRow)


_CLAIM = _build_claim()  # built once, too


def _to_row(arrival: NewArrival) -> dict[str, Any]:
    return {
        "key": arrival.key,
        "message": arrival.message,
        "route": arrival.route,
        "payload": arrival.payload,
        "status": "waiting",
        "received_at": arrival.received_at,
        "due_at": arrival.received_at,
        "attempts": 0,
        "failures": 0,
        "queue": f"{arrival.person}{HEAVY}" if arrival.person and arrival.is_heavy else arrival.person,
        "is_heavy": arrival.is_heavy,
    }


def _to_arrival(row: ArrivalRow, owner: str, lease_until: datetime) -> Arrival:
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
        is_heavy=bool(row.is_heavy),
    )
