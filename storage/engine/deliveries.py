"""The sender's side of the outbox: claims in turn and in pace, and what became of each call.

A delivery is in turn when nothing earlier of its conversation is unsettled and, for an edit or a follower, when its
message is posted. What is not in turn is looked at again when what it waits for is settled, and now and then besides:
with several processes on PostgreSQL the call to look may be missed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, literal, select, text, union_all, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.engine import duplicates, rate_limits
from storage.engine.claiming import Delivery, DeliveryClaimer
from storage.engine.inbox import count_changed_rows
from storage.engine.lease import Lease
from storage.engine.outbox import POST, build_delivery_row
from storage.engine.rate_limits import PostingLimits
from storage.tables.engine import DeliveryRow
from storage.upsert import insert_new_rows

LANES = (0, 1)
LANDING = timedelta(seconds=2)  # for a call that was under way when its process died
OVERTAKEN_AFTER = 5  # attempts; then later ones of the conversation may go first
PRUNED_AT_ONCE = 500
LONG_AGO = datetime.min.replace(tzinfo=UTC)
CLAIMS = text("SELECT pg_advisory_xact_lock(7036001)")
_TABLE = cast(Table, DeliveryRow.__table__)
SOONEST = union_all(  # made once: making it takes longer than asking the database
    *(
        select(literal(lane), func.min(DeliveryRow.due_at)).where(
            DeliveryRow.priority == lane, DeliveryRow.due_at > bindparam("after", type_=DeliveryRow.due_at.type)
        )
        for lane in LANES
    )
)


@dataclass(frozen=True, slots=True)
class ClaimedBatch:
    """What may be sent now, and when to ask again (None: when somebody rings)."""

    deliveries: Sequence[Delivery]
    check_again_at: datetime | None


@dataclass(frozen=True, slots=True)
class SendResult:
    """What Slack answered to a delivery."""

    delivery: Delivery
    channel: str | None = None
    ts: str | None = None


class Deliveries:
    """Every method is one transaction. What is no longer the caller's is left alone; see storage.engine.duplicates.

    Only a claim waits for the disk: after it something is said in Slack. What a power cut may undo besides is looked
    up there, or done again.
    """

    def __init__(self, database: Database, pace: PostingLimits, lease: Lease) -> None:
        self._database = database
        self._pace = pace
        self._lease = lease

    def claim(self, owner: str, now: datetime, limit: int, *, many: bool = True) -> ClaimedBatch:
        """Take what may be sent now, at most `limit`; without `many` only what somebody waits for."""
        wanted = LANES if many else LANES[:1]
        with self._database.read_only() as session:  # looking costs no lock and no commit
            soonest = _soonest(session, wanted)
        lanes = [lane for lane, due in sorted(soonest.items()) if due <= now]
        if not lanes:
            return ClaimedBatch((), min(soonest.values(), default=None))
        with self._database.transaction() as session:  # durable: what it gives out will be seen by others
            if not self._database.is_sqlite:  # one claimer at a time takes from the paces
                session.execute(CLAIMS)
            claiming = DeliveryClaimer(session, self._pace, owner, now, self._lease)
            for lane in lanes:
                claiming.claim(lane, limit)
            taken = claiming.finish()
            moments = [*_soonest(session, wanted, after=now).values(), *filter(None, [claiming.check_again_at])]
        return ClaimedBatch(taken, min(moments, default=None))

    def extend_lease(self, delivery: Delivery, now: datetime) -> Delivery | None:
        """A new lease for a call that is about to begin; None when the delivery is no longer the caller's."""
        until = self._lease.end_after(now)
        with self._database.transaction(durable=False) as session:
            return replace(delivery, lease_until=until) if _set(session, [delivery], due_at=until) else None

    def record_sent(self, sent: Sequence[SendResult], now: datetime) -> int:
        """Record what Slack accepted; what another was to say is put right. Returns how many others are due now."""
        due = 0
        with self._database.transaction(durable=False) as session:
            for one in sent:
                place = {"posted_channel": one.channel, "posted_ts": one.ts}
                if not _set(session, [one.delivery], status="done", due_at=None, done_at=now, owner=None, **place):
                    due += duplicates.schedule_repair(session, one.delivery.id, one.ts, now)
            return due + _wake(session, [one.delivery for one in sent], now)

    def retry_in_order(self, delivery: Delivery, error: str, due_at: datetime) -> None:
        """It did not work this time; whether it got through is not known."""
        with self._database.transaction(durable=False) as session:
            if not _set(session, [delivery], status="waiting", due_at=due_at, owner=None, error=error[:2000]):
                duplicates.schedule_repair(session, delivery.id, None, due_at)

    def retry_without_blocking(self, delivery: Delivery, error: str, due_at: datetime, now: datetime) -> None:
        """The same, and Slack's trouble is with this one: when it goes on, later ones need not wait for it."""
        holds = delivery.attempt < OVERTAKEN_AFTER
        with self._database.transaction(durable=False) as session:
            waits = {"status": "waiting", "due_at": due_at, "owner": None, "error": error[:2000]}
            if not _set(session, [delivery], **waits, holds=holds):
                duplicates.schedule_repair(session, delivery.id, None, due_at)
            elif not holds:
                _wake(session, [delivery], now)

    def pause(self, delivery: Delivery, method: str, until: datetime) -> None:
        """Slack wants nobody to call `method` before `until` (429); that was no attempt."""
        with self._database.transaction(durable=False) as session:
            rate_limits.record_pause(session, method, until)
            attempts = delivery.attempt - 1
            _set(session, [delivery], status="waiting", due_at=until, owner=None, attempts=attempts, error="429")

    def give_up(self, delivery: Delivery, error: str, now: datetime, *, told: bool = False) -> None:
        """It will never work. Somebody is told of it later, unless they were `told` of its cause."""
        settled = {"due_at": None, "done_at": now, "owner": None, "told_at": now if told else None}
        with self._database.transaction(durable=False) as session:
            _set(session, [delivery], status="dead", error=error[:2000], **settled)
            _wake(session, [delivery], now)

    def send_as_direct_message(self, delivery: Delivery, error: str, now: datetime) -> None:
        """It cannot be shown where the person is: the words go to their direct messages instead, once."""
        kept = ("text", "blocks", "attachments")
        arguments = {name: value for name, value in delivery.arguments.items() if name in kept}
        place = {"channel": delivery.person, "conversation": f"{delivery.person}:"}
        with self._database.transaction(durable=False) as session:
            settled = {"status": "done", "due_at": None, "done_at": now, "owner": None}
            if _set(session, [delivery], error=error[:2000], **settled):
                row = build_delivery_row(POST, arguments, now, key=f"instead:{delivery.id}", **place)
                insert_new_rows(session, DeliveryRow, [row])
            _wake(session, [delivery], now)

    def release_all(self, now: datetime) -> int:
        """Take back what other owners hold. Only for the one process that may use the file."""
        with self._database.transaction(durable=False) as session:
            held = update(DeliveryRow).where(DeliveryRow.due_at.is_not(None), DeliveryRow.status == "leased")
            return count_changed_rows(session.execute(held.values(status="waiting", due_at=now + LANDING, owner=None)))

    def prune(self, before: datetime) -> int:
        """Forget what was settled before that moment, some of it at a time.

        Posts stay, without their words: later edits may name them, and keys are unique for ever.
        """
        forgotten = 0
        while pruned := self._prune_some(before):
            forgotten += pruned
        with self._database.transaction(durable=False) as session:
            rate_limits.delete_unused_limits(session, before)
        return forgotten

    def _prune_some(self, before: datetime) -> int:
        row = DeliveryRow
        old = select(row.number).where(row.status.in_(("done", "dead")), row.done_at < before)
        gone = old.where(row.kind != POST).limit(PRUNED_AT_ONCE).scalar_subquery()
        wordy = old.where(row.kind == POST, row.emptied.is_(False)).limit(PRUNED_AT_ONCE)
        with self._database.transaction(durable=False) as session:
            deleted = count_changed_rows(session.execute(delete(row).where(row.number.in_(gone))))
            emptied = update(row).where(row.number.in_(wordy.scalar_subquery())).values(arguments={}, emptied=True)
            return deleted + count_changed_rows(
                session.execute(emptied, execution_options={"synchronize_session": False})
            )


