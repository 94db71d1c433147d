"""How fast Slack lets us post, kept in the database so that all processes together stay within it.

Slack's limits as far as they are known: about one post a second in a channel, with short bursts; several hundred a
minute in a workspace; and a 429 with Retry-After whenever it sees fit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from storage.tables.engine import RateLimitRow
from storage.upsert import upsert_row, upsert_rows

WORKSPACE = "workspace"
EVERYTHING = "*"  # the name under which all sending is paused: Slack doesn't accept the token
CATCH_UP = timedelta(seconds=0.5)  # a bulk post may be this late without losing its turn


@dataclass(frozen=True, slots=True)
class PostingLimits:
    """At most `burst` posts in a channel within `window` seconds, and one bulk post in `gap` seconds.

    Bulk posts wait while all posts together exceed `posts_per_minute`. A post may be claimed `ahead` seconds before
    its time, so that one transaction serves several.
    """

    posts_per_minute: float = 280.0
    gap: float = 1.0
    burst: int = 5
    window: float = 5.2
    ahead: float = 0.25

    @property
    def step(self) -> timedelta:
        return timedelta(seconds=60 / self.posts_per_minute)


class RateLimits:
    """All scopes within one transaction."""

    # The state is read once and written once, so nobody else may change it in between. The caller holds the claim
    # lock for the whole transaction; two claimers at once would each give out the same slots.

    def __init__(self, session: Session, limits: PostingLimits, now: datetime) -> None:
        self._session = session
        self._limits = limits
        self._now = now
        self._changed: set[str] = set()
        scopes = or_(RateLimitRow.scope == WORKSPACE, RateLimitRow.scope.startswith("method:", autoescape=True))
        self._free_at = {row.scope: row.free_at for row in session.scalars(select(RateLimitRow).where(scopes))}
        self._taken: dict[str, list[float]] = {}

    @property
    def claim_until(self) -> datetime:
        """A post whose time comes before this may be claimed now."""
        return self._now + timedelta(seconds=self._limits.ahead)

    @property
    def bulk_allowed_at(self) -> datetime:
        """When the next bulk post may go."""
        return max(self._now, self._free_at.get(WORKSPACE, self._now))

    def find_pause(self, names: Iterable[str]) -> datetime | None:
        """The end of the longest pause that Slack asked for under any of these names; None when there is none."""
        ends = [self._free_at[scope] for scope in map(_pause_scope, names) if scope in self._free_at]
        return max((end for end in ends if end > self._now), default=None)

    def load_channels(self, channels: Iterable[str | None]) -> None:
        """Read, in one query, the channels that will be asked for."""
        missing = {_channel_scope(channel) for channel in channels} - self._taken.keys()
        if missing:
            rows = self._session.scalars(select(RateLimitRow).where(RateLimitRow.scope.in_(missing))).all()
            self._taken |= {scope: [] for scope in missing} | {row.scope: list(row.taken) for row in rows}
            self._free_at |= {row.scope: row.free_at for row in rows}

    def reserve_slot(self, channel: str | None, *, bulk: bool) -> datetime:
        """A time for one post in the channel, now or later."""
        # A bulk post queues only behind other bulk posts, and its slot isn't counted until it is used. Otherwise a
        # long queue of them would take the channel's slots from the people who are waiting for an answer.
        scope = _channel_scope(channel)
        slot = max(self._now, self._find_burst_slot(scope))
        if bulk:
            slot = max(slot, self._free_at.get(scope, self._now))
            self._free_at[scope] = slot + timedelta(seconds=self._limits.gap)
        else:
            self._count_slot(scope, slot)
        self._changed.add(scope)
        return slot

    def use_slot(self, channel: str | None, slot: datetime, *, bulk: bool) -> datetime | None:
        """Use the slot: the time at which to post, or None when others took it and it has to wait for another."""
        if bulk:
            scope = _channel_scope(channel)
            slot = max(slot, self.bulk_allowed_at, self._find_burst_slot(scope))
            if slot > self.claim_until:
                return None
            self._count_slot(scope, slot)
        # Every post uses up a share of the workspace's minute, but only bulk posts wait for theirs. A little lateness
        # is made up for; a long pause isn't, or all that piled up would go out in one burst.
        used = max(self._free_at.get(WORKSPACE, self._now), self._now - CATCH_UP)
        self._free_at[WORKSPACE] = used + self._limits.step
        self._changed.add(WORKSPACE)
        return slot

    def save(self) -> None:
        rows = [
            {"scope": scope, "free_at": self._free_at[scope], "taken": self._taken.get(scope, [])}
            for scope in sorted(self._changed)
        ]
        upsert_rows(self._session, RateLimitRow, rows)

    def _count_slot(self, scope: str, slot: datetime) -> None:
        self._taken[scope] = sorted([*self._taken[scope], slot.timestamp()])[-self._limits.burst :]
        self._free_at[scope] = max(slot, self._free_at.get(scope, slot))
        self._changed.add(scope)

    def _find_burst_slot(self, scope: str) -> datetime:
        taken = self._taken[scope]
        if len(taken) < self._limits.burst:
            return self._now
        return datetime.fromtimestamp(taken[-self._limits.burst] + self._limits.window, UTC)


def record_pause(session: Session, name: str, until: datetime) -> None:
    """Slack answered 429: no process makes a call of this name before `until`."""
    # A row, not a variable: the other processes use the same token and would run into the same limit. It also
    # outlives a restart.
    upsert_row(session, RateLimitRow, {"scope": _pause_scope(name), "free_at": until, "taken": []})


def delete_unused_limits(session: Session, before: datetime) -> None:
    """Delete the scopes that haven't been used since; they start afresh."""
    session.execute(delete(RateLimitRow).where(RateLimitRow.free_at < before))


def _pause_scope(name: str) -> str:
    return f"method:{name}"


def _channel_scope(channel: str | None) -> str:
    return f"channel:{channel}"
