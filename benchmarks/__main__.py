"""`make bench`: runs everything and prints the table of benchmarks/README.md."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks import stage
from storage.database import Database
from storage.store import Store

BURST = 2000
BURSTS = 5  # one of them tells little: a single commit or a pause of the machine decides its p99
FAN_OUT = 1000
POSTS_A_SECOND = 100  # what the bot is told that the workspace allows


def p(values: Sequence[float], share: int) -> float:
    """The percentile."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


async def events(url: str, kind: str, data: Path) -> dict[str, float]:
    """The same events for either app: a burst, fifty a second, and, for the bot, twenty a second."""
    found: dict[str, float] = {}
    with stage.app(kind, url, data) as process:
        async with stage.load(url) as load:
            await load.burst(20)  # both apps are warm
            await load.answered(20, 30)
            await load.forget()
            bursts = [await burst(load) for _ in range(BURSTS)]
            for name in bursts[0]:
                found[name] = statistics.median(one[name] for one in bursts)
            await load.steadily(50, 20)
            found["50/s answered"] = len(await load.answered(1000, 60))
            found["50/s ack p99 ms"] = p(await load.ack_ms(), 99)
            await load.forget()
            await load.steadily(20, 15)
            posts = await load.answered(300, 30)
            # `at` is when the answer of the call was about to be given, so the added latency is in it once.
            waits = [(call["at"] - load.sent[call["args"]["thread_ts"]]) * 1000 - stage.LATENCY_MS for call in posts]
            found["20/s event to post p95 ms"] = p(waits, 95)
            await load.forget()
            found["RSS MB"] = process.memory_info().rss / 1e6
            if kind == "bot":
                found |= await fan_out(load, data)
    return found


async def burst(load: stage.Load) -> dict[str, float]:
    """BURST mentions at once, and what became of them."""
    began = time.perf_counter()
    await load.burst(BURST)
    posts = await load.answered(BURST, 120)
    seconds, acks = time.perf_counter() - began, await load.ack_ms()
    await load.forget()
    return {"burst answered": len(posts), "burst seconds": seconds, "burst ack p99 ms": p(acks, 99)}


async def fan_out(load: stage.Load, data: Path) -> dict[str, float]:
    """A thousand posts of a fan-out, put into the outbox of the running bot."""
    database = Database(f"sqlite:///{data.absolute() / 'pmo.db'}")
    now = datetime.now(UTC)
    with Store(database).transaction(now) as tx:
        for number in range(FAN_OUT):
            channel = stage.CHANNELS[number % len(stage.CHANNELS)]
            tx.outbox.post(channel, {"text": f"Post {number} of a benchmark."}, bulk=True)
    database.close()
    posts = await load.answered(FAN_OUT, 60)
    moments = sorted(call["at"] for call in posts)
    seconds = moments[-1] - moments[0]
    return {
        "fan-out posts": len(posts),
        "fan-out seconds": seconds,
        "fan-out ratio": seconds * POSTS_A_SECOND / FAN_OUT,
    }


def starts(folder: Path) -> float:
    """Seconds of the second start of `pmo run` with its own workspace."""
    with stage.local_start(folder):
        pass
    with stage.local_start(folder) as seconds:
        return seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        second_start = starts(folder / "local")
        results = {}
        for kind in ("bare", "bot"):
            place = folder / kind
            place.mkdir()
            with stage.workspace(place) as url:
                data = folder / "local" if kind == "bot" else place / "data"
                results[kind] = asyncio.run(events(url, kind, data))
    show(results, second_start)


def show(results: dict[str, dict[str, float]], second_start: float) -> None:
    """The table, with the ratios of this one run."""
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, latency added {stage.LATENCY_MS} ms\n")
    print("| figure | bare app | bot | ratio |\n|---|---|---|---|")
    bare, bot = results["bare"], results["bot"]
    for name, value in bot.items():
        other = bare.get(name)
        ratio = f"{value / other:.2f}" if other else ""
        print(f"| {name} | {f'{other:,.1f}' if other else ''} | {value:,.1f} | {ratio} |")
    print(f"| second start s | | {second_start:.1f} | |")


if __name__ == "__main__":
    main()
