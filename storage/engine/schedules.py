"""Recurring work: due times as columns and a run for every slot, within a transaction.

    with store.transaction(now) as tx:
        for due in tx.schedules.claim_due(schedules):
            if tx.schedules.record_run(due.name, slot, next_at, snapshot=figures):
                delivery = tx.outbox.post(channel, message, key=f"{due.name}:{slot.isoformat()}", bulk=True)
                tx.schedules.link_delivery(due.name, slot, delivery)

Run, next due time and post commit together: a process that dies in between has done nothing, and of two processes only
one finds the schedule due.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from storage.tables.engine import DeliveryRow, RunRow, ScheduleRow
from storage.upsert import insert_new_rows

FIRED, QUIET, MISSED = "fired", "quiet", "missed"


@dataclass(frozen=True, slots=True)
class DueSchedule:
    """A schedule that is due. Every slot up to and including `last_slot` has been dealt with."""

    name: str
    definition: str
    due_at: datetime
    last_slot: datetime | None


class Schedules:
    """The schedules and their runs. All times are aware UTC."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def save_definition(self, name: str, definition: str, next_at: datetime | None) -> None:
        """Add the schedule or, if its definition has changed, update it; an unchanged one keeps its due time.

        `next_at` is its first slot from now on, None when it has ended.
        """
        row = {"name": name, "definition": definition, "next_at": next_at, "last_slot": None}
        if not insert_new_rows(self._session, ScheduleRow, [row]):
            changed = update(ScheduleRow).where(ScheduleRow.name == name, ScheduleRow.definition != definition)
            self._session.execute(changed.values(definition=definition, next_at=next_at))

    def delete_others(self, names: Collection[str]) -> None:
        """Delete all schedules but these; their runs stay."""
        self._session.execute(delete(ScheduleRow).where(ScheduleRow.name.not_in(names)))

    def claim_due(self, names: Collection[str], limit: int = 20) -> Sequence[DueSchedule]:
        """Those of the schedules that are due, locked until the transaction ends."""
        # A schedule that another process has locked is skipped: that process is running the slot. Waiting would gain
        # nothing, because the schedule is no longer due once it commits.
        return self._read_due(self._select_due(names, limit).with_for_update(skip_locked=True))

    def list_due(self, names: Collection[str], limit: int = 20) -> Sequence[DueSchedule]:
        """The same without locking them: to prepare what their runs need before the transaction that runs them."""
        return self._read_due(self._select_due(names, limit))

    def _select_due(self, names: Collection[str], limit: int) -> Select[ScheduleRow]:
        due = select(ScheduleRow).where(ScheduleRow.next_at <= self._now, ScheduleRow.name.in_(names))
        return due.order_by(ScheduleRow.next_at, ScheduleRow.name).limit(limit)

    def _read_due(self, query: Select[ScheduleRow]) -> Sequence[DueSchedule]:
        rows = self._session.scalars(query)
        return [DueSchedule(row.name, row.definition, row.next_at, row.last_slot) for row in rows if row.next_at]

    def record_run(
        self,
        schedule: str,
        slot: datetime,
        next_at: datetime | None,
        *,
        snapshot: Mapping[str, Any],
        outcome: str = FIRED,
    ) -> bool:
        """Record that the slot is being run (or was quiet, or missed), and set the next due time.

        Returns False when it was recorded before: then don't post anything.
        """
        # The unique constraint on schedule and slot is the last guard: even if two processes find the same slot due,
        # only one of them can insert its run, and both commit or lose the post with it.
        row = {
            "schedule": schedule,
            "slot": slot,
            "outcome": outcome,
            "fired_at": self._now,
            "delivery": None,
            "snapshot": dict(snapshot),
        }
        is_new = bool(insert_new_rows(self._session, RunRow, [row]))
        known = ScheduleRow.name == schedule
        self._session.execute(update(ScheduleRow).where(known).values(next_at=next_at))
        later = ScheduleRow.last_slot.is_(None) | (ScheduleRow.last_slot < slot)
        self._session.execute(update(ScheduleRow).where(known, later).values(last_slot=slot))
        return is_new

    def link_delivery(self, schedule: str, slot: datetime, delivery: str) -> None:
        """Remember which delivery posts the run."""
        this = (RunRow.schedule == schedule) & (RunRow.slot == slot)
        self._session.execute(update(RunRow).where(this).values(delivery=delivery))

    def last_delivered(self, schedule: str) -> dict[str, Any] | None:
        """The snapshot of the latest run that was posted: what people saw last."""
        return self._session.scalar(
            select(RunRow.snapshot)
            .join(DeliveryRow, DeliveryRow.id == RunRow.delivery)
            .where(RunRow.schedule == schedule, DeliveryRow.status == "done")
            .order_by(RunRow.slot.desc())
            .limit(1)
        )

    def has_delivered_any(self, prefix: str) -> bool:
        """Whether a schedule whose name begins with the prefix has ever posted something."""
        posted = select(RunRow.schedule).where(RunRow.schedule.startswith(prefix), RunRow.delivery.is_not(None))
        return self._session.scalar(posted.limit(1)) is not None

    def find_next_due(self, names: Collection[str]) -> datetime | None:
        """When the next of the schedules is due."""
        return self._session.scalar(select(func.min(ScheduleRow.next_at)).where(ScheduleRow.name.in_(names)))
