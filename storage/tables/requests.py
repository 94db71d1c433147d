"""Requests, the append-only log they are built from, their cards in Slack, sent notices and ratings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base

_DUE = text("due_at IS NOT NULL")


class RequestRow(Base):
    """One request. `record` is the complete request; the other columns serve queries.

    `due_at` is when the next alert, reminder or automatic closing is due.
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
    """One log entry. Rows are only ever inserted."""

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
    """A message that shows a request and is edited with it. `place` is “triage” or a user ID."""

    __tablename__ = "request_cards"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    delivery: Mapped[str] = mapped_column(String(32))


class RequestNoticeRow(Base):
    """A notice that was sent and isn't sent again: an alert (“delivery”, “80”) or a review (“review”, “2026-09-21”)."""

    __tablename__ = "request_notices"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    mark: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]


class RequestDeskRow(Base):
    """One row: the last number taken, and a hash of the rules by which the clocks were counted."""

    __tablename__ = "request_desk"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
    counted_by: Mapped[str | None] = mapped_column(String(64))


class RatingRow(Base):
    """A requester's rating of a closed request. A later rating replaces it."""

    __tablename__ = "ratings"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(String(40))
    score: Mapped[int]
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)
