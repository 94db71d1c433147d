"""Sample updates, stories and digests, so that the local workspace looks like an office at work."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.strategy_import import SAMPLE_ORIGIN
from foundation.files import Strict, UserId, match_pattern, read_yaml
from handlers.context import AppContext
from handlers.slack.blocks.builders import build_message
from handlers.strategy.digests import send_past_digests
from handlers.strategy.stories import add_story, publish_story
from handlers.strategy.updates import post_update
from storage.store import Transaction
from strategy.file_models import Key
from strategy.measurements import take_measurement
from strategy.records import ProgressUpdate, Strategy, Subject, SubjectKind
from strategy.schedules import find_slots
from strategy.stories import apply_story_verb, draft_story
from strategy.story_records import Consent, NamedPerson, StoryText, StoryVerb
from strategy.updates import UpdateText, acknowledge_update, write_update
from strategy.visibility import filter_visible, filter_visible_to_all

NEWS = Path(__file__).parent / "sample" / "news.yaml"
AN_HOUR = timedelta(hours=1)
LOOK_BACK = timedelta(days=60)
NOTICE = "This is a sample workspace. Meridian Water, its people and everything they post here are fictional."


class UpdateSample(Strict):
    subject: Annotated[str, match_pattern("(objective|project):[a-z0-9-]+", "Expected project:KEY or objective:KEY.")]
    author: UserId
    slots_ago: Annotated[int, Field(ge=1, le=9)]
    rag: str
    summary: str
    achieved: str = ""
    next_steps: str = ""
    blocker: str = ""
    ask: str = ""
    confidence: str = ""
    seen_by: UserId | None = None


class ValueSample(Strict):
    metric: Key
    days_ago: Annotated[int, Field(ge=0, le=60)]
    value: str
    author: UserId


class StorySample(Strict):
    title: str
    text: str
    author: UserId
    days_ago: Annotated[int, Field(ge=0, le=60)]
    objective: Key
    project: Key | None = None
    evidence: tuple[str, ...]
    people: tuple[UserId, ...] = ()
    reviewer: UserId | None = None  # without one, the story waits for review


class NewsFile(Strict):
    updates: tuple[UpdateSample, ...]
    values: tuple[ValueSample, ...]
    stories: tuple[StorySample, ...]


def seed_sample_data(ctx: AppContext) -> None:
    """Add the sample updates and stories, once, if the sample strategy is current and there are none yet."""
    now = ctx.now()
    with ctx.store.read_only(now) as tx:
        if not _is_new(tx):
            return
    news = read_yaml(NEWS, NewsFile)
    with ctx.store.transaction(now) as tx:
        strategy = tx.strategy.get_current()
        if strategy is None or not _is_new(tx):
            return
        for channel in (ctx.channels.progress, ctx.channels.stories):
            tx.outbox.post(channel, build_message(NOTICE), key=f"sample:{channel}")
        _add_values(tx, ctx, strategy, news.values, now)
        _add_updates(tx, ctx, strategy, news.updates, now)
        for number, entry in enumerate(news.stories, 1):
            _add_story(tx, ctx, strategy, entry, f"sample-{number}", now)
        send_past_digests(tx, ctx, now)


def _is_new(tx: Transaction) -> bool:
    version = tx.strategy.get_current_version()
    is_sample = version is not None and version.origin == SAMPLE_ORIGIN
    return is_sample and not tx.updates.has_any() and not tx.stories.has_any()


def _add_values(
    tx: Transaction, ctx: AppContext, strategy: Strategy, entries: Sequence[ValueSample], now: datetime
) -> None:
    for entry in entries:
        at, author = now - timedelta(days=entry.days_ago), ctx.people.get(entry.author)
        found = take_measurement(strategy, author, entry.metric, on=strategy.find_day(at), value=entry.value, now=now)
        tx.strategy.add_measurement(found, at)


def _add_updates(
    tx: Transaction, ctx: AppContext, strategy: Strategy, entries: Sequence[UpdateSample], now: datetime
) -> None:
    """Each is written a few minutes after its slot; those of the last slot are posted."""
    slots = _list_past_slots(strategy, now)
    for minutes, entry in enumerate(entries, 1):
        if entry.slots_ago > len(slots):
            continue
        update = _write_update(tx, ctx, strategy, entry, slots[-entry.slots_ago] + timedelta(minutes=minutes))
        tx.updates.add(update)
        if entry.slots_ago == 1:
            post_update(tx, ctx, update)


def _list_past_slots(strategy: Strategy, now: datetime) -> list[datetime]:
    """The slots of the last two months, oldest first."""
    schedule = strategy.cycle.check_ins
    return list(find_slots(schedule, now - LOOK_BACK, now - AN_HOUR)) if schedule else []


def _write_update(
    tx: Transaction, ctx: AppContext, strategy: Strategy, entry: UpdateSample, at: datetime
) -> ProgressUpdate:
    kind, _, key = entry.subject.partition(":")
    subject, person = Subject(SubjectKind(kind), key), ctx.people.get(entry.author)
    given = entry.model_dump(exclude={"subject", "author", "slots_ago", "seen_by"})
    seen = filter_visible(strategy, person)
    update = write_update(
        seen, person, subject, UpdateText(**given), earlier=tx.updates.list_for_subject(subject), now=at
    )
    if entry.seen_by is None:
        return update
    return acknowledge_update(strategy, ctx.people.get(entry.seen_by), update, now=at + AN_HOUR)


def _add_story(
    tx: Transaction, ctx: AppContext, strategy: Strategy, entry: StorySample, story_id: str, now: datetime
) -> None:
    everybody, author = filter_visible_to_all(strategy, ()), ctx.people.get(entry.author)
    at = now - timedelta(days=entry.days_ago) - AN_HOUR
    text = StoryText(entry.title, entry.text, entry.objective, entry.project or "", entry.evidence, entry.people)
    draft = draft_story(everybody, author, text, story_id=story_id, now=at)
    submitted = apply_story_verb(draft, StoryVerb.SUBMIT, author, everybody, now=at)
    people = tuple(NamedPerson(one.person, Consent.GIVEN) for one in submitted.story.people)
    add_story(tx, ctx, replace(submitted, story=replace(submitted.story, people=people)))
    if entry.reviewer:
        publish_story(tx, ctx, story_id, ctx.people.get(entry.reviewer), at)
