"""Success stories: told by anybody, agreed to by those they name, reviewed by the PMO, published once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from foundation.errors import InvalidInput, NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.home.home import refresh_homes
from handlers.slack.blocks.builders import Block, Message
from handlers.slack.calls import BlockingCall, DeferredCall, HandlerCall, ImmediateCall
from handlers.slack.routes import Routes
from handlers.strategy.blocks.story import (
    FORM,
    NOTE,
    NOTES,
    build_author_card,
    build_consent_card,
    build_consent_reminder,
    build_published_message,
    build_review_card,
    build_stories_section,
    build_story_modal,
    build_story_note_modal,
    build_story_step,
    build_withdrawn_message,
)
from handlers.strategy.lookups import load_strategy
from reporting.posts import Post, build_story_post
from storage.store import Transaction
from storage.stories import StoredStory
from strategy.records import Strategy
from strategy.search import list_subjects
from strategy.stories import (
    Consent,
    Story,
    StoryLogEntry,
    StoryState,
    StoryText,
    StoryVerb,
    apply_story_verb,
    check_story_verb,
    draft_story,
)
from strategy.visibility import filter_visible_to_all

TRIAGE, PUBLISHED = "triage", "published"
SHOWN_AT_HOME = 5

Change = tuple[Story, StoryLogEntry]
OPEN = (StoryState.SUBMITTED, StoryState.CHANGES_REQUESTED, StoryState.APPROVED)


def register(routes: Routes) -> None:
    routes.handle_command("/pmo-story", open_story_form)
    routes.handle_shortcut("tell_story", open_story_form)
    routes.defer_submission(FORM, submit_story, check_story)
    routes.handle_action("story.edit", open_story_edit_form)
    for event in NOTES:
        routes.handle_action(f"story.{event}", open_note_form)
    routes.defer_submission(NOTE, submit_story_note, check_story_note)
    routes.defer_action("story.approve", approve_story)
    routes.defer_action("story.consent", answer_consent)
    routes.defer_action("story.refuse", answer_consent)


async def open_story_form(call: ImmediateCall) -> None:
    """/pmo-story."""
    await call.open_modal(await call.read(lambda tx: build_story_modal(list(list_subjects(_open(tx))))))


async def open_story_edit_form(call: ImmediateCall) -> None:
    """The author does what was asked for."""
    await call.open_modal(await call.read(lambda tx: _edit_form(tx, call.value, call.person)))


async def open_note_form(call: ImmediateCall) -> None:
    """An act that needs words: its window, if the person may do it now at all."""
    event = StoryVerb(call.action_id.partition(".")[2])
    await call.open_modal(await call.read(lambda tx: _note_form(tx, call.value, event, call.person)))


def check_story(call: BlockingCall) -> None:
    """What cannot be accepted stands under its field."""
    call.read(lambda tx: _submitted(tx, call, "new"))


def submit_story(call: DeferredCall) -> None:
    """The story goes to review, and to those whom it names."""
    with call.transaction() as tx:
        kept, changes = _submitted(tx, call, f"S{call.arrival.id}")
        if kept:
            _save(tx, call.ctx, kept, changes)
        else:
            add_story(tx, call.ctx, *changes[0])


def check_story_note(call: BlockingCall) -> None:
    call.read(lambda tx: _noted(tx, call))


def submit_story_note(call: DeferredCall) -> None:
    """Changes are asked for, or the story is withdrawn."""
    with call.transaction() as tx:
        kept, change = _noted(tx, call)
        _save(tx, call.ctx, kept, [change])


def approve_story(call: DeferredCall) -> None:
    """A reviewer approves: the story is published at once."""
    person = call.person
    with call.transaction() as tx:
        publish_story(tx, call.ctx, call.value, person, tx.now)


def add_story(tx: Transaction, ctx: AppContext, story: Story, entry: StoryLogEntry) -> None:
    """A submitted story appears in triage, to its author and to those whom it names."""
    if tx.stories.add(story, entry):
        _show(tx, ctx, story, TRIAGE, ctx.channels.triage)
        _show(tx, ctx, story, story.author, story.author)
        _ask_for_consent(tx, ctx, story, story)
        refresh_homes(tx, ctx, _concerned(ctx, story))


def publish_story(tx: Transaction, ctx: AppContext, story_id: str, reviewer: Person, at: datetime) -> None:
    """Approve a story and put it in the channel, once.

    Raises:
        Conflict, NotAllowed, InvalidInput: as strategy.stories.apply_story.
    """
    kept, everybody = tx.stories.get(story_id), _open(tx)
    first = apply_story_verb(kept.story, StoryVerb.APPROVE, reviewer, everybody, now=at)
    second = apply_story_verb(first[0], StoryVerb.PUBLISH, reviewer, everybody, now=at)
    words = build_published_message(_post(tx, ctx, second[0]))
    tx.stories.remember_card(story_id, PUBLISHED, tx.outbox.post(ctx.channels.stories, words, key=f"story:{story_id}"))
    _save(tx, ctx, kept, [first, second])


def answer_consent(call: DeferredCall) -> None:
    """Somebody whom the story names agrees, or does not."""
    event = StoryVerb(call.action_id.partition(".")[2])
    person = call.person
    with call.transaction() as tx:
        kept = tx.stories.get(call.value)
        _save(tx, call.ctx, kept, [apply_story_verb(kept.story, event, person, _open(tx), now=tx.now)])


def build_story_home_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """My stories on their way and, for the PMO, those that wait for review."""
    own = [story for story in tx.stories.of_author(person.id, SHOWN_AT_HOME) if story.state in OPEN]
    waiting = tx.stories.in_state(StoryState.SUBMITTED, SHOWN_AT_HOME) if person.is_pmo else []
    return build_stories_section(own, [story for story in waiting if story.author != person.id])


def _edit_form(tx: Transaction, story_id: str, person: Person) -> Block:
    story = tx.stories.get(story_id).story
    check_story_verb(story, StoryVerb.EDIT, person)
    return build_story_modal(list(list_subjects(_open(tx))), story)


def _note_form(tx: Transaction, story_id: str, event: StoryVerb, person: Person) -> Block:
    story = tx.stories.get(story_id).story
    check_story_verb(story, event, person)
    return build_story_note_modal(story, event)


def _open(tx: Transaction) -> Strategy:
    """The strategy as everybody may know it: a story is for everybody."""
    return filter_visible_to_all(load_strategy(tx), ())


def _submitted(tx: Transaction, call: HandlerCall, new_id: str) -> tuple[StoredStory | None, list[Change]]:
    """What the filled-in form does to a new story, or to the one that the form carries."""
    person, everybody, now = call.person, _open(tx), tx.now
    text, wrong = _text(call)
    carried, changes = call.metadata, []
    kept = tx.stories.get(carried) if carried else None
    try:
        if kept:
            changes = [apply_story_verb(kept.story, StoryVerb.EDIT, person, everybody, now=now, text=text)]
            story = changes[0][0]
        else:
            story = draft_story(everybody, person, text, story_id=new_id, now=now)
    except InvalidInput as invalid:
        raise InvalidInput(invalid.fields | wrong) from None
    if wrong:
        raise InvalidInput(wrong)
    return kept, [*changes, apply_story_verb(story, StoryVerb.SUBMIT, person, everybody, now=now)]


def _text(call: HandlerCall) -> tuple[StoryText, dict[str, str]]:
    """What was typed, and what is wrong with the consent."""
    entered = call.submitted
    people = tuple(entered.get("people") or ())
    chosen = {key: str(entered.get(key) or "") for key in ("objective", "project")}
    text = StoryText(
        title=str(entered.get("title") or ""),
        text=str(entered.get("text") or ""),
        evidence=tuple(str(entered.get("evidence") or "").splitlines()),
        people=people,
        **{key: "" if value == "none" else value for key, value in chosen.items()},
    )
    others = [one for one in people if one != call.person.id]
    wrong = {"consent": "Tell those whom you name first, then tick this."}
    return text, wrong if others and not entered.get("consent") else {}


def _noted(tx: Transaction, call: HandlerCall) -> tuple[StoredStory, Change]:
    event, _, story_id = call.metadata.partition(":")
    person, note = call.person, str(call.submitted.get("note") or "")
    kept = tx.stories.get(story_id)
    return kept, apply_story_verb(kept.story, StoryVerb(event), person, _open(tx), now=tx.now, note=note)


def _save(tx: Transaction, ctx: AppContext, kept: StoredStory, changes: Sequence[Change]) -> None:
    """Keep what became of the story, one step after the other, and show the last to everybody concerned."""
    before = kept.story
    for story, entry in changes:
        tx.stories.save(kept, story, entry)
        kept = StoredStory(story, kept.version + 1)
    _announce(tx, ctx, before, kept.story, changes[-1][1])


def _announce(tx: Transaction, ctx: AppContext, before: Story, story: Story, entry: StoryLogEntry) -> None:
    """Everybody's card shows the story as it is now; what happened stands in the thread under it."""
    words = build_story_step(story, entry.verb, entry.actor, entry.note)
    for place, delivery in tx.stories.cards(story.id).items():
        tx.outbox.edit(delivery, _card(tx, ctx, story, place))
        if place == TRIAGE and not ctx.people.get(entry.actor).is_pmo:
            tx.outbox.post(ctx.channels.triage, words, follows=delivery)
        if place == story.author != entry.actor:
            tx.outbox.post(place, words, follows=delivery)
    _ask_for_consent(tx, ctx, before, story)
    refresh_homes(tx, ctx, _concerned(ctx, story))


