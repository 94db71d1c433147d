"""Continues what waits by the clock after the clock was set back."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.engine.lease import Lease
from storage.tables.engine import ArrivalRow, DeliveryRow, RateLimitRow
from storage.tables.homes import HomeRow

_UNSYNCHRONIZED = {"synchronize_session": False}


def continue_waiting(database: Database, now: datetime, latest: datetime, lease: Lease, set_back_by: timedelta) -> None:
    """Make due at once what waits for a moment later than `latest`, and let leases end as if they began now.

    First attempts move back by as much as the clock, so that a search in Slack's history still begins before them.
    """
    # Whatever waited for a good reason finds that again: a failing call fails once more, and Slack repeats a 429. What
    # is leased stays with its owner, who may be at work on it, but no longer than any lease lasts: the owner may also
    # be dead. Each process does this when it notices the change, so doing it again changes nothing.
    with database.transaction(durable=False) as session:
        _shorten_leases(session, lease.end_after(now))
        late = (ArrivalRow.status == "waiting", ArrivalRow.due_at > latest)
        session.execute(update(ArrivalRow).where(*late).values(due_at=now), execution_options=_UNSYNCHRONIZED)
        waiting = (DeliveryRow.status == "waiting", DeliveryRow.due_at > latest)
        again = {"due_at": now, "reserved_slot": None}
        session.execute(update(DeliveryRow).where(*waiting).values(again), execution_options=_UNSYNCHRONIZED)
        homes = update(HomeRow).where(HomeRow.due_at > latest).values(due_at=now)
        session.execute(homes, execution_options=_UNSYNCHRONIZED)
        session.execute(delete(RateLimitRow).where(RateLimitRow.free_at > latest))
        if set_back_by:
            _move_first_attempts(session, set_back_by)


def find_latest_record(database: Database) -> datetime | None:
    """The latest moment at which something is known to have happened; later than now only if the clock was set back."""
    queries = (
        select(func.max(ArrivalRow.done_at)),
        select(func.max(ArrivalRow.received_at)).where(ArrivalRow.due_at.is_not(None)),
        select(func.max(DeliveryRow.done_at)).where(DeliveryRow.status == "done"),
        select(func.max(DeliveryRow.created_at)).where(DeliveryRow.due_at.is_not(None)),
    )
    with database.read_only() as session:
        found = [session.scalar(query) for query in queries]
    return max(filter(None, found), default=None)


def _shorten_leases(session: Session, latest: datetime) -> None:
    held = (ArrivalRow.status == "leased", ArrivalRow.due_at > latest)
    session.execute(update(ArrivalRow).where(*held).values(due_at=latest), execution_options=_UNSYNCHRONIZED)
    sending = (DeliveryRow.status == "leased", DeliveryRow.due_at > latest)
    ends = {"due_at": latest, "reserved_slot": None}
    session.execute(update(DeliveryRow).where(*sending).values(ends), execution_options=_UNSYNCHRONIZED)


def _move_first_attempts(session: Session, set_back_by: timedelta) -> None:
    # Row by row, because the two databases calculate with moments in different ways. Only what failed is here.
    attempted = (DeliveryRow.due_at.is_not(None), DeliveryRow.first_attempt_at.is_not(None))
    found = session.execute(select(DeliveryRow.number, DeliveryRow.first_attempt_at).where(*attempted)).all()
    for number, first in found:
        if first:
            moved = update(DeliveryRow).where(DeliveryRow.number == number).values(first_attempt_at=first - set_back_by)
            session.execute(moved, execution_options=_UNSYNCHRONIZED)
