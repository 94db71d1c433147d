"""Questions, their answers as given, and what people thought of them."""

from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.answers import Answer
from storage.tables.questions import FeedbackRow, QuestionRow
from storage.upsert import insert_new, put


class Questions:
    """The record of what was asked, within a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, question_id: str, person: str, channel: str, text: str, answer: Answer, at: datetime) -> None:
        """Keep a question and the answer it got; the same id twice is kept once."""
        row: dict[str, Any] = {
            "id": question_id,
            "asked_by": person,
            "asked_at": at,
            "channel": channel,
            "text": text,
            "status": answer.status,
            "confidence": answer.confidence,
            "answer": to_jsonable_python(answer),
        }
        insert_new(self._session, QuestionRow, [row])

    def text_of(self, question_id: str) -> str | None:
        return self._session.scalar(select(QuestionRow.text).where(QuestionRow.id == question_id))

    def rate(self, question_id: str, person: str, helpful: bool, at: datetime) -> None:
        """Record what a person thought; their last word counts."""
        put(
            self._session,
            FeedbackRow,
            {"question": question_id, "person": person, "helpful": helpful, "given_at": at},
        )
