"""The sender's side of the outbox: claims deliveries and records what became of each.

A delivery's turn comes when nothing earlier of its conversation is open and, for an edit or a reply, when its message
has been posted. Whoever settles a delivery wakes those that waited for it; they are also examined now and then, because
with several processes on PostgreSQL a wake-up may be missed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, literal, select, text, union_all, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.engine import rate_limits
from storage.engine.claiming import Delivery, DeliveryClaimer
from storage.engine.claims import (
    PRUNE_BATCH,
    count_changed_rows,
    prune_in_batches,
    release_leases,
    update_if_held,
)
from storage.engine.delivery_kinds import CallsOf, DeliveryKind
from storage.engine.duplicates import schedule_repair
from storage.engine.lease import Lease
from storage.engine.outbox import BULK_PRIORITIES, PROMPT_PRIORITIES, build_delivery_row
from storage.engine.rate_limits import PostingLimits
from storage.tables.engine import DeliveryRow
from storage.upsert import insert_new_rows

LANDING = timedelta(seconds=2)  # for a call that was under way when its process died
STOPS_BLOCKING_AFTER = 5  # attempts; from then on, later deliveries of the conversation may go first
LONG_AGO = datetime.min.replace(tzinfo=UTC)
CLAIM_LOCK = text("SELECT pg_advisory_xact_lock(7036001)")
_TABLE = cast(Table, DeliveryRow.__table__)
NEXT_DUE = union_all(  # built once: that takes longer than running it
    *(
        select(literal(priority), func.min(DeliveryRow.due_at)).where(
            DeliveryRow.priority == priority, DeliveryRow.due_at > bindparam("after", type_=DeliveryRow.due_at.type)
        )
        for priority in (*PROMPT_PRIORITIES, *BULK_PRIORITIES)
    )
)


@dataclass(frozen=True, slots=True)
class ClaimedBatch:
    """What may be sent now, and when to ask again (None: when woken)."""

    deliveries: Sequence[Delivery]
    check_again_at: datetime | None


@dataclass(frozen=True, slots=True)
class SendResult:
    """What Slack answered to a delivery."""

    delivery: Delivery
    channel: str | None = None
    ts: str | None = None


class Deliveries:
    """Every method is one transaction. A delivery that the caller no longer holds is left alone.

    `calls_of` names the calls that a delivery may make; while any of them is paused, it waits.
    """

    # Only claims are durable commits: once something can be seen in Slack, no power cut may undo the record that it
    # was attempted. Whatever else is undone is looked up in Slack's history, or simply done again.

    def __init__(self, database: Database, limits: PostingLimits, lease: Lease, calls_of: CallsOf) -> None:
        self._database = database
        self._limits = limits
        self.lease = lease
        self._calls_of = calls_of

    def claim(self, owner: str, now: datetime, limit: int, *, include_bulk: bool = True) -> ClaimedBatch:
        """Claim what may be sent now, at most `limit`; without `include_bulk` only what somebody is waiting for."""
        wanted = (*PROMPT_PRIORITIES, *BULK_PRIORITIES) if include_bulk else PROMPT_PRIORITIES
        with self._database.read_only() as session:  # looking first takes no lock and no commit
            next_due = _find_next_due(session, wanted)
        due = [priority for priority in wanted if priority in next_due and next_due[priority] <= now]
        if not due:
            return ClaimedBatch((), min(next_due.values(), default=None))
        with self._database.transaction() as session:
            # The rate limits are one shared state, so only one process may take from them at a time. On SQLite every
            # transaction that writes is alone anyway.
            if not self._database.is_sqlite:
                session.execute(CLAIM_LOCK)
            claimer = DeliveryClaimer(session, self._limits, self._calls_of, owner, now, self.lease)
            for priority in due:
                claimer.claim(priority, limit)
            claimed = claimer.finish()
            later = _find_next_due(session, wanted, after=now).values()
        return ClaimedBatch(claimed, min([*later, *filter(None, [claimer.check_again_at])], default=None))

    def extend_lease(self, delivery: Delivery, now: datetime) -> Delivery | None:
        """A new lease for a call that is about to begin; None when the caller no longer holds the delivery."""
        until = self.lease.end_after(now)
        with self._database.transaction(durable=False) as session:
            is_held = update_if_held(session, _TABLE, delivery, due_at=until)
        return replace(delivery, lease_until=until) if is_held else None

    def record_sent(self, results: Sequence[SendResult], now: datetime) -> int:
        """Record what Slack accepted. Returns how many other deliveries became due."""
        due = 0
        with self._database.transaction(durable=False) as session:
            for result in results:
                settled = {"due_at": None, "done_at": now, "owner": None}
                place = {"posted_channel": result.channel, "posted_ts": result.ts}
                # Not held means that the lease ended before the call did and the delivery belongs to somebody else:
                # there may be two messages in Slack now, and only the other process's counts.
                if not update_if_held(session, _TABLE, result.delivery, status="done", **settled, **place):
                    due += schedule_repair(session, result.delivery.id, result.ts, now)
            return due + _wake_waiting(session, [result.delivery for result in results], now)

    def retry_in_order(self, delivery: Delivery, error: str, due_at: datetime) -> None:
        """It failed this time, or its result is unknown. Later deliveries of its conversation wait for it."""
        with self._database.transaction(durable=False) as session:
            if not _put_back(session, delivery, due_at, error):
                schedule_repair(session, delivery.id, None, due_at)

    def retry_without_blocking(self, delivery: Delivery, error: str, due_at: datetime, now: datetime) -> None:
        """It failed for a reason of its own. If it keeps failing, later deliveries stop waiting for it."""
        blocks_later = delivery.attempt < STOPS_BLOCKING_AFTER
        with self._database.transaction(durable=False) as session:
            if not _put_back(session, delivery, due_at, error, holds=blocks_later):
                schedule_repair(session, delivery.id, None, due_at)
            elif not blocks_later:
                _wake_waiting(session, [delivery], now)

    def pause(self, delivery: Delivery, name: str, until: datetime) -> None:
        """Slack wants no call of this name before `until` (429)."""
        with self._database.transaction(durable=False) as session:
            rate_limits.record_pause(session, name, until)
            # A refused call sent nothing, so it doesn't count as an attempt. Otherwise the next attempt would search
            # Slack's history for a message that can't be there.
            _put_back(session, delivery, until, "429", attempts=delivery.attempt - 1)

    def give_up(self, delivery: Delivery, error: str, now: datetime, *, is_reported: bool = False) -> None:
        """It will never work. The failure is reported later, unless its cause `is_reported` already."""
        settled = {"due_at": None, "done_at": now, "owner": None, "told_at": now if is_reported else None}
        with self._database.transaction(durable=False) as session:
            update_if_held(session, _TABLE, delivery, status="dead", error=error[:2000], **settled)
            _wake_waiting(session, [delivery], now)

    def send_as_direct_message(
        self, delivery: Delivery, message: Mapping[str, Any], error: str, now: datetime, *, reports: bool
    ) -> None:
        """It can't be shown where it belongs: send `message` to its person's direct messages.

        The delivery goes on as that message, so that later edits and replies find it. `reports`: the place that
        refused is reported, because somebody can mend it.
        """
        with self._database.transaction(durable=False) as session:
            if delivery.kind is DeliveryKind.EDIT:
                settled = {"status": "done", "due_at": None, "done_at": now, "owner": None}
                is_held = update_if_held(session, _TABLE, delivery, error=error[:2000], **settled)
                moved = DeliveryRow.id == delivery.target
            else:
                is_held = _put_back(session, delivery, now, error)
                moved = DeliveryRow.id == delivery.id
            if is_held:
                _move_to_person(session, moved, delivery, message, now)
                if reports:
                    insert_new_rows(session, DeliveryRow, [_build_dead_letter(delivery, error, now)])
            _wake_waiting(session, [delivery], now)

    def release_all(self, now: datetime) -> int:
        """Release what other owners hold. Only for a process that has the database to itself."""
        # The owner is dead, but its last call may still be on the way to Slack. A moment later the history shows
        # whether it arrived.
        with self._database.transaction(durable=False) as session:
            return release_leases(session, DeliveryRow, now + LANDING)

    def prune(self, before: datetime) -> int:
        """Delete what was settled before that moment. Posts stay, without their content.

        Later edits may still name them, and their keys are unique for ever.
        """
        pruned = prune_in_batches(lambda: self._prune_batch(before))
        with self._database.transaction(durable=False) as session:
            rate_limits.delete_unused_limits(session, before)
        return pruned

    def _prune_batch(self, before: datetime) -> int:
        row, is_post = DeliveryRow, DeliveryRow.is_kind(DeliveryKind.POST)
        old = (
            select(row.number).where(row.status.in_(("done", "dead", "known")), row.done_at < before).limit(PRUNE_BATCH)
        )
        others = old.where(~is_post).scalar_subquery()
        posts = old.where(is_post, row.emptied.is_(False)).scalar_subquery()
        with self._database.transaction(durable=False) as session:
            deleted = count_changed_rows(session.execute(delete(row).where(row.number.in_(others))))
            emptied = update(row).where(row.number.in_(posts)).values(arguments={}, emptied=True)
            changed = session.execute(emptied, execution_options={"synchronize_session": False})
            return deleted + count_changed_rows(changed)


def _find_next_due(session: Session, priorities: Collection[int], after: datetime = LONG_AGO) -> dict[int, datetime]:
    """When the next delivery of each of these priorities is due (after that moment)."""
    rows = session.execute(NEXT_DUE, {"after": after})
    return {priority: due for priority, due in rows if due and priority in priorities}


def _put_back(session: Session, delivery: Delivery, due_at: datetime, error: str, **values: Any) -> bool:
    waits = {"status": "waiting", "due_at": due_at, "owner": None, "error": error[:2000]}
    return update_if_held(session, _TABLE, delivery, **waits, **values)


def _move_to_person(
    session: Session, which: ColumnElement[bool], delivery: Delivery, message: Mapping[str, Any], now: datetime
) -> None:
    """Make a post to the person of the row, and begin it afresh."""
    # In place, not in a new row: whoever edits the message or replies to it names this one. `attempts` counts on,
    # because a claim of the same number could otherwise be taken for this one.
    place = {"kind": DeliveryKind.POST, "channel": delivery.person, "target": None, "arguments": dict(message)}
    fresh = {"status": "waiting", "due_at": now, "done_at": None, "owner": None, "reserved_slot": None}
    unsent = {"first_attempt_at": None, "posted_channel": None, "posted_ts": None, "blocks_later": True}
    moved = place | fresh | unsent | {"conversation": f"{delivery.person}:", "emptied": False}
    session.execute(update(DeliveryRow).where(which).values(moved), execution_options={"synchronize_session": False})


def _build_dead_letter(delivery: Delivery, error: str, now: datetime) -> dict[str, Any]:
    """A row that reports what its place refused; the content is on its way elsewhere."""
    refused = {"key": f"refused:{delivery.id}:{delivery.attempt}", "status": "dead", "due_at": None, "done_at": now}
    channel = delivery.channel or delivery.target_channel
    refused |= {"channel": channel, "error": error[:2000], "arrival": delivery.arrival}
    return build_delivery_row(delivery.kind, {}, now, **refused)


def _wake_waiting(session: Session, settled: Sequence[Delivery], now: datetime) -> int:
    """Make due what waited for these: the next of each conversation, edits and replies. Returns how many."""
    # In the transaction that settles them, or a process that dies in between would leave the others asleep until
    # their recheck. Only waiting rows are touched: `due_at` of a leased row is the end of its lease.
    conversations = {one.conversation for one in settled if one.conversation}
    row = DeliveryRow
    waiting = (row.due_at > now, row.status == "waiting")
    behind = session.scalars(
        select(row.conversation).where(row.conversation.in_(conversations), row.due_at.is_not(None)).distinct()
    ).all()
    woken = 0
    for conversation in sorted(filter(None, behind)):  # in one order everywhere, so that two processes can't deadlock
        first = (
            select(row.number)
            .where(row.conversation == conversation, row.due_at.is_not(None), row.blocks_later)
            .order_by(row.number)
            .limit(1)
            .scalar_subquery()
        )
        woken += _make_due(session, now, row.number == first, *waiting)
    return woken + _make_due(session, now, row.target.in_([one.id for one in settled]), *waiting)


def _make_due(session: Session, now: datetime, *which: Any) -> int:
    found = update(DeliveryRow).where(*which).values(due_at=now)
    return count_changed_rows(session.execute(found, execution_options={"synchronize_session": False}))