def _soonest(session: Session, lanes: Collection[int], after: datetime = LONG_AGO) -> dict[int, datetime]:
    """When the next of each of these lanes is due (after that moment)."""
    return {lane: due for lane, due in session.execute(SOONEST, {"after": after}) if due and lane in lanes}


def _set(session: Session, deliveries: Sequence[Delivery], **values: Any) -> int:
    """Change those that are still the caller's; returns how many were."""
    mine = (
        _TABLE.c.id == bindparam("mine_id"),
        _TABLE.c.status == "leased",
        _TABLE.c.owner == bindparam("mine_owner"),
        _TABLE.c.attempts == bindparam("mine_attempt"),
    )
    changed = 0
    for one in deliveries:
        whose = {"mine_id": one.id, "mine_owner": one.owner, "mine_attempt": one.attempt}
        changed += count_changed_rows(session.connection().execute(update(_TABLE).where(*mine).values(**values), whose))
    return changed


def _wake(session: Session, settled: Sequence[Delivery], now: datetime) -> int:
    """Let those look at once that waited for these: the next of each conversation, edits and followers."""
    conversations = {one.conversation for one in settled if one.conversation}
    row = DeliveryRow
    waiting = (row.due_at > now, row.status == "waiting")
    behind = session.scalars(
        select(row.conversation).where(row.conversation.in_(conversations), row.due_at.is_not(None)).distinct()
    ).all()
    woken = 0
    for conversation in sorted(filter(None, behind)):
        first = (
            select(row.number)
            .where(row.conversation == conversation, row.due_at.is_not(None), row.blocks_later)
            .order_by(row.number)
            .limit(1)
            .scalar_subquery()
        )
        woken += _due_now(session, now, row.number == first, *waiting)
    return woken + _due_now(session, now, row.target.in_([one.id for one in settled]), *waiting)


def _due_now(session: Session, now: datetime, *which: Any) -> int:
    found = update(DeliveryRow).where(*which).values(due_at=now)
    return count_changed_rows(session.execute(found, execution_options={"synchronize_session": False}))
