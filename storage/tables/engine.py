"""The durable engine's tables: arrivals (the inbox), deliveries (the outbox), rate limits, schedules and their runs.

In arrivals and deliveries, `due_at` is when somebody should look at the row next: for a waiting row, when it may be
worked on; for a leased row, when its lease ends; for a settled row it's null. One index on it finds all open work,
however many settled rows there are.

Some columns keep the names that earlier versions gave them; the attributes have clearer ones.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.delivery_kinds import DeliveryKind, list_stored_names
from storage.tables.base import Base, Json

# SQLite numbers rows by itself only in a column of type INTEGER.
Count = BigInteger().with_variant(Integer(), "sqlite")
_UNSETTLED = text("due_at IS NOT NULL")


class StoredKind(TypeDecorator[DeliveryKind]):
    """Reads today's names of kinds and those that earlier versions stored."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> DeliveryKind | None:
        return None if value is None else DeliveryKind(value)


class ArrivalRow(Base):
    """Something Slack delivered. `key` identifies it, so what arrives twice is stored once.

    `message` is the channel and ts of the message that it is about, if any: one message is stored once, too.
    Arrivals of one `queue` are handled in order: a person's or, apart from these, a person's heavy ones. Nobody's have
    none, nor have those that an earlier version stored. The indexes for taking turns contain only open rows.
    """

    __tablename__ = "arrivals"
    __table_args__ = (
        Index("ix_arrivals_due_at_id", "due_at", "id"),
        Index("ix_arrivals_done_at", "done_at"),
        Index("ix_arrivals_message", "message", unique=True),
        Index(
            "ix_arrivals_queue_id_due_at",
            "queue",
            "id",
            "due_at",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index(
            "ix_arrivals_received_at_queue",
            "received_at",
            "queue",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
    )

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    message: Mapped[str | None] = mapped_column(String(80))
    route: Mapped[str] = mapped_column(String(300))
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(10))  # waiting, leased, done, dead
    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)  # claims
    failures: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(120))
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    queue: Mapped[str | None] = mapped_column(String(60))
    is_heavy: Mapped[bool | None]  # it takes long, and is handled in a thread of its own


class DeliveryRow(Base):
    """Something to be sent to Slack exactly once. Committed together with the state change that asked for it."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_lane_due_at_number", "lane", "due_at", "number"),
        Index(
            "ix_deliveries_conversation_number",
            "conversation",
            "number",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_deliveries_target", "target"),
        Index("ix_deliveries_posted_ts", "posted_ts"),
        Index("ix_deliveries_status_done_at", "status", "done_at"),
    )

    number: Mapped[int] = mapped_column(Count, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    key: Mapped[str | None] = mapped_column(String(255), unique=True)
    arrival: Mapped[str | None] = mapped_column(String(255))  # the key of the one whose handling asked for it
    kind: Mapped[DeliveryKind] = mapped_column("method", StoredKind())
    channel: Mapped[str | None] = mapped_column(String(40))
    person: Mapped[str | None] = mapped_column(String(40))  # the only one who sees it, if it is for one person
    target: Mapped[str | None] = mapped_column(String(32))  # the delivery whose message this edits or replies to
    conversation: Mapped[str | None] = mapped_column(String(120))  # deliveries of a conversation keep their order
    arguments: Mapped[dict[str, Any]]
    priority: Mapped[int] = mapped_column("lane")  # see storage.engine.outbox
    # waiting, leased, done, dead, or known: no delivery, but a failure that the PMO was informed of beforehand
    status: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    reserved_slot: Mapped[datetime | None] = mapped_column("slot_at")  # its time within the channel's rate limit
    blocks_later: Mapped[bool] = mapped_column("holds", default=True)  # later ones of its conversation wait for it
    attempts: Mapped[int] = mapped_column(default=0)
    first_attempt_at: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(120))
    done_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None] = mapped_column("told_at")  # when its failure was reported
    posted_channel: Mapped[str | None] = mapped_column(String(40))
    posted_ts: Mapped[str | None] = mapped_column(String(32))
    emptied: Mapped[bool] = mapped_column(default=False)  # settled long ago, and its content deleted
    error: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def is_kind(cls, kind: DeliveryKind) -> ColumnElement[bool]:
        """The SQL condition; rows that earlier versions wrote match too."""
        return cls.kind.in_(list_stored_names(kind))


class RateLimitRow(Base):
    """How far a scope is used up: “method:NAME” (paused until), “workspace”, “channel:C123”."""

    __tablename__ = "paces"

    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    free_at: Mapped[datetime]
    taken: Mapped[list[float]] = mapped_column(Json)  # the channel's latest slots, Unix seconds, oldest first


class ScheduleRow(Base):
    """When something runs next. The rule itself is in the organisation file; `definition` shows when it has changed."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    definition: Mapped[str] = mapped_column(Text)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    last_slot: Mapped[datetime | None]


class RunRow(Base):
    """One run of a schedule. Schedule and slot are unique, so no two processes can run the same slot."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("schedule", "slot"),)

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    schedule: Mapped[str] = mapped_column(String(100))
    slot: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10))  # fired, quiet (nothing to say), missed
    fired_at: Mapped[datetime]
    delivery: Mapped[str | None] = mapped_column(String(32))
    snapshot: Mapped[dict[str, Any]]
