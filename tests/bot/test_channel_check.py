"""What Slack says of the bot's channels is remembered for a short while, and is as old as the question."""

import asyncio
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.channel_check import REMEMBERED, SlackChannelCheck, list_used_channels
from bot.organisation import SAMPLE, read_organisation
from tests.bot.conftest import Now

ORGANISATION = read_organisation(SAMPLE)
CHANNELS = list_used_channels(ORGANISATION)


class SlowSlack:
    """Answers `seconds` later, and by then every channel has become shared, which the answer doesn't say."""

    def __init__(self, now: Now, seconds: float) -> None:
        self._now, self._seconds = now, seconds
        self._is_shared = False

    async def conversations_info(self, channel: str) -> dict[str, Any]:
        info = {"name": channel, "is_member": True, "is_ext_shared": self._is_shared}
        await asyncio.sleep(0)  # so that all channels are asked about before the first answer
        if not self._is_shared:
            self._is_shared = True
            self._now.forward(self._seconds)
        return {"channel": info}


def make_check(now: Now, seconds: float) -> SlackChannelCheck:
    slack = cast(AsyncWebClient, SlowSlack(now, seconds))
    return SlackChannelCheck(slack, ORGANISATION, asyncio.get_running_loop(), now)


async def test_channel_that_became_shared_while_slack_answered_is_noticed(now: Now) -> None:
    check = make_check(now, REMEMBERED.total_seconds() + 1)
    await asyncio.to_thread(check.run)
    assert check.shared == frozenset()
    await asyncio.to_thread(check.run)
    assert check.shared == CHANNELS.keys()


async def test_what_is_known_for_a_short_while_is_not_asked_again(now: Now) -> None:
    check = make_check(now, 1)
    await asyncio.to_thread(check.run)
    await asyncio.to_thread(check.run)
    assert check.shared == frozenset()
