"""Processor time and queries of an operation."""

import gc
import itertools
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from sqlalchemy import Engine, event

from benchmarks.scale.operations import Operation
from handlers.context import AppContext

TIMES = 9
LONGEST = 20.0  # seconds; an operation that takes longer in all isn't repeated


@dataclass(frozen=True, slots=True)
class Cost:
    """The median of several runs after a first one: milliseconds of this process and of the wall; most queries."""

    cpu_ms: float
    wall_ms: float
    queries: int
    first_ms: float  # of the first run, when nothing is remembered yet
    grown_mb: float


def measure(operation: Operation, ctx: AppContext) -> Cost:
    """Run the operation several times, each for somebody else."""
    engines = {ctx.store.database.engine, ctx.store.database.light_engine}
    cpu, wall, counts = [], [], []
    runs, process, began = operation.prepare(ctx), psutil.Process(), time.perf_counter()
    before = process.memory_info().rss
    for run in itertools.islice(runs, TIMES + 1):
        with _count_queries(engines) as count:
            gc.collect()
            cpu_before, wall_before = time.process_time(), time.perf_counter()
            run()
            cpu.append((time.process_time() - cpu_before) * 1000)
            wall.append((time.perf_counter() - wall_before) * 1000)
        counts.append(len(count))
        if time.perf_counter() - began > LONGEST and len(cpu) > 1:
            break
    grown = (process.memory_info().rss - before) / 1e6
    return Cost(statistics.median(cpu[1:]), statistics.median(wall[1:]), max(counts[1:]), cpu[0], grown)


@contextmanager
def _count_queries(engines: set[Engine]) -> Iterator[list[str]]:
    found: list[str] = []

    def note(*given: object) -> None:
        found.append(str(given[2]))

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
