"""What the tests of storage speak of: one Monday, two processes, a few places."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.database import Database
from storage.engine.claiming import Delivery
from storage.engine.deliveries import Deliveries, SendResult
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


def words(text: str) -> dict[str, Any]:
    return {"text": text}


def arrival(key: str, seconds: float = 0, **payload: Any) -> NewArrival:
    return NewArrival(key, "event:app_mention", payload or {"event": {"user": ADA, "text": key}}, later(seconds))


def sender_of(database: Database, **pace: float) -> Deliveries:
    return Deliveries(database, PostingLimits(**pace), LEASE)  # type: ignore[arg-type]


def post(deliveries: Deliveries, delivery: Delivery, now: datetime, ts: str = "1789.000100") -> None:
    """Slack accepted it."""
    deliveries.record_sent([SendResult(delivery, delivery.channel, ts)], now)


def texts(claimed: Any) -> list[str]:
    return [delivery.arguments["text"] for delivery in claimed.deliveries]
