"""A story and its log are stored together; the second of two simultaneous changes is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from foundation.errors import Conflict, NotFound
from storage.database import Database
from storage.store import Store
from strategy.story_records import Consent, NamedPerson, Story, StoryChange, StoryLogEntry, StoryState, StoryVerb
from tests.storage.cast import ADA, BEN, NOW

STORY = Story(
    id="S7",
    author=ADA,
    state=StoryState.SUBMITTED,
    title="Fewer bursts in the north",
    text="Night pressure went down; bursts fell by a third.",
    objective="less-leakage",
    project=None,
    evidence=("https://example.org/bursts", "Burst log, October"),
    people=(NamedPerson(ADA, Consent.GIVEN), NamedPerson(BEN)),
    created_at=NOW,
)
SUBMITTED = StoryLogEntry("S7", NOW, ADA, StoryVerb.SUBMIT, StoryState.DRAFT, StoryState.SUBMITTED)
PUBLISHED = replace(STORY, state=StoryState.PUBLISHED, published_at=NOW + timedelta(hours=1), reviewer="U03WEI")
APPROVED = StoryLogEntry(
    "S7", NOW, "U03WEI", StoryVerb.APPROVE, StoryState.SUBMITTED, StoryState.PUBLISHED, "Well told."
)


def add(store: Store, story: Story = STORY) -> None:
    with store.transaction(NOW) as tx:
        assert tx.stories.add(story, replace(SUBMITTED, story=story.id))


def test_story_is_read_back_unchanged(database: Database) -> None:
    store = Store(database)
    add(store)
    with store.read_only(NOW) as tx:
        assert tx.stories.get("S7").story == STORY
        assert tx.stories.read_log("S7") == (SUBMITTED,)


def test_same_story_is_stored_once(database: Database) -> None:
    store = Store(database)
    add(store)
    with store.transaction(NOW) as tx:
        assert not tx.stories.add(STORY, SUBMITTED)
    with store.read_only(NOW) as tx:
        assert tx.stories.read_log("S7") == (SUBMITTED,)


def test_change_and_log_entry_are_stored_together(database: Database) -> None:
    store = Store(database)
    add(store)
    with store.transaction(NOW) as tx:
        tx.stories.save(tx.stories.get("S7"), StoryChange(PUBLISHED, APPROVED))
    with store.read_only(NOW) as tx:
        assert tx.stories.get("S7").story == PUBLISHED
        assert tx.stories.read_log("S7") == (SUBMITTED, APPROVED)


def test_second_of_two_simultaneous_changes_is_refused(database: Database) -> None:
    store = Store(database)
    add(store)
    with store.read_only(NOW) as tx:
        handbook_data = tx.stories.get("S7")
    with store.transaction(NOW) as tx:
        tx.stories.save(handbook_data, StoryChange(PUBLISHED, APPROVED))
    withdrawn = StoryChange(replace(STORY, state=StoryState.WITHDRAWN), replace(APPROVED, note="No."))
    with pytest.raises(Conflict, match="Someone else has just changed this story"), store.transaction(NOW) as tx:
        tx.stories.save(handbook_data, withdrawn)
    with store.read_only(NOW) as tx:
        assert tx.stories.get("S7").story == PUBLISHED
        assert len(tx.stories.read_log("S7")) == 2


def test_stories_are_found_by_author_state_and_day(database: Database) -> None:
    store = Store(database)
    add(store)
    add(store, replace(PUBLISHED, id="S8", created_at=NOW + timedelta(minutes=1)))
    with store.read_only(NOW) as tx:
        assert [one.id for one in tx.stories.list_by_author(ADA, 10)] == ["S8", "S7"]
        assert [one.id for one in tx.stories.list_by_author(BEN, 10)] == []
        assert [one.id for one in tx.stories.list_in_state(StoryState.SUBMITTED, 10)] == ["S7"]
        assert [one.id for one in tx.stories.list_published_since(NOW)] == ["S8"]
        assert tx.stories.list_published_since(NOW + timedelta(hours=2)) == []


def test_story_cards_are_remembered(database: Database) -> None:
    store = Store(database)
    add(store)
    with store.transaction(NOW) as tx:
        tx.stories.remember_card("S7", "triage", "one")
        tx.stories.remember_card("S7", ADA, "two")
    with store.read_only(NOW) as tx:
        assert tx.stories.read_cards("S7") == {"triage": "one", ADA: "two"}


def test_missing_story_is_explained(database: Database) -> None:
    with pytest.raises(NotFound, match="no longer have that story"), Store(database).read_only(NOW) as tx:
        tx.stories.get("S7")
