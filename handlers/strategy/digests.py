"""Digests: built for their readers, previewed, and posted to their channels."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from foundation.errors import NotAllowed, NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.figures import count_changed_requests
from handlers.slack.blocks.builders import Message, build_message, escape, format_time
from handlers.slack.calls import BlockingCall
from handlers.slack.pmo_notices import tell_pmo
from handlers.strategy.blocks.digest import build_digest_message, build_preview_message
from handlers.strategy.desk_figures import compute_desk_figures
from handlers.strategy.lookups import load_strategy, load_updates
from reporting.definitions import DigestAudience, DigestDefinition, DigestSection, filter_for_readers, is_reader
from reporting.digest import Digest, build_digest
from reporting.snapshot import Snapshot
from storage.store import Transaction
from strategy.permissions import check_can_preview_digests
from strategy.records import ProgressUpdate
from strategy.schedules import find_last_slot, find_next_slot
from strategy.skipped_dates import describe_skipped_dates

DIGEST = "digest:"  # begins the name of a digest's schedule
JUST_BEFORE = timedelta(microseconds=1)
RECENT = timedelta(days=7)
LOOK_BACK = timedelta(days=366)  # for what was true at an earlier moment
FIRST_PERIOD = timedelta(days=7)  # of the service desk's figures, where no earlier digest gives a start


def preview_digest(call: BlockingCall, name: str) -> Message:
    """A digest as it would be sent now.

    Raises:
        NotAllowed: the person may not preview digests, or isn't in this one's audience.
        NotFound: there is no such digest.
    """
    check_can_preview_digests(call.person)
    count_changed_requests(call.ctx)
    return call.read(lambda tx: _build_preview(tx, call.ctx, call.person, name))


def _build_preview(tx: Transaction, ctx: AppContext, person: Person, name: str) -> Message:
    definition = find_digest(ctx.digests, name) if name else _find_next_digest(person, ctx)
    if not is_reader(definition, person, ctx.people):
        raise NotAllowed(f"“{definition.title}” is for another audience. Ask the head of the PMO for what you need.")
    slot = find_next_slot(definition.schedule, tx.now)
    when = f"The next one goes to <#{definition.channel}>" + (f", {format_time(slot)}." if slot else ".")
    when = " ".join([when, *describe_skipped_dates(definition.schedule, tx.now)])
    if uncounted := tx.request_facts.count_uncounted():
        when += f" I'm still counting {uncounted:,} requests, so the service desk's figures are too low."
    return build_preview_message(build_current_digest(tx, ctx, definition, tx.now), when)


def _find_next_digest(person: Person, ctx: AppContext) -> DigestDefinition:
    """The next digest for an audience that includes this person, else the next for everybody."""
    known = [one for one in ctx.digests if is_reader(one, person, ctx.people)]
    own = [one for one in known if one.audience is not DigestAudience.EVERYBODY]
    candidates = own or known
    dated = [(slot, one) for one in candidates if (slot := find_next_slot(one.schedule, ctx.now()))]
    return min(dated, key=lambda pair: pair[0])[1] if dated else find_digest(candidates or ctx.digests, "")


def find_digest(digests: Sequence[DigestDefinition], name: str) -> DigestDefinition:
    """The digest with that key or title; without a name the first.

    Raises:
        NotFound: the message lists the digests there are.
    """
    for one in digests:
        if name in ("", one.key) or name.casefold() == one.title.casefold():
            return one
    if not digests:
        raise NotFound("There are no digests. Name a digest file in the organisation file, under files: digests.")
    raise NotFound(f"There's no digest with that name. Choose one of these: {', '.join(one.key for one in digests)}.")


def build_current_digest(tx: Transaction, ctx: AppContext, definition: DigestDefinition, now: datetime) -> Digest:
    """The digest as its readers may see it, compared with the last one that was delivered."""
    return _build_digest(tx, ctx, definition, now, _load_previous(tx, definition), load_updates(tx))


def send_past_digests(tx: Transaction, ctx: AppContext, now: datetime) -> None:
    """Post each digest whose slot was in the last week, compared with the state one period earlier.

    A workspace with sample data starts with digests in its channels this way.
    """
    updates = tx.updates.list_since(now - LOOK_BACK)
    for definition in ctx.digests:
        name = f"{DIGEST}{definition.key}"
        slot = find_last_slot(definition.schedule, now)
        before = find_last_slot(definition.schedule, slot - JUST_BEFORE) if slot else None
        if slot is None or before is None or now - slot > RECENT:
            continue
        earlier = _build_digest(tx, ctx, definition, before, None, updates)
        digest = _build_digest(tx, ctx, definition, now, earlier.snapshot, updates)
        following = find_next_slot(definition.schedule, now)
        if tx.schedules.record_run(name, slot, following, snapshot=digest.snapshot.to_dict()):
            tx.schedules.link_delivery(name, slot, post_digest(tx, definition, digest, slot))


def _build_digest(
    tx: Transaction,
    ctx: AppContext,
    definition: DigestDefinition,
    now: datetime,
    previous: Snapshot | None,
    updates: Sequence[ProgressUpdate],
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
        updates=updates,
        stories=tx.stories.list_published_since(begin),
        desk=compute_desk_figures(tx, ctx, since, now) if DigestSection.DESK in definition.sections else None,
        previous=previous,
        absences=ctx.absences,
        people=ctx.people,
    )


def post_digest(tx: Transaction, definition: DigestDefinition, digest: Digest, slot: datetime) -> str:
    """Put the digest in the outbox, once for each slot. Returns its delivery."""
    key = f"{DIGEST}{definition.key}:{slot.isoformat()}"
    return tx.outbox.post(definition.channel, build_digest_message(digest), key=key, bulk=True)


def report_held_digest(tx: Transaction, ctx: AppContext, definition: DigestDefinition) -> None:
    """Say once to the head of the PMO that a digest isn't posted, because other organisations would read it."""
    text = (
        f"I held back the digest “{escape(definition.title)}”, because <#{definition.channel}> is shared with another "
        "organisation. Stop sharing the channel, or give the digest another one. To read the digest yourself, type "
        f"`/pmo-strategy digest {definition.key}`."
    )
    key = f"held:{definition.key}:{definition.channel}"
    tell_pmo(tx, ctx, build_message(text), key=key, directly=True)


def _load_previous(tx: Transaction, definition: DigestDefinition) -> Snapshot | None:
    stored = tx.schedules.last_delivered(f"{DIGEST}{definition.key}")
    try:
        return Snapshot.from_dict(stored) if stored else None
    except ValueError:  # written by another version: treat this digest as the first
        return None
