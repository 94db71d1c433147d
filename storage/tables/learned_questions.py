"""What the PMO said answers which question."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class LearnedQuestionRow(Base):
    """One question and the section that answers it. The id is computed from both, so that there is only one row.

    The section is named, not referenced: the row outlives it. A removed row stays, and is used again if somebody adds
    the question again.
    """

    __tablename__ = "learned_questions"
    __table_args__ = (Index("ix_learned_questions_removed_at_learned_at", "removed_at", "learned_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    page_id: Mapped[str] = mapped_column(String(500))
    anchor: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    learned_by: Mapped[str] = mapped_column(String(40))
    learned_at: Mapped[datetime]
    removed_by: Mapped[str | None] = mapped_column(String(40))
    removed_at: Mapped[datetime | None]
