"""Progress updates, every revision of them, and the messages that show them."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base
from storage.tables.engine import Count


class UpdateRow(Base):
    """An update for one due slot. A correction is a row with a higher revision; the highest counts.

    `sequence` is the number of the last change to it (see StrategyChangeRow).
    """

    __tablename__ = "updates"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)
    rag: Mapped[str] = mapped_column(String(10))
    summary: Mapped[str] = mapped_column(Text)
    achieved: Mapped[str] = mapped_column(Text)
    next_steps: Mapped[str] = mapped_column(Text)
    blocker: Mapped[str] = mapped_column(Text)
    ask: Mapped[str] = mapped_column(Text)
    confidence: Mapped[int | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(40))
    acknowledged_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(Count, server_default="0", index=True)


class UpdatePostRow(Base):
    """A message that shows an update and is edited with it. `place` is a channel's id or a person's."""

    __tablename__ = "update_posts"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(40), primary_key=True)
    delivery: Mapped[str] = mapped_column(String(32))
