"""Killed while digests are built and sent, bots still post each slot's digest once."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.organisation import SAMPLE
from tests.chaos.rig import Kill, Rig, run_through_kills
from tests.chaos.rounds import sample_kills
from tests.chaos.workloads import PATIENCE

pytestmark = pytest.mark.chaos

# Around statements and commits, of the transaction that builds the digests and of those that send them, and calls.
# They alternate: work that six bots in a row die of is given up, like whatever kills a bot six times.
KILLS = [
    Kill(when, what, number, since="digest")
    for what, number in (
        *(("statement", 2), ("commit", 1), ("call", 1)),
        *(("statement", 7), ("commit", 2), ("call", 2)),
        *(("statement", 12), ("commit", 3), ("call", 3)),
        ("statement", 18),
    )
    for when in ("before", "after")
]
BEGIN = datetime(2026, 10, 5, 10, 0, tzinfo=UTC)  # a Monday within the sample strategy's year
MINUTE = timedelta(minutes=1)
PLACES = {"everybody": "C04PROGRESS", "leaders": "C06LEADERS", "pmo": "C03TRIAGE"}


@dataclass(frozen=True, slots=True)
class WeeklyDigest:
    """A digest that is due between the starts of two bots."""

    number: int
    audience: str

    @property
    def slot(self) -> datetime:
        return BEGIN + self.number * MINUTE + MINUTE / 2

    @property
    def title(self) -> str:
        return f"Digest {self.number:02} for {self.audience}"

    def to_dict(self) -> dict[str, object]:
        return {
            "key": self.title.casefold().replace(" ", "-"),
            "title": self.title,
            "audience": self.audience,
            "channel": PLACES[self.audience],
            "schedule": {"starts": f"{self.slot:%Y-%m-%dT%H:%M:%S}", "zone": "UTC", "rule": "FREQ=WEEKLY;BYDAY=MO"},
            "sections": ["objectives", "projects", "updates", "desk"],
            "send_when_empty": True,
        }


class Digests:
    """In each round, one digest for each audience is due."""

    def __init__(self, rounds: int) -> None:
        self.all = [WeeklyDigest(number, audience) for number in range(rounds) for audience in PLACES]

    def write_organisation(self, folder: Path) -> Path:
        """The sample organisation, with these digests instead of its own."""
        (folder / "digests.yaml").write_text(json.dumps({"digests": [one.to_dict() for one in self.all]}))
        path = folder / "organisation.yaml"
        path.write_text(SAMPLE.read_text().replace("digests: sample", "digests: digests.yaml"))
        return path

    async def start(self, rig: Rig, round_number: int) -> None:
        """Do nothing: digests are due by time alone."""

    async def wait_seen(self, rig: Rig) -> None:
        for one in self.all:
            await rig.workspace.as_user("U05EMEKA").wait_message(
                lambda message, one=one: one.title in message["text"], channel=PLACES[one.audience], seconds=PATIENCE
            )

    async def check(self, rig: Rig) -> None:
        said = [text for channel in PLACES.values() for text in await self._texts(rig, channel)]
        times = Counter({one.title: sum(one.title in text for text in said) for one in self.all})
        assert set(times.values()) == {1}, {title: count for title, count in times.items() if count != 1}

    async def _texts(self, rig: Rig, channel: str) -> list[str]:
        found = await rig.workspace.api("conversations.history", channel=channel, limit=999)
        return [message["text"] for message in found["messages"]]


def iterate_starts() -> Iterator[datetime]:
    """The times at which bots start, a minute apart."""
    return (BEGIN + number * MINUTE for number in itertools.count())


async def test_killed_bot_posts_each_digest_once(rig: Rig, tmp_path: Path) -> None:
    assert len(KILLS) == 20
    kills = sample_kills(KILLS)
    digests, starts = Digests(len(kills)), iterate_starts()
    rig.clock = lambda: next(starts)
    rig.environment["PMO_ORGANISATION"] = str(digests.write_organisation(tmp_path))
    before = await rig.start_bot()  # which registers the schedules and shuts down
    await before.shut_down()
    await run_through_kills(rig, kills, [digests])
