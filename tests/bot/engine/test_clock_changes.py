"""The machine's clock is set, by hours: what waits continues at once, and nothing is sent twice."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.engine.channel_members import ChannelMembers
from bot.engine.clock_changes import LONGEST_WAIT, ContinueAfterClockChange
from bot.engine.slack_methods import POST_EPHEMERAL, POST_MESSAGE, READ_CHANNEL_INFO
from bot.engine.slack_people import SlackPeople
from handlers.context import AppContext
from storage.engine.inbox import Inbox, NewArrival
from storage.engine.lease import Lease
from storage.tables.engine import RateLimitRow
from tests.bot.conftest import Now, RunningSender

ASK, LEADERS = "C07ASK", "C06LEADERS"
HOURS = 3 * 3_600.0
MINUTES = 600.0
LEASE = Lease(60)


class Steady:
    """A clock that nobody can set: it doesn't follow what a test does to the other."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def notice(ctx: AppContext) -> ContinueAfterClockChange:
    """The job, once it has seen the clock as it was."""
    job = ContinueAfterClockChange(ctx, LEASE, Steady())
    job(ctx.now())
    return job


async def test_posts_continue_when_clock_is_set_back(office: RunningSender, notice: ContinueAfterClockChange) -> None:
    await office.workspace.faults(
        {"kind": "status", "method": POST_MESSAGE, "channel": ASK, "status": 503, "count": 1},
        {"kind": "ratelimit", "method": POST_EPHEMERAL, "retry_after": 600, "count": 1},
    )
    failed = [office.add("post", ASK, {"text": f"{number}"}) for number in range(8)]
    paused = office.add("post_ephemeral", ASK, "U01ADA", {"text": "for you"})
    bulk = [office.add("post", LEADERS, {"text": f"many {number}"}, bulk=True) for number in range(4)]
    await office.wait_row(failed[0], lambda row: row.error == "503")
    await office.wait_row(paused, lambda row: row.error == "429")
    set_back(office, notice)
    for delivery in (*failed, paused, *bulk):
        assert (await office.wait_settled(delivery)).status == "done"
        office.forward(1)
    assert await office.read_texts(ASK) == [f"{number}" for number in range(8)]
    assert await office.read_texts(LEADERS) == [f"many {number}" for number in range(4)]


async def test_post_is_not_doubled_when_clock_is_set_forward_in_an_outage(office: RunningSender) -> None:
    """It's posted again without a look only if looking has been impossible for minutes, not by the clock alone."""
    await office.workspace.faults(
        {"kind": "lost_response", "method": POST_MESSAGE, "count": 1},
        {"kind": "status", "method": "conversations.history", "status": 503},
    )
    delivery = office.add("post", ASK, {"text": "once"})
    await office.wait_row(delivery, lambda row: row.error is not None)
    office.forward(2)
    attempts = (await office.wait_row(delivery, lambda row: row.error == "503")).attempts
    office.now.set_ahead(HOURS)
    office.sender.wake()
    await office.wait_row(delivery, lambda row: row.attempts > attempts and row.error == "503")
    await office.workspace.faults()
    office.forward(60)
    assert (await office.wait_settled(delivery)).status == "done"
    assert await office.read_texts(ASK) == ["once"]


async def test_earlier_attempt_is_found_after_clock_was_set_back(
    office: RunningSender, notice: ContinueAfterClockChange
) -> None:
    """The first attempt was made while the clock was hours ahead of Slack's."""
    office.forward(HOURS)
    notice(office.now())
    await office.workspace.faults({"kind": "lost_response", "method": POST_MESSAGE, "count": 1})
    delivery = office.add("post", ASK, {"text": "once"})
    await office.wait_row(delivery, lambda row: row.error is not None)
    set_back(office, notice)
    assert (await office.wait_settled(delivery)).status == "done"
    assert await office.read_texts(ASK) == ["once"]


