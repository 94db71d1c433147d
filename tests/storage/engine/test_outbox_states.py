"""Whatever happens to processes and calls, every post is in Slack once, in order, and as last edited.

Two processes share the outbox. A call may succeed, fail before or after Slack acts on it, or be rate limited; a process
may hold a delivery for hours, even between its last look at the lease and the call, or lose its memory. At the end the
network recovers and everything is sent.
"""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule

from storage.database import Database
from storage.engine.claiming import Delivery
from storage.engine.deliveries import SendResult
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.outbox import Outbox
from tests.samples import scale
from tests.storage.cast import LEASE, NOW, ONE, TWO, build_text, sender_of
from tests.storage.databases import migrate_once

PLACES = (("C1", None), ("C1", "1.1"), ("C2", None))
OUTCOMES = ("works", "works", "works", "answer is lost", "never arrives", "429", "internal error")
owners = st.sampled_from([ONE, TWO])


class Slack:
    """The messages in Slack: their texts by ts, and the delivery of each."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.of: dict[str, str] = {}  # ts → delivery
        self._ts = count(1)

    def by(self, delivery: str) -> list[str]:
        return [ts for ts, one in self.of.items() if one == delivery]

    def look(self, delivery: Delivery) -> str | None:
        """What bot.engine.delivery_client does before it posts again."""
        there = self.by(delivery.id) if delivery.kind is DeliveryKind.POST and delivery.attempt > 1 else []
        return there[0] if there else None

    def do(self, delivery: Delivery) -> str | None:
        if delivery.kind is DeliveryKind.REMOVE_DUPLICATES:
            for ts in self.by(str(delivery.target)):
                if delivery.target_ts not in (None, ts):
                    del self.of[ts], self.words[ts]
            return None
        if delivery.kind is not DeliveryKind.POST:
            assert delivery.target_ts is not None
            self.words[delivery.target_ts] = delivery.arguments["text"]
            return None
        ts = f"{next(self._ts)}"
        self.words[ts] = delivery.arguments["text"]
        self.of[ts] = delivery.id
        return ts


class OutboxStates(RuleBasedStateMachine):
    posts = Bundle("posts")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(template(), self.folder / "pmo.db")
        self.database = Database(f"sqlite:///{self.folder / 'pmo.db'}")
        self.sender = sender_of(self.database)
        self.slack = Slack()
        self.now = NOW
        self.held: dict[str, list[Delivery]] = {ONE: [], TWO: []}
        self.calling: dict[str, list[Delivery]] = {ONE: [], TWO: []}  # searched, fenced, and not called yet
        self.asked: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        self.last_words: dict[str, str] = {}
        self.failed: set[tuple[str, str | None]] = set()

    def teardown(self) -> None:
        if not hasattr(self, "database"):
            return
        self._mend_everything()
        self._check()
        self.database.close()
        shutil.rmtree(self.folder)

    @rule(target=posts, place=st.sampled_from(PLACES), bulk=st.booleans())
    def ask_for_a_post(self, place: tuple[str, str | None], bulk: bool) -> str:
        with self._outbox() as outbox:
            channel, thread_ts = place
            lane = f"many in {channel}" if bulk else channel  # bulk and prompt posts don't wait for each other
            delivery = outbox.post(channel, build_text("first"), thread_ts=thread_ts, bulk=bulk)
        self.asked[lane, thread_ts].append(delivery)
        self.last_words[delivery] = "first"
        return delivery

    @rule(post=posts, text=st.text("abc", min_size=1, max_size=3))
    def ask_for_an_edit(self, post: str, text: str) -> None:
        with self._outbox() as outbox:
            outbox.edit(post, build_text(text))
        self.last_words[post] = text

    @rule(owner=owners, limit=st.integers(1, 5))
    def claim(self, owner: str, limit: int) -> None:
        self.held[owner] += self.sender.claim(owner, self.now, limit).deliveries

    @rule(seconds=st.sampled_from([0.3, 1, 6, 30, 61, 400]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: any(self.held.values()))
    @rule(owner=owners, which=st.integers(0, 4), outcome=st.sampled_from(OUTCOMES))
    def call(self, owner: str, which: int, outcome: str) -> None:
        if not self.held[owner]:
            return
        delivery = self.held[owner].pop(which % len(self.held[owner]))
        fenced = self._fenced(delivery)
        if fenced:
            self._call(fenced, outcome)

    @precondition(lambda self: any(self.held.values()))
    @rule(owner=owners, which=st.integers(0, 4))
    def stop_before_a_call(self, owner: str, which: int) -> None:
        if not self.held[owner]:
            return
        fenced = self._fenced(self.held[owner].pop(which % len(self.held[owner])))
        if fenced and not self.slack.look(fenced):
            self.calling[owner].append(fenced)

    @precondition(lambda self: any(self.calling.values()))
    @rule(owner=owners, outcome=st.sampled_from(OUTCOMES))
    def go_on_with_the_call(self, owner: str, outcome: str) -> None:
        if self.calling[owner]:
            self._call(self.calling[owner].pop(), outcome, looks=False)

    @rule(owner=owners)
    def forget_everything_held(self, owner: str) -> None:
        """The process was killed, and another one has its name."""
        self.held[owner], self.calling[owner] = [], []

    @rule(owner=owners)
    def stop_for_longer_than_its_lease(self, owner: str) -> None:
        """The other process does everything there is to do; then this one continues with what it holds."""
        self.now += timedelta(seconds=LEASE.seconds + 1)
        for delivery in self.sender.claim(TWO if owner == ONE else ONE, self.now, 50).deliveries:
            self._call(delivery, "works")

    def _fenced(self, delivery: Delivery) -> Delivery | None:
        """What bot.engine.delivery_client does before each call."""
        if LEASE.allows_call(delivery.lease_until, self.now):
            return delivery
        return self.sender.extend_lease(delivery, self.now)

    def _call(self, delivery: Delivery, outcome: str, *, looks: bool = True) -> None:
        soon = self.now + timedelta(seconds=min(0.5 * 2**delivery.attempt, 60))
        if outcome == "429":
            self.sender.pause(delivery, delivery.kind, self.now + timedelta(seconds=5))
        elif outcome == "internal error":
            self.failed.add((delivery.channel or "", delivery.arguments.get("thread_ts")))
            self.sender.retry_without_blocking(delivery, outcome, soon, self.now)
        elif outcome == "never arrives":
            self.sender.retry_in_order(delivery, outcome, soon)
        else:
            ts = (looks and self.slack.look(delivery)) or self.slack.do(delivery)
            if outcome == "works":
                self.sender.record_sent([SendResult(delivery, delivery.channel, ts)], self.now)
            else:
                self.sender.retry_in_order(delivery, outcome, soon)

    def _mend_everything(self) -> None:
        """From now on every call succeeds; what no process holds comes back when its lease ends."""
        self.held, self.calling = {ONE: [], TWO: []}, {ONE: [], TWO: []}
        for _ in range(2_000):
            claimed = self.sender.claim(ONE, self.now, 50)
            for delivery in claimed.deliveries:
                self._call(delivery, "works")
            if not claimed.deliveries and claimed.check_again_at is None:
                return
            self.now = max(self.now + timedelta(milliseconds=10), claimed.check_again_at or self.now)
        raise AssertionError("Something is never sent.")

    def _check(self) -> None:
        assert sorted(self.slack.of.values()) == sorted(self.last_words), "each post stands once"
        stands = {delivery: ts for ts, delivery in self.slack.of.items()}
        assert {delivery: self.slack.words[stands[delivery]] for delivery in self.last_words} == self.last_words
        for (lane, thread_ts), wanted in self.asked.items():
            if (lane.removeprefix("many in "), thread_ts) not in self.failed:
                order = sorted(wanted, key=lambda delivery: int(stands[delivery]))
                assert order == wanted, "posts of one place stand in their order"

    @contextmanager
    def _outbox(self) -> Iterator[Outbox]:
        with self.database.transaction() as session:
            yield Outbox(session, self.now)


_template: list[Any] = []


def template() -> Path:
    if not _template:
        folder = tempfile.TemporaryDirectory()
        _template.extend([folder, Path(folder.name) / "pmo.db"])
        migrate_once(f"sqlite:///{_template[1]}")
    found: Path = _template[1]
    return found


OutboxStates.TestCase.settings = settings(max_examples=scale(40), stateful_step_count=30)
TestOutboxStates = OutboxStates.TestCase
