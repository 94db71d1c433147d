"""The durable engine's tables: what arrived (inbox), what is to be said (outbox), how fast (paces), what fires when.

In arrivals and deliveries `due_at` is the moment at which somebody is to look at the row again: while it waits, when
it may be worked on; while it is leased, when the lease ends; and nothing when it is settled. So one index finds all
there is to do, whatever lies about from before.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, Json

# SQLite counts up only a column of type INTEGER.
Count = BigInteger().with_variant(Integer(), "sqlite")
_UNSETTLED = text("due_at IS NOT NULL")


class ArrivalRow(Base):
    """Something Slack delivered. `key` is its own identity, so that what arrives twice is written once."""

    __tablename__ = "arrivals"
    __table_args__ = (Index("ix_arrivals_due_at_id", "due_at", "id"), Index("ix_arrivals_done_at", "done_at"))

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
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


class DeliveryRow(Base):
    """One call to Slack that must happen once. Committed together with the state change that asked for it."""

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
        Index("ix_deliveries_status_done_at", "status", "done_at"),
    )

    number: Mapped[int] = mapped_column(Count, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    key: Mapped[str | None] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column("method", String(40))
    channel: Mapped[str | None] = mapped_column(String(40))
    person: Mapped[str | None] = mapped_column(String(40))  # whom it is for, when it is for one person only
    target: Mapped[str | None] = mapped_column(String(32))  # the delivery that this one edits or follows in its thread
    conversation: Mapped[str | None] = mapped_column(String(120))  # deliveries of one conversation go in their order
    arguments: Mapped[dict[str, Any]]
    priority: Mapped[int] = mapped_column("lane", default=0)  # 0 somebody waits for it, 1 one of many
    status: Mapped[str] = mapped_column(String(10))  # waiting, leased, done, dead
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    reserved_slot: Mapped[datetime | None] = mapped_column("slot_at")  # a place reserved in the channel's pace
    blocks_later: Mapped[bool] = mapped_column(
        "holds", default=True
    )  # false: it failed so often that later ones may pass it
    attempts: Mapped[int] = mapped_column(default=0)
    first_attempt_at: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(120))
    done_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None] = mapped_column("told_at")  # dead, and somebody was told
    posted_channel: Mapped[str | None] = mapped_column(String(40))
    posted_ts: Mapped[str | None] = mapped_column(String(32))
    emptied: Mapped[bool] = mapped_column(default=False)  # long done: its words were forgotten
    error: Mapped[str | None] = mapped_column(Text)


class RateLimitRow(Base):
    """How far a scope is used: “method:chat.postMessage” (paused until), “workspace”, “channel:C123”."""

    __tablename__ = "paces"

    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    free_at: Mapped[datetime]
    taken: Mapped[list[float]] = mapped_column(Json)  # the channel's latest slots, seconds since 1970, oldest first


class ScheduleRow(Base):
    """When something fires next. The rule stands in the organisation file; `definition` tells when it changed."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    definition: Mapped[str] = mapped_column(Text)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    last_slot: Mapped[datetime | None]


class RunRow(Base):
    """One firing of a schedule: schedule and slot are unique, so that two processes cannot both do it."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("schedule", "slot"),)

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    schedule: Mapped[str] = mapped_column(String(100))
    slot: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10))  # fired, quiet (nothing to say), missed
    fired_at: Mapped[datetime]
    delivery: Mapped[str | None] = mapped_column(String(32))
    snapshot: Mapped[dict[str, Any]]
