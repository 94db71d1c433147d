"""The strategy's scheduled job: digests and reminders of updates, each slot once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from foundation.errors import UserError
from handlers.context import AppContext
from handlers.strategy.blocks.digest import build_update_reminder
from handlers.strategy.digests import DIGEST, JUST_BEFORE, build_current_digest, post_digest, report_held_digest
from handlers.strategy.lookups import load_strategy, load_updates
from storage.engine.schedules import MISSED, QUIET, DueSchedule
from storage.store import Transaction
from strategy.check_ins import find_missing_updates
from strategy.records import Strategy
from strategy.schedules import Schedule, find_due_slots, find_next_slot
from strategy.visibility import filter_visible

log = logging.getLogger(__name__)

CHECK_INS = "check-ins"


def build_strategy_jobs(ctx: AppContext) -> Sequence[Callable[[datetime], datetime | None]]:
    """The jobs of this subject. Each does what is due at `now` and returns when it wants to be called next."""
    job = ScheduledPosts(ctx)
    job.register_schedules(ctx.now())
    return (job,)


class ScheduledPosts:
    """Sends the digests and the reminders when their slots come, each slot once."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx
        self._known: Mapping[str, str] = {}

    def register_schedules(self, now: datetime) -> None:
        """Store what recurs, so that whatever falls due from now on is run, even after a restart."""
        self._refresh_schedules(now)

    def __call__(self, now: datetime) -> datetime | None:
        schedules = self._refresh_schedules(now)
        with self._ctx.store.read_only(now) as tx:
            due_at = tx.schedules.find_next_due(schedules)
        if due_at is None or due_at > now:
            return due_at
        self._ctx.check_channels()
        with self._ctx.store.transaction(now) as tx:
            run_due_schedules(tx, self._ctx, schedules, now)
            return tx.schedules.find_next_due(schedules)

    def _refresh_schedules(self, now: datetime) -> Mapping[str, Schedule]:
        """The schedules. A strategy that was imported meanwhile may have brought others."""
        with self._ctx.store.read_only(now) as tx:
            schedules = list_schedules(self._ctx, tx.strategy.get_current())
        definitions = {name: serialise_schedule(schedule) for name, schedule in schedules.items()}
        if definitions != self._known:
            with self._ctx.store.transaction(now) as tx:
                sync_schedules(tx, schedules, now)
            self._known = definitions
        return schedules


def list_schedules(ctx: AppContext, strategy: Strategy | None) -> dict[str, Schedule]:
    """Everything that recurs, by name: the digests, and the slots of the check-ins."""
    schedules = {f"{DIGEST}{one.key}": one.schedule for one in ctx.digests}
    if strategy and strategy.cycle.check_ins:
        schedules[CHECK_INS] = strategy.cycle.check_ins
    return schedules


def serialise_schedule(schedule: Schedule) -> str:
    """The schedule as text: equal schedules give equal text."""
    days = ",".join(sorted(day.isoformat() for day in schedule.days_off))
    parts = (schedule.starts.isoformat(), schedule.zone, schedule.rule, schedule.calendar, days)
    return "|".join((*parts, schedule.on_holiday, schedule.misfire, str(schedule.grace)))


def sync_schedules(tx: Transaction, schedules: Mapping[str, Schedule], now: datetime) -> None:
    """Store the schedules. One that is new or has changed starts with its first slot after `now`."""
    for name, schedule in schedules.items():
        tx.schedules.save_definition(name, serialise_schedule(schedule), find_next_slot(schedule, now))
    tx.schedules.delete_others(list(schedules))


def run_due_schedules(tx: Transaction, ctx: AppContext, schedules: Mapping[str, Schedule], now: datetime) -> None:
    """Post what is due, in the transaction that records it.

    The record of a run and its post commit together. A crash before the commit leaves neither, so the slot runs again;
    a crash after it leaves both, and the record stops a second run.
    """
    for due in tx.schedules.claim_due(schedules):  # not those that only a process with a newer file knows
        schedule = schedules[due.name]
        following = find_next_slot(schedule, now)
        slots = find_due_slots(schedule, due.due_at - JUST_BEFORE, now)
        for slot in slots.missed:
            tx.schedules.record_run(due.name, slot, following, snapshot={}, outcome=MISSED)
        for slot in slots.run:
            _run_slot(tx, ctx, due, slot, following, now)


def _run_slot(
    tx: Transaction, ctx: AppContext, due: DueSchedule, slot: datetime, following: datetime | None, now: datetime
) -> None:
    if due.name == CHECK_INS:
        if tx.schedules.record_run(due.name, slot, following, snapshot={}):
            _send_reminders(tx, ctx, slot, now)
        return
    definition = next(one for one in ctx.digests if due.name == f"{DIGEST}{one.key}")
    try:
        digest = build_current_digest(tx, ctx, definition, now)
    except UserError as refused:  # no strategy yet
        log.warning("Skipped the digest %s: %s", definition.key, refused.message)
        tx.schedules.record_run(due.name, slot, following, snapshot={}, outcome=QUIET)
        return
    snapshot = digest.snapshot.to_dict()
    if ctx.is_shared(definition.channel):
        report_held_digest(tx, ctx, definition)
    if not digest.should_send or ctx.is_shared(definition.channel):
        tx.schedules.record_run(due.name, slot, following, snapshot=snapshot, outcome=QUIET)
    elif tx.schedules.record_run(due.name, slot, following, snapshot=snapshot):
        tx.schedules.link_delivery(due.name, slot, post_digest(tx, definition, digest, slot))


def _send_reminders(tx: Transaction, ctx: AppContext, slot: datetime, now: datetime) -> None:
    """Remind each person once, of all the updates they owe and may know of."""
    strategy = load_strategy(tx)
    missing = find_missing_updates(strategy, load_updates(tx), now, ctx.absences)
    for reporter in dict.fromkeys(one.reporter for one in missing):
        seen = filter_visible(strategy, ctx.people.get(reporter))
        titles = seen.titles
        owed = [(one, titles[one.subject]) for one in missing if one.reporter == reporter and one.subject in titles]
        if owed:
            key = f"{CHECK_INS}:{slot.isoformat()}:{reporter}"
            tx.outbox.post(reporter, build_update_reminder(owed), key=key, bulk=True)
