"""Requests as they stand, the append-only log that they are folded from, their cards in Slack, notices and ratings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base

_DUE = text("due_at IS NOT NULL")


class RequestRow(Base):
    """One request. What is searched by is a column; `record` is the whole of it.

    `due_at` is the moment at which time changes something about it: an alert, a reminder, closing by itself.
    """

    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_state_number", "state", "number"),
        Index("ix_requests_requester_number", "requester", "number"),
        Index("ix_requests_due_at", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(60))
    requester: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    record: Mapped[dict[str, Any]]


class RequestEntryRow(Base):
    """One act. Rows are only ever inserted."""

    __tablename__ = "request_log"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(40))
    verb: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]]


class RequestCardRow(Base):
    """A message that shows a request and is edited with it. `place` is “triage” or a person's id."""

    __tablename__ = "request_cards"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    delivery: Mapped[str] = mapped_column(String(32))


class RequestNoticeRow(Base):
    """What was told of a request for good: an alert (“delivery”, “80”) or a day of review (“review”, “2026-09-21”)."""

    __tablename__ = "request_notices"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    mark: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]


class RequestDeskRow(Base):
    """One row: the last number given out, and a digest of the working time by which the clocks were counted."""

    __tablename__ = "request_desk"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
    counted_by: Mapped[str | None] = mapped_column(String(64))


class RatingRow(Base):
    """What a requester said of a closed request; the last word counts."""

    __tablename__ = "ratings"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(String(40))
    score: Mapped[int]
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)
