"""Success stories: told by anybody, agreed to by those they name, reviewed by the PMO, published once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from foundation.errors import Invalid, NotFound
from foundation.people import Person
from handlers.context import House
from handlers.home.home import refresh_homes
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message
from handlers.slack.routes import Body, Routes, Visit
from handlers.strategy.blocks.story import (
    FORM,
    NOTE,
    NOTES,
    asked_again,
    authors_card,
    consent_card,
    note_modal,
    published_message,
    review_card,
    step,
    stories_section,
    story_modal,
    withdrawn_message,
)
from handlers.strategy.lookups import strategy_now
from reporting.posts import Post, story_post
from storage.engine.inbox import Arrival
from storage.store import Transaction
from storage.stories import Kept
from strategy.records import Strategy
from strategy.search import every_subject
from strategy.stories import (
    Consent,
    Story,
    StoryEntry,
    StoryEvent,
    StoryState,
    StoryText,
    apply_story,
    draft_story,
    require_possible,
)
from strategy.visibility import visible_to_all

TRIAGE, PUBLISHED = "triage", "published"
SHOWN_AT_HOME = 5

Change = tuple[Story, StoryEntry]
OPEN = (StoryState.SUBMITTED, StoryState.CHANGES_REQUESTED, StoryState.APPROVED)


def register(routes: Routes) -> None:
    routes.command_now("/pmo-story", begun)
    routes.shortcut_now("tell_story", begun)
    routes.submission(FORM, told, check)
    routes.action_now("story.edit", changing)
    for event in NOTES:
        routes.action_now(f"story.{event}", noting)
    routes.submission(NOTE, noted, check_note)
    routes.action("story.approve", approved)
    routes.action("story.consent", answered)
    routes.action("story.refuse", answered)


async def begun(visit: Visit) -> None:
    """/pmo-story."""

    def find() -> Block:
        with visit.house.store.reading(visit.house.now()) as tx:
            return story_modal(list(every_subject(_open(tx))))

    await visit.open(await visit.look(find))


async def changing(visit: Visit) -> None:
    """The author does what was asked for."""
    story_id = payloads.action_value(visit.body)

    def find() -> Block:
        with visit.house.store.reading(visit.house.now()) as tx:
            story = tx.stories.get(story_id).story
            require_possible(story, StoryEvent.EDIT, visit.person)
            return story_modal(list(every_subject(_open(tx))), story)

    await visit.open(await visit.look(find))


async def noting(visit: Visit) -> None:
    """An act that needs words: its window, if the person may do it now at all."""
    event = StoryEvent(payloads.action(visit.body)["action_id"].partition(".")[2])
    story_id = payloads.action_value(visit.body)

    def find() -> Block:
        with visit.house.store.reading(visit.house.now()) as tx:
            story = tx.stories.get(story_id).story
        require_possible(story, event, visit.person)
        return note_modal(story, event)

    await visit.open(await visit.look(find))


def check(body: Body, house: House) -> None:
    """What cannot be accepted stands under its field."""
    with house.store.reading(house.now()) as tx:
        _submitted(tx, house, body, "new")


def told(arrival: Arrival, house: House) -> None:
    """The story goes to review, and to those whom it names."""
    with house.store.finishing(arrival, house.now()) as tx:
        kept, changes = _submitted(tx, house, arrival.payload, f"S{arrival.id}")
        if kept:
            _save(tx, house, kept, changes)
        else:
            add_story(tx, house, *changes[0])


def check_note(body: Body, house: House) -> None:
    with house.store.reading(house.now()) as tx:
        _noted(tx, house, body)


def noted(arrival: Arrival, house: House) -> None:
    """Changes are asked for, or the story is withdrawn."""
    with house.store.finishing(arrival, house.now()) as tx:
        kept, change = _noted(tx, house, arrival.payload)
        _save(tx, house, kept, [change])


def approved(arrival: Arrival, house: House) -> None:
    """A reviewer approves: the story is published at once."""
    person = house.people.get(payloads.place(arrival.payload).user)
    with house.store.finishing(arrival, house.now()) as tx:
        publish(tx, house, payloads.action_value(arrival.payload), person, house.now())


def add_story(tx: Transaction, house: House, story: Story, entry: StoryEntry) -> None:
    """A submitted story appears in triage, to its author and to those whom it names."""
    if tx.stories.add(story, entry):
        _show(tx, house, story, TRIAGE, house.channels.triage)
        _show(tx, house, story, story.author, story.author)
        _ask_for_consent(tx, house, story, story)
        refresh_homes(tx, house, _concerned(house, story))


def publish(tx: Transaction, house: House, story_id: str, reviewer: Person, at: datetime) -> None:
    """Approve a story and put it in the channel, once.

    Raises:
        Conflict, NotAllowed, Invalid: as strategy.stories.apply_story.
    """
    kept, everybody = tx.stories.get(story_id), _open(tx)
    first = apply_story(kept.story, StoryEvent.APPROVE, reviewer, everybody, now=at)
    second = apply_story(first[0], StoryEvent.PUBLISH, reviewer, everybody, now=at)
    words = published_message(_post(tx, house, second[0]))
    tx.stories.remember_card(
        story_id, PUBLISHED, tx.outbox.post(house.channels.stories, words, key=f"story:{story_id}")
    )
    _save(tx, house, kept, [first, second])


def answered(arrival: Arrival, house: House) -> None:
    """Somebody whom the story names agrees, or does not."""
    event = StoryEvent(payloads.action(arrival.payload)["action_id"].partition(".")[2])
    person = house.people.get(payloads.place(arrival.payload).user)
    with house.store.finishing(arrival, house.now()) as tx:
        kept = tx.stories.get(payloads.action_value(arrival.payload))
        _save(tx, house, kept, [apply_story(kept.story, event, person, _open(tx), now=house.now())])


def home_section(tx: Transaction, house: House, person: Person) -> list[Block]:
    """My stories on their way and, for the PMO, those that wait for review."""
    own = [story for story in tx.stories.of_author(person.id, SHOWN_AT_HOME) if story.state in OPEN]
    waiting = tx.stories.in_state(StoryState.SUBMITTED, SHOWN_AT_HOME) if person.is_pmo else []
    return stories_section(own, [story for story in waiting if story.author != person.id])


def _open(tx: Transaction) -> Strategy:
    """The strategy as everybody may know it: a story is for everybody."""
    return visible_to_all(strategy_now(tx), ())


def _submitted(tx: Transaction, house: House, body: Body, new_id: str) -> tuple[Kept | None, list[Change]]:
    """What the filled-in form does to a new story, or to the one that the form carries."""
    person, everybody, now = house.people.get(payloads.place(body).user), _open(tx), house.now()
    text, wrong = _text(body, person)
    carried, changes = payloads.carried(body), []
    kept = tx.stories.get(carried) if carried else None
    try:
        if kept:
            changes = [apply_story(kept.story, StoryEvent.EDIT, person, everybody, now=now, text=text)]
            story = changes[0][0]
        else:
            story = draft_story(everybody, person, text, story_id=new_id, now=now)
    except Invalid as invalid:
        raise Invalid(invalid.fields | wrong) from None
    if wrong:
        raise Invalid(wrong)
    return kept, [*changes, apply_story(story, StoryEvent.SUBMIT, person, everybody, now=now)]


def _text(body: Body, person: Person) -> tuple[StoryText, dict[str, str]]:
    """What was typed, and what is wrong with the consent."""
    entered = payloads.submitted(body)
    people = tuple(entered.get("people") or ())
    chosen = {key: str(entered.get(key) or "") for key in ("objective", "project")}
    text = StoryText(
        title=str(entered.get("title") or ""),
        text=str(entered.get("text") or ""),
        evidence=tuple(str(entered.get("evidence") or "").splitlines()),
        people=people,
        **{key: "" if value == "none" else value for key, value in chosen.items()},
    )
    others = [one for one in people if one != person.id]
    wrong = {"consent": "Tell those whom you name first, then tick this."}
    return text, wrong if others and not entered.get("consent") else {}


def _noted(tx: Transaction, house: House, body: Body) -> tuple[Kept, Change]:
    event, _, story_id = payloads.carried(body).partition(":")
    person, note = house.people.get(payloads.place(body).user), str(payloads.submitted(body).get("note") or "")
    kept = tx.stories.get(story_id)
    return kept, apply_story(kept.story, StoryEvent(event), person, _open(tx), now=house.now(), note=note)


def _save(tx: Transaction, house: House, kept: Kept, changes: Sequence[Change]) -> None:
    """Keep what became of the story, one step after the other, and show the last to everybody concerned."""
    before = kept.story
    for story, entry in changes:
        tx.stories.save(kept, story, entry)
        kept = Kept(story, kept.version + 1)
    _announce(tx, house, before, kept.story, changes[-1][1])


def _announce(tx: Transaction, house: House, before: Story, story: Story, entry: StoryEntry) -> None:
    """Everybody's card shows the story as it is now; what happened stands in the thread under it."""
    words = step(story, entry.event, entry.actor, entry.note)
    for place, delivery in tx.stories.cards(story.id).items():
        tx.outbox.edit(delivery, _card(tx, house, story, place))
        if place == TRIAGE and not house.people.get(entry.actor).is_pmo:
            tx.outbox.post(house.channels.triage, words, follows=delivery)
        if place == story.author != entry.actor:
            tx.outbox.post(place, words, follows=delivery)
    _ask_for_consent(tx, house, before, story)
    refresh_homes(tx, house, _concerned(house, story))


