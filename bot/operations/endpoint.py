"""Serves /healthz, /readyz and /metrics over HTTP."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.operations.health import Health
from foundation import telemetry
from foundation.errors import UserError
from storage.monitoring import DatabaseFigures


@asynccontextmanager
async def serve_operations(health: Health, host: str, port: int | None) -> AsyncIterator[int | None]:
    """Serve as long as this context lasts, unless `port` is None. Yields the port; 0 stands for any free one.

    Raises:
        UserError: the address or port can't be used.
    """
    if port is None:
        yield None
        return
    runner = web.AppRunner(_build_app(health), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise UserError(
            f"Operations can't be served on {host}, port {port} ({error.strerror}). "
            "Set PMO_OPERATIONS_HOST and PMO_OPERATIONS_PORT to an address and port that are free."
        ) from None
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _build_app(health: Health) -> web.Application:
    async def show_health(_: web.Request) -> web.Response:
        return _answer(health.find_stuck_loops(), "alive", "stuck")

    async def show_readiness(_: web.Request) -> web.Response:
        return _answer(await health.check_readiness(), "ready", "not ready")

    async def show_metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        body = encode(await collect_metrics(health))
        return web.Response(body=body, headers={"Content-Type": content_type})

    app = web.Application()
    app.add_routes([web.get("/healthz", show_health), web.get("/readyz", show_readiness)])
    app.add_routes([web.get("/metrics", show_metrics)])
    return app


def _answer(problems: Mapping[str, str], good: str, bad: str) -> web.Response:
    missing = {part: problem for part, problem in problems.items() if problem}
    if missing:
        return web.json_response({"status": bad, "missing": missing}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return web.json_response({"status": good})


class _Collected(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


async def collect_metrics(health: Health) -> Collector:
    """What was recorded, what is waiting in the database, and what is ready."""
    problems = await health.check_readiness()
    figures = await health.figures.read() if health.figures and not problems["database"] else None
    return _Collected([*telemetry.REGISTRY.collect(), _build_readiness(problems), *_build_gauges(figures)])


def _build_readiness(problems: Mapping[str, str]) -> Metric:
    family = GaugeMetricFamily("pmo_ready", "Whether a part is ready: 1 or 0.", labels=["part"])
    for part, problem in problems.items():
        family.add_metric([part], 0 if problem else 1)
    return family


def _build_gauges(figures: DatabaseFigures | None) -> Iterable[Metric]:
    """The database's figures. While it doesn't answer there are none, rather than old ones."""
    waiting = GaugeMetricFamily("pmo_waiting", "Arrivals to be handled and posts to be sent.", labels=["queue"])
    oldest = GaugeMetricFamily("pmo_oldest_waiting_seconds", "How long the oldest has waited.", labels=["queue"])
    ping = GaugeMetricFamily("pmo_database_ping_seconds", "How long the database took to answer.")
    size = GaugeMetricFamily("pmo_database_size_bytes", "The size of the database.")
    if figures:
        queues = {"inbox": figures.inbox, "outbox": figures.prompt, "outbox_bulk": figures.bulk}
        for queue, backlog in queues.items():
            waiting.add_metric([queue], backlog.waiting)
            oldest.add_metric([queue], backlog.oldest_seconds)
        ping.add_metric([], figures.ping_seconds)
        size.add_metric([], figures.size_bytes)
    return (waiting, oldest, ping, size)
