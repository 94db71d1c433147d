"""Says once that a channel of the bot has become shared with another organisation."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.context import AppContext
from handlers.slack.blocks.builders import build_message
from handlers.slack.pmo_notices import tell_pmo

LOOK_EVERY = timedelta(minutes=1)


class ReportSharedChannels:
    """A job. The heads of the PMO hear of each shared channel once, for as long as it stays shared."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx
        self._reported: frozenset[str] = frozenset()

    def __call__(self, now: datetime) -> datetime | None:
        if self._ctx.channel_check is None:
            return None
        self._ctx.check_channels()
        shared = frozenset(self._ctx.channel_check.shared)
        if new := sorted(shared - self._reported):
            self._report(new, now)
        self._reported = shared
        return now + LOOK_EVERY

    def _report(self, channels: Iterable[str], now: datetime) -> None:
        # After a restart the keys keep it from being said again on the same day.
        day = self._ctx.desk.calendar.local_date(now).isoformat()
        with self._ctx.store.transaction(now) as tx:
            for channel in channels:
                message = build_message(describe_shared_channel(channel))
                tell_pmo(tx, self._ctx, message, key=f"shared:{channel}:{day}", directly=True)


def describe_shared_channel(channel: str) -> str:
    """What happens now, and what to do."""
    return (
        f"<#{channel}> is shared with another organisation, so I hold back what I'd post there: requests, updates, "
        "stories or digests. To go on, stop sharing it in Slack, or name another channel in the organisation file and "
        "run `pmo reload`."
    )
