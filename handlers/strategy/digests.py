"""Digests: built when their slot comes, each slot once; and the reminders of updates that are due."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from foundation.errors import NotAllowed, NotFound, UserError
from foundation.people import Person
from handlers.context import AppContext
from handlers.slack.blocks.builders import Message
from handlers.strategy.blocks.digest import build_digest_message, build_preview_message, build_update_reminder
from handlers.strategy.desk_figures import compute_desk_figures
from handlers.strategy.lookups import load_strategy, load_updates
from reporting.definitions import DigestDefinition, DigestSection, filter_for_readers, find_readers
from reporting.digest import Digest, build_digest
from reporting.snapshot import Snapshot
from storage.engine.schedules import MISSED, QUIET, DueSchedule
from storage.store import Transaction
from strategy.check_ins import find_missing_updates
from strategy.permissions import check_can_preview_digests
from strategy.records import Strategy
from strategy.schedules import Schedule, find_due_slots, find_last_slot, find_next_slot
from strategy.search import list_subjects
from strategy.visibility import filter_visible

log = logging.getLogger(__name__)

DIGEST = "digest:"
CHECK_INS = "check-ins"
JUST_BEFORE = timedelta(microseconds=1)
LATELY = timedelta(days=7)
FIRST_PERIOD = timedelta(days=7)  # of the desk's figures, where nothing tells when the last digest was


def list_schedules(ctx: AppContext, strategy: Strategy | None) -> dict[str, Schedule]:
    """Everything that recurs: the digests, and the slots of the check-ins."""
    wanted = {f"{DIGEST}{one.key}": one.schedule for one in ctx.digests}
    if strategy and strategy.cycle.check_ins:
        wanted[CHECK_INS] = strategy.cycle.check_ins
    return wanted


def describe_schedule(schedule: Schedule) -> str:
    """A schedule in words that are the same whenever it is the same."""
    days = ",".join(sorted(day.isoformat() for day in schedule.days_off))
    parts = (schedule.starts.isoformat(), schedule.zone, schedule.rule, schedule.calendar, days)
    return "|".join((*parts, schedule.on_holiday, schedule.misfire, str(schedule.grace)))


def sync_schedules(tx: Transaction, wanted: Mapping[str, Schedule], now: datetime) -> None:
    """Let the database know what recurs. One that is new, or has changed, begins with its first slot from now on."""
    for name, schedule in wanted.items():
        tx.schedules.save_definition(name, describe_schedule(schedule), find_next_slot(schedule, now))
    tx.schedules.delete_others(list(wanted))


def run_due_schedules(tx: Transaction, ctx: AppContext, wanted: Mapping[str, Schedule], now: datetime) -> None:
    """Do what is due, in the transaction that records it."""
    for due in tx.schedules.claim_due(now):
        schedule = wanted.get(due.name)
        if schedule is None:  # another process knows it; nobody else may run it
            tx.schedules.record_run(due.name, due.due_at, None, at=now, snapshot={}, outcome=MISSED)
            continue
        following = find_next_slot(schedule, now)
        slots = find_due_slots(schedule, due.due_at - JUST_BEFORE, now)
        for slot in slots.missed:
            tx.schedules.record_run(due.name, slot, following, at=now, snapshot={}, outcome=MISSED)
        for slot in slots.run:
            _run(tx, ctx, due, slot, following, now)


def preview_digest(tx: Transaction, ctx: AppContext, person: Person, name: str) -> Message:
    """A digest as it would be sent now, for the head of the PMO and the leaders.

    Raises:
        NotAllowed: the person is neither, or not of its audience.
        NotFound: there is no such digest.
    """
    check_can_preview_digests(person)
    definition = find_digest(ctx.digests, name) if name else _next_for(person, ctx)
    readers = find_readers(definition, ctx.people)
    if readers and person not in readers:
        raise NotAllowed(f"“{definition.title}” is for others. Ask the head of the PMO for what you need of it.")
    slot = find_next_slot(definition.schedule, tx.now)
    when = f"The next one goes to <#{definition.channel}>" + (f" on {slot:%-d %B %Y}." if slot else ".")
    return build_preview_message(build_current_digest(tx, ctx, definition, tx.now), when)


def _next_for(person: Person, ctx: AppContext) -> DigestDefinition:
    """The digest that goes out next among those for this person's own circle, else among all."""
    known = [(one, find_readers(one, ctx.people)) for one in ctx.digests]
    own = [one for one, readers in known if readers and person in readers] or [one for one, there in known if not there]
    dated = [(slot, one) for one in own if (slot := find_next_slot(one.schedule, ctx.now()))]
    return min(dated, key=lambda pair: pair[0])[1] if dated else find_digest(own or ctx.digests, "")


