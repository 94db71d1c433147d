"""Progress updates and the messages that show them, within a transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from foundation.errors import Conflict, NotFound
from storage.strategy_changes import count_change
from storage.tables.updates import UpdatePostRow, UpdateRow
from storage.upsert import insert_new_rows, upsert_row
from strategy.records import ProgressUpdate, Rag, Subject, SubjectKind


class Updates:
    """The updates. Of several revisions, only the highest is returned."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, update_: ProgressUpdate) -> None:
        """Store a new update, or a correction with its higher revision.

        Raises:
            Conflict: somebody else wrote or corrected this update in between.
        """
        row = _build_row(update_) | {"sequence": count_change(self._session)}
        if not insert_new_rows(self._session, UpdateRow, [row]):
            raise Conflict("Someone else has just written this update. Read it, then open the form again.")

    def get(self, subject: Subject, slot: datetime) -> ProgressUpdate:
        """The update on a subject for a slot. NotFound when there is none."""
        found = self._list_latest(_is_about(subject) & (UpdateRow.slot == slot))
        if not found:
            raise NotFound("I no longer have that update.")
        return found[0]

    def list_for_subject(self, subject: Subject) -> tuple[ProgressUpdate, ...]:
        """The updates on one subject, oldest first."""
        return self._list_latest(_is_about(subject))

    def list_since(self, at: datetime) -> tuple[ProgressUpdate, ...]:
        """The updates written or corrected from `at` on, oldest first."""
        return self._list_latest(UpdateRow.at >= at)

    def has_any(self) -> bool:
        """Whether there is any update at all."""
        return self._session.scalar(select(UpdateRow.subject).limit(1)) is not None

    def acknowledge(self, update_: ProgressUpdate) -> bool:
        """Record who has read it. Returns False if somebody already had, or if it was corrected in between."""
        this = _is_about(update_.subject) & (UpdateRow.slot == update_.slot) & (UpdateRow.revision == update_.revision)
        # Compare and set: the row changes only while nobody has acknowledged this revision. Of two people who click at
        # the same time, one gets False and changes nothing.
        by = {"acknowledged_by": update_.acknowledged_by, "acknowledged_at": update_.acknowledged_at}
        noted = (
            update(UpdateRow)
            .where(this, UpdateRow.acknowledged_by.is_(None))
            .values(**by, sequence=count_change(self._session))
        )
        return self._session.scalar(noted.returning(UpdateRow.revision)) is not None

    def read_posts(self, update_: ProgressUpdate) -> Mapping[str, str]:
        """The messages that show the update: place → delivery."""
        this = (UpdatePostRow.kind == update_.subject.kind) & (UpdatePostRow.subject == update_.subject.key)
        rows = self._session.scalars(select(UpdatePostRow).where(this, UpdatePostRow.slot == update_.slot))
        return {row.place: row.delivery for row in rows}

    def remember_post(self, update_: ProgressUpdate, place: str, delivery: str) -> None:
        subject = update_.subject
        key = {"kind": subject.kind.value, "subject": subject.key, "slot": update_.slot, "place": place}
        upsert_row(self._session, UpdatePostRow, key | {"delivery": delivery})

    def _list_latest(self, where: ColumnElement[bool]) -> tuple[ProgressUpdate, ...]:
        rows = self._session.scalars(select(UpdateRow).where(where).order_by(UpdateRow.at, UpdateRow.revision))
        return tuple(_keep_highest_revisions(rows))


def _is_about(subject: Subject) -> ColumnElement[bool]:
    return (UpdateRow.kind == subject.kind.value) & (UpdateRow.subject == subject.key)


def _keep_highest_revisions(rows: Iterable[UpdateRow]) -> Iterable[ProgressUpdate]:
    """The last revision of each, in their original order."""
    latest = {(row.kind, row.subject, row.slot): row for row in rows}
    return map(read_update, latest.values())


def _build_row(update_: ProgressUpdate) -> dict[str, Any]:
    fields = asdict(update_)
    del fields["subject"]
    return fields | {"kind": update_.subject.kind.value, "subject": update_.subject.key, "rag": update_.rag.value}


def read_update(row: UpdateRow) -> ProgressUpdate:
    return ProgressUpdate(
        subject=Subject(SubjectKind(row.kind), row.subject),
        slot=row.slot,
        author=row.author,
        at=row.at,
        rag=Rag(row.rag),
        summary=row.summary,
        achieved=row.achieved,
        next_steps=row.next_steps,
        blocker=row.blocker,
        ask=row.ask,
        confidence=row.confidence,
        revision=row.revision,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
    )
