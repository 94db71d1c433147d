"""Every question asked and what was answered; what people thought of it; what was passed on to a person."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class QuestionRow(Base):
    """One question with its answer as it was given: status, quotes and the editions they came from.

    `gist` is the same for questions that use the same telling words. `channel` is empty for a question that was asked
    in the App Home; what was asked in private is answered in private, also by people.
    """

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_status_asked_at", "status", "asked_at"),
        Index("ix_questions_channel_thread_ts", "channel", "thread_ts"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_by: Mapped[str] = mapped_column(String(40), index=True)
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
    """What one person thought of one answer. The last word counts: Slack gives no signal when it is taken back."""

    __tablename__ = "feedback"

    question: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(40), primary_key=True)
    helpful: Mapped[bool]
    given_at: Mapped[datetime]


class ForwardRow(Base):
    """A question that the PMO was asked to answer, once, and what somebody of the PMO answered."""

    __tablename__ = "forwards"

    question: Mapped[str] = mapped_column(String(32), primary_key=True)
    forwarded_by: Mapped[str] = mapped_column(String(40))
    forwarded_at: Mapped[datetime]
    card: Mapped[str] = mapped_column(String(32))  # the delivery of the triage channel's card
    answered_by: Mapped[str | None] = mapped_column(String(40))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
