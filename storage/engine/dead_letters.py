"""Deliveries that failed permanently, and how much work is waiting; within a transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.outbox import build_delivery_row
from storage.tables.engine import ArrivalRow, DeliveryRow
from storage.upsert import insert_new_rows


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that will never work as it is. `recipient` is the id of a channel or of a person."""

    id: str
    kind: DeliveryKind
    recipient: str | None
    error: str


class DeadLetters:
    """The deliveries that failed permanently. Each is reported once, and stays until it is pruned."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def list_unreported(self, limit: int = 200) -> Sequence[DeadLetter]:
        """Those that weren't reported yet, oldest first."""
        rows = self._session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.status == "dead", DeliveryRow.reported_at.is_(None))
            .order_by(DeliveryRow.done_at, DeliveryRow.number)
            .limit(limit)
            .with_for_update(skip_locked=True)  # what another process is just reporting is left to it
        ).all()
        targets = {row.target for row in rows if row.target}
        found = self._session.scalars(select(DeliveryRow).where(DeliveryRow.id.in_(targets))) if targets else ()
        channels = {row.id: row.channel or row.posted_channel for row in found}
        return [_to_letter(row, channels.get(row.target or "")) for row in rows]

    def find_known(self, letters: Sequence[DeadLetter]) -> set[tuple[str | None, str]]:
        """Recipient and error of those that were reported before, if nothing has got there since."""
        row = DeliveryRow
        errors, recipients = {one.error for one in letters}, {one.recipient for one in letters if one.recipient}
        place = func.coalesce(row.channel, row.person)
        failed = row.status.in_(("dead", "known")) & row.reported_at.is_not(None)
        dead = select(place, row.error, func.max(row.reported_at)).where(
            failed, row.error.in_(errors), place.in_(recipients)
        )
        found = self._session.execute(dead.group_by(place, row.error))
        reported = {(where, str(error)): at for where, error, at in found if at}
        if not reported:
            return set()
        done = select(row.channel, func.max(row.done_at)).where(
            row.status == "done", row.done_at > min(reported.values()), row.channel.in_(recipients)
        )
        latest = {where: at for where, at in self._session.execute(done.group_by(row.channel)) if at}
        return {(where, error) for (where, error), at in reported.items() if latest.get(where, at) <= at}

    def mark_known(self, channel: str, errors: Iterable[str]) -> None:
        """Somebody was informed that posts to the channel will fail with these errors: don't report them again."""
        known = {"channel": channel, "status": "known", "due_at": None, "done_at": self._now, "told_at": self._now}
        rows = [build_delivery_row(DeliveryKind.POST, {}, self._now, error=error, **known) for error in errors]
        insert_new_rows(self._session, DeliveryRow, rows)

    def mark_reported(self, letters: Sequence[DeadLetter]) -> None:
        """Call this in the transaction that reports them."""
        ids = [letter.id for letter in letters]
        self._session.execute(update(DeliveryRow).where(DeliveryRow.id.in_(ids)).values(reported_at=self._now))


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much the engine has to do. `oldest_…` is since when the oldest has been waiting."""

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
    dead_arrivals = select(func.count()).where(arrival.status == "dead", arrival.done_at.is_not(None))
    dead_deliveries = select(func.count()).where(delivery.status == "dead")
    return Backlog(*arrivals, session.scalar(dead_arrivals) or 0, *deliveries, session.scalar(dead_deliveries) or 0)


def _to_letter(row: DeliveryRow, target_channel: str | None) -> DeadLetter:
    # A post names its channel; its person would only have got it instead.
    own = row.channel or row.person if row.kind is DeliveryKind.POST else row.person or row.channel
    return DeadLetter(row.id, row.kind, own or target_channel or row.posted_channel, row.error or "")
