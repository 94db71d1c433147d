"""A claim is a promise about time: what is leased is nobody else's until the lease ends, and then anybody's."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Lease:
    """How long a claim is good. One call may take a third of it, and begins only while a little more is left."""

    seconds: float = 60.0

    @property
    def call_seconds(self) -> float:
        """The longest that one call may take."""
        return self.seconds / 3

    def end_after(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.seconds)

    def allows_call(self, lease_until: datetime, now: datetime) -> bool:
        """Whether a call that begins now surely ends before somebody else may take over."""
        return lease_until - now > timedelta(seconds=self.seconds * 5 / 12)
