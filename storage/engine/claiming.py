"""One round of claims within one transaction: whose turn it is, and whether the rate limits allow it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Row, bindparam, select
from sqlalchemy.orm import Session, aliased

from storage.engine.delivery_kinds import CallsOf, DeliveryKind
from storage.engine.lease import Lease
from storage.engine.outbox import BULK_PRIORITIES
from storage.engine.rate_limits import EVERYTHING, PostingLimits, RateLimits
from storage.engine.restored import find_search_start
from storage.tables.engine import DeliveryRow

BATCH = 64  # rows examined at a time
LARGEST_ROUND = 512  # rows examined in one transaction: others want to write, too
RECHECK_AFTER = timedelta(seconds=10)  # a delivery whose turn hasn't come is examined again, even if nothing wakes it
LOOK_FOR = timedelta(minutes=5)  # after that, a post that can't be looked for is sent again without a look
SLOT_LASTS = timedelta(seconds=2)  # a reserved slot that was missed by more is given up


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery claimed for sending. `attempt` counts from 1 and identifies the claim."""

    id: str
    kind: DeliveryKind
    channel: str | None
    person: str | None  # who gets it directly if it can't be shown where it belongs
    target: str | None
    conversation: str | None
    arguments: dict[str, Any]
    attempt: int
    first_attempt_at: datetime
    not_before: datetime  # its slot within the rate limits
    lease_until: datetime
    owner: str
    is_repeated: bool = False  # an earlier attempt may have got through
    target_channel: str | None = None  # where the message is that this one edits or replies to
    target_ts: str | None = None
    search_from: datetime | None = None  # if that is before the first attempt; see storage.engine.restored
    arrival: str | None = None  # the key of the one whose handling asked for it

    @property
    def may_be_outdated(self) -> bool:
        """Whether an earlier message of it may say something else: the database was restored from a backup."""
        return self.search_from is not None


