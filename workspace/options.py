"""Options for running a workspace."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """With `data` None nothing is saved. Times are in seconds unless the name says otherwise."""

    host: str = "127.0.0.1"
    port: int = 8080
    data: Path | None = None
    strict_rates: bool = False
    latency_ms: int = 0
    request_url: str = ""
    ack_seconds: float = 3.0
    retry_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger_seconds: float = 3.0
    messages_per_minute: int = 300
    waiting_events: int = 10_000
