"""The current time, and Slack's message timestamps."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class MessageClock:
    """`now` returns seconds since 1970. Tests replace it so that triggers and response URLs expire at once."""

    now: Callable[[], float] = time.time
    _last_stamp: int = field(default=0)

    def new_timestamp(self) -> str:
        """Return a message timestamp such as `1712345678.000100`, greater than every earlier one."""
        # A message's ts is its id, and two messages can arrive within a microsecond or while the system clock steps
        # back. So each timestamp is at least one microsecond after the last.
        micros = max(int(self.now() * 1_000_000), self._last_stamp + 1)
        self._last_stamp = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def continue_after(self, ts: str) -> None:
        """Return only timestamps after `ts` from now on, so that none from the saved state is used twice."""
        seconds, _, micros = ts.partition(".")
        self._last_stamp = max(self._last_stamp, int(seconds) * 1_000_000 + int(micros or 0))
