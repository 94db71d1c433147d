"""Operators see from outside whether the bot is alive and ready, and what it does."""

import asyncio
import re
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase

from bot.engine.loop import Loop
from bot.operations import measuring
from bot.operations.endpoint import collect_metrics, serve_operations
from bot.operations.health import STUCK_AFTER, Health
from foundation import telemetry
from foundation.errors import UserError
from storage.store import Store
from tests.bot.conftest import Now
from tests.bot.engine.test_loops import CountingLoop

ROOT = Path(__file__).parent.parent.parent
SIZE = re.compile(r"^pmo_database_size_bytes \d", re.MULTILINE)
DOCUMENTED = re.compile(r"^\| `(pmo_\w+)` \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
HOST = "127.0.0.1"
Get = Callable[[str], Awaitable[tuple[int, Any]]]


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


class Watched:
    """The state of a bot that is up, and its endpoint."""

    def __init__(self, health: Health, stopping: asyncio.Event, loop: Loop, get: Get) -> None:
        self.health = health
        self.stopping = stopping
        self.loop = loop
        self.get = get


@pytest.fixture
async def watched(store: Store, now: Now, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    monkeypatch.setattr(measuring, "CACHED_SECONDS", 0.0)
    stopping = asyncio.Event()
    health = Health(stopping, now)
    loop = CountingLoop(now)
    health.loops, health.has_handbook, health.is_connected = (loop,), True, yes
    async with (
        health.watching_database(store.database),
        serve_operations(health, HOST, 0) as port,
        aiohttp.ClientSession() as session,
    ):

        async def get(path: str) -> tuple[int, Any]:
            async with session.get(f"http://{HOST}:{port}{path}") as answer:
                is_json = answer.content_type == "application/json"
                return answer.status, await (answer.json() if is_json else answer.text())

        yield Watched(health, stopping, loop, get)


async def test_bot_that_is_up_is_alive_and_ready(watched: Watched) -> None:
    assert await watched.get("/healthz") == (200, {"status": "alive"})
    assert await watched.get("/readyz") == (200, {"status": "ready"})


async def test_bot_that_starts_says_what_is_missing(now: Now) -> None:
    health = Health(asyncio.Event(), now)
    assert health.find_stuck_loops() == {}
    missing = {part for part, problem in (await health.check_readiness()).items() if problem}
    assert missing == {"database", "handbook", "slack"}


async def test_bot_that_stops_is_alive_but_not_ready(watched: Watched) -> None:
    watched.stopping.set()
    watched.loop.turned_at -= STUCK_AFTER * 2
    assert (await watched.get("/healthz"))[0] == 200
    assert await watched.get("/readyz") == (
        503,
        {"status": "not ready", "missing": {"process": "It's shutting down."}},
    )


async def test_lost_connection_is_named(watched: Watched) -> None:
    watched.health.is_connected = no
    status, answer = await watched.get("/readyz")
    assert (status, list(answer["missing"])) == (503, ["slack"])
    assert 'pmo_ready{part="slack"} 0.0' in (await watched.get("/metrics"))[1]


async def test_loop_that_does_not_turn_is_named(watched: Watched) -> None:
    watched.loop.turned_at = time.monotonic() - STUCK_AFTER - 1
    status, answer = await watched.get("/healthz")
    assert (status, answer["status"], list(answer["missing"])) == (503, "stuck", ["countingloop"])


async def test_loop_turns_while_it_runs(now: Now) -> None:
    loop = CountingLoop(now, UserError("The disk is full."))
    loop.turned_at = 0.0
    running = asyncio.create_task(loop.run())
    await loop.has_run.wait()
    loop.stop()
    await running
    assert loop.turned_at > 0


async def test_deleted_database_is_named(watched: Watched, store: Store) -> None:
    assert SIZE.search((await watched.get("/metrics"))[1])
    Path(str(store.database.url.database)).unlink()
    status, answer = await watched.get("/readyz")
    assert (status, list(answer["missing"])) == (503, ["database"])
    metrics = (await watched.get("/metrics"))[1]
    assert 'pmo_ready{part="database"} 0.0' in metrics
    assert not SIZE.search(metrics)


async def test_hanging_database_holds_up_one_thread_only(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "ANSWER_SECONDS", 0.02)
    released, calls = threading.Event(), []

    def hang(_: object) -> None:
        calls.append(1)
        released.wait(10)

    assert watched.health.figures
    monkeypatch.setattr(watched.health.figures._measurer, "measure", hang)
    try:
        for _ in range(3):
            status, answer = await watched.get("/readyz")
            assert (status, answer["missing"]) == (503, {"database": "The database hasn't answered for 0.02 seconds."})
    finally:
        released.set()
    assert len(calls) == 1


async def test_figures_are_measured_once_for_many_readers(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "CACHED_SECONDS", 60.0)
    assert watched.health.figures
    figures = [await watched.health.figures.read() for _ in range(3)]
    assert figures[0] is figures[1] is figures[2]


async def test_endpoint_is_off_unless_a_port_is_set(now: Now) -> None:
    async with serve_operations(Health(asyncio.Event(), now), HOST, None) as port:
        assert port is None


async def test_port_in_use_is_explained(watched: Watched, now: Now) -> None:
    async with serve_operations(Health(asyncio.Event(), now), HOST, 0) as port:
        with pytest.raises(UserError, match="Set PMO_OPERATIONS_HOST and PMO_OPERATIONS_PORT"):
            async with serve_operations(Health(asyncio.Event(), now), HOST, port):
                pass


def read_documented_metrics() -> dict[str, tuple[str, ...]]:
    """Name and labels of each metric in the table of docs/operations.md."""
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    return {name: tuple(re.findall(r"`(\w+)`", labels)) for name, labels in DOCUMENTED.findall(text)}


async def list_metrics(health: Health) -> dict[str, tuple[str, ...]]:
    recorded = [one for one in vars(telemetry).values() if isinstance(one, MetricWrapperBase)]
    labels = {one.describe()[0].name: tuple(one._labelnames) for one in recorded}
    families = [one for one in (await collect_metrics(health)).collect() if one.name.startswith("pmo_")]
    return {
        f"{one.name}_total" if one.type == "counter" else one.name: labels.get(
            one.name, tuple(sorted({name for sample in one.samples for name in sample.labels}))
        )
        for one in families
    }


async def test_documents_list_every_metric(watched: Watched) -> None:
    assert await list_metrics(watched.health) == read_documented_metrics()


async def test_metrics_follow_conventions(watched: Watched) -> None:
    for one in (await collect_metrics(watched.health)).collect():
        assert one.documentation
        if one.type in ("histogram", "summary"):
            assert one.name.endswith("_seconds")
        assert one.type == "counter" or not one.name.endswith("_total")


def test_labels_have_few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = Counter("pauses", "Counted apart from what the other tests count.", ["call"], registry=None)
    monkeypatch.setattr(telemetry, "_pauses", pauses)
    monkeypatch.setattr(telemetry, "_values", defaultdict(set))
    for number in range(1_000):
        telemetry.count_pause(f"method.{number}")
    calls = {sample.labels["call"] for family in pauses.collect() for sample in family.samples}
    assert len(calls) == telemetry.MOST_VALUES + 1
    assert telemetry.OTHER in calls
