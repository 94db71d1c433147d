"""What could not be said, within a transaction: kept until somebody has seen to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.engine.inbox import count
from storage.tables.engine import ArrivalRow, DeliveryRow


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that will never work as it is. `where` is the id of a channel or of a person."""

    id: str
    key: str | None
    method: str
    where: str | None
    error: str
    died_at: datetime


class DeadLetters:
    """Deliveries that Slack refused for good."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def untold(self, limit: int = 200) -> Sequence[DeadLetter]:
        """Those that nobody has heard of, oldest first."""
        rows = self._session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.status == "dead", DeliveryRow.told_at.is_(None))
            .order_by(DeliveryRow.done_at, DeliveryRow.number)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_letter(row) for row in rows]

    def told(self, letters: Sequence[DeadLetter]) -> None:
        """Somebody has heard of these."""
        ids = [letter.id for letter in letters]
        self._session.execute(update(DeliveryRow).where(DeliveryRow.id.in_(ids)).values(told_at=self._now))

    def latest(self, limit: int = 20) -> Sequence[DeadLetter]:
        """The latest ones, told or not."""
        dead = select(DeliveryRow).where(DeliveryRow.status == "dead", DeliveryRow.emptied.is_(False))
        return [_letter(row) for row in self._session.scalars(dead.order_by(DeliveryRow.done_at.desc()).limit(limit))]

    def revive(self, ids: Sequence[str]) -> int:
        """Try these once more, from the beginning. Returns how many there were."""
        dead = update(DeliveryRow).where(
            DeliveryRow.id.in_(ids), DeliveryRow.status == "dead", DeliveryRow.emptied.is_(False)
        )
        anew = {"status": "waiting", "due_at": self._now, "done_at": None, "told_at": None, "slot_at": None}
        # What an attempt may have posted is still looked for: attempts stay, and so does the moment of the first.
        return count(self._session.execute(dead.values(**anew, holds=True, error=None)))


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the engine stands. `oldest_…` is since when the oldest has been waiting."""

    arrivals: int
    oldest_arrival: datetime | None
    dead_arrivals: int
    deliveries: int
    oldest_delivery: datetime | None
    dead_deliveries: int


def backlog(session: Session) -> Backlog:
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
    return DeadLetter(row.id, row.key, row.method, where, row.error or "", row.done_at)
