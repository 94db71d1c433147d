"""Every question asked and what was answered; what people thought of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class QuestionRow(Base):
    """One question with its answer as it was given: status, quotes and the editions they came from."""

    __tablename__ = "questions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_by: Mapped[str] = mapped_column(String(40), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), index=True)
    confidence: Mapped[float]
    answer: Mapped[dict[str, Any]]


class FeedbackRow(Base):
    """What one person thought of one answer. The last word counts: Slack gives no signal when it is taken back."""

    __tablename__ = "feedback"

    question: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(40), primary_key=True)
    helpful: Mapped[bool]
    given_at: Mapped[datetime]
