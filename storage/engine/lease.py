"""How long a claim lasts. Until its lease ends a row belongs to one process; after that anybody may claim it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Lease:
    """The length of a lease. One call may take a third of it, and begins only while a little more than that is left."""

    seconds: float = 60.0

    @property
    def call_seconds(self) -> float:
        """The longest that one call may take."""
        return self.seconds / 3

    def end_after(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.seconds)

    def allows_call(self, lease_until: datetime, now: datetime) -> bool:
        """Whether a call that begins now is sure to end before anybody else may claim the row."""
        # A call is cut off after 4/12 of the lease, and 1/12 is left for clocks that differ and for a busy machine.
        # A call that began later could still be under way when the next owner makes the same one.
        return lease_until - now > timedelta(seconds=self.seconds * 5 / 12)

    def can_end_at(self, lease_until: datetime, now: datetime) -> bool:
        """Whether a lease that exists now may end then; if it's later, the clock was set back since it began."""
        return lease_until <= self.end_after(now)
