"""Who is in a channel, as far as Slack says."""

import asyncio
from collections.abc import Collection, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.channel_members import ChannelMembers
from bot.engine.slack_methods import LIST_MEMBERS, READ_CHANNEL_INFO
from tests.bot.conftest import Now


class ScriptedSlack:
    """Answers the two calls, the members in pages of two."""

    def __init__(self, members: list[str], **flags: bool) -> None:
        self.members = members
        self.flags = flags
        self.calls: list[str] = []

    async def api_call(self, method: str, *, http_verb: str, params: dict[str, Any]) -> Any:
        self.calls.append(method)
        if method == READ_CHANNEL_INFO:
            return SimpleNamespace(data={"channel": {"id": params["channel"], **self.flags}})
        start = int(params["cursor"] or 0)
        following = str(start + 2) if start + 2 < len(self.members) else ""
        data = {"members": self.members[start : start + 2], "response_metadata": {"next_cursor": following}}
        return SimpleNamespace(data=data)


async def look_up(slack: ScriptedSlack, now: Now) -> Iterator[Collection[str] | None]:
    find = ChannelMembers(cast(AsyncWebClient, slack), "U00BOT", asyncio.get_running_loop(), now)
    return iter([await asyncio.to_thread(find, "C07ASK"), await asyncio.to_thread(find, "C07ASK")])


async def test_members_come_from_all_pages_without_the_bot(now: Now) -> None:
    slack = ScriptedSlack(["U01ADA", "U00BOT", "U02BEN", "USLACKBOT", "U03WEI"])
    first, second = await look_up(slack, now)
    assert first == second == {"U01ADA", "U02BEN", "U03WEI"}
    assert slack.calls == [READ_CHANNEL_INFO, *[LIST_MEMBERS] * 3]


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
async def test_channel_shared_with_others_is_unknown(now: Now, flag: str) -> None:
    first, _ = await look_up(ScriptedSlack(["U01ADA"], **{flag: True}), now)
    assert first is None


async def test_channel_with_too_many_members_is_unknown(now: Now) -> None:
    first, _ = await look_up(ScriptedSlack([f"U{number}" for number in range(60)]), now)
    assert first is None


async def test_members_are_asked_for_again_after_a_while(now: Now) -> None:
    slack = ScriptedSlack(["U01ADA"])
    find = ChannelMembers(cast(AsyncWebClient, slack), "U00BOT", asyncio.get_running_loop(), now)
    await asyncio.to_thread(find, "C07ASK")
    slack.members = ["U01ADA", "U02BEN"]
    now.forward(301)
    assert await asyncio.to_thread(find, "C07ASK") == {"U01ADA", "U02BEN"}
