"""Whose App Home is published again when it changes."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class HomeRow(Base):
    """Somebody who has opened their App Home. Nobody else would see a refresh, so it would waste a call to Slack.

    `due_at` is when it is built again; None if it is up to date.
    """

    __tablename__ = "homes"

    person: Mapped[str] = mapped_column(String(40), primary_key=True)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
