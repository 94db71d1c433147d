"""Success stories as they are now, their append-only log, and their cards in Slack."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class StoryRow(Base):
    """One story. Searchable fields are columns; `record` is the whole story."""

    __tablename__ = "stories"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), index=True)
    author: Mapped[str] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]


class StoryEntryRow(Base):
    """One action on a story. Rows are only ever inserted. `event` is the entry's verb."""

    __tablename__ = "story_log"

    story: Mapped[str] = mapped_column(ForeignKey("stories.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)


class StoryCardRow(Base):
    """A message that shows a story and is edited with it. `place` is “triage”, “published” or a person's id."""

    __tablename__ = "story_cards"

    story: Mapped[str] = mapped_column(ForeignKey("stories.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(40), primary_key=True)
    delivery: Mapped[str] = mapped_column(String(32))
