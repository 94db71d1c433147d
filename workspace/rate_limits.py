"""Slack's rate limits: calls a minute by method, and messages by channel and workspace."""

from collections import defaultdict, deque

from workspace.clock import MessageClock

MINUTE = 60.0
POST = "chat.postMessage"
BURST = 5


class RateLimits:
    """Counts every call in a sliding minute. Refuses only while `strict`."""

    def __init__(self, clock: MessageClock, *, strict: bool, messages_per_minute: int) -> None:
        self._clock = clock
        self.strict = strict
        self.messages_per_minute = messages_per_minute
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def count(self, method: str, tier: int, channel: str) -> int:
        """Note one call. Returns the seconds to wait if it is too many, else 0. Refused calls are not counted."""
        limits = self._limits(method, tier, channel)
        if self.strict:
            wait = max(self._wait(key, allowed, window) for key, allowed, window in limits)
            if wait > 0:
                return max(1, round(wait + 0.5))
        now = self._clock.now()
        for key, allowed, _ in limits:
            calls = self._calls[key]
            calls.append(now)
            while len(calls) > allowed:
                calls.popleft()
        return 0

    def _limits(self, method: str, tier: int, channel: str) -> list[tuple[str, int, float]]:
        """(what is counted, how many are allowed, within how many seconds) for this call."""
        if method == POST:
            return [(f"{POST} {channel}", BURST, float(BURST)), (POST, self.messages_per_minute, MINUTE)]
        return [(method, tier, MINUTE)]

    def _wait(self, key: str, allowed: int, window: float) -> float:
        calls = self._calls[key]
        if len(calls) < allowed:
            return 0.0
        return calls[0] + window - self._clock.now()

    def reset(self) -> None:
        self._calls.clear()
