"""Requests, the append-only log they are built from, their cards in Slack, sent notices and ratings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base
from storage.tables.engine import Count

_DUE = text("due_at IS NOT NULL")
UNCOUNTED = text("figures_version <> version")


class RequestRow(Base):
    """One request. `record` is the complete request; the other columns serve queries.

    `due_at` is when the next alert, reminder or automatic closing is due. `figures_version` is the version up to which
    its facts are stored (see RequestFactRow).
    """

    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_state_number", "state", "number"),
        Index("ix_requests_requester_number", "requester", "number"),
        Index("ix_requests_due_at", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_requests_uncounted", "number", sqlite_where=UNCOUNTED, postgresql_where=UNCOUNTED),
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
    figures_version: Mapped[int] = mapped_column(server_default="0")
    record: Mapped[dict[str, Any]]


class RequestEntryRow(Base):
    """One log entry. Rows are only ever inserted."""

    __tablename__ = "request_log"
    __table_args__ = (
        Index("ix_request_log_verb_at", "verb", "at", "number", "version"),
        Index("ix_request_log_after_at", "after", "at", "number", "before"),
    )

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(40))
    verb: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]]


class RequestFactRow(Base):
    """A fact of a request that figures count (see servicedesk.figure_facts).

    It was true at every moment after `valid_from` up to `valid_until`, which is FOREVER while it still is.
    """

    __tablename__ = "request_facts"
    __table_args__ = (
        Index("ix_request_facts_kind_at", "kind", "at"),
        Index("ix_request_facts_kind_valid_until", "kind", "valid_until"),
    )

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    service: Mapped[str] = mapped_column(String(60))
    is_counted: Mapped[bool]
    seconds: Mapped[int | None]
    is_met: Mapped[bool | None]
    by_pmo: Mapped[int | None]  # the lead time in business seconds, by who held the request
    by_requester: Mapped[int | None]
    by_approver: Mapped[int | None]
    on_hold: Mapped[int | None]


class RequestCardRow(Base):
    """A message that shows a request and is edited with it. `place` is “triage” or a user ID."""

    __tablename__ = "request_cards"

    number: Mapped[int] = mapped_column(ForeignKey("requests.number"), primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    delivery: Mapped[str] = mapped_column(String(32), index=True)


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
