"""What a restored database doesn't know: which posts were sent, and which numbers were given away, after the backup.

Everything that may have been posted since is looked for in Slack's history before it is posted, as after a crash. A
post with a key has an id that is computed from the key, so even one that is asked for only after the restore, such as
a digest that was due since, finds the message that an earlier life of the database sent.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from storage.engine.delivery_kinds import DeliveryKind
from storage.tables.engine import ArrivalRow, DeliveryRow, RateLimitRow
from storage.tables.requests import RequestDeskRow
from storage.upsert import upsert_row

LOOKS_FIRST_FOR = timedelta(days=7)  # what is asked for later than that after a restore is new
SKIPPED_ARRIVALS = 100_000  # questions are named after arrivals, and messages in Slack name questions
NUMBER_STEP = 100
_SCOPE = "restored"
_UNSYNCHRONIZED = {"synchronize_session": False}


def prepare_restored(session: Session, made_at: datetime, now: datetime, *, was_running: bool) -> None:
    """Make a database that was just restored safe to run on.

    `made_at` is when the backup was made, and `was_running` whether a bot was at work on the data then: what waited at
    that moment was handled seconds later.
    """
    if was_running:
        _drop_handled(session, now)
    oldest = session.scalar(select(func.min(DeliveryRow.created_at)).where(DeliveryRow.due_at.is_not(None)))
    since = min(made_at, oldest or made_at)
    attempted = {"attempts": DeliveryRow.attempts + 1, "first_attempt_at": now}
    waiting = update(DeliveryRow).where(DeliveryRow.due_at.is_not(None))
    released = {"status": "waiting", "due_at": now, "owner": None, "reserved_slot": None}
    session.execute(waiting.values(attempted | released), execution_options=_UNSYNCHRONIZED)
    upsert_row(session, RateLimitRow, {"scope": _SCOPE, "free_at": now, "taken": [since.timestamp()]})
    _skip_numbers(session, now)


def find_search_start(session: Session, now: datetime) -> datetime | None:
    """From when on a message may be in Slack that this database doesn't know of; None unless it was restored lately."""
    row = session.execute(
        select(RateLimitRow.free_at, RateLimitRow.taken).where(RateLimitRow.scope == _SCOPE)
    ).one_or_none()
    if row is None or now - row.free_at > LOOKS_FIRST_FOR:
        return None
    return datetime.fromtimestamp(row.taken[0], UTC)


def _drop_handled(session: Session, now: datetime) -> None:
    """What only one person sees can't be looked for, and events would be handled a second time."""
    done = {"status": "done", "due_at": None, "done_at": now, "owner": None}
    unfinished = update(ArrivalRow).where(ArrivalRow.due_at.is_not(None))
    session.execute(unfinished.values(done), execution_options=_UNSYNCHRONIZED)
    unseen = DeliveryRow.is_kind(DeliveryKind.EPHEMERAL) | DeliveryRow.is_kind(DeliveryKind.RESPOND)
    dropped = delete(DeliveryRow).where(DeliveryRow.due_at.is_not(None), unseen)
    session.execute(dropped, execution_options=_UNSYNCHRONIZED)


def _skip_numbers(session: Session, now: datetime) -> None:
    """Leave out the numbers that were given away after the backup: messages in Slack still name them."""
    last = session.scalar(select(RequestDeskRow.last)) or 0
    following = (last // NUMBER_STEP + 2) * NUMBER_STEP
    session.execute(update(RequestDeskRow).values(last=following), execution_options=_UNSYNCHRONIZED)
    newest = (session.scalar(select(func.max(ArrivalRow.id))) or 0) + SKIPPED_ARRIVALS
    times = {"received_at": now, "due_at": None, "done_at": now}
    skipped: dict[str, Any] = {
        "id": newest,
        "key": f"restored:{newest}",
        "route": "restored",
        "payload": {},
        "status": "done",
    }
    session.execute(insert(ArrivalRow).values(skipped | times | {"attempts": 0, "failures": 0}))
    if session.get_bind().dialect.name == "postgresql":  # SQLite continues after the highest id by itself
        session.execute(text("SELECT setval(pg_get_serial_sequence('arrivals', 'id'), :last)"), {"last": newest})
