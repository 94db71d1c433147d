"""What the storage tests share: one Monday, two processes, a few places."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.database import Database
from storage.engine.claiming import Delivery
from storage.engine.deliveries import Deliveries, SendResult
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.inbox import NewArrival
from storage.engine.lease import Lease
from storage.engine.rate_limits import PostingLimits

NOW = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
ONE, TWO = "host:1:one", "host:2:two"  # two processes
LEASE = Lease(60)
ADA, BEN = "U01ADA", "U02BEN"
ASK, TRIAGE = "C07ASK", "C03TRIAGE"


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def build_text(text: str) -> dict[str, Any]:
    return {"text": text}


def arrival(key: str, seconds: float = 0, **payload: Any) -> NewArrival:
    return NewArrival(key, "event:app_mention", payload or {"event": {"user": ADA, "text": key}}, later(seconds))


def list_calls(kind: DeliveryKind, is_repeated: bool) -> Iterable[str]:
    """One call of each kind, and a search before a post that may have got through already."""
    return (kind, "search") if is_repeated and kind is DeliveryKind.POST else (kind,)


def sender_of(database: Database, **limits: float) -> Deliveries:
    return Deliveries(database, PostingLimits(**limits), LEASE, list_calls)  # type: ignore[arg-type]


def accept_post(deliveries: Deliveries, delivery: Delivery, now: datetime, ts: str = "1789.000100") -> None:
    """Slack accepted it."""
    deliveries.record_sent([SendResult(delivery, delivery.channel, ts)], now)


def texts(claimed: Any) -> list[str]:
    return [delivery.arguments["text"] for delivery in claimed.deliveries]
