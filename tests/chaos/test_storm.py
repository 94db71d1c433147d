"""Everything at once, on one process and on three: nothing is lost, nothing is doubled, and everything keeps its order.

`make test` runs one short storm, always the same; `make chaos` many long new ones. The name of a test
that fails ends with its seed: `make chaos SEED=… N=1` draws the same troubles again.
"""

import asyncio
import random
import time
from collections.abc import Callable

import pytest

from tests.chaos.conftest import FIGURES
from tests.chaos.crowd import Dialogues, Flood, check_order, list_overtaken
from tests.chaos.rig import Rig, check_workloads
from tests.chaos.rounds import IS_LONG, list_seeds
from tests.chaos.storm import LONGEST_PAUSE, Fleet, SteppingClock, Storm
from tests.chaos.workloads import FanOut, Questions

Record = Callable[[str, object], None]
pytestmark = pytest.mark.chaos

TROUBLES = 8 if IS_LONG else 2  # of each kind, in one storm
FLOODS = (50, 50, 200) if IS_LONG else (16,)
only_at_length = pytest.mark.skipif(not IS_LONG, reason="make chaos runs it")


@only_at_length
@pytest.mark.parametrize("seed", list_seeds())
async def test_storm_on_one_process_loses_nothing(rig: Rig, record_property: Record, seed: int) -> None:
    await run_storm(rig, ["data"], record_property, seed)


@pytest.mark.parametrize("seed", list_seeds())
async def test_storm_on_three_processes_loses_nothing(cluster: Rig, record_property: Record, seed: int) -> None:
    await run_storm(cluster, ["one", "two", "three"], record_property, seed)


@only_at_length
async def test_flood_of_one_person_holds_up_nobody(rig: Rig) -> None:
    bot, flood = await rig.start_bot(), Flood(FLOODS[-1])
    await flood.start(rig, 0)
    await flood.wait_seen(rig)
    await rig.wait_idle()
    await bot.shut_down()
    await check_workloads(rig, [flood])
    assert await flood.list_late(rig) == []


async def run_storm(rig: Rig, names: list[str], record: Record, seed: int) -> None:
    """People ask while the storm lasts and once more afterwards; then every promise is checked."""
    began, clock = time.monotonic(), SteppingClock(rig.folder / "clock")
    rig.now = clock.now
    fleet, dice = Fleet(rig, clock), random.Random(seed)
    flood, dialogues, questions, fan_out = Flood(dice.choice(FLOODS)), Dialogues(), Questions(2), FanOut(4)
    workloads = [flood, dialogues, questions, fan_out]
    for name in names:
        await fleet.start(name)
    await fleet.wait_ready()
    storm = Storm(fleet, seed)
    running = asyncio.create_task(storm.run(TROUBLES))
    await flood.start(rig, 0)
    for number in range(TROUBLES):
        for workload in workloads[1:]:
            await workload.start(rig, number)
        await asyncio.sleep(dice.uniform(0, LONGEST_PAUSE))
    await running
    for workload in workloads[1:]:
        await workload.start(rig, TROUBLES)
    for workload in workloads:
        await workload.wait_seen(rig)
    await fleet.wait_ready()
    await rig.wait_idle()
    await fleet.shut_down()
    await check_workloads(rig, workloads)
    check_order(rig)
    fleet.check_logs()
    messages = sum(workload.size for workload in workloads)
    figures = {"messages": messages, "overtaken": len(list_overtaken(rig)), "seconds": round(time.monotonic() - began)}
    record(FIGURES, {**storm.counts, **figures})
