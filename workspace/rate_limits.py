"""Slack's rate limits: calls per minute by method, and messages per channel and workspace."""

from collections import defaultdict, deque

from workspace.clock import MessageClock

MINUTE = 60.0
POST = "chat.postMessage"
BURST = 5


class RateLimiter:
    """Counts every call in a sliding window. Refuses calls only while `strict`."""

    def __init__(self, clock: MessageClock, *, strict: bool, messages_per_minute: int) -> None:
        self._clock = clock
        self.strict = strict
        self.messages_per_minute = messages_per_minute
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def count(self, method: str, tier: int, channel: str) -> int:
        """Count one call. Returns the seconds to wait if it exceeds a limit, else 0."""
        limits = self._limits_for(method, tier, channel)
        # A refused call isn't counted: an app that retries early doesn't push the end of its wait further away. The
        # wait is rounded up, because a retry after exactly `Retry-After` seconds must succeed.
        if self.strict:
            wait = max(self._wait_seconds(key, allowed, window) for key, allowed, window in limits)
            if wait > 0:
                return max(1, round(wait + 0.5))
        now = self._clock.now()
        for key, allowed, _ in limits:
            calls = self._calls[key]
            calls.append(now)
            while len(calls) > allowed:
                calls.popleft()
        return 0

    def _limits_for(self, method: str, tier: int, channel: str) -> list[tuple[str, int, float]]:
        """Return (key to count by, calls allowed, window in seconds) for each limit of this call."""
        # Slack limits chat.postMessage by channel, about one message a second with short bursts, and for the whole
        # workspace. Every other method has a tier of calls per minute.
        if method == POST:
            return [(f"{POST} {channel}", BURST, float(BURST)), (POST, self.messages_per_minute, MINUTE)]
        return [(method, tier, MINUTE)]

    def _wait_seconds(self, key: str, allowed: int, window: float) -> float:
        calls = self._calls[key]
        if len(calls) < allowed:
            return 0.0
        return calls[0] + window - self._clock.now()

    def reset(self) -> None:
        self._calls.clear()
