"""Success stories: submitted by anybody, agreed to by the people they name, reviewed by the PMO, published once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from foundation.access import Access
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.people import People, Person
from handlers.context import AppContext
from handlers.slack.blocks.builders import Block, Message
from handlers.slack.calls import BlockingCall, DeferredCall, HandlerCall, ImmediateCall
from handlers.slack.cards import Cards
from handlers.slack.routes import Routes
from handlers.strategy.blocks.story import (
    FORM,
    NOTE,
    NOTES,
    build_author_card,
    build_consent_card,
    build_consent_reminder,
    build_hidden_consent_card,
    build_published_message,
    build_review_card,
    build_stories_section,
    build_story_modal,
    build_story_note_modal,
    build_story_step,
    build_withdrawn_message,
    describe_missed_steps,
)
from handlers.strategy.lookups import load_strategy
from reporting.posts import Post, build_story_post
from storage.store import Transaction
from storage.stories import StoredStory
from strategy.permissions import can_be_named, can_review_stories, can_see_strategy, explain_unasked, find_pmo
from strategy.records import Strategy
from strategy.stories import apply_story_verb, check_story_verb, draft_story
from strategy.story_records import Consent, Story, StoryChange, StoryState, StoryText, StoryVerb
from strategy.story_transitions import REVIEW_STATES
from strategy.visibility import filter_visible_to_all

TRIAGE, PUBLISHED = "triage", "published"
SHOWN_AT_HOME = 5


def register(routes: Routes) -> None:
    routes.handle_command("/pmo-story", open_story_form, needs=Access.EVERYTHING)
    routes.handle_shortcut("tell_story", open_story_form, needs=Access.EVERYTHING)
    routes.defer_submission(FORM, submit_story, check_story, needs=Access.EVERYTHING)
    routes.handle_action("story.edit", open_story_edit_form, needs=Access.EVERYTHING)
    for verb in NOTES:
        routes.handle_action(f"story.{verb}", open_note_form, needs=Access.EVERYTHING)
    routes.defer_submission(NOTE, submit_story_note, check_story_note, needs=Access.EVERYTHING)
    routes.defer_action("story.approve", approve_story, needs=Access.EVERYTHING)
    routes.defer_action("story.consent", answer_consent, needs=Access.EVERYTHING)
    # Whoever was named may take their consent back, whatever else they may still use.
    routes.defer_action("story.refuse", answer_consent, needs=Access.NOTHING)


async def open_story_form(call: ImmediateCall) -> None:
    """/pmo-story."""
    await call.open_modal(await call.read(lambda tx: build_story_modal(list(_load_public_strategy(tx).titles.items()))))


async def open_story_edit_form(call: ImmediateCall) -> None:
    """Let the author edit a story that a reviewer wants changed."""
    await call.open_modal(await call.read(lambda tx: _build_edit_form(tx, call.value, call.person)))


async def open_note_form(call: ImmediateCall) -> None:
    """Open the form of a verb that needs a note, if the person may do it now."""
    verb = StoryVerb(call.action_id.partition(".")[2])
    await call.open_modal(await call.read(lambda tx: _build_note_form(tx, call.value, verb, call.person)))


def check_story(call: BlockingCall) -> None:
    """Show each error under its field."""
    call.read(lambda tx: _apply_form(tx, call, "new"))


def submit_story(call: DeferredCall) -> None:
    """Send the story to review, and to the people it names."""
    with call.transaction() as tx:
        stored, changes = _apply_form(tx, call, f"S{call.arrival.id}")
        if stored:
            _save_changes(tx, call.ctx, stored, changes)
        else:
            add_story(tx, call.ctx, changes[0])


def check_story_note(call: BlockingCall) -> None:
    """Show each error under its field."""
    call.read(lambda tx: _apply_note(tx, call))


def submit_story_note(call: DeferredCall) -> None:
    """Ask for changes, or withdraw the story."""
    with call.transaction() as tx:
        stored, change = _apply_note(tx, call)
        _save_changes(tx, call.ctx, stored, [change])


def approve_story(call: DeferredCall) -> None:
    """Approve the story and publish it at once."""
    with call.transaction() as tx:
        publish_story(tx, call.ctx, call.value, call.person, tx.now)


def add_story(tx: Transaction, ctx: AppContext, change: StoryChange) -> None:
    """Show a submitted story in triage, to its author and to the people it names."""
    story = change.story
    if tx.stories.add(story, change.entry):
        cards = open_story_cards(tx, ctx, story)
        cards.post(TRIAGE)
        cards.post(story.author)
        _ask_for_consent(cards, story, story, ctx.people)
        tx.homes.mark_outdated(_find_concerned(ctx, story))


def publish_story(tx: Transaction, ctx: AppContext, story_id: str, reviewer: Person, at: datetime) -> None:
    """Approve a story and post it to the channel, once.

    Raises:
        Conflict, NotAllowed, InvalidInput: as strategy.stories.apply_story_verb.
    """
    _check_channel(ctx)
    stored, everybody = tx.stories.get(story_id), _load_public_strategy(tx)
    approved = apply_story_verb(stored.story, StoryVerb.APPROVE, reviewer, everybody, now=at)
    published = apply_story_verb(approved.story, StoryVerb.PUBLISH, reviewer, everybody, now=at)
    # The key makes a second reviewer's click harmless: the outbox holds one delivery for it.
    open_story_cards(tx, ctx, published.story).post(PUBLISHED, key=f"story:{story_id}")
    _save_changes(tx, ctx, stored, [approved, published])


def _check_channel(ctx: AppContext) -> None:
    """Raises Conflict: people of another organisation would read the story."""
    if ctx.is_shared(ctx.channels.stories):
        raise Conflict(
            f"<#{ctx.channels.stories}> is shared with another organisation, so I can't publish the story there. Stop "
            "sharing the channel, or name another one for stories in the organisation file, then approve it again."
        )


def answer_consent(call: DeferredCall) -> None:
    """Record whether somebody agrees to be named."""
    verb = StoryVerb(call.action_id.partition(".")[2])
    with call.transaction() as tx:
        stored, everybody = tx.stories.get(call.value), _load_public_strategy(tx)
        _save_changes(tx, call.ctx, stored, [apply_story_verb(stored.story, verb, call.person, everybody, now=tx.now)])


def build_story_home_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """The person's unpublished stories and, for the PMO, the stories waiting for review."""
    own = [story for story in tx.stories.list_by_author(person.id, SHOWN_AT_HOME) if story.state in REVIEW_STATES]
    waiting = tx.stories.list_in_state(StoryState.SUBMITTED, SHOWN_AT_HOME) if can_review_stories(person) else []
    return build_stories_section(own, [story for story in waiting if story.author != person.id])


