"""The bot's own messages that name somebody who is being erased: edited in Slack, and no longer sent to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.outbox import PERSON_ERASED, Outbox
from storage.personal_data.identity import Identity
from storage.tables.engine import DeliveryRow

_NOT_EDITED = ("thread_ts", "metadata")  # where a message is stays as it is


def settle_own_delivery(identity: Identity, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The new values of a delivery that went, or was to go, to the person alone: it can't be found from here again."""
    if row["channel"] not in (identity.person, identity.pseudonym):
        return {}
    place = {"posted_channel": None, "posted_ts": None}
    unsent = {"status": "dead", "error": PERSON_ERASED, "due_at": None, "done_at": now, "told_at": now}
    changes = place | (unsent if row["due_at"] is not None else {})
    return {name: value for name, value in changes.items() if row[name] != value}


def edit_in_slack(
    session: Session, outbox: Outbox | None, identity: Identity, row: Mapping[str, Any], changes: Mapping[str, Any]
) -> bool:
    """Ask for an edit if what is in Slack now is this delivery's message and it was changed. Returns whether it was.

    Without an outbox, nothing is asked for.
    """
    arguments, kind = changes.get("arguments"), DeliveryKind(row["method"])
    if arguments is None or row["status"] != "done" or row["channel"] in (identity.person, identity.pseudonym):
        return False
    if kind is DeliveryKind.HOME:
        return _publish_home(session, outbox, row, arguments)
    target = row["id"] if kind is DeliveryKind.POST else row["target"] if kind is DeliveryKind.EDIT else None
    if target is None or _find_newest(session, kind, target) != row["number"]:
        return False
    place = select(DeliveryRow.channel, DeliveryRow.posted_ts).where(DeliveryRow.id == target)
    posted = session.execute(place).first()
    if posted is None or posted.posted_ts is None or posted.channel in (identity.person, identity.pseudonym):
        return False
    if outbox:
        outbox.edit(target, {name: value for name, value in arguments.items() if name not in _NOT_EDITED})
    return True


def _publish_home(
    session: Session, outbox: Outbox | None, row: Mapping[str, Any], arguments: Mapping[str, Any]
) -> bool:
    mine = DeliveryRow.is_kind(DeliveryKind.HOME) & (DeliveryRow.channel == row["channel"])
    if _find_last(session, mine) != row["number"]:
        return False
    if outbox:
        (view,) = arguments.values()  # as publish_home stores it
        outbox.publish_home(row["channel"], view)
    return True


def _find_newest(session: Session, kind: DeliveryKind, target: str) -> int | None:
    """The number of the delivery whose content the message has, or will have."""
    edits = DeliveryRow.is_kind(DeliveryKind.EDIT) & (DeliveryRow.target == target)
    return _find_last(session, edits) or _find_last(session, DeliveryRow.id == target)


def _find_last(session: Session, which: ColumnElement[bool]) -> int | None:
    return session.scalar(select(DeliveryRow.number).where(which).order_by(DeliveryRow.number.desc()).limit(1))
