"""One round of claims, within one transaction: who is in turn, and whether the pace allows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Row, bindparam, select
from sqlalchemy.orm import Session, aliased

from storage.engine.lease import Lease
from storage.engine.outbox import POST, STRAYS
from storage.engine.rate_limits import EVERY_METHOD, PostingLimits, RateLimits
from storage.tables.engine import DeliveryRow

LOOKED_AT_ONCE = 64
MOST_LOOKED = 512  # in one transaction: others want to write, too
BEHIND = timedelta(seconds=10)  # until what is not in turn is looked at again, if nothing wakes it
STALE = timedelta(seconds=2)  # a place in the pace that was missed by more is given up


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery claimed for sending. `attempt` counts from 1 and is part of the claim."""

    id: str
    method: str
    channel: str | None
    person: str | None
    target: str | None
    conversation: str | None
    arguments: dict[str, Any]
    attempt: int
    first_attempt_at: datetime
    not_before: datetime  # its place in the pace
    lease_until: datetime
    owner: str
    target_channel: str | None = None  # where the message stands that this one edits or follows
    target_ts: str | None = None


class DeliveryClaimer:
    """Claims lane by lane; `end` keeps what was taken and gives it out."""

    def __init__(self, session: Session, pace: PostingLimits, owner: str, now: datetime, lease: Lease) -> None:
        self.check_again_at: datetime | None = None
        self._session = session
        self._paces = RateLimits(session, pace, now)
        self._owner = owner
        self._now = now
        self._lease_until = lease.end_after(now)
        self._taken: list[Delivery] = []

    def claim(self, lane: int, limit: int) -> None:
        """Take from this lane until `limit` are taken in all."""
        looked = 0
        while len(self._taken) < limit:
            if lane and self._paces.bulk_allowed_at > self._paces.claim_until:
                if self._due(lane, 1):
                    self._ask_again(self._paces.bulk_allowed_at)
                return
            if looked >= MOST_LOOKED:
                self._ask_again(self._now)
                return
            wanted = min(limit - len(self._taken), LOOKED_AT_ONCE)
            rows = self._due(lane, wanted)
            seen = self._look(rows, many=bool(lane))
            looked += seen
            if seen == len(rows) < wanted:
                return
        self._ask_again(self._now)

    def finish(self) -> Sequence[Delivery]:
        self._paces.save()
        self._session.flush()
        return self._taken

    def _due(self, lane: int, limit: int) -> Sequence[Row[DeliveryRow, int | None]]:
        return self._session.execute(DUE_DELIVERIES, {"lane": lane, "now": self._now, "limit": limit}).all()

    def _look(self, rows: Sequence[Row[DeliveryRow, int | None]], *, many: bool) -> int:
        """Take what may be sent of these. Returns how many were looked at before the pace was used up."""
        self._paces.load_channels(row.channel for row, _ in rows if row.kind == POST)
        places = self._places([row.target for row, _ in rows if row.target])
        seen = 0
        for row, first in rows:
            if many and self._paces.bulk_allowed_at > self._paces.claim_until:
                break
            seen += 1
            place = places.get(row.target or "", _NOWHERE)
            if (first is not None and first < row.number) or not place.settled:
                row.due_at = self._now + BEHIND
                continue
            not_before = self._allowed_from(row, many=many)
            if not_before:
                self._take(row, place, not_before)
        self._session.flush()
        return seen

    def _allowed_from(self, row: DeliveryRow, *, many: bool) -> datetime | None:
        """When it may be sent, if that is now or very soon; else the row is given the time to look at it again."""
        paused = self._paces.paused_until(_methods(row))
        if paused:
            row.due_at = paused
            return None
        if row.kind != POST:
            return self._now
        if row.reserved_slot is None or row.reserved_slot < self._now - STALE:
            row.reserved_slot = self._paces.reserve_slot(row.channel, many=many)
        spent = (
            self._paces.use_slot(row.channel, row.reserved_slot, many=many)
            if row.reserved_slot <= self._paces.claim_until
            else None
        )
        if spent is None:
            row.due_at = max(row.reserved_slot, self._paces.claim_until)
        return spent

    def _take(self, row: DeliveryRow, place: "_Place", not_before: datetime) -> None:
        row.status, row.owner, row.due_at = "leased", self._owner, self._lease_until
        row.attempts += 1
        row.first_attempt_at = row.first_attempt_at or self._now
        claimed = _delivery(row, self._owner, self._lease_until, row.first_attempt_at, not_before)
        self._taken.append(replace(claimed, target_channel=place.channel, target_ts=place.ts))

    def _places(self, targets: Sequence[str]) -> dict[str, "_Place"]:
        if not targets:
            return {}
        found = self._session.scalars(
            select(DeliveryRow).where(DeliveryRow.id.in_(targets)), execution_options={"populate_existing": True}
        )
        return {row.id: _Place(row.due_at is None, row.posted_channel, row.posted_ts) for row in found}

    def _ask_again(self, at: datetime) -> None:
        self.check_again_at = min(self.check_again_at, at) if self.check_again_at else at


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message stands, if it stands anywhere yet."""

    settled: bool
    channel: str | None
    ts: str | None


_NOWHERE = _Place(True, None, None)


def _due() -> Any:
    """The rows to look at, and for each the first of its conversation that is not settled; by lane, now and limit."""
    earlier = aliased(DeliveryRow)
    first = (
        select(earlier.number)
        .where(earlier.conversation == DeliveryRow.conversation, earlier.due_at.is_not(None), earlier.blocks_later)
        .order_by(earlier.number)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(DeliveryRow, first)
        .where(DeliveryRow.priority == bindparam("lane"), DeliveryRow.due_at <= bindparam("now"))
        .order_by(DeliveryRow.due_at, DeliveryRow.number)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True, of=DeliveryRow)  # an edit may be changing its words just now
    )


DUE_DELIVERIES = _due()  # made once: making it takes longer than asking the database


def _methods(row: DeliveryRow) -> Iterable[str]:
    """Every method that the delivery may call: a post that was tried before is looked for first."""
    yield from (EVERY_METHOD, row.kind)
    if row.kind == STRAYS or (row.kind == POST and row.attempts):
        yield from ("conversations.history", "conversations.replies", "conversations.open")
    if row.kind == STRAYS:
        yield "chat.delete"


def _delivery(row: DeliveryRow, owner: str, until: datetime, first: datetime, not_before: datetime) -> Delivery:
    return Delivery(
        id=row.id,
        method=row.kind,
        channel=row.channel,
        person=row.person,
        target=row.target,
        conversation=row.conversation,
        arguments=row.arguments,
        attempt=row.attempts,
        first_attempt_at=first,
        not_before=not_before,
        lease_until=until,
        owner=owner,
    )
