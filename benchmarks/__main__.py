"""`make bench`: run everything and print the figures for benchmarks/README.md. Fails if a target is missed."""

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks import stage
from storage.database import Database
from storage.store import Store

KINDS = ("bare", "bot")
ROUNDS = 5  # one says little: a single slow commit or a pause of the machine decides a p99
BURST = 2000
STEADY_SECONDS = 15
BULK_POSTS = 1000
POSTS_PER_SECOND = 100  # the limit that the bot is configured with
STEADY, IN_BURST = "50/s ack p99 ms", "burst ack p99 ms"
TARGETS: Mapping[str, float] = {STEADY: 2.0, IN_BURST: 1.5}  # times the bare app's, median of the rounds

Figures = dict[str, float]
Measure = Callable[[str, str, Path], Coroutine[None, None, Figures]]


def compute_percentile(values: Sequence[float], share: int) -> float:
    """The percentile."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


async def measure_acks(url: str, kind: str, data: Path) -> Figures:
    """How fast an app acknowledges fifty mentions per second, then a burst. Its answers aren't waited for."""
    with stage.run_app(kind, url, data):
        async with stage.open_load(url) as load:
            await warm_up(load)
            await load.post_steadily(50, STEADY_SECONDS)
            steady = await load.wait_for_acks()
            await load.reset()
            await load.post_burst(BURST)
            burst = await load.wait_for_acks()
    return {STEADY: compute_percentile(steady, 99), IN_BURST: compute_percentile(burst, 99)}


async def measure_answers(url: str, kind: str, data: Path) -> Figures:
    """How fast an app answers, what memory it needs, and, for the bot, how fast it posts to many people."""
    found: Figures = {}
    with stage.run_app(kind, url, data) as process:
        async with stage.open_load(url) as load:
            await warm_up(load)
            await load.post_steadily(20, 15)
            posts = await load.wait_for_answers(300, 30)
            # `at` is the time just before the response, so it includes the added latency once.
            waits = [(call["at"] - load.sent[call["args"]["thread_ts"]]) * 1000 - stage.LATENCY_MS for call in posts]
            found["20/s event to post p95 ms"] = compute_percentile(waits, 95)
            await load.reset()
            began = time.perf_counter()
            await load.post_burst(BURST)
            found["burst answered"] = len(await load.wait_for_answers(BURST, 240))
            found["burst seconds"] = time.perf_counter() - began
            await load.reset()
            found["RSS MB, all processes"] = measure_memory(process)
            if kind == "bot":
                found |= await run_bulk_posts(load, data)
    return found


async def warm_up(load: stage.Load) -> None:
    """Let an app load what it loads for its first answers."""
    await load.post_burst(20)
    await load.wait_for_answers(20, 30)
    await load.reset()


def measure_memory(process: psutil.Process) -> float:
    """The resident memory of an app and the processes it has started, in MB."""
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / 1e6


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


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        second_start = time_second_start(folder / "local")
        rounds = []
        for number in range(ROUNDS):
            rounds.append({kind: run_alone(folder, f"{kind}-{number}", kind, measure_acks) for kind in KINDS})
            print(f"Round {number + 1} of {ROUNDS} is over.", file=sys.stderr)
        answers = {kind: run_alone(folder, f"{kind}-answers", kind, measure_answers) for kind in KINDS}
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, latency added {stage.LATENCY_MS} ms\n")
    medians = print_rounds(rounds)
    print_answers(answers, second_start)
    missed = [name for name, target in TARGETS.items() if medians[name] > target]
    for name in missed:
        print(f"MISSED: {name} is {medians[name]:.2f} times the bare app's, at most {TARGETS[name]} is wanted.")
    return 1 if missed else 0


def run_alone(folder: Path, name: str, kind: str, measure: Measure) -> Figures:
    """Measure an app with a workspace of its own; the bot, with a copy of the prepared data."""
    place = folder / name
    place.mkdir()
    data = place / "data"
    if kind == "bot":
        shutil.copytree(folder / "local", data)
    with stage.run_workspace(place) as url:
        return asyncio.run(measure(url, kind, data))


def print_rounds(rounds: Sequence[Mapping[str, Figures]]) -> Figures:
    """The acknowledgements of each round as a table. Returns the median of each figure's ratios."""
    head = " | ".join(f"{name}: bare | bot | ratio" for name in TARGETS)
    print(f"| Round | {head} |\n|{'---|' * (1 + 3 * len(TARGETS))}")
    ratios: dict[str, list[float]] = {name: [] for name in TARGETS}
    for number, found in enumerate(rounds, 1):
        cells = [str(number)]
        for name in TARGETS:
            bare, bot = (found[kind][name] for kind in KINDS)
            ratios[name].append(bot / bare)
            cells += [f"{bare:,.1f}", f"{bot:,.1f}", f"{bot / bare:.2f}"]
        print(f"| {' | '.join(cells)} |")
    medians = {name: statistics.median(found) for name, found in ratios.items()}
    print(f"| Median | {' | '.join(f'| | {medians[name]:.2f}' for name in TARGETS)} |\n")
    return medians


def print_answers(results: Mapping[str, Figures], second_start: float) -> None:
    """The other figures as a table, with their ratios."""
    print("| Figure | Bare app | Bot | Ratio |\n|---|---|---|---|")
    bare, bot = (results[kind] for kind in KINDS)
    for name, value in bot.items():
        other = bare.get(name)
        ratio = f"{value / other:.2f}" if other else ""
        print(f"| {name} | {f'{other:,.1f}' if other else ''} | {value:,.1f} | {ratio} |")
    print(f"| second start s | | {second_start:.1f} | |")


if __name__ == "__main__":
    sys.exit(main())
