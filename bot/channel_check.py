"""Whether the channels that the organisation file names can be used."""

import asyncio
import itertools
import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.organisation import Organisation
from foundation.time import lies_ahead
from handlers.slack.errors import choose_log_level, read_cause, read_error_code

log = logging.getLogger(__name__)

NOT_FOUND = ("channel_not_found", "user_not_found", "user_not_visible")
REMEMBERED = timedelta(seconds=30)  # a channel may become shared at any time
SHARED = ("is_ext_shared", "is_pending_ext_shared")  # with another organisation; within an enterprise is all right
CALL_SECONDS = 4.0


def list_used_channels(organisation: Organisation) -> dict[str, str]:
    """What each channel that the bot posts to is for, by its id."""
    used = {one.channel: f"the digest “{one.key}”" for one in organisation.digests}
    names = ("triage", "progress", "stories", "leadership")
    return used | {getattr(organisation.channels, name): name for name in names}


def describe_channel_problem(channel: str, purpose: str, info: Mapping[str, Any] | None) -> str | None:
    """What is wrong with a channel and what to do, by Slack's record of it; None if it can be used.

    `info` is None if Slack knows no such channel.
    """
    if info is None:
        return (
            f"The channel for {purpose} ({channel}) doesn't exist, or it's private and the bot isn't in it. "
            "Invite the bot, or correct the ID in the organisation file."
        )
    if info.get("is_archived"):
        return f"#{info['name']} ({purpose}) is archived. Choose another one in the organisation file."
    if not info.get("is_member"):
        return f"The bot isn't in #{info['name']} ({purpose}). In that channel, type /invite @PMO Assistant"
    if is_shared_outside(info):
        return (
            f"#{info['name']} ({purpose}) is shared with another organisation, so I post nothing there. "
            "Stop sharing it, or choose another one in the organisation file."
        )
    return None


def is_shared_outside(info: Mapping[str, Any]) -> bool:
    """Whether people of another organisation read the channel, or have been invited to."""
    return any(info.get(flag) for flag in SHARED)


class SlackChannelCheck:
    """Checks the channels of the running bot and remembers what was found; `shared` are those known to be shared.

    Call `run` from a worker thread, never on the event loop, which makes the calls to Slack.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        organisation: Organisation,
        loop: asyncio.AbstractEventLoop,
        now: Callable[[], datetime],
        shared: Collection[str] = (),
    ) -> None:
        self._web = web
        self._channels = list_used_channels(organisation)
        self._loop = loop
        self._now = now
        self._known_until: datetime | None = None
        self._questions, self._answered = itertools.count(1), 0
        self._remembering = threading.Lock()
        self.problems: Sequence[str] | None = None
        self.shared: frozenset[str] = frozenset(shared)

    def run(self) -> None:
        """Ask Slack, unless that was done a short while ago. If Slack doesn't say, what was known before stays."""
        # What Slack says is as old as the question: a channel may become shared while the answer is on its way.
        asked_at, number = self._now(), next(self._questions)
        if lies_ahead(self._known_until, asked_at, REMEMBERED):
            return
        asking = asyncio.run_coroutine_threadsafe(self._read_infos(), self._loop)
        try:
            infos = asking.result(CALL_SECONDS)
        except Exception as error:
            asking.cancel()
            level, cause = choose_log_level(error), read_cause(error)
            log.log(level, "The channels of the organisation file couldn't be checked (%s).", cause)
            return
        found = map(describe_channel_problem, self._channels, self._channels.values(), infos)
        problems = [problem for problem in found if problem]
        pairs = zip(self._channels, infos, strict=True)
        shared = frozenset(channel for channel, info in pairs if info and is_shared_outside(info))
        with self._remembering:
            if number > self._answered:  # otherwise a later question was answered first
                self.problems, self.shared = problems, shared
                self._known_until, self._answered = asked_at + REMEMBERED, number

    async def _read_infos(self) -> list[Mapping[str, Any] | None]:
        return await asyncio.gather(*map(self._read_info, self._channels))

    async def _read_info(self, channel: str) -> Mapping[str, Any] | None:
        try:
            answer = await self._web.conversations_info(channel=channel)
        except SlackApiError as error:
            if read_error_code(error) in NOT_FOUND:
                return None
            raise
        found: Mapping[str, Any] = answer["channel"]
        return found
