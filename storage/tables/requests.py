"""Requests as they stand, the append-only log that they are folded from, their cards in Slack, and ratings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class RequestRow(Base):
    """One request. What is searched by is a column; `record` is the whole of it."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_state_number", "state", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(60))
    requester: Mapped[str] = mapped_column(String(40), index=True)
    assignee: Mapped[str | None] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
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
    place: Mapped[str] = mapped_column(String(40), primary_key=True)
    delivery: Mapped[str] = mapped_column(String(32))


class RequestNumberRow(Base):
    """The last number given out: one row, so that no number is given twice."""

    __tablename__ = "request_numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class RatingRow(Base):
    """What a requester said of a closed request; the last word counts."""

    __tablename__ = "ratings"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(String(40))
    score: Mapped[int]
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)