def _ask_for_consent(tx: Transaction, ctx: AppContext, before: Story, story: Story) -> None:
    """Those who are named and have no card yet; and those who had answered to what it was before, on theirs."""
    known = tx.stories.cards(story.id)
    answered = {named.person for named in before.people if named.consent is not Consent.ASKED}
    for named in story.people:
        if named.consent is not Consent.GIVEN and named.person not in known:
            _show(tx, ctx, story, named.person, named.person)
        elif named.consent is Consent.ASKED and named.person in answered:
            tx.outbox.post(named.person, build_consent_reminder(story, named.person), follows=known[named.person])


def _show(tx: Transaction, ctx: AppContext, story: Story, place: str, to: str) -> None:
    tx.stories.remember_card(story.id, place, tx.outbox.post(to, _card(tx, ctx, story, place)))


def _card(tx: Transaction, ctx: AppContext, story: Story, place: str) -> Message:
    """The story as it is shown there."""
    post = _post(tx, ctx, story)
    if place == PUBLISHED:
        return build_published_message(post) if story.state is StoryState.PUBLISHED else build_withdrawn_message()
    if place == TRIAGE:
        return build_review_card(story, post, ctx.people)
    if place == story.author:
        return build_author_card(story, post, ctx.people, _last_note(tx, story))
    return build_consent_card(story, post, ctx.people, place)


def _post(tx: Transaction, ctx: AppContext, story: Story) -> Post:
    """The story in words, without what by now not everybody may know of."""
    everybody = _open(tx)
    try:
        return build_story_post(story, everybody, ctx.people)
    except NotFound:
        return build_story_post(replace(story, objective=None, project=None), everybody, ctx.people)


def _last_note(tx: Transaction, story: Story) -> str:
    return next((entry.note for entry in reversed(tx.stories.log(story.id)) if entry.note), "")


def _concerned(ctx: AppContext, story: Story) -> list[str]:
    return [story.author, *(person.id for person in ctx.people if person.is_pmo)]
