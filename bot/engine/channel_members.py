"""Who is in a channel: asked of Slack when an answer may have to be private, and remembered for a while."""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.slack_methods import LIST_MEMBERS, READ_CHANNEL_INFO
from foundation.time import lies_ahead
from handlers.slack.errors import choose_log_level, read_cause

log = logging.getLogger(__name__)

REMEMBERED = timedelta(minutes=5)
MOST_REMEMBERED = 1_000  # channels
MOST_PAGES = 20  # of 200 members; who is in a larger channel isn't looked up
CALL_SECONDS = 4.0
SHARED = ("is_ext_shared", "is_pending_ext_shared")
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What Slack said, and until when it is believed."""

    members: Collection[str] | None
    until: datetime


class ChannelMembers:
    """The ids of the people in a channel, without the bot itself; None if that can't be known.

    A channel that is shared with another organisation counts as unknown: the organisation file says nothing about the
    people there. Call it from a worker thread, never on the event loop, which makes the calls to Slack.
    """

    def __init__(
        self, web: AsyncWebClient, bot_user: str, loop: asyncio.AbstractEventLoop, now: Callable[[], datetime]
    ) -> None:
        self._web = web
        self._ignored = {bot_user, SLACKBOT}
        self._loop = loop
        self._now = now
        self._known: dict[str, _Lookup] = {}
        self._lock = threading.Lock()

    def __call__(self, channel: str) -> Collection[str] | None:
        known, now = self._known.get(channel), self._now()
        if known and lies_ahead(known.until, now, REMEMBERED):
            return known.members
        members = self._ask_slack(channel)
        if members is not None:
            self._remember(channel, _Lookup(members, now + REMEMBERED))
        return members

    def _ask_slack(self, channel: str) -> Collection[str] | None:
        """Never raises: whatever goes wrong, the answer is then private."""
        asking = asyncio.run_coroutine_threadsafe(self._list_members(channel), self._loop)
        try:
            return asking.result(CALL_SECONDS)
        except Exception as error:
            asking.cancel()
            level, cause = choose_log_level(error), read_cause(error)
            log.log(level, "Who is in %s isn't known, so answers there are private (%s).", channel, cause)
            return None

    async def _list_members(self, channel: str) -> Collection[str] | None:
        info = await self._get(READ_CHANNEL_INFO, {"channel": channel})
        if any(info["channel"].get(flag) for flag in SHARED):
            return None
        found: set[str] = set()
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self._get(LIST_MEMBERS, {"channel": channel, "limit": 200, "cursor": cursor})
            found.update(page["members"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return frozenset(found - self._ignored)
        return None

    async def _get(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = await self._web.api_call(method, http_verb="GET", params=arguments)
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def _remember(self, channel: str, lookup: _Lookup) -> None:
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[channel] = lookup
