"""`make bench`: run everything and print the figures for benchmarks/README.md."""

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
BURSTS = 5  # one burst says little: a single slow commit or a pause of the machine decides its p99
BULK_POSTS = 1000
POSTS_PER_SECOND = 100  # the limit that the bot is configured with


def compute_percentile(values: Sequence[float], share: int) -> float:
    """The percentile."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


async def run_events(url: str, kind: str, data: Path) -> dict[str, float]:
    """The same events for both apps: bursts, fifty per second, then twenty per second."""
    found: dict[str, float] = {}
    with stage.run_app(kind, url, data) as process:
        async with stage.open_load(url) as load:
            await load.post_burst(20)  # warms up both apps
            await load.wait_for_answers(20, 30)
            await load.reset()
            bursts = [await run_burst(load) for _ in range(BURSTS)]
            for name in bursts[0]:
                found[name] = statistics.median(one[name] for one in bursts)
            await load.post_steadily(50, 20)
            found["50/s answered"] = len(await load.wait_for_answers(1000, 60))
            found["50/s ack p99 ms"] = compute_percentile(await load.read_ack_times(), 99)
            await load.reset()
            await load.post_steadily(20, 15)
            posts = await load.wait_for_answers(300, 30)
            # `at` is the time just before the response, so it includes the added latency once.
            waits = [(call["at"] - load.sent[call["args"]["thread_ts"]]) * 1000 - stage.LATENCY_MS for call in posts]
            found["20/s event to post p95 ms"] = compute_percentile(waits, 95)
            await load.reset()
            found["RSS MB"] = process.memory_info().rss / 1e6
            if kind == "bot":
                found |= await run_bulk_posts(load, data)
    return found


async def run_burst(load: stage.Load) -> dict[str, float]:
    """BURST mentions at once: how many were answered, how fast, and how fast they were acknowledged."""
    began = time.perf_counter()
    await load.post_burst(BURST)
    posts = await load.wait_for_answers(BURST, 120)
    seconds, acks = time.perf_counter() - began, await load.read_ack_times()
    await load.reset()
    return {"burst answered": len(posts), "burst seconds": seconds, "burst ack p99 ms": compute_percentile(acks, 99)}


async def run_bulk_posts(load: stage.Load, data: Path) -> dict[str, float]:
    """A thousand posts in bulk priority, put into the outbox of the running bot."""
    database = Database(f"sqlite:///{data.absolute() / 'pmo.db'}")
    now = datetime.now(UTC)
    with Store(database).transaction(now) as tx:
        for number in range(BULK_POSTS):
            channel = stage.CHANNELS[number % len(stage.CHANNELS)]
            tx.outbox.post(channel, {"text": f"Post {number} of a benchmark."}, bulk=True)
    database.close()
    posts = await load.wait_for_answers(BULK_POSTS, 60)
    moments = sorted(call["at"] for call in posts)
    seconds = moments[-1] - moments[0]
    return {
        "bulk posts": len(posts),
        "bulk seconds": seconds,
        "bulk ratio": seconds * POSTS_PER_SECOND / BULK_POSTS,
    }


def time_second_start(folder: Path) -> float:
    """Seconds that the second start of `pmo run` takes, with the local workspace."""
    with stage.start_local(folder):
        pass
    with stage.start_local(folder) as (seconds, _):
        return seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        second_start = time_second_start(folder / "local")
        results = {}
        for kind in ("bare", "bot"):
            place = folder / kind
            place.mkdir()
            with stage.run_workspace(place) as url:
                data = folder / "local" if kind == "bot" else place / "data"
                results[kind] = asyncio.run(run_events(url, kind, data))
    print_results(results, second_start)


def print_results(results: dict[str, dict[str, float]], second_start: float) -> None:
    """The figures of this run as a table, with their ratios."""
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, latency added {stage.LATENCY_MS} ms\n")
    print("| Figure | Bare app | Bot | Ratio |\n|---|---|---|---|")
    bare, bot = results["bare"], results["bot"]
    for name, value in bot.items():
        other = bare.get(name)
        ratio = f"{value / other:.2f}" if other else ""
        print(f"| {name} | {f'{other:,.1f}' if other else ''} | {value:,.1f} | {ratio} |")
    print(f"| second start s | | {second_start:.1f} | |")


if __name__ == "__main__":
    main()
