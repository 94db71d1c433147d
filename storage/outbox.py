"""What is to be said in Slack: written with the change that asks for it, sent later, each exactly once.

`Outbox` writes inside the caller's transaction; `Deliveries` is what the sender works with. Pace is kept by
reservation: the first time a message is looked at, its channel's next free moment becomes its due time.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.inbox import _count
from storage.tables.engine import DeliveryRow, PaceRow
from storage.upsert import insert_new, put

LEASE = timedelta(seconds=60)
LAST_ATTEMPT = 12
POST = "chat.postMessage"
UPDATE = "chat.update"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast Slack lets us speak. Seconds between two posts in a channel, and between two of many."""

    channel: float = 1.0
    bulk: float = 0.15


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery claimed for sending."""

    id: str
    number: int
    method: str
    channel: str | None
    target: str | None
    arguments: dict[str, Any]
    attempt: int
    first_attempt_at: datetime
    lease_until: datetime
    owner: str
    target_channel: str | None = None  # where the message stands that this one edits or follows
    target_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What Slack answered to a delivery."""

    id: str
    channel: str | None
    ts: str | None


class Outbox:
    """Asks for calls to Slack within a transaction. Nothing is sent unless that transaction commits."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def post(
        self,
        channel: str,
        message: Mapping[str, Any],
        *,
        thread_ts: str | None = None,
        key: str | None = None,
        bulk: bool = False,
        follows: str | None = None,
    ) -> str:
        """Post `message` ({text, blocks}) to a channel or, given a user's id, to their direct messages.

        `key` makes it unique for ever; `follows` puts it in the thread of another delivery. Returns the delivery's id,
        which later edits name.
        """
        arguments = dict(message) | ({"thread_ts": thread_ts} if thread_ts else {})
        return self._add(POST, channel, arguments, key=key, lane=int(bulk), target=follows)

    def edit(self, delivery: str, message: Mapping[str, Any]) -> None:
        """Make the message of an earlier delivery look like `message`. Of several edits only the last is sent."""
        waiting = (DeliveryRow.target == delivery) & (DeliveryRow.status == "waiting") & (DeliveryRow.method == UPDATE)
        changed = self._session.execute(update(DeliveryRow).where(waiting).values(arguments=dict(message)))
        if not _count(changed):
            self._add(UPDATE, None, dict(message), target=delivery)

    def whisper(self, channel: str, user: str, message: Mapping[str, Any], *, thread_ts: str | None = None) -> str:
        """Show `message` to one person only, where they are."""
        arguments = dict(message) | {"user": user} | ({"thread_ts": thread_ts} if thread_ts else {})
        return self._add("chat.postEphemeral", channel, arguments)

    def respond(self, response_url: str, message: Mapping[str, Any]) -> str:
        """Answer where a command was typed or a button clicked; `response_url` lives for 30 minutes."""
        return self._add("response_url", None, dict(message) | {"response_url": response_url})

    def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """Show `view` as the person's App Home. Of several waiting only the last is sent."""
        waiting = (
            (DeliveryRow.channel == user) & (DeliveryRow.status == "waiting") & (DeliveryRow.method == "views.publish")
        )
        changed = self._session.execute(update(DeliveryRow).where(waiting).values(arguments={"view": dict(view)}))
        if not _count(changed):
            self._add("views.publish", user, {"view": dict(view)})

    def _add(
        self,
        method: str,
        channel: str | None,
        arguments: dict[str, Any],
        *,
        key: str | None = None,
        lane: int = 0,
        target: str | None = None,
    ) -> str:
        row = {
            "id": uuid.uuid4().hex,
            "key": key,
            "method": method,
            "channel": channel,
            "target": target,
            "arguments": arguments,
            "lane": lane,
            "status": "waiting",
            "created_at": self._now,
            "due_at": self._now,
            "paced": False,
            "attempts": 0,
        }
        if not insert_new(self._session, DeliveryRow, [row]) and key:
            return str(self._session.scalars(select(DeliveryRow.id).where(DeliveryRow.key == key)).one())
        return str(row["id"])


