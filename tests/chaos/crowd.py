"""One person floods the bot with questions while others ask a few: all are answered once and in order."""

import itertools
from typing import Any

from sqlalchemy import select

from storage.tables.engine import ArrivalRow, DeliveryRow
from tests.chaos.rig import Rig
from tests.chaos.workloads import PATIENCE, FanOut, Questions

Message = dict[str, Any]


class Flood:
    """Ben asks `size` questions at once, and everybody else asks one when a quarter of them is posted."""

    BEN = "U02BEN"
    PLACES = ("C01GENERAL", "C02PROJECTS", "C04PROGRESS", "C05STORIES", "C07ASK")
    OTHERS = (("U01ADA", "C07ASK"), ("U03WEI", "C03TRIAGE"), ("U04DANA", "C06LEADERS"), ("U06FARAH", "C02PROJECTS"))

    def __init__(self, size: int) -> None:
        self._size = size
        self._own: list[tuple[str, str]] = []  # channel, ts
        self._others: list[tuple[str, str, str]] = []  # person, channel, ts

    @property
    def size(self) -> int:
        return len(self._own) + len(self._others)

    async def start(self, rig: Rig, round_number: int) -> None:
        places, questions = itertools.cycle(self.PLACES), itertools.cycle(Questions.ASKED)
        for number in range(self._size):
            place = next(places)
            ts = await rig.workspace.as_user(self.BEN).post(place, f"@PMO Assistant {next(questions)}")
            self._own.append((place, ts))
            if number == self._size // 4:
                for person, channel in self.OTHERS:
                    ts = await rig.workspace.as_user(person).post(channel, f"@PMO Assistant {next(questions)}")
                    self._others.append((person, channel, ts))

    async def wait_seen(self, rig: Rig) -> None:
        for person, _, ts in [*((self.BEN, *one) for one in self._own), *self._others]:
            await rig.workspace.as_user(person).wait_message(
                lambda message, ts=ts: message.get("thread_ts") == ts and message.get("bot_id"), seconds=PATIENCE
            )

    async def check(self, rig: Rig) -> None:
        for channel, ts in (*self._own, *(other[1:] for other in self._others)):
            await find_answer(rig, channel, ts)

    async def list_late(self, rig: Rig) -> list[Message]:
        """The answers that other people got only after the last one of the flood."""
        last = max([(await find_answer(rig, *one))["ts"] for one in self._own])
        answers = [await find_answer(rig, channel, ts) for _, channel, ts in self._others]
        return [answer for answer in answers if answer["ts"] > last]


def is_answer(message: Message) -> bool:
    return bool(message.get("bot_id")) and not message["text"].startswith(FanOut.TEXT)


async def find_answer(rig: Rig, channel: str, ts: str) -> Message:
    """The one answer in the thread of this question."""
    thread = (await rig.workspace.api("conversations.replies", channel=channel, ts=ts))["messages"]
    answers: list[Message] = [message for message in thread if message.get("bot_id")]
    assert len(answers) == 1, f"{channel} {ts} has {len(answers)} answers: {[answer['text'] for answer in answers]}"
    return answers[0]


class Dialogues:
    """Ada asks on in one thread, and Farah in her direct messages, faster than they are answered."""

    def __init__(self) -> None:
        self._questions = itertools.cycle(Questions.ASKED)
        self._root = ""
        self._direct = ""
        self.size = 0

    async def start(self, rig: Rig, round_number: int) -> None:
        ada, farah = rig.workspace.as_user("U01ADA"), rig.workspace.as_user("U06FARAH")
        self._direct = self._direct or await farah.dm()
        ts = await ada.post("C07ASK", f"@PMO Assistant {next(self._questions)}", thread_ts=self._root)
        self._root = self._root or ts
        await farah.post(self._direct, next(self._questions))
        self.size += 2

    async def wait_seen(self, rig: Rig) -> None:
        for person, place in (("U01ADA", "C07ASK"), ("U06FARAH", self._direct)):
            for _ in range(self.size // 2):
                await rig.workspace.as_user(person).wait_message(
                    lambda message: is_answer(message) and message.get("thread_ts", "") in ("", self._root),
                    channel=place,
                    seconds=PATIENCE,
                )

    async def check(self, rig: Rig) -> None:
        thread = (await rig.workspace.api("conversations.replies", channel="C07ASK", ts=self._root))["messages"]
        direct = (await rig.workspace.api("conversations.history", channel=self._direct, limit=999))["messages"]
        for messages in (thread, direct):
            answers = [message["text"] for message in messages if is_answer(message)]
            assert len(answers) == self.size // 2, f"{self.size // 2} questions have {len(answers)} answers: {answers}"


def check_order(rig: Rig) -> None:
    """Assert that in each conversation people see the posts in the order in which they were put in the outbox."""
    posted = (DeliveryRow.posted_ts.is_not(None), DeliveryRow.conversation.is_not(None))
    columns = (DeliveryRow.conversation, DeliveryRow.posted_ts, DeliveryRow.number)
    with rig.open_store() as store, store.database.read_only() as session:
        rows = session.execute(select(*columns).where(*posted)).all()
    conversations: dict[str, list[int]] = {}
    for conversation, _, number in sorted(rows, key=lambda row: float(row.posted_ts)):
        conversations.setdefault(conversation, []).append(number)
    for name, numbers in conversations.items():
        assert numbers == sorted(numbers), f"{name}: posted in the order {numbers}"


def list_overtaken(rig: Rig) -> list[str]:
    """The conversations in which a later question was answered before an earlier one."""
    columns = (DeliveryRow.conversation, ArrivalRow.id)
    asked = select(*columns).join(ArrivalRow, ArrivalRow.key == DeliveryRow.arrival).order_by(DeliveryRow.number)
    with rig.open_store() as store, store.database.read_only() as session:
        rows = session.execute(asked.where(DeliveryRow.posted_ts.is_not(None))).all()
    conversations: dict[str, list[int]] = {}
    for conversation, arrival in rows:
        conversations.setdefault(conversation, []).append(arrival)
    return [name for name, arrivals in conversations.items() if arrivals != sorted(arrivals)]
