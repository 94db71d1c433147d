"""How fast Slack lets us speak, kept in the database so that all processes together keep to it.

Slack's limits as they are known: about one post a second in a channel with short bursts, several hundred a minute in a
workspace, and a 429 with Retry-After whenever it sees fit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from storage.tables.engine import RateLimitRow
from storage.upsert import upsert_row, upsert_rows

WORKSPACE = "workspace"
EVERY_METHOD = "*"  # a pause of all that is sent: Slack does not take the token
CATCH_UP = timedelta(seconds=0.5)  # by so much may many be late without losing their turn


@dataclass(frozen=True, slots=True)
class PostingLimits:
    """`burst` posts at most in a channel within `window` seconds; of many, one in `gap` seconds.

    Of many, no more go out than `posts_per_minute` together with everything else that is posted. A post may be claimed
    `ahead` seconds before its time, so that one transaction serves several.
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
    """The state of all scopes within one transaction. Its user is the only one: claims are made one at a time."""

    def __init__(self, session: Session, pace: PostingLimits, now: datetime) -> None:
        self._session = session
        self._pace = pace
        self._now = now
        self._changed: set[str] = set()
        rows = session.scalars(
            select(RateLimitRow).where(
                or_(RateLimitRow.scope == WORKSPACE, RateLimitRow.scope.startswith("method:", autoescape=True))
            )
        )
        self._free_at = {row.scope: row.free_at for row in rows}
        self._taken: dict[str, list[float]] = {}

    @property
    def claim_until(self) -> datetime:
        """What has its time before this may be claimed now."""
        return self._now + timedelta(seconds=self._pace.ahead)

    @property
    def bulk_allowed_at(self) -> datetime:
        """When the next of many may go."""
        return max(self._now, self._free_at.get(WORKSPACE, self._now))

    def paused_until(self, methods: Iterable[str]) -> datetime | None:
        """The end of the pause that Slack has asked for in any of the methods, if there is one."""
        ends = [self._free_at[scope] for scope in map(method_scope, methods) if scope in self._free_at]
        return max((end for end in ends if end > self._now), default=None)

    def load_channels(self, channels: Iterable[str | None]) -> None:
        """Read the channels that will be asked for, all at once."""
        missing = {_channel_scope(channel) for channel in channels} - self._taken.keys()
        if missing:
            rows = self._session.scalars(select(RateLimitRow).where(RateLimitRow.scope.in_(missing))).all()
            self._taken |= {scope: [] for scope in missing} | {row.scope: list(row.taken) for row in rows}
            self._free_at |= {row.scope: row.free_at for row in rows}

    def reserve_slot(self, channel: str | None, *, many: bool) -> datetime:
        """A place for one post in the channel, now or later.

        One of many only queues behind its like: those for which somebody waits do not see it until it is spent.
        """
        scope = _channel_scope(channel)
        slot = max(self._now, self._burst_free(scope))
        if many:
            slot = max(slot, self._free_at.get(scope, self._now))
            self._free_at[scope] = slot + timedelta(seconds=self._pace.gap)
        else:
            self._note(scope, slot)
        self._changed.add(scope)
        return slot

    def use_slot(self, channel: str | None, slot: datetime, *, many: bool) -> datetime | None:
        """Use the place; returns the time at which to post, or None when others took it and another is needed."""
        if many:
            scope = _channel_scope(channel)
            slot = max(slot, self.bulk_allowed_at, self._burst_free(scope))
            if slot > self.claim_until:
                return None
            self._note(scope, slot)
        used = max(self._free_at.get(WORKSPACE, self._now), self._now - CATCH_UP)
        self._free_at[WORKSPACE] = used + self._pace.step
        self._changed.add(WORKSPACE)
        return slot

    def save(self) -> None:
        rows = [
            {"scope": scope, "free_at": self._free_at[scope], "taken": self._taken.get(scope, [])}
            for scope in sorted(self._changed)
        ]
        upsert_rows(self._session, RateLimitRow, rows)

    def _note(self, scope: str, slot: datetime) -> None:
        self._taken[scope] = sorted([*self._taken[scope], slot.timestamp()])[-self._pace.burst :]
        self._free_at[scope] = max(slot, self._free_at.get(scope, slot))
        self._changed.add(scope)

    def _burst_free(self, scope: str) -> datetime:
        taken = self._taken[scope]
        if len(taken) < self._pace.burst:
            return self._now
        return datetime.fromtimestamp(taken[-self._pace.burst] + self._pace.window, UTC)


def record_pause(session: Session, method: str, until: datetime) -> None:
    """Slack said 429: nobody calls the method before `until`."""
    upsert_row(session, RateLimitRow, {"scope": method_scope(method), "free_at": until, "taken": []})


def delete_unused_limits(session: Session, before: datetime) -> None:
    """Drop the scopes that were not used since; they begin anew."""
    session.execute(delete(RateLimitRow).where(RateLimitRow.free_at < before))


def method_scope(method: str) -> str:
    return f"method:{method}"


def _channel_scope(channel: str | None) -> str:
    return f"channel:{channel}"