class Deliveries:
    """The sender's side. Every method is one transaction."""

    def __init__(self, database: Database, pace: Pace) -> None:
        self._database = database
        self._pace = pace

    def claim(self, owner: str, now: datetime, limit: int) -> list[Delivery]:
        """Take what may be sent now. What must wait for its channel's pace gets its place and is left."""
        with self._database.transaction() as session:
            if not self._database.is_sqlite:  # one claimer at a time takes from the paces
                session.execute(text("SELECT pg_advisory_xact_lock(7036001)"))
            rows = session.scalars(_due(now, limit)).all()
            paces = self._paces(session, rows)
            places = self._places(session, rows)
            taken = [row for row in rows if self._in_turn(row, places, now) and self._may_go(row, paces, now)]
            for scope, free_at in paces.items():
                put(session, PaceRow, {"scope": scope, "free_at": free_at})
            for row in taken:
                row.status, row.owner, row.lease_until = "leased", owner, now + LEASE
                row.attempts += 1
                row.first_attempt_at = row.first_attempt_at or now
            return [_delivery(row, owner, places) for row in taken]

    def done(self, sent: Sequence[Sent], owner: str, now: datetime) -> None:
        """Record what Slack accepted."""
        with self._database.transaction() as session:
            for one in sent:
                session.execute(
                    _mine(one.id, owner).values(
                        status="done", done_at=now, owner=None, posted_channel=one.channel, posted_ts=one.ts
                    )
                )

    def later(self, delivery: Delivery, error: str, due_at: datetime, *, counts: bool = True) -> None:
        """It did not work this time. `counts` is false for a 429, which costs no attempt."""
        attempts = delivery.attempt if counts else delivery.attempt - 1
        with self._database.transaction() as session:
            session.execute(
                _mine(delivery.id, delivery.owner).values(
                    status="waiting", due_at=due_at, owner=None, attempts=attempts, error=error[:2000]
                )
            )

    def dead(self, delivery: Delivery, error: str, now: datetime) -> None:
        """It will never work; somebody is told by the caller."""
        with self._database.transaction() as session:
            session.execute(
                _mine(delivery.id, delivery.owner).values(status="dead", done_at=now, owner=None, error=error[:2000])
            )

    def pause(self, method: str, until: datetime) -> None:
        """Slack said 429: nobody calls the method before `until`."""
        with self._database.transaction() as session:
            put(session, PaceRow, {"scope": f"method:{method}", "free_at": until})

    def release(self, now: datetime) -> int:
        """Make due at once what other owners hold. Only for the one process that may use the file."""
        with self._database.transaction() as session:
            held = update(DeliveryRow).where(DeliveryRow.status == "leased")
            return _count(session.execute(held.values(status="waiting", due_at=now, owner=None)))

    def next_due(self) -> datetime | None:
        with self._database.reading() as session:
            waiting = session.scalar(select(func.min(DeliveryRow.due_at)).where(DeliveryRow.status == "waiting"))
            leased = session.scalar(select(func.min(DeliveryRow.lease_until)).where(DeliveryRow.status == "leased"))
            return min((moment for moment in (waiting, leased) if moment), default=None)

    def _paces(self, session: Session, rows: Sequence[DeliveryRow]) -> dict[str, datetime]:
        scopes = {scope for row in rows for scope in _scopes(row)}
        found = session.scalars(select(PaceRow).where(PaceRow.scope.in_(scopes))).all()
        return {pace.scope: pace.free_at for pace in found}

    def _in_turn(self, row: DeliveryRow, places: dict[str, "_Place"], now: datetime) -> bool:
        """An edit waits for its message, and for an earlier edit of the same message."""
        if not row.target:
            return True
        place = places[row.target]
        if place.status in ("waiting", "leased") or place.busy:
            row.due_at = now + timedelta(milliseconds=200)
            return False
        places[row.target] = replace(place, busy=True)
        return True

    def _may_go(self, row: DeliveryRow, paces: dict[str, datetime], now: datetime) -> bool:
        paused = paces.get(f"method:{row.method}")
        if paused and paused > now:
            row.due_at = paused
            return False
        if row.method != POST or row.paced:
            return True
        slot = now
        for scope, _ in self._gaps(row):
            slot = max(slot, paces.get(scope, now))
        for scope, gap in self._gaps(row):
            paces[scope] = slot + timedelta(seconds=gap)
        row.paced, row.due_at = True, slot
        return slot <= now

    def _gaps(self, row: DeliveryRow) -> Iterable[tuple[str, float]]:
        yield f"channel:{row.channel}", self._pace.channel
        if row.lane:
            yield "bulk", self._pace.bulk

    def _places(self, session: Session, rows: Sequence[DeliveryRow]) -> dict[str, "_Place"]:
        targets = {row.target for row in rows if row.target}
        if not targets:
            return {}
        busy = set(
            session.scalars(
                select(DeliveryRow.target).where(DeliveryRow.target.in_(targets), DeliveryRow.status == "leased")
            )
        )
        found = session.scalars(select(DeliveryRow).where(DeliveryRow.id.in_(targets)))
        return {row.id: _Place(row.status, row.posted_channel, row.posted_ts, row.id in busy) for row in found}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the message stands that a delivery edits or follows, and whether somebody is at it."""

    status: str
    channel: str | None
    ts: str | None
    busy: bool


def _due(now: datetime, limit: int) -> Any:
    return (
        select(DeliveryRow)
        .where(
            or_(
                (DeliveryRow.status == "waiting") & (DeliveryRow.due_at <= now),
                (DeliveryRow.status == "leased") & (DeliveryRow.lease_until <= now),
            )
        )
        .order_by(DeliveryRow.lane, DeliveryRow.number)
        .limit(limit)
    )


def _scopes(row: DeliveryRow) -> Iterable[str]:
    return (f"method:{row.method}", f"channel:{row.channel}", "bulk")


def _mine(id_: str, owner: str) -> Any:
    return update(DeliveryRow).where(
        (DeliveryRow.id == id_) & (DeliveryRow.status == "leased") & (DeliveryRow.owner == owner)
    )


def _delivery(row: DeliveryRow, owner: str, places: Mapping[str, _Place]) -> Delivery:
    assert row.first_attempt_at is not None  # noqa: S101 (set by the claim)
    assert row.lease_until is not None  # noqa: S101 (the same)
    place = places.get(row.target or "")
    return Delivery(
        id=row.id,
        number=row.number,
        method=row.method,
        channel=row.channel,
        target=row.target,
        arguments=row.arguments,
        attempt=row.attempts,
        first_attempt_at=row.first_attempt_at,
        lease_until=row.lease_until,
        owner=owner,
        target_channel=place.channel if place else None,
        target_ts=place.ts if place else None,
    )
