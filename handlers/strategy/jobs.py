"""The strategy's scheduled job: digests and reminders of updates, each slot once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from foundation.errors import UserError
from handlers.context import AppContext
from handlers.requests.figures import MOST_WAITED_FOR, count_changed_requests
from handlers.slack.blocks.builders import Message
from handlers.strategy.blocks.digest import build_update_reminder
from handlers.strategy.digests import DIGEST, JUST_BEFORE, build_current_digest, post_digest, report_held_digest
from handlers.strategy.lookups import load_strategy, load_updates
from reporting.definitions import DigestDefinition
from reporting.digest import Digest
from storage.engine.schedules import MISSED, QUIET
from storage.store import Transaction
from strategy.check_ins import MissingUpdate, find_missing_updates
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
        if count_changed_requests(self._ctx) == MOST_WAITED_FOR:
            return now  # what is posted stays, so it waits until all requests are counted
        # A digest of a large strategy takes a while to build. It's done before the transaction, which others wait for.
        with self._ctx.store.read_only(now) as tx:
            prepared = {
                due.name: _prepare_run(tx, self._ctx, due.name, now) for due in tx.schedules.list_due(schedules)
            }
        with self._ctx.store.transaction(now) as tx:
            run_due_schedules(tx, self._ctx, schedules, prepared, now)
            return tx.schedules.find_next_due(schedules)

    def _refresh_schedules(self, now: datetime) -> Mapping[str, Schedule]:
        """The schedules. A strategy that was imported meanwhile may have brought others."""
        with self._ctx.store.read_only(now) as tx:
            schedules = list_schedules(self._ctx, tx.strategy.get_plan())
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


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """What a run of a schedule posts: a digest, or reminders by the people who get them; neither if it has nothing."""

    digest: Digest | None = None
    reminders: Mapping[str, Message] = field(default_factory=dict)


def _prepare_run(tx: Transaction, ctx: AppContext, name: str, now: datetime) -> PreparedRun:
    if name == CHECK_INS:
        return PreparedRun(reminders=_build_reminders(tx, ctx, now))
    definition = _find_definition(ctx, name)
    try:
        return PreparedRun(build_current_digest(tx, ctx, definition, now))
    except UserError as refused:  # no strategy yet
        log.warning("Skipped the digest %s: %s", definition.key, refused.message)
        return PreparedRun()


def run_due_schedules(
    tx: Transaction,
    ctx: AppContext,
    schedules: Mapping[str, Schedule],
    prepared: Mapping[str, PreparedRun],
    now: datetime,
) -> None:
    """Post what is due, in the transaction that records it. What isn't prepared is left for the next turn.

    The record of a run and its post commit together. A crash before the commit leaves neither, so the slot runs again;
    a crash after it leaves both, and the record stops a second run.
    """
    for due in tx.schedules.claim_due(prepared):  # not those that only a process with a newer file knows
        schedule = schedules[due.name]
        following = find_next_slot(schedule, now)
        slots = find_due_slots(schedule, due.due_at - JUST_BEFORE, now)
        for slot in slots.missed:
            tx.schedules.record_run(due.name, slot, following, snapshot={}, outcome=MISSED)
        for slot in slots.run:
            _run_slot(tx, ctx, due.name, prepared[due.name], slot, following)


def _run_slot(
    tx: Transaction, ctx: AppContext, name: str, prepared: PreparedRun, slot: datetime, following: datetime | None
) -> None:
    if name == CHECK_INS:
        if tx.schedules.record_run(name, slot, following, snapshot={}):
            _send_reminders(tx, prepared.reminders, slot)
        return
    definition, digest = _find_definition(ctx, name), prepared.digest
    if digest is None:
        tx.schedules.record_run(name, slot, following, snapshot={}, outcome=QUIET)
        return
    snapshot = digest.snapshot.to_dict()
    if ctx.is_shared(definition.channel):
        report_held_digest(tx, ctx, definition)
    if not digest.should_send or ctx.is_shared(definition.channel):
        tx.schedules.record_run(name, slot, following, snapshot=snapshot, outcome=QUIET)
    elif tx.schedules.record_run(name, slot, following, snapshot=snapshot):
        tx.schedules.link_delivery(name, slot, post_digest(tx, definition, digest, slot))


def _find_definition(ctx: AppContext, name: str) -> DigestDefinition:
    return next(one for one in ctx.digests if name == f"{DIGEST}{one.key}")


def _build_reminders(tx: Transaction, ctx: AppContext, now: datetime) -> dict[str, Message]:
    """A reminder for each person, of all the updates they owe and may know of."""
    strategy = load_strategy(tx)
    by_reporter: dict[str, list[MissingUpdate]] = {}
    for one in find_missing_updates(strategy, load_updates(tx), now, ctx.absences):
        by_reporter.setdefault(one.reporter, []).append(one)
    reminders = {}
    for reporter, missing in by_reporter.items():
        titles = filter_visible(strategy, ctx.people.get(reporter)).titles
        if owed := [(one, titles[one.subject]) for one in missing if one.subject in titles]:
            reminders[reporter] = build_update_reminder(owed)
    return reminders


def _send_reminders(tx: Transaction, reminders: Mapping[str, Message], slot: datetime) -> None:
    for reporter, message in reminders.items():
        tx.outbox.post(reporter, message, key=f"{CHECK_INS}:{slot.isoformat()}:{reporter}", bulk=True)
