"""Threads in which the bot answers only if it is mentioned."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class QuietThreadRow(Base):
    """A thread whose asker told the bot to stop."""

    __tablename__ = "quiet_threads"

    channel: Mapped[str] = mapped_column(String(40), primary_key=True)
    thread_ts: Mapped[str] = mapped_column(String(32), primary_key=True)
    stopped_by: Mapped[str] = mapped_column(String(40))
    stopped_at: Mapped[datetime]
