"""Questions that the PMO added to sections of the handbook. They outlive imports of the handbook."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Update, func, select, update
from sqlalchemy.orm import Session

from knowledge.learned_questions import LearnedQuestion, make_learned_id
from storage.tables.handbook import HandbookRow
from storage.tables.learned_questions import LearnedQuestionRow
from storage.upsert import insert_new_rows

_CURRENT = LearnedQuestionRow.removed_at.is_(None)


class LearnedQuestions:
    """The learned questions, within a transaction. Every process notices a change as it notices a new handbook."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, page_id: str, anchor: str, text: str, person: str, at: datetime) -> tuple[str, bool]:
        """Add a question to a section. Returns its id, and False if the section has it already."""
        learned_id = make_learned_id(page_id, anchor, text)
        place = {"id": learned_id, "page_id": page_id, "anchor": anchor, "text": text}
        row = place | {"learned_by": person, "learned_at": at, "removed_by": None, "removed_at": None}
        # Two people may click at the same moment. The primary key lets only one of them insert the row, and the other
        # finds that it is current.
        is_new = bool(insert_new_rows(self._session, LearnedQuestionRow, [row]))
        if is_new:
            self._announce_change()
        return learned_id, is_new or self.restore(learned_id, person, at)

    def restore(self, learned_id: str, person: str, at: datetime) -> bool:
        """Add a removed question again. Returns False if it isn't a removed one."""
        removed = (LearnedQuestionRow.id == learned_id) & ~_CURRENT
        values = {"learned_by": person, "learned_at": at, "removed_by": None, "removed_at": None}
        return self._change(update(LearnedQuestionRow).where(removed).values(values))

    def remove(self, learned_id: str, person: str, at: datetime) -> bool:
        """Remove a question from its section. Returns False if that was done before."""
        current = (LearnedQuestionRow.id == learned_id) & _CURRENT
        return self._change(update(LearnedQuestionRow).where(current).values(removed_by=person, removed_at=at))

    def get(self, learned_id: str) -> LearnedQuestion | None:
        """The question, even if it was removed."""
        row = self._session.get(LearnedQuestionRow, learned_id, populate_existing=True)
        return _to_learned_question(row) if row else None

    def list_latest(self, limit: int) -> Sequence[LearnedQuestion]:
        """The current ones, newest first."""
        newest_first = (LearnedQuestionRow.learned_at.desc(), LearnedQuestionRow.id)
        rows = self._session.scalars(select(LearnedQuestionRow).where(_CURRENT).order_by(*newest_first).limit(limit))
        return [_to_learned_question(row) for row in rows]

    def count(self) -> int:
        """The number of current ones."""
        return self._session.scalar(select(func.count()).select_from(LearnedQuestionRow).where(_CURRENT)) or 0

    def group_by_section(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """The texts of the current ones, by page id and anchor, in a fixed order."""
        columns = select(LearnedQuestionRow.page_id, LearnedQuestionRow.anchor, LearnedQuestionRow.text)
        found: dict[tuple[str, str], list[str]] = {}
        for page_id, anchor, text in self._session.execute(columns.where(_CURRENT).order_by(LearnedQuestionRow.id)):
            found.setdefault((page_id, anchor), []).append(text)
        return found

    def _change(self, statement: Update) -> bool:
        changed = self._session.execute(statement.returning(LearnedQuestionRow.id)).first() is not None
        if changed:
            self._announce_change()
        return changed

    def _announce_change(self) -> None:
        # The database adds, so that two people at once count as two changes.
        self._session.execute(update(HandbookRow).values(version=HandbookRow.version + 1))


def _to_learned_question(row: LearnedQuestionRow) -> LearnedQuestion:
    return LearnedQuestion(row.id, row.page_id, row.anchor, row.text, row.learned_by, row.learned_at)
