"""What could not be said, within a transaction: kept until somebody has seen to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.tables.engine import ArrivalRow, DeliveryRow


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that will never work as it is. `where` is the id of a channel or of a person."""

    id: str
    key: str | None
    kind: str
    recipient: str | None
    error: str
    died_at: datetime


class DeadLetters:
    """Deliveries that Slack refused for good."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def list_unreported(self, limit: int = 200) -> Sequence[DeadLetter]:
        """Those that nobody has heard of, oldest first."""
        rows = self._session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.status == "dead", DeliveryRow.reported_at.is_(None))
            .order_by(DeliveryRow.done_at, DeliveryRow.number)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_letter(row) for row in rows]

    def mark_reported(self, letters: Sequence[DeadLetter]) -> None:
        """Somebody has heard of these."""
        ids = [letter.id for letter in letters]
        self._session.execute(update(DeliveryRow).where(DeliveryRow.id.in_(ids)).values(reported_at=self._now))


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the engine stands. `oldest_…` is since when the oldest has been waiting."""

    arrivals: int
    oldest_arrival: datetime | None
    dead_arrivals: int
    deliveries: int
    oldest_delivery: datetime | None
    dead_deliveries: int


def measure_backlog(session: Session) -> Backlog:
    """For `pmo doctor` and monitoring."""
    arrival, delivery = ArrivalRow, DeliveryRow
    arrivals = session.execute(
        select(func.count(), func.min(arrival.received_at)).where(arrival.due_at.is_not(None))
    ).one()
    deliveries = session.execute(
        select(func.count(), func.min(delivery.created_at)).where(delivery.due_at.is_not(None))
    ).one()
    dead = select(func.count()).where(arrival.status == "dead", arrival.done_at.is_not(None))
    dead_deliveries = select(func.count()).where(delivery.status == "dead")
    return Backlog(*arrivals, session.scalar(dead) or 0, *deliveries, session.scalar(dead_deliveries) or 0)


def _letter(row: DeliveryRow) -> DeadLetter:
    assert row.done_at is not None  # noqa: S101 (set when it died)
    where = row.person or row.channel or row.posted_channel
    return DeadLetter(row.id, row.key, row.kind, where, row.error or "", row.done_at)
