"""What was said in Slack by a process that was no longer to say it, put right.

A process may be stopped between its last look at the lease and the call, and make that call when another has taken
the delivery over. Slack has no fence for that; but the one that was stopped learns that its time was over, and then
a second message is looked for and taken away, or what is shown is shown anew as it has to be.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.outbox import HOME, POST, STRAYS, UPDATE, build_delivery_row
from storage.tables.engine import DeliveryRow
from storage.upsert import insert_new_rows


def schedule_repair(session: Session, delivery: str, ts: str | None, now: datetime) -> int:
    """Ask for what becomes necessary when this delivery's call may have been made out of time.

    `ts` is where its message stands, if that is known. Returns how many calls were asked for: 0 or 1.
    """
    row = session.scalars(select(DeliveryRow).where(DeliveryRow.id == delivery)).one_or_none()
    if row is None or (ts and row.posted_ts == ts):
        return 0
    if row.kind == POST:
        return insert_new_rows(session, DeliveryRow, [_search(session, row, now)])
    return _show_anew(session, row, now) if row.kind in (UPDATE, HOME) else 0  # of the rest Slack keeps nothing


def _search(session: Session, row: DeliveryRow, now: datetime) -> dict[str, Any]:
    """Its turn comes when the message that counts stands."""
    root = select(DeliveryRow.posted_ts).where(DeliveryRow.id == row.target)
    thread_ts = session.scalar(root) if row.target else row.arguments.get("thread_ts")
    since = (row.first_attempt_at or row.created_at).timestamp()
    return build_delivery_row(
        STRAYS,
        {"since": since, "thread_ts": thread_ts},
        now,
        channel=row.channel,
        target=row.id,
        conversation=f"strays:{row.id}",
    )


def _show_anew(session: Session, row: DeliveryRow, now: datetime) -> int:
    """Unless it is going to be shown anyhow, or cannot be."""
    others = select(DeliveryRow).where(
        DeliveryRow.kind == row.kind, DeliveryRow.channel == row.channel, DeliveryRow.target == row.target
    )
    latest = session.scalars(others.order_by(DeliveryRow.number.desc()).limit(1)).one()
    if latest.status in ("waiting", "dead"):
        return 0
    place = {"channel": latest.channel, "person": latest.person, "target": latest.target}
    asked = build_delivery_row(latest.kind, latest.arguments, now, conversation=latest.conversation, **place)
    return insert_new_rows(session, DeliveryRow, [asked])
