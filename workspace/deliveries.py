"""What is sent to the app: a record of each delivery with its attempts and acknowledgement."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from workspace.records import Json

DELIVERIES_KEPT = 20_000


@dataclass(slots=True, eq=False)
class AppDelivery:
    """`kind` is the envelope's type. `answer` is awaited for commands and interactions; events have none."""

    kind: str
    payload: Json
    label: str
    on_settled: Callable[[], None]
    answer: asyncio.Future[Any] | None = None
    attempts: int = 0
    drops: int = 0
    retry_reason: str = ""
    acked: bool = False
    given_up: bool = False
    first_sent: float = 0.0
    ack_ms: float | None = None
    timer: asyncio.TimerHandle | None = None
    created: float = field(default_factory=time.perf_counter)

    @property
    def is_done(self) -> bool:
        return self.acked or self.given_up

    def record_attempt(self) -> None:
        self.attempts += 1
        if not self.first_sent:
            self.first_sent = time.perf_counter()

    def stop_timer(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None

    def acknowledge(self, answer: Any) -> None:
        """Record that the app has acknowledged it. Acknowledging again changes nothing."""
        self.stop_timer()
        # After a retry the app may acknowledge both envelopes of the same delivery. Only the first one sets the
        # result and the measured time.
        if self.acked:
            return
        self.acked = True
        self.ack_ms = (time.perf_counter() - self.first_sent) * 1000
        if self.answer and not self.answer.done():
            self.answer.set_result(answer)
        self.on_settled()

    def give_up(self, problem: Exception | None = None) -> None:
        """Stop trying. Whoever is waiting for the answer gets the problem as an exception."""
        self.stop_timer()
        self.given_up = True
        if problem and self.answer and not self.answer.done():
            self.answer.set_exception(problem)
        self.on_settled()

    def to_json(self) -> Json:
        return {
            "id": self.label,
            "type": self.kind,
            "event_type": self.payload.get("event", {}).get("type") if self.kind == "events_api" else None,
            "attempts": self.attempts,
            "acked": self.acked,
            "given_up": self.given_up,
            "ack_ms": self.ack_ms,
        }


class DeliveryLog:
    """The most recent deliveries, for `GET /control/events`."""

    def __init__(self) -> None:
        self.deliveries: deque[AppDelivery] = deque(maxlen=DELIVERIES_KEPT)
        self._watchers: list[asyncio.Event] = []

    def notify_watchers(self) -> None:
        """Wake the waiters: a delivery was acknowledged or given up, or the app connected or disconnected."""
        for watcher in self._watchers:
            watcher.set()

    async def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait until `holds()` is true. It is checked whenever the watchers are notified."""
        watcher = asyncio.Event()
        self._watchers.append(watcher)
        try:
            while not holds():
                await watcher.wait()
                watcher.clear()
        finally:
            self._watchers.remove(watcher)

    def start_delivery(self, kind: str, payload: Json, label: str, *, answered: bool) -> AppDelivery:
        answer = asyncio.get_running_loop().create_future() if answered else None
        delivery = AppDelivery(kind, payload, label, self.notify_watchers, answer)
        self.deliveries.append(delivery)
        return delivery


class AppTransport(Protocol):
    """How the app is reached: Socket Mode or signed HTTP."""

    @property
    def connected(self) -> bool: ...

    def send_event(self, payload: Json) -> None:
        """Send an event, with retries if necessary. Returns at once."""

    async def send_request(self, kind: str, payload: Json) -> Any:
        """Send a command or an interaction once and return the app's response. Raises NoAppResponse."""

    async def close(self) -> None: ...