def _ask_for_consent(tx: Transaction, house: House, before: Story, story: Story) -> None:
    """Those who are named and have no card yet; and those who had answered to what it was before, on theirs."""
    known = tx.stories.cards(story.id)
    answered = {named.person for named in before.people if named.consent is not Consent.ASKED}
    for named in story.people:
        if named.consent is not Consent.GIVEN and named.person not in known:
            _show(tx, house, story, named.person, named.person)
        elif named.consent is Consent.ASKED and named.person in answered:
            tx.outbox.post(named.person, asked_again(story, named.person), follows=known[named.person])


def _show(tx: Transaction, house: House, story: Story, place: str, to: str) -> None:
    tx.stories.remember_card(story.id, place, tx.outbox.post(to, _card(tx, house, story, place)))


def _card(tx: Transaction, house: House, story: Story, place: str) -> Message:
    """The story as it is shown there."""
    post = _post(tx, house, story)
    if place == PUBLISHED:
        return published_message(post) if story.state is StoryState.PUBLISHED else withdrawn_message()
    if place == TRIAGE:
        return review_card(story, post, house.people)
    if place == story.author:
        return authors_card(story, post, house.people, _last_note(tx, story))
    return consent_card(story, post, house.people, place)


def _post(tx: Transaction, house: House, story: Story) -> Post:
    """The story in words, without what by now not everybody may know of."""
    everybody = _open(tx)
    try:
        return story_post(story, everybody, house.people)
    except NotFound:
        return story_post(replace(story, objective=None, project=None), everybody, house.people)


def _last_note(tx: Transaction, story: Story) -> str:
    return next((entry.note for entry in reversed(tx.stories.log(story.id)) if entry.note), "")


def _concerned(house: House, story: Story) -> list[str]:
    return [story.author, *(person.id for person in house.people if person.is_pmo)]
