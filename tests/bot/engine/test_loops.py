"""What runs for ever goes on whatever happens, sleeps while nothing is due, and stops when told."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.engine.dead_letters import QUIET_FOR, ReportDeadLetters
from bot.engine.loop import Loop
from bot.engine.scheduler import AFTER_TROUBLE, Scheduler
from bot.engine.slack_methods import list_calls
from foundation.errors import UserError
from handlers.context import AppContext
from storage.engine.deliveries import Deliveries, SendResult
from storage.engine.rate_limits import PostingLimits
from storage.store import Store
from tests.bot.conftest import LEASE, Now, at_work


class Counting(Loop):
    """Counts its turns; each of the first ones raises what it is given."""

    def __init__(self, now: Now, *troubles: Exception) -> None:
        super().__init__(now)
        self.turns = 0
        self.turned = asyncio.Event()
        self._troubles = list(troubles)

    async def run_once(self) -> bool:
        self.turns += 1
        self.turned.set()
        if self._troubles:
            raise self._troubles.pop(0)
        return False

    async def next_due(self) -> datetime | None:
        return None


async def test_nothing_due_means_no_turns_until_somebody_rings(now: Now) -> None:
    loop = Counting(now)
    async with at_work(loop):
        await loop.turned.wait()
        for _ in range(100):
            await asyncio.sleep(0)
        assert loop.turns == 1
        loop.turned.clear()
        loop.wake()
        await asyncio.wait_for(loop.turned.wait(), 1)
        assert loop.turns == 2


async def test_trouble_is_told_once_and_the_loop_goes_on(
    now: Now, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.loop.AFTER_TROUBLE", 0.0)
    full = UserError("The disk is full.")
    loop = Counting(now, full, full, ZeroDivisionError(), full)
    async with at_work(loop), asyncio.timeout(10):
        while loop.turns < 5:
            loop.turned.clear()
            await loop.turned.wait()
    assert caplog.text.count("The disk is full.") == 1
    assert "ZeroDivisionError" in caplog.text


async def test_it_stops_though_it_is_in_trouble(now: Now) -> None:
    loop = Counting(now, *[UserError("The disk is full.")] * 100)
    async with asyncio.timeout(1), at_work(loop):
        await loop.turned.wait()


def chore(calls: list[str], name: str, wish: Callable[[datetime], datetime | None]) -> Callable[..., datetime | None]:
    def call(now: datetime) -> datetime | None:
        calls.append(name)
        return wish(now)

    return call


async def test_the_clock_calls_every_chore_and_wakes_for_the_first_wish(now: Now) -> None:
    calls: list[str] = []
    soon = chore(calls, "soon", lambda at: at + timedelta(minutes=1))
    never = chore(calls, "never", lambda at: None)
    clock = Scheduler(now, [chore(calls, "late", lambda at: at + timedelta(hours=1)), soon, never], lambda: None)
    assert not await clock.run_once()
    assert calls == ["late", "soon", "never"]
    due = await clock.next_due()
    assert due is not None
    assert timedelta(seconds=50) < due - now() <= timedelta(minutes=1)


async def test_a_chore_in_trouble_keeps_no_other_from_its_work(now: Now, caplog: pytest.LogCaptureFixture) -> None:
    calls: list[str] = []

    def broken(at: datetime) -> datetime | None:
        raise ZeroDivisionError

    def refused(at: datetime) -> datetime | None:
        raise UserError("The disk is full.")

    clock = Scheduler(now, [broken, refused, chore(calls, "fine", lambda at: None)], lambda: None)
    await clock.run_once()
    assert calls == ["fine"]
    assert "The chore broken stumbled" in caplog.text
    assert "The disk is full." in caplog.text
    due = await clock.next_due()
    assert due is not None
    assert due - now() <= AFTER_TROUBLE


class Mail:
    """Deliveries that die, and what the PMO hears of them."""

    def __init__(self, store: Store, now: Now) -> None:
        self.store = store
        self.now = now
        self.deliveries = Deliveries(store.database, PostingLimits(), LEASE, list_calls)

    def die(self, channel: str, error: str) -> None:
        with self.store.transaction(self.now()) as tx:
            tx.outbox.post(channel, {"text": "unheard"})
        for one in self.deliveries.claim("host:1", self.now(), 10).deliveries:
            self.deliveries.give_up(one, error, self.now())

    def heard(self) -> list[str]:
        """What is posted now."""
        found = self.deliveries.claim("host:2", self.now(), 10).deliveries
        self.deliveries.record_sent([SendResult(one, one.channel, "1.1") for one in found], self.now())
        assert {one.channel for one in found} <= {"C03TRIAGE"}
        return [one.arguments["text"] for one in found]


@pytest.fixture
def mail(store: Store, now: Now) -> Mail:
    return Mail(store, now)


def test_the_pmo_hears_in_one_message_what_could_not_be_said_and_what_to_do(ctx: AppContext, mail: Mail) -> None:
    mail.die("C06LEADERS", "not_in_channel")
    mail.die("C06LEADERS", "not_in_channel")
    mail.die("U01ADA", "invalid_blocks")
    ReportDeadLetters(ctx)(mail.now())
    [words] = mail.heard()
    assert words.splitlines() == [
        "3 messages could not be delivered:",
        "• <#C06LEADERS> (2 times): not_in_channel – invite the bot to the channel: /invite @PMO Assistant.",
        "• <@U01ADA>: invalid_blocks – a defect of the bot's: the log has the details.",
        "`pmo doctor` shows them all.",
    ]


def test_it_is_said_once_and_not_every_minute(ctx: AppContext, mail: Mail) -> None:
    tell = ReportDeadLetters(ctx)
    mail.die("C06LEADERS", "not_in_channel")
    tell(mail.now())
    assert len(mail.heard()) == 1
    mail.die("C05STORIES", "is_archived")
    tell(mail.now())
    assert mail.heard() == []
    mail.now.forward(QUIET_FOR.total_seconds())
    tell(mail.now())
    assert "<#C05STORIES>" in mail.heard()[0]


def test_what_the_triage_channel_itself_refused_is_told_in_the_log_only(
    ctx: AppContext, mail: Mail, caplog: pytest.LogCaptureFixture
) -> None:
    tell = ReportDeadLetters(ctx)
    mail.die("C03TRIAGE", "not_in_channel")
    for _ in range(3):
        tell(mail.now())
        mail.now.forward(QUIET_FOR.total_seconds())
    assert mail.heard() == []
    assert caplog.text.count("Not delivered to C03TRIAGE") == 1


def test_nothing_to_tell_is_nothing_said(ctx: AppContext, mail: Mail) -> None:
    assert ReportDeadLetters(ctx)(mail.now()) is None
    assert mail.heard() == []