@pytest.mark.parametrize("seconds", [HOURS, -HOURS])
async def test_call_under_way_is_not_made_again(
    office: RunningSender, notice: ContinueAfterClockChange, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    client, reached, go_on = office.sender._client.client, asyncio.Event(), asyncio.Event()
    api_call = client.api_call

    async def held(*call: Any, **how: Any) -> Any:
        reached.set()
        await go_on.wait()
        return await api_call(*call, **how)

    monkeypatch.setattr(client, "api_call", held)
    delivery = office.add("post_ephemeral", ASK, "U01ADA", {"text": "once"})
    await reached.wait()
    office.forward(seconds)
    notice(office.now())
    for _ in range(3):
        await office.sender.run_once()
    go_on.set()
    assert (await office.wait_settled(delivery)).attempts == 1
    assert (await office.list_methods()).count(POST_EPHEMERAL) == 1


def test_arrivals_are_due_again_when_clock_was_set_back(
    ctx: AppContext, now: Now, notice: ContinueAfterClockChange
) -> None:
    inbox: Inbox = ctx.store.inbox
    inbox.write([NewArrival("e1", "event:message", {}, now()), NewArrival("e2", "event:message", {}, now())])
    [failed, waiting] = inbox.claim("host:1", now(), 2, LEASE)
    inbox.retry_later(failed, "a defect", now())
    inbox.retry_later(waiting, "a defect", now())
    now.forward(-HOURS)
    notice(now())
    assert [one.key for one in inbox.claim("host:1", now(), 2, LEASE)] == ["e1", "e2"]


def test_work_of_a_dead_process_is_taken_over_after_a_lease_when_clock_was_set_back(
    ctx: AppContext, now: Now, notice: ContinueAfterClockChange
) -> None:
    inbox: Inbox = ctx.store.inbox
    inbox.write([NewArrival("e1", "event:message", {}, now())])
    assert len(inbox.claim("dead:1", now(), 1, LEASE)) == 1
    now.forward(-HOURS)
    notice(now())
    assert inbox.claim("host:2", now(), 1, LEASE) == []
    now.forward(LEASE.seconds)
    assert [one.key for one in inbox.claim("host:2", now(), 1, LEASE)] == ["e1"]


def test_small_corrections_and_steps_forward_change_nothing(
    ctx: AppContext, now: Now, notice: ContinueAfterClockChange, caplog: pytest.LogCaptureFixture
) -> None:
    inbox: Inbox = ctx.store.inbox
    inbox.write([NewArrival("e1", "event:message", {}, now())])
    [failed] = inbox.claim("host:1", now(), 1, LEASE)
    for _ in range(4):
        failed = inbox.count_failure_first(failed)
    inbox.retry_later(failed, "a defect", now())
    for seconds in (-5.0, HOURS, -20.0):
        due = inbox.find_next_due()
        now.forward(seconds)
        notice(now())
        assert inbox.find_next_due() == due
    assert caplog.text == ""


def test_leftovers_of_a_clock_far_ahead_are_due_at_the_next_start(ctx: AppContext, now: Now) -> None:
    inbox: Inbox = ctx.store.inbox
    now.forward(HOURS)
    inbox.write([NewArrival("e1", "event:message", {}, now())])
    now.forward(-HOURS)
    assert inbox.claim("host:1", now(), 1, LEASE) == []
    ContinueAfterClockChange(ctx, LEASE, Steady())(now())
    assert len(inbox.claim("host:1", now(), 1, LEASE)) == 1
    assert LONGEST_WAIT.total_seconds() < HOURS


def test_start_after_clock_was_set_back_continues_what_waits(ctx: AppContext, now: Now) -> None:
    inbox: Inbox = ctx.store.inbox
    inbox.write([NewArrival("e1", "event:message", {}, now())])
    now.forward(-MINUTES)
    assert inbox.claim("host:1", now(), 1, LEASE) == []
    ContinueAfterClockChange(ctx, LEASE, Steady())(now())
    assert len(inbox.claim("host:1", now(), 1, LEASE)) == 1
    assert LONGEST_WAIT.total_seconds() > MINUTES


def set_back(office: RunningSender, notice: ContinueAfterClockChange) -> None:
    office.forward(-HOURS)
    notice(office.now())
    office.sender.wake()


async def test_nobody_is_forgotten_for_hours_when_clock_is_set_back(now: Now) -> None:
    slack = CountingSlack()
    web, loop = cast(AsyncWebClient, slack), asyncio.get_running_loop()
    people, members = SlackPeople(web, "T1", None, loop, now), ChannelMembers(web, "U00BOT", loop, now)
    for _ in range(2):
        await people.look_up_soon("U01ADA")
        await asyncio.to_thread(members, ASK)
    assert slack.calls == 3
    now.forward(-HOURS)
    await people.look_up_soon("U01ADA")
    await asyncio.to_thread(members, ASK)
    assert slack.calls == 6


class CountingSlack:
    """Answers for a person, a channel and its members."""

    def __init__(self) -> None:
        self.calls = 0

    async def api_call(self, method: str, **_: Any) -> Any:
        self.calls += 1
        answer = {"channel": {}} if method == READ_CHANNEL_INFO else {"members": ["U01ADA"], "user": {"team_id": "T1"}}
        return SimpleNamespace(data=answer)


def test_pauses_end_when_clock_is_set_back(ctx: AppContext, now: Now, notice: ContinueAfterClockChange) -> None:
    with ctx.store.transaction(now()) as tx:
        tx.session.add(RateLimitRow(scope="method:chat.postMessage", free_at=now(), taken=[]))
        tx.session.add(RateLimitRow(scope=f"channel:{ASK}", free_at=now(), taken=[now().timestamp()] * 5))
    now.forward(-HOURS)
    notice(now())
    with ctx.store.read_only(now()) as tx:
        assert tx.session.scalars(select(RateLimitRow)).all() == []