class DeliveryClaimer:
    """Claims one priority after the other; `finish` saves the rate limits and gives out what was claimed."""

    def __init__(
        self, session: Session, limits: PostingLimits, calls_of: CallsOf, owner: str, now: datetime, lease: Lease
    ) -> None:
        self.check_again_at: datetime | None = None
        self._session = session
        self._limits = RateLimits(session, limits, now)
        self._calls_of = calls_of
        self._owner = owner
        self._now = now
        self._lease_until = lease.end_after(now)
        self._claimed: list[Delivery] = []

    def claim(self, priority: int, limit: int) -> None:
        """Claim deliveries of this priority until `limit` are claimed in all."""
        is_bulk = priority in BULK_PRIORITIES
        examined = 0
        while len(self._claimed) < limit:
            if is_bulk and self._limits.bulk_allowed_at > self._limits.claim_until:
                if self._find_due(priority, 1):
                    self._ask_again(self._limits.bulk_allowed_at)
                return
            if examined >= LARGEST_ROUND:
                self._ask_again(self._now)
                return
            wanted = min(limit - len(self._claimed), BATCH)
            rows = self._find_due(priority, wanted)
            in_this_batch = self._examine(rows, is_bulk=is_bulk)
            examined += in_this_batch
            if in_this_batch == len(rows) < wanted:
                return
        self._ask_again(self._now)

    def finish(self) -> Sequence[Delivery]:
        self._limits.save()
        self._session.flush()
        return self._claimed

    def _find_due(self, priority: int, limit: int) -> Sequence[Row[DeliveryRow, int | None]]:
        wanted = {"priority": priority, "now": self._now, "limit": limit}
        return self._session.execute(DUE_DELIVERIES, wanted).all()

    def _examine(self, rows: Sequence[Row[DeliveryRow, int | None]], *, is_bulk: bool) -> int:
        """Claim those that may be sent. Returns how many were examined before the rate limit was used up."""
        self._limits.load_channels(row.channel for row, _ in rows if row.kind is DeliveryKind.POST)
        targets = self._find_targets([row.target for row, _ in rows if row.target])
        examined = 0
        for row, first in rows:
            if is_bulk and self._limits.bulk_allowed_at > self._limits.claim_until:
                break
            examined += 1
            target = targets.get(row.target or "", _NO_TARGET)
            # Not its turn: an earlier delivery of the conversation is open, or the message that it edits or replies to
            # isn't posted yet. Whoever settles that one wakes it; the later due time only covers a lost wake-up.
            if (first is not None and first < row.number) or not target.is_settled:
                row.due_at = self._now + RECHECK_AFTER
                continue
            not_before = self._find_time(row, is_bulk=is_bulk)
            if not_before:
                self._take(row, target, not_before)
        self._session.flush()
        return examined

    def _find_time(self, row: DeliveryRow, *, is_bulk: bool) -> datetime | None:
        """When it may be sent, if that is now or very soon; otherwise its due time is set to that moment."""
        looks = _is_repeated(row) and row.first_attempt_at > self._now - LOOK_FOR  # type: ignore[operator]
        pause = self._limits.find_pause((EVERYTHING, *self._calls_of(row.kind, looks)))
        if pause:
            row.due_at = pause
            return None
        if row.kind is not DeliveryKind.POST:
            return self._now
        # The slot is stored in the row, so a post that has to wait doesn't lose its place to later ones. A slot that
        # wasn't used in time no longer counts, because others have passed it.
        if row.reserved_slot is None or row.reserved_slot < self._now - SLOT_LASTS:
            row.reserved_slot = self._limits.reserve_slot(row.channel, bulk=is_bulk)
        is_near = row.reserved_slot <= self._limits.claim_until
        not_before = self._limits.use_slot(row.channel, row.reserved_slot, bulk=is_bulk) if is_near else None
        if not_before is None:
            row.due_at = max(row.reserved_slot, self._limits.claim_until)
        return not_before

    def _take(self, row: DeliveryRow, target: "_Target", not_before: datetime) -> None:
        # `due_at` becomes the end of the lease. If this process dies, the usual query finds the row again at that time,
        # so nothing has to clean up after it.
        is_repeated = _is_repeated(row)
        row.status, row.owner, row.due_at = "leased", self._owner, self._lease_until
        row.attempts += 1
        row.first_attempt_at = row.first_attempt_at or self._now
        claimed = _to_delivery(row, self._owner, self._lease_until, row.first_attempt_at, not_before)
        claimed = replace(claimed, is_repeated=is_repeated, person=row.person or target.person)
        if is_repeated and row.kind is DeliveryKind.POST:
            claimed = replace(claimed, search_from=find_search_start(self._session, self._now))
        self._claimed.append(replace(claimed, target_channel=target.channel, target_ts=target.ts))

    def _find_targets(self, ids: Sequence[str]) -> dict[str, "_Target"]:
        if not ids:
            return {}
        found = self._session.scalars(
            select(DeliveryRow).where(DeliveryRow.id.in_(ids)), execution_options={"populate_existing": True}
        )
        return {
            row.id: _Target(row.due_at is None, row.posted_channel, row.posted_ts, _find_reader(row)) for row in found
        }

    def _ask_again(self, at: datetime) -> None:
        self.check_again_at = min(self.check_again_at, at) if self.check_again_at else at


@dataclass(frozen=True, slots=True)
class _Target:
    """The message that a delivery edits or replies to; settled when it's posted or will never be."""

    is_settled: bool
    channel: str | None
    ts: str | None
    person: str | None


_NO_TARGET = _Target(True, None, None, None)


def _is_repeated(row: DeliveryRow) -> bool:
    # A post that was refused and goes to another place begins afresh there: its attempts count on, because they
    # identify claims, but there is no first attempt.
    return row.attempts > 0 and row.first_attempt_at is not None


def _find_reader(row: DeliveryRow) -> str | None:
    """The one person whom a message is for."""
    return row.person or (row.channel if (row.channel or "").startswith(("U", "W")) else None)


def _build_due_query() -> Any:
    """Due rows, each with the first open number of its conversation; parameters priority, now and limit."""
    earlier = aliased(DeliveryRow)
    first = (
        select(earlier.number)
        .where(earlier.conversation == DeliveryRow.conversation, earlier.due_at.is_not(None), earlier.blocks_later)
        .order_by(earlier.number)
        .limit(1)
        .scalar_subquery()
    )
    # Locked rows are skipped: an edit may be changing the content right now, and waiting for it would hold up all the
    # rest. They are still due in the next round.
    return (
        select(DeliveryRow, first)
        .where(DeliveryRow.priority == bindparam("priority"), DeliveryRow.due_at <= bindparam("now"))
        .order_by(DeliveryRow.due_at, DeliveryRow.number)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True, of=DeliveryRow)
    )


DUE_DELIVERIES = _build_due_query()  # built once: that takes longer than running it


def _to_delivery(row: DeliveryRow, owner: str, until: datetime, first: datetime, not_before: datetime) -> Delivery:
    return Delivery(
        id=row.id,
        kind=row.kind,
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
        arrival=row.arrival,
    )