def _build_edit_form(tx: Transaction, story_id: str, person: Person) -> Block:
    stored = tx.stories.get(story_id)
    check_story_verb(stored.story, StoryVerb.EDIT, person)
    return build_story_modal(list(_load_public_strategy(tx).titles.items()), stored.story, stored.version)


def _build_note_form(tx: Transaction, story_id: str, verb: StoryVerb, person: Person) -> Block:
    stored = tx.stories.get(story_id)
    check_story_verb(stored.story, verb, person)
    return build_story_note_modal(stored.story, stored.version, verb)


def _get_as_seen(tx: Transaction, ctx: AppContext, story_id: str, version: str) -> StoredStory:
    """The story of a form. Windows that earlier versions of the bot opened have no version.

    Raises:
        Conflict: something happened that the form didn't show; the message says what.
    """
    stored = tx.stories.get(story_id)
    if version and int(version) != stored.version:
        # The log's first entry made version 1. Somebody who agrees to be named changes nothing that others decide on.
        later = [
            entry for entry in tx.stories.read_log(story_id)[int(version) :] if entry.verb is not StoryVerb.CONSENT
        ]
        if later:
            raise Conflict(describe_missed_steps(later, ctx.people))
    return stored


def _load_public_strategy(tx: Transaction) -> Strategy:
    """The strategy as everybody may see it: a story is for everybody."""
    return filter_visible_to_all(load_strategy(tx), ())


def _apply_form(tx: Transaction, call: HandlerCall, new_id: str) -> tuple[StoredStory | None, list[StoryChange]]:
    """What the submitted form does to a new story, or to the one whose id the form carries."""
    person, everybody = call.person, _load_public_strategy(tx)
    text, wrong = _read_text(call)
    story_id, _, version = call.metadata.partition(":")
    stored = _get_as_seen(tx, call.ctx, story_id, version) if story_id else None
    changes = []
    try:
        if stored:
            changes = [apply_story_verb(stored.story, StoryVerb.EDIT, person, everybody, now=tx.now, text=text)]
            story = changes[0].story
        else:
            story = draft_story(everybody, person, text, story_id=new_id, now=tx.now)
    except InvalidInput as invalid:
        raise InvalidInput(invalid.fields | wrong) from None
    if wrong:
        raise InvalidInput(wrong)
    return stored, [*changes, apply_story_verb(story, StoryVerb.SUBMIT, person, everybody, now=tx.now)]


