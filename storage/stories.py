"""Success stories, their logs and their cards, within a transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.orm import Session

from foundation.errors import Conflict, NotFound
from storage.tables.stories import StoryCardRow, StoryEntryRow, StoryRow
from storage.upsert import insert_new_rows, upsert_row
from strategy.story_records import Story, StoryChange, StoryLogEntry, StoryState, StoryVerb

_STORY = TypeAdapter(Story)


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story as it was read. A change is saved only if the version is still the same."""

    story: Story
    version: int


class Stories:
    """The stories. A story and its log entry are written together, or not at all."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, story: Story, entry: StoryLogEntry) -> bool:
        """Store a new story with its first entry. Returns False when the id exists already."""
        if not insert_new_rows(self._session, StoryRow, [_build_row(story, 1)]):
            return False
        self._write_entry(entry, 1)
        return True

    def save(self, before: StoredStory, change: StoryChange) -> None:
        """Store the story as it is after the change, with the change's log entry.

        Raises:
            Conflict: somebody else changed it in between; nothing is written.
        """
        story = change.story
        row = _build_row(story, before.version + 1)
        # Compare and set: two people may act on the same card at once. The second update finds another version,
        # changes no row and is refused.
        unchanged = (StoryRow.id == story.id) & (StoryRow.version == before.version)
        if self._session.scalar(update(StoryRow).where(unchanged).values(**row).returning(StoryRow.version)) is None:
            raise Conflict("Someone else has just changed this story. Look at it again, then decide.")
        self._write_entry(change.entry, before.version + 1)

    def get(self, story_id: str) -> StoredStory:
        """Raises NotFound."""
        row = self._session.get(StoryRow, story_id, populate_existing=True)
        if row is None:
            raise NotFound("I no longer have that story.")
        return StoredStory(_STORY.validate_python(row.record), row.version)

    def read_log(self, story_id: str) -> tuple[StoryLogEntry, ...]:
        rows = select(StoryEntryRow).where(StoryEntryRow.story == story_id).order_by(StoryEntryRow.version)
        return tuple(_read_entry(row) for row in self._session.scalars(rows))

    def list_by_author(self, person: str, limit: int) -> Sequence[Story]:
        """Newest first."""
        return self._list_newest(StoryRow.author == person, limit)

    def list_in_state(self, state: StoryState, limit: int) -> Sequence[Story]:
        """Newest first."""
        return self._list_newest(StoryRow.state == state.value, limit)

    def list_published_since(self, at: datetime) -> Sequence[Story]:
        """Oldest first."""
        rows = select(StoryRow).where(StoryRow.state == StoryState.PUBLISHED.value, StoryRow.published_at >= at)
        return [
            _STORY.validate_python(row.record) for row in self._session.scalars(rows.order_by(StoryRow.published_at))
        ]

    def has_any(self) -> bool:
        """Whether there is any story at all."""
        return self._session.scalar(select(StoryRow.id).limit(1)) is not None

    def read_cards(self, story_id: str) -> Mapping[str, str]:
        """The messages that show the story: place → delivery."""
        rows = self._session.scalars(select(StoryCardRow).where(StoryCardRow.story == story_id))
        return {row.place: row.delivery for row in rows}

    def remember_card(self, story_id: str, place: str, delivery: str) -> None:
        upsert_row(self._session, StoryCardRow, {"story": story_id, "place": place, "delivery": delivery})

    def forget_cards(self, place: str, deliveries: Collection[str]) -> list[str]:
        """Forget those of these deliveries that are a card in this place. Returns the ids of their stories."""
        cards = (StoryCardRow.place == place) & StoryCardRow.delivery.in_(deliveries)
        return list(self._session.scalars(delete(StoryCardRow).where(cards).returning(StoryCardRow.story)))

    def list_without_card(self, place: str, state: StoryState) -> Sequence[Story]:
        """The stories in this state that have no card in this place, oldest first."""
        carded = select(StoryCardRow.story).where(StoryCardRow.place == place)
        query = select(StoryRow).where(StoryRow.state == state.value, StoryRow.id.not_in(carded))
        return self._run_query(query.order_by(StoryRow.created_at, StoryRow.id))

    def _list_newest(self, where: ColumnElement[bool], limit: int) -> Sequence[Story]:
        return self._run_query(
            select(StoryRow).where(where).order_by(StoryRow.created_at.desc(), StoryRow.id).limit(limit)
        )

    def _run_query(self, query: Select[StoryRow]) -> Sequence[Story]:
        return [_STORY.validate_python(row.record) for row in self._session.scalars(query)]

    def _write_entry(self, entry: StoryLogEntry, version: int) -> None:
        fields = asdict(entry)
        fields["event"] = fields.pop("verb")
        self._session.execute(insert(StoryEntryRow), [fields | {"version": version}])


def _build_row(story: Story, version: int) -> dict[str, Any]:
    return {
        "id": story.id,
        "version": version,
        "state": story.state.value,
        "author": story.author,
        "created_at": story.created_at,
        "published_at": story.published_at,
        "record": _STORY.dump_python(story, mode="json"),
    }


def _read_entry(row: StoryEntryRow) -> StoryLogEntry:
    return StoryLogEntry(
        row.story, row.at, row.actor, StoryVerb(row.event), StoryState(row.before), StoryState(row.after), row.note
    )
