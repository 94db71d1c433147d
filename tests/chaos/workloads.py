"""What happens while bots are killed, paused and cut off.

`start` begins a workload (once in each round), `wait_seen` waits until people have seen all of it, `check` asserts that
each part happened exactly once. To put something else through the same faults, write a workload for it.
"""

import asyncio
import itertools
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.chaos.rig import Rig

PATIENCE = 90.0  # seconds until a test stops waiting


class Workload(Protocol):
    """Something that happens while bots die."""

    async def start(self, rig: "Rig", round_number: int) -> None: ...

    async def wait_seen(self, rig: "Rig") -> None: ...

    async def check(self, rig: "Rig") -> None: ...


class Questions:
    """People ask in several channels at once; each question gets one answer, in its thread."""

    ASKED = ("what is a gate review?", "how do I write a business case?", "when do I need a new baseline?")
    PLACES = (
        ("U01ADA", "C07ASK"),
        ("U02BEN", "C02PROJECTS"),
        ("U06FARAH", "C01GENERAL"),
        ("U03WEI", "C03TRIAGE"),
        ("U04DANA", "C06LEADERS"),
        ("U05EMEKA", "C05STORIES"),
        ("U01ADA", "C04PROGRESS"),
    )

    def __init__(self, each_round: int = 3) -> None:
        self._each_round = each_round
        self._places = itertools.cycle(self.PLACES)
        self._asked: list[tuple[str, str, str]] = []  # user, channel, ts

    @property
    def size(self) -> int:
        return len(self._asked)

    async def start(self, rig: "Rig", round_number: int) -> None:
        for number in range(self._each_round):
            user, channel = next(self._places)
            question = self.ASKED[(round_number + number) % len(self.ASKED)]
            ts = await rig.workspace.as_user(user).post(channel, f"@PMO Assistant {question}")
            self._asked.append((user, channel, ts))

    async def wait_seen(self, rig: "Rig") -> None:
        for user, _, ts in self._asked:
            await rig.workspace.as_user(user).wait_message(
                lambda message, ts=ts: message.get("thread_ts") == ts and message.get("bot_id"), seconds=PATIENCE
            )

    async def check(self, rig: "Rig") -> None:
        for _, channel, ts in self._asked:
            thread = (await rig.workspace.api("conversations.replies", channel=channel, ts=ts))["messages"]
            answers = [message["text"] for message in thread if message.get("bot_id")]
            assert len(answers) == 1, f"{channel} {ts} has {len(answers)} answers: {answers}"


class FanOut:
    """Many posts at once, to channels and people, like a digest; each is posted once and in order."""

    PLACES = ("C01GENERAL", "C02PROJECTS", "C03TRIAGE", "C04PROGRESS", "C05STORIES", "C06LEADERS", "C07ASK")
    TEXT = "fan-out"
    PEOPLE = ("U01ADA", "U02BEN", "U03WEI", "U04DANA", "U05EMEKA", "U06FARAH")

    def __init__(self, each_round: int = 3) -> None:
        self._each_round = each_round
        self._places = itertools.cycle(self.PLACES + self.PEOPLE)
        self._posts: list[tuple[str, str]] = []  # place, text

    @property
    def size(self) -> int:
        return len(self._posts)

    async def start(self, rig: "Rig", round_number: int) -> None:
        await asyncio.to_thread(self._add_posts, rig, round_number)

    def _add_posts(self, rig: "Rig", round_number: int) -> None:
        now = rig.now()
        with rig.open_store() as store, store.transaction(now) as tx:
            for number in range(self._each_round):
                place, text = next(self._places), f"{self.TEXT} {round_number}.{number}"
                tx.outbox.post(place, {"text": text}, key=f"fan-out:{round_number}:{number}", bulk=True)
                self._posts.append((place, text))

    async def wait_seen(self, rig: "Rig") -> None:
        for place, text in self._posts:
            reader = rig.workspace.as_user("U05EMEKA" if place.startswith("C") else place)
            await reader.wait_message(lambda message, text=text: message["text"] == text, seconds=PATIENCE)

    async def check(self, rig: "Rig") -> None:
        for place in self.PLACES + self.PEOPLE:
            channel = place
            if place.startswith("U"):
                channel = (await rig.workspace.api("conversations.open", users=place))["channel"]["id"]
            wanted = [text for where, text in self._posts if where == place]
            found = (await rig.workspace.api("conversations.history", channel=channel, limit=999))["messages"]
            texts = [message["text"] for message in reversed(found) if message["text"].startswith(self.TEXT)]
            assert texts == wanted, f"{place}: {texts} instead of {wanted}"
