"""Every question with its answer, people's ratings of the answers, and the questions passed on to the PMO."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class QuestionRow(Base):
    """One question with the answer that was shown: its status, quotes and their editions.

    `gist` is the same for questions with the same terms. `channel` is empty for a question from the App Home. People,
    too, answer a private question in private.
    """

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_status_asked_at", "status", "asked_at"),
        Index("ix_questions_channel_thread_ts", "channel", "thread_ts"),
        Index("ix_questions_asked_by_asked_at", "asked_by", "asked_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_by: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(40))
    thread_ts: Mapped[str | None] = mapped_column(String(32))
    is_private: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    gist: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[float]
    answer: Mapped[dict[str, Any]]


class FeedbackRow(Base):
    """One person's rating of one answer. The latest counts, because Slack doesn't say when a rating is taken back."""

    __tablename__ = "feedback"

    question: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(40), primary_key=True)
    helpful: Mapped[bool]
    given_at: Mapped[datetime]


class ForwardRow(Base):
    """A question passed on to the PMO, at most once, and the PMO's answer."""

    __tablename__ = "forwards"
    __table_args__ = (Index("ix_forwards_answered_by_forwarded_by", "answered_by", "forwarded_by"),)

    question: Mapped[str] = mapped_column(String(32), primary_key=True)
    forwarded_by: Mapped[str] = mapped_column(String(40))
    forwarded_at: Mapped[datetime]
    card: Mapped[str] = mapped_column(String(32))  # the delivery of the triage channel's card
    answered_by: Mapped[str | None] = mapped_column(String(40))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