def _read_text(call: HandlerCall) -> tuple[StoryText, dict[str, str]]:
    """What was entered, and the error of the consent box if it has one."""
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
    wrong = {"consent": "Tell the people you name first, then tick this box."} if others else {}
    wrong = {} if entered.get("consent") else wrong
    problem = explain_unasked(others, call.ctx.people)
    return text, wrong | ({"people": problem} if problem else {})


def _apply_note(tx: Transaction, call: HandlerCall) -> tuple[StoredStory, StoryChange]:
    verb, story_id, version, *_ = (*call.metadata.split(":"), "")
    note, everybody = str(call.submitted.get("note") or ""), _load_public_strategy(tx)
    stored = _get_as_seen(tx, call.ctx, story_id, version)
    return stored, apply_story_verb(stored.story, StoryVerb(verb), call.person, everybody, now=tx.now, note=note)


def _save_changes(tx: Transaction, ctx: AppContext, stored: StoredStory, changes: Sequence[StoryChange]) -> None:
    """Store the changes one after the other, then announce the last."""
    before = stored.story
    for change in changes:
        tx.stories.save(stored, change)
        stored = StoredStory(change.story, stored.version + 1)
    _announce_change(tx, ctx, before, changes[-1])


def _announce_change(tx: Transaction, ctx: AppContext, before: Story, change: StoryChange) -> None:
    """Show the story as it is now on every card, and say what happened in the thread under it."""
    story, entry = change.story, change.entry
    cards, step = open_story_cards(tx, ctx, story), build_story_step(story, entry)
    cards.refresh()
    if story.state is StoryState.SUBMITTED:
        cards.post_missing([TRIAGE])  # it's missing only if it couldn't be posted before
    if not can_review_stories(ctx.people.get(entry.actor)):
        cards.notify(TRIAGE, step)
    if story.author != entry.actor:
        cards.notify(story.author, step)
    _ask_for_consent(cards, before, story, ctx.people)
    tx.homes.mark_outdated(_find_concerned(ctx, story))


def _ask_for_consent(cards: Cards, before: Story, story: Story, people: People) -> None:
    """Give a card to the people named who have none, and ask those again whose answer was to an earlier text."""
    answered = {named.person for named in before.people if named.consent is not Consent.ASKED}
    cards.post_missing(person for person in story.awaiting_consent if can_see_strategy(people.get(person)))
    for named in story.people:
        if named.consent is Consent.ASKED and named.person in answered:
            cards.notify(named.person, build_consent_reminder(story, named.person))


def open_story_cards(tx: Transaction, ctx: AppContext, story: Story) -> Cards:
    """The messages that show the story."""
    return Cards(
        outbox=tx.outbox,
        deliveries=dict(tx.stories.read_cards(story.id)),
        remember=partial(tx.stories.remember_card, story.id),
        build=partial(_build_card, tx, ctx, story, _build_post(tx, ctx, story)),
        channels={TRIAGE: ctx.channels.triage, PUBLISHED: ctx.channels.stories},
        instead={PUBLISHED: story.author},
    )


def _build_card(tx: Transaction, ctx: AppContext, story: Story, post: Post, place: str) -> Message:
    """The story as it is shown there."""
    if place == PUBLISHED:
        return build_published_message(post) if story.state is StoryState.PUBLISHED else build_withdrawn_message()
    if place == TRIAGE:
        return build_review_card(story, post, ctx.people)
    if place == story.author and can_be_named(ctx.people.get(place)):
        return build_author_card(story, post, ctx.people, _find_last_note(tx, story))
    if not can_be_named(ctx.people.get(place)):
        return build_hidden_consent_card(story)
    return build_consent_card(story, post, ctx.people, place)


def _build_post(tx: Transaction, ctx: AppContext, story: Story) -> Post:
    """The story in full, without an objective or a project that has been hidden since it was written."""
    everybody = _load_public_strategy(tx)
    try:
        return build_story_post(story, everybody, ctx.people)
    except NotFound:
        return build_story_post(replace(story, objective=None, project=None), everybody, ctx.people)


def _find_last_note(tx: Transaction, story: Story) -> str:
    return next((entry.note for entry in reversed(tx.stories.read_log(story.id)) if entry.note), "")


def _find_concerned(ctx: AppContext, story: Story) -> list[str]:
    return [story.author, *(person.id for person in find_pmo(ctx.people))]
