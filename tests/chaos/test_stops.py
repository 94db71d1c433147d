"""Stopped processes and broken networks: nothing is lost, nothing is sent twice."""

import asyncio

import pytest

from tests.chaos.rig import POST, Kill, Rig, check_workloads, match_nth
from tests.chaos.workloads import PATIENCE, FanOut, Questions

pytestmark = pytest.mark.chaos

LEASE = 3.0  # seconds, see rig.QUICK


@pytest.mark.parametrize("when", ["before", "after"])
async def test_stopped_bot_resumes_after_others_took_over(cluster: Rig, when: str) -> None:
    """Three bots on one PostgreSQL; the one that makes the second call is held until its lease has long ended."""
    bots = [await cluster.start_bot(name=name) for name in ("one", "two", "three")]
    sleeper = bots[0]
    workloads = [Questions(6), FanOut(12)]
    held = asyncio.Event()

    def hold_it() -> None:
        sleeper.pause()
        held.set()

    cluster.hooks.add(when, "call", match_nth(2, POST), hold_it)
    for workload in workloads:
        await workload.start(cluster, 0)
    await asyncio.wait_for(held.wait(), 30)
    for workload in workloads:
        await workload.wait_seen(cluster)
    sleeper.resume()
    canary = Questions(3)
    await canary.start(cluster, 1)
    await canary.wait_seen(cluster)
    await sleeper.shut_down()  # by then it knows which of its calls came too late, and has asked for repairs
    await cluster.wait_idle()
    for bot in bots[1:]:
        await bot.shut_down()
    await check_workloads(cluster, [*workloads, canary])


async def test_three_bots_killed_in_turn_lose_nothing(cluster: Rig) -> None:
    workloads = [Questions(4), FanOut(6)]
    kills = [Kill("after", "commit", 6), Kill("before", "commit", 9), Kill("after", "commit", 12)]
    bots = [await cluster.start_bot(kill, name) for kill, name in zip(kills, ("one", "two", "three"), strict=True)]
    survivor = await cluster.start_bot(name="four")
    for number in range(3):
        for workload in workloads:
            await workload.start(cluster, number)
    for workload in workloads:
        await workload.wait_seen(cluster)
    await cluster.wait_idle()
    for bot in bots:
        bot.kill()
        await bot.wait_exit()
    await cluster.wait_idle()
    await survivor.shut_down()
    await check_workloads(cluster, workloads)


async def test_only_bot_resumes_after_long_sleep(rig: Rig) -> None:
    bot = await rig.start_bot()
    workloads = [Questions(4), FanOut(6)]
    held = asyncio.Event()

    def hold_it() -> None:
        bot.pause()
        held.set()

    rig.hooks.add("after", "call", match_nth(2, POST), hold_it)
    for workload in workloads:
        await workload.start(rig, 0)
    await asyncio.wait_for(held.wait(), 30)
    await asyncio.sleep(LEASE + 0.5)  # real time has to pass for the lease to end
    bot.resume()
    for workload in workloads:
        await workload.wait_seen(rig)
    await rig.wait_idle()
    await bot.shut_down()
    await check_workloads(rig, workloads)


async def test_lost_responses_and_errors_lose_nothing(rig: Rig) -> None:
    await rig.workspace.faults(
        {"kind": "lost_response", "method": POST, "every": 4},
        {"kind": "ratelimit", "method": POST, "retry_after": 1, "every": 9},
        {"kind": "status", "method": POST, "status": 500, "every": 7},
        {"kind": "lost_response", "method": "conversations.history", "every": 3},
        {"kind": "status", "method": "conversations.replies", "status": 503, "every": 3},
        {"kind": "delay", "method": "*", "ms": 50, "probability": 0.3},
    )
    await run_through_faults(rig, [Questions(5), FanOut(7)])


async def test_repeated_events_and_cut_sockets_lose_nothing(rig: Rig) -> None:
    await rig.workspace.faults(
        {"kind": "duplicate_event", "event": "*"},
        {"kind": "drop_socket", "event": "app_mention", "every": 3},
    )
    await run_through_faults(rig, [Questions(6)])


async def test_events_sent_to_two_bots_are_answered_once(cluster: Rig) -> None:
    bots = [await cluster.start_bot(name=name) for name in ("one", "two")]
    await cluster.workspace.faults({"kind": "duplicate_event", "event": "*"})
    workload = Questions(9)
    await workload.start(cluster, 0)
    await workload.wait_seen(cluster)
    await cluster.wait_idle()
    for bot in bots:
        await bot.shut_down()
    await check_workloads(cluster, [workload])


async def test_event_delivered_four_times_is_answered_once(cluster: Rig) -> None:
    bots = [await cluster.start_bot(name=name) for name in ("one", "two")]
    ada = cluster.workspace.as_user("U01ADA")
    ts = await ada.post("C07ASK", "what is a gate review?")
    text = "<@U00PMOBOT> what is a gate review?"
    mention = {"type": "app_mention", "channel": "C07ASK", "ts": ts, "user": "U01ADA", "text": text}
    await cluster.workspace.send_event(mention, times=4, same_id=True)  # the connections take turns
    await ada.wait_message(lambda message: message.get("thread_ts") == ts and message.get("bot_id"), seconds=PATIENCE)
    await cluster.workspace.wait_quiet()
    mentions = [one for one in await cluster.workspace.events("events_api") if one["event_type"] == "app_mention"]
    assert [one["acked"] for one in mentions] == [True] * 4
    await cluster.wait_idle()
    for bot in bots:
        await bot.shut_down()
    thread = (await cluster.workspace.api("conversations.replies", channel="C07ASK", ts=ts))["messages"]
    assert len([message for message in thread if message.get("bot_id")]) == 1


async def run_through_faults(rig: Rig, workloads: list[Questions | FanOut]) -> None:
    """Run the workloads while things go wrong; then let the network recover."""
    bot = await rig.start_bot()
    for number in range(2):
        for workload in workloads:
            await workload.start(rig, number)
    await asyncio.gather(*(workload.wait_seen(rig) for workload in workloads))
    await rig.workspace.faults()
    await rig.wait_idle()
    await bot.shut_down()
    await check_workloads(rig, workloads)
