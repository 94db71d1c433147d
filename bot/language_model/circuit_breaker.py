"""Stops calls to a server that keeps failing."""

import threading
from collections.abc import Callable

FAILURES = 3
PAUSE = 60.0  # seconds


class CircuitBreaker:
    """After three failures in a row it allows no call for a minute, then one to see whether the server is back.

    `clock` returns seconds and never goes back. Thread-safe.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._paused_until = 0.0

    def allows_call(self) -> bool:
        """Whether to call now. Whoever gets True must record how it went."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._clock() < self._paused_until:
                return False
            # One caller tries. The pause begins again for all others, and ends when the try succeeds.
            self._paused_until = self._clock() + PAUSE
            return True

    def record_success(self) -> bool:
        """Returns whether the server was paused until now."""
        with self._lock:
            was_open, self._failures = self._failures >= FAILURES, 0
            return was_open

    def record_failure(self) -> bool:
        """Returns whether this failure began the first pause."""
        with self._lock:
            self._failures += 1
            self._paused_until = self._clock() + PAUSE
            return self._failures == FAILURES
