"""Everything at once: bots are killed and stopped, Slack is away and the clock is set, at moments drawn from a seed.

The same seed draws the same troubles with the same pauses in between. What exactly they meet differs from run to run.
"""

import asyncio
import itertools
import mmap
import random
import struct
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.chaos.rig import POST, Bot, Rig
from tests.chaos.rounds import IS_LONG
from tests.chaos.workloads import PATIENCE

Fault = dict[str, Any]
READS = ("conversations.history", "conversations.replies")
# Each of these is one trouble; "503" is what every call gets, as plain text.
FAULTS: dict[str, Sequence[Fault]] = {
    "outages": [{"kind": "status", "method": "*", "status": 503, "probability": 0.8}],
    "429s": [
        {"kind": "ratelimit", "method": method, "retry_after": 1, "probability": 0.5} for method in (POST, *READS)
    ],
    "lost responses": [{"kind": "lost_response", "method": POST, "probability": 0.4}],
    "cut sockets": [{"kind": "drop_socket", "event": "*", "probability": 0.3}],
}
# A clock that is ahead of Slack's by more than five minutes may hide the message that a repeat looks for.
CLOCKS = (0, 0, 240, -60, -600, -3600)  # seconds
LONGEST_PAUSE = 3.0 if IS_LONG else 1.0  # seconds between two troubles of a kind
MOST_KILLS = 5  # in one storm: work that kills a process six times is rightly given up


class SteppingClock:
    """The clock of all bots and of what else writes to their database; `set` is seen by all in the same moment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ahead = 0.0
        path.write_bytes(struct.pack("d", 0.0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def set(self, ahead: float) -> None:
        self.ahead = ahead
        self._shared[:] = struct.pack("d", ahead)


@dataclass
class Fleet:
    """The bots; each has a name, which is that of its data folder, and a log of its own for each start."""

    rig: Rig
    clock: SteppingClock
    bots: dict[str, Bot] = field(default_factory=dict)
    logs: list[tuple[str, Path]] = field(default_factory=list)

    async def start(self, name: str) -> None:
        """Start a bot without waiting until it's ready."""
        log = self.rig.folder / f"{name}-{len(self.logs)}.log"
        self.logs.append((name, log))
        environment = self.rig.build_environment(name)
        self.bots[name] = await self.rig.launcher.launch(environment, log, steps=self.clock.path)

    async def kill(self, name: str) -> None:
        self.bots[name].kill()
        assert await self.bots[name].wait_exit() == -9, f"{name} ended by itself: {self.read_log(name)}"

    async def wait_ready(self) -> None:
        """Wait until every bot has said that it's connected."""
        async with asyncio.timeout(PATIENCE):
            while not all("Connected to" in self.read_log(name) for name in self.bots):
                await asyncio.sleep(0.05)

    async def shut_down(self) -> None:
        for name, bot in self.bots.items():
            assert not bot.is_gone, f"{name} ended by itself: {self.read_log(name)}"
            await bot.shut_down()

    def read_log(self, name: str) -> str:
        """What the latest bot of this name has logged."""
        path = next(log for owner, log in reversed(self.logs) if owner == name)
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def check_logs(self) -> None:
        """Assert that each bot reported each outage once, when it began and when it ended, and logged no defect."""
        for _, path in self.logs:
            said = path.read_text(encoding="utf-8") if path.exists() else ""
            assert "Traceback" not in said, f"{path}:\n{said[-3000:]}"
            outages = [line for line in said.splitlines() if "Slack is" in line and "available" in line]
            kinds = ["again" if "available again" in line else "away" for line in outages]
            assert all(one != following for one, following in itertools.pairwise(kinds)), "\n".join(outages)


class Storm:
    """Runs troubles of three kinds beside each other: with processes, with Slack, and with the clock."""

    def __init__(self, fleet: Fleet, seed: int) -> None:
        self._fleet = fleet
        self._seed = seed
        self.counts: Counter[str] = Counter()

    async def run(self, rounds: int) -> None:
        """Make as many troubles of each kind; each is over when this returns."""
        await asyncio.gather(
            self._repeat(rounds, "processes", self._trouble_process, LONGEST_PAUSE),
            self._repeat(rounds, "Slack", self._trouble_slack, LONGEST_PAUSE),
            self._repeat(max(1, rounds // 2), "clock", self._set_clock, 2 * LONGEST_PAUSE),
        )
        self._fleet.clock.set(0)

    async def _repeat(
        self, times: int, kind: str, make: Callable[[random.Random], Coroutine[Any, Any, None]], pause: float
    ) -> None:
        dice = random.Random(f"{self._seed} {kind}")  # so that the kinds don't depend on each other's timing
        for _ in range(times):
            await asyncio.sleep(dice.uniform(0, pause))
            await make(dice)

    async def _trouble_process(self, dice: random.Random) -> None:
        name, seconds = dice.choice(list(self._fleet.bots)), dice.uniform(0.1, 5)
        if dice.random() < 0.6 and self.counts["kills"] < MOST_KILLS:
            self.counts["kills"] += 1
            await self._fleet.kill(name)
            await asyncio.sleep(seconds / 5)
            await self._fleet.start(name)
        else:
            self.counts["stops"] += 1
            self._fleet.bots[name].pause()
            await asyncio.sleep(seconds)
            self._fleet.bots[name].resume()

    async def _trouble_slack(self, dice: random.Random) -> None:
        name, seconds = dice.choice(list(FAULTS)), dice.uniform(0.2, 3)
        self.counts[name] += 1
        await self._fleet.rig.workspace.faults(*FAULTS[name])
        await asyncio.sleep(seconds)
        await self._fleet.rig.workspace.faults()

    async def _set_clock(self, dice: random.Random) -> None:
        ahead = dice.choice([one for one in CLOCKS if one != self._fleet.clock.ahead])
        self.counts["clock steps"] += 1
        self._fleet.clock.set(ahead)
