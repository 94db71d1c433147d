"""The durable engine's tables: what arrived (inbox), what is to be said (outbox), how fast (paces), what fires when."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base

# SQLite counts up only a column of type INTEGER.
Count = BigInteger().with_variant(Integer(), "sqlite")


class ArrivalRow(Base):
    """Something Slack delivered. `key` is its own identity, so that what arrives twice is written once."""

    __tablename__ = "arrivals"
    __table_args__ = (Index("ix_arrivals_status_due_at", "status", "due_at"),)

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    route: Mapped[str] = mapped_column(String(100))
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(10))  # waiting, leased, done, dead
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class DeliveryRow(Base):
    """One call to Slack that must happen once. Committed together with the state change that asked for it."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_status_due_at", "status", "due_at"),
        Index("ix_deliveries_target_status", "target", "status"),
    )

    number: Mapped[int] = mapped_column(Count, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    key: Mapped[str | None] = mapped_column(String(255), unique=True)
    method: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str | None] = mapped_column(String(40))
    target: Mapped[str | None] = mapped_column(String(32))  # the delivery that this one edits or follows in its thread
    arguments: Mapped[dict[str, Any]]
    lane: Mapped[int] = mapped_column(default=0)  # 0 somebody waits for it, 1 one of many
    status: Mapped[str] = mapped_column(String(10))  # waiting, leased, done, dead
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paced: Mapped[bool] = mapped_column(default=False)  # due_at is a place reserved in the channel's pace
    attempts: Mapped[int] = mapped_column(default=0)
    first_attempt_at: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    posted_channel: Mapped[str | None] = mapped_column(String(40))
    posted_ts: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str | None] = mapped_column(Text)


class PaceRow(Base):
    """The next free moment of a scope: “method:chat.postMessage”, “channel:C123”, “bulk”."""

    __tablename__ = "paces"

    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    free_at: Mapped[datetime]


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
    fired_at: Mapped[datetime]
    delivery: Mapped[str | None] = mapped_column(String(32))
    snapshot: Mapped[dict[str, Any]]
