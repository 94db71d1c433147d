"""Repairs what a process did in Slack after it had lost its lease.

A process may be stopped between its last look at the lease and the call, and make that call when another process has
taken the delivery over. Slack offers no fence against that. But the process that was stopped learns that its lease
had ended, and then asks for the repair: a second message is looked for and deleted, an edit or a Home is sent again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.outbox import build_delivery_row
from storage.tables.engine import DeliveryRow
from storage.upsert import insert_new_rows


def schedule_repair(session: Session, delivery: str, ts: str | None, now: datetime) -> int:
    """Ask for what is needed if this delivery's call may have been made after its lease had ended.

    `ts` is that of the message it posted, if known. Returns how many deliveries were added: 0 or 1.
    """
    row = session.scalars(select(DeliveryRow).where(DeliveryRow.id == delivery)).one_or_none()
    if row is None or (ts and row.posted_ts == ts):
        return 0
    return REPAIRS[row.kind](session, row, now)


def _remove_duplicates(session: Session, row: DeliveryRow, now: datetime) -> int:
    # The search follows the post, so its turn comes once the right message's ts is known. Any earlier, it couldn't
    # tell that message from the duplicates.
    root = select(DeliveryRow.posted_ts).where(DeliveryRow.id == row.target)
    thread = {"thread_ts": session.scalar(root)} if row.target else _copy_arguments(row.arguments, "thread_ts")
    since = (row.first_attempt_at or row.created_at).timestamp()
    search = build_delivery_row(
        DeliveryKind.REMOVE_DUPLICATES,
        thread | {"since": since},
        now,
        channel=row.channel,
        target=row.id,
        conversation=f"duplicates:{row.id}",
        arrival=row.arrival,
    )
    return insert_new_rows(session, DeliveryRow, [search])


def _copy_arguments(arguments: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: arguments[name] for name in names if name in arguments}


def _send_latest_again(session: Session, row: DeliveryRow, now: datetime) -> int:
    """The late call may have put old content over newer; send the newest again, unless it is still to be sent."""
    others = select(DeliveryRow).where(
        DeliveryRow.is_kind(row.kind), DeliveryRow.channel == row.channel, DeliveryRow.target == row.target
    )
    latest = session.scalars(others.order_by(DeliveryRow.number.desc()).limit(1)).one()
    if latest.status in ("waiting", "dead"):
        return 0
    place = {"channel": latest.channel, "person": latest.person, "target": latest.target}
    same = {"conversation": latest.conversation, "arrival": latest.arrival}
    again = build_delivery_row(latest.kind, latest.arguments, now, **same, **place)
    return insert_new_rows(session, DeliveryRow, [again])


def _skip_repair(session: Session, row: DeliveryRow, now: datetime) -> int:
    """Nothing can be repaired, because Slack offers no way to find or change it."""
    return 0


REPAIRS: Mapping[DeliveryKind, Callable[[Session, DeliveryRow, datetime], int]] = {
    DeliveryKind.POST: _remove_duplicates,
    DeliveryKind.EDIT: _send_latest_again,
    DeliveryKind.HOME: _send_latest_again,
    DeliveryKind.EPHEMERAL: _skip_repair,
    DeliveryKind.RESPOND: _skip_repair,
    DeliveryKind.REMOVE_DUPLICATES: _skip_repair,
}