def find_digest(digests: Sequence[DigestDefinition], name: str) -> DigestDefinition:
    """The digest of that name; without a name the first.

    Raises:
        NotFound: naming those that there are.
    """
    for one in digests:
        if name in ("", one.key) or name.casefold() == one.title.casefold():
            return one
    if not digests:
        raise NotFound("There are no digests. Name a file of them in the organisation file, under files: digests.")
    raise NotFound(f"There is no digest of that name. There are: {', '.join(one.key for one in digests)}.")


def build_current_digest(tx: Transaction, ctx: AppContext, definition: DigestDefinition, now: datetime) -> Digest:
    """The digest as its readers may see it, compared with the last one that was delivered."""
    return _built(tx, ctx, definition, now, _previous(tx, definition))


def send_past_digests(tx: Transaction, ctx: AppContext, now: datetime) -> None:
    """Send what would have been sent in the last days, as if there had been one before it: for a workspace that
    begins with sample data."""
    for definition in ctx.digests:
        name = f"{DIGEST}{definition.key}"
        slot = find_last_slot(definition.schedule, now)
        before = find_last_slot(definition.schedule, slot - JUST_BEFORE) if slot else None
        if slot is None or before is None or now - slot > LATELY:
            continue
        earlier = _built(tx, ctx, definition, before, None)
        digest = _built(tx, ctx, definition, now, earlier.snapshot)
        following = find_next_slot(definition.schedule, now)
        if tx.schedules.record_run(name, slot, following, at=now, snapshot=digest.snapshot.to_dict()):
            tx.schedules.link_delivery(name, slot, _post(tx, definition, digest, f"{name}:{slot.isoformat()}"))


def _built(
    tx: Transaction, ctx: AppContext, definition: DigestDefinition, now: datetime, previous: Snapshot | None
) -> Digest:
    strategy = load_strategy(tx)
    since = (
        previous.taken_at if previous else find_last_slot(definition.schedule, now - JUST_BEFORE) or now - FIRST_PERIOD
    )
    begin = min(since, now - FIRST_PERIOD)
    return build_digest(
        definition,
        filter_for_readers(definition, strategy, ctx.people),
        now=now,
        updates=load_updates(tx, strategy),
        stories=tx.stories.published_since(begin),
        desk=compute_desk_figures(tx, ctx, since, now) if DigestSection.DESK in definition.sections else None,
        previous=previous,
        absences=ctx.absences,
        people=ctx.people,
    )


def _run(
    tx: Transaction, ctx: AppContext, due: DueSchedule, slot: datetime, following: datetime | None, now: datetime
) -> None:
    if due.name == CHECK_INS:
        if tx.schedules.record_run(due.name, slot, following, at=now, snapshot={}):
            _remind(tx, ctx, slot, now)
        return
    definition = next(one for one in ctx.digests if due.name == f"{DIGEST}{one.key}")
    try:
        digest = build_current_digest(tx, ctx, definition, now)
    except UserError as refused:  # no strategy yet: there is nothing to say
        log.warning("The digest %s is left out: %s", definition.key, refused.message)
        tx.schedules.record_run(due.name, slot, following, at=now, snapshot={}, outcome=QUIET)
        return
    snapshot = digest.snapshot.to_dict()
    if not digest.should_send:
        tx.schedules.record_run(due.name, slot, following, at=now, snapshot=snapshot, outcome=QUIET)
    elif tx.schedules.record_run(due.name, slot, following, at=now, snapshot=snapshot):
        key = f"{due.name}:{slot.isoformat()}"
        tx.schedules.link_delivery(due.name, slot, _post(tx, definition, digest, key))


def _post(tx: Transaction, definition: DigestDefinition, digest: Digest, key: str) -> str:
    return tx.outbox.post(definition.channel, build_digest_message(digest), key=key, bulk=True)


def _previous(tx: Transaction, definition: DigestDefinition) -> Snapshot | None:
    kept = tx.schedules.last_delivered(f"{DIGEST}{definition.key}")
    try:
        return Snapshot.from_dict(kept) if kept else None
    except ValueError:  # of another version: as if it were the first
        return None


def _remind(tx: Transaction, ctx: AppContext, slot: datetime, now: datetime) -> None:
    """Each person who is asked hears once, of all that they owe and may know of."""
    strategy = load_strategy(tx)
    missing = find_missing_updates(strategy, load_updates(tx, strategy), now, ctx.absences)
    for asked in dict.fromkeys(one.reporter for one in missing):
        seen = filter_visible(strategy, ctx.people.get(asked))
        titles = dict(list_subjects(seen))
        owed = [(one, titles[one.subject]) for one in missing if one.reporter == asked and one.subject in titles]
        if owed:
            key = f"{CHECK_INS}:{slot.isoformat()}:{asked}"
            tx.outbox.post(asked, build_update_reminder(owed), key=key, bulk=True)
