"""Stopped processes and broken networks: nothing is lost, nothing is sent twice."""

import asyncio

import pytest

from tests.chaos.killing import PATIENCE, POST, Death, FanOut, Questions, Street, hold, nth

pytestmark = pytest.mark.chaos

LEASE = 3.0  # seconds, see killing.QUICK


@pytest.mark.parametrize("when", ["before", "after"])
async def test_stopped_bot_resumes_after_others_took_over(crossroads: Street, when: str) -> None:
    """Three bots on one PostgreSQL; the one that makes the second call is held until its lease has long ended."""
    bots = [await crossroads.bot(name=name) for name in ("one", "two", "three")]
    sleeper = bots[0]
    deeds = [Questions(6), FanOut(12)]
    held = asyncio.Event()

    def hold_it() -> None:
        sleeper.stop()
        held.set()

    crossroads.hooks.at(when, "call", nth(2, POST), hold_it)
    for deed in deeds:
        await deed.do(crossroads, 0)
    await asyncio.wait_for(held.wait(), 30)
    for deed in deeds:
        await deed.seen(crossroads)
    sleeper.go_on()
    canary = Questions(3)
    await canary.do(crossroads, 1)
    await canary.seen(crossroads)
    await sleeper.leave()  # by then it knows which of its calls came too late, and has asked for repairs
    await crossroads.nothing_left()
    for bot in bots[1:]:
        await bot.leave()
    await hold(crossroads, [*deeds, canary])


async def test_three_bots_killed_in_turn_lose_nothing(crossroads: Street) -> None:
    deeds = [Questions(4), FanOut(6)]
    deaths = [Death("after", "commit", 6), Death("before", "commit", 9), Death("after", "commit", 12)]
    bots = [await crossroads.bot(death, name) for death, name in zip(deaths, ("one", "two", "three"), strict=True)]
    survivor = await crossroads.bot(name="four")
    for number in range(3):
        for deed in deeds:
            await deed.do(crossroads, number)
    for deed in deeds:
        await deed.seen(crossroads)
    await crossroads.nothing_left()
    for bot in bots:
        bot.kill()
        await bot.gone()
    await crossroads.nothing_left()
    await survivor.leave()
    await hold(crossroads, deeds)


async def test_only_bot_resumes_after_long_sleep(street: Street) -> None:
    bot = await street.bot()
    deeds = [Questions(4), FanOut(6)]
    held = asyncio.Event()

    def hold_it() -> None:
        bot.stop()
        held.set()

    street.hooks.at("after", "call", nth(2, POST), hold_it)
    for deed in deeds:
        await deed.do(street, 0)
    await asyncio.wait_for(held.wait(), 30)
    await asyncio.sleep(LEASE + 0.5)  # what is tested here is that time passes
    bot.go_on()
    for deed in deeds:
        await deed.seen(street)
    await street.nothing_left()
    await bot.leave()
    await hold(street, deeds)


async def test_lost_responses_and_errors_lose_nothing(street: Street) -> None:
    await street.workspace.faults(
        {"kind": "lost_response", "method": POST, "every": 4},
        {"kind": "ratelimit", "method": POST, "retry_after": 1, "every": 9},
        {"kind": "status", "method": POST, "status": 500, "every": 7},
        {"kind": "lost_response", "method": "conversations.history", "every": 3},
        {"kind": "status", "method": "conversations.replies", "status": 503, "every": 3},
        {"kind": "delay", "method": "*", "ms": 50, "probability": 0.3},
    )
    await outlive_while(street, [Questions(5), FanOut(7)])


async def test_repeated_events_and_cut_sockets_lose_nothing(street: Street) -> None:
    await street.workspace.faults(
        {"kind": "duplicate_event", "event": "*"},
        {"kind": "drop_socket", "event": "app_mention", "every": 3},
    )
    await outlive_while(street, [Questions(6)])


async def test_events_sent_to_two_bots_are_answered_once(crossroads: Street) -> None:
    bots = [await crossroads.bot(name=name) for name in ("one", "two")]
    await crossroads.workspace.faults({"kind": "duplicate_event", "event": "*"})
    deed = Questions(9)
    await deed.do(crossroads, 0)
    await deed.seen(crossroads)
    await crossroads.nothing_left()
    for bot in bots:
        await bot.leave()
    await hold(crossroads, [deed])


async def test_event_delivered_four_times_is_answered_once(crossroads: Street) -> None:
    bots = [await crossroads.bot(name=name) for name in ("one", "two")]
    ada = crossroads.workspace.as_user("U01ADA")
    ts = await ada.post("C07ASK", "what is a gate review?")
    text = "<@U00PMOBOT> what is a gate review?"
    mention = {"type": "app_mention", "channel": "C07ASK", "ts": ts, "user": "U01ADA", "text": text}
    await crossroads.workspace.send_event(mention, times=4, same_id=True)  # the connections take turns
    await ada.wait_message(lambda message: message.get("thread_ts") == ts and message.get("bot_id"), seconds=PATIENCE)
    await crossroads.workspace.wait_quiet()
    mentions = [one for one in await crossroads.workspace.events("events_api") if one["event_type"] == "app_mention"]
    assert [one["acked"] for one in mentions] == [True] * 4
    await crossroads.nothing_left()
    for bot in bots:
        await bot.leave()
    thread = (await crossroads.workspace.api("conversations.replies", channel="C07ASK", ts=ts))["messages"]
    assert len([message for message in thread if message.get("bot_id")]) == 1


async def outlive_while(street: Street, deeds: list[Questions | FanOut]) -> None:
    """The deeds happen while things go wrong; then the network recovers."""
    bot = await street.bot()
    for number in range(2):
        for deed in deeds:
            await deed.do(street, number)
    await asyncio.gather(*(deed.seen(street) for deed in deeds))
    await street.workspace.faults()
    await street.nothing_left()
    await bot.leave()
    await hold(street, deeds)
