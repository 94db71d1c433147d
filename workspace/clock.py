"""The time, and Slack's message timestamps."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class MessageClock:
    """Seconds since 1970. Tests replace `now` to let triggers and response addresses grow old at once."""

    now: Callable[[], float] = time.time
    _last_stamp: int = field(default=0)

    def new_timestamp(self) -> str:
        """A message timestamp such as `1712345678.000100`: unique, and greater than every one before it."""
        micros = max(int(self.now() * 1_000_000), self._last_stamp + 1)
        self._last_stamp = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def continue_after(self, ts: str) -> None:
        """Never again give a timestamp up to `ts` (from the saved state)."""
        seconds, _, micros = ts.partition(".")
        self._last_stamp = max(self._last_stamp, int(seconds) * 1_000_000 + int(micros or 0))
