"""Continues what waits by the clock after the clock was set back."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.tables.engine import ArrivalRow, DeliveryRow, RateLimitRow
from storage.tables.homes import HomeRow

_UNSYNCHRONIZED = {"synchronize_session": False}


def continue_waiting(database: Database, now: datetime, latest: datetime, set_back_by: timedelta) -> None:
    """Make due at once what waits for a moment later than `latest`.

    First attempts move back by as much as the clock, so that a search in Slack's history still begins before them.
    """
    # Whatever waited for a good reason finds that again: a failing call fails once more, and Slack repeats a 429. What
    # is leased stays as it is: its owner is at work on it and knows when it's done.
    with database.transaction(durable=False) as session:
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


def _move_first_attempts(session: Session, set_back_by: timedelta) -> None:
    # Row by row, because the two databases calculate with moments in different ways. Only what failed is here.
    attempted = (DeliveryRow.due_at.is_not(None), DeliveryRow.first_attempt_at.is_not(None))
    found = session.execute(select(DeliveryRow.number, DeliveryRow.first_attempt_at).where(*attempted)).all()
    for number, first in found:
        if first:
            moved = update(DeliveryRow).where(DeliveryRow.number == number).values(first_attempt_at=first - set_back_by)
            session.execute(moved, execution_options=_UNSYNCHRONIZED)
