"""`python -m benchmarks.heavy`: how fast slash commands are acknowledged while a large company's reports are counted.

The bot's routes, inbox, worker and scheduled jobs run in this process, without Slack and without a sender. First people
only type commands. Then others ask for figures and previews of digests all the time, and all requests are counted anew.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import select, update

from benchmarks.scale.__main__ import open_database
from benchmarks.scale.company import LEADERS, MANAGERS, NOW, STAFF, read_company
from benchmarks.scale.filling import Size, fill_database
from bot.composition import build_context
from bot.engine.inbox_writer import InboxWriter
from bot.engine.jobs import SUBJECT_JOBS
from bot.engine.scheduler import Scheduler
from bot.engine.worker import Worker
from bot.handbook_import import SHIPPED
from bot.run import SWITCH_INTERVAL
from handlers import register
from handlers.context import AppContext
from handlers.slack.routes import Routes
from knowledge.handbook import read_handbook
from knowledge.library import Library
from storage.engine.lease import Lease
from storage.store import Store
from storage.tables.engine import ArrivalRow
from storage.tables.requests import RequestRow

LIGHT = (("/pmo-requests", ""), ("/pmo", "how do I score a risk?"), ("/pmo-strategy", "project 7"))
HEAVY = (("/pmo-requests", "figures", STAFF), ("/pmo-strategy", "digest", LEADERS))
_serial = itertools.count()


def main() -> None:
    """Print both columns; exit with 1 if an acknowledgement took longer than half a second."""
    given = _read_arguments()
    sys.setswitchinterval(given.switch_interval)
    with open_database(given.database) as database:
        company = read_company()
        store = Store(database, company.zone)
        fill_database(store, company.desk, Size(given.requests, given.requests, is_large=True))
        library = Library.build(read_handbook(SHIPPED))
        ctx = build_context(company, store, lambda: library, _start_clock())
        alone = asyncio.run(_measure(ctx, given, with_reports=False))
        beside = asyncio.run(_measure(ctx, given, with_reports=True))
    print(f"\n{given.database}, {given.requests:,} requests, {given.per_second:g} commands per second")
    print("\n| ms | p50 | p99 | max |\n|---|---|---|---|")
    for name, (acks, answers, _) in {"alone": alone, "beside reports": beside}.items():
        print(f"| Acknowledged, {name} | {_summarise(acks)} |")
        print(f"| Answered, {name} | {_summarise(answers)} |")
    print(f"| Reports ({len(beside[2])}) | {_summarise(beside[2])} |")
    sys.exit(max(beside[0]) > 500)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.heavy", description=__doc__)
    parser.add_argument("--database", default="SQLite", choices=["SQLite", "PostgreSQL"])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--per-second", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--switch-interval", type=float, default=SWITCH_INTERVAL)
    return parser.parse_args()


def _start_clock() -> Callable[[], datetime]:
    began = time.monotonic()
    return lambda: NOW + timedelta(seconds=time.monotonic() - began)


async def _measure(
    ctx: AppContext, given: argparse.Namespace, *, with_reports: bool
) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds until the acks and until the answers, and until the reports."""
    if with_reports:
        with ctx.store.database.transaction() as session:
            session.execute(update(RequestRow).values(figures_version=0))
    async with _run_bot(ctx, with_jobs=with_reports) as app:
        for command, text in LIGHT:
            await _send(app, command, text, MANAGERS[0])
        await asyncio.sleep(5)  # the first of each loads what the others find in memory
        since = ctx.now()
        asking = asyncio.create_task(_ask_for_reports(app)) if with_reports else None
        acks = await _type_commands(app, given.per_second, given.seconds)
        if asking:
            asking.cancel()
        await asyncio.sleep(2)
    with ctx.store.database.read_only() as session:
        done = select(ArrivalRow.is_heavy, ArrivalRow.received_at, ArrivalRow.done_at).where(
            ArrivalRow.received_at > since, ArrivalRow.status == "done"
        )
        rows = [(heavy, (at - came).total_seconds() * 1000) for heavy, came, at in session.execute(done) if at]
    return acks, [took for heavy, took in rows if not heavy], [took for heavy, took in rows if heavy]


@asynccontextmanager
async def _run_bot(ctx: AppContext, *, with_jobs: bool) -> AsyncIterator[AsyncApp]:
    app = AsyncApp(signing_secret="secret", authorize=_authorize, process_before_response=True)
    writer = InboxWriter(ctx.store.inbox, lambda: worker.wake())
    routes = Routes(app, ctx, writer)
    register(routes)
    worker = Worker(ctx, routes.deferred_handlers, "benchmark", Lease(), lambda: None, writer.wait_until_idle)
    jobs = [job for build in SUBJECT_JOBS for job in build(ctx)] if with_jobs else []
    scheduler = Scheduler(ctx.now, jobs, lambda: None)
    running = asyncio.gather(worker.run(), scheduler.run())
    yield app
    worker.stop()
    scheduler.stop()
    await running


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T00SAMPLE", bot_user_id="U00PMOBOT", bot_token="xoxb-sample")


async def _ask_for_reports(app: AsyncApp) -> None:
    """One after the other, each as somebody else, twice a second."""
    for number in itertools.count():
        command, text, people = HEAVY[number % len(HEAVY)]
        await _send(app, command, text, people[number % len(people)])
        await asyncio.sleep(0.5)


async def _type_commands(app: AsyncApp, per_second: float, seconds: float) -> list[float]:
    """Commands at a constant rate, however fast they are acknowledged; milliseconds until each was."""
    began = time.perf_counter()
    sent: list[asyncio.Task[float]] = []
    for number in range(int(per_second * seconds)):
        due = began + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        command, text = LIGHT[number % len(LIGHT)]
        sent.append(asyncio.create_task(_send(app, command, text, MANAGERS[number % len(MANAGERS)], due)))
    return list(await asyncio.gather(*sent))


async def _send(app: AsyncApp, command: str, text: str, user: str, due: float | None = None) -> float:
    """Milliseconds until it was acknowledged, counted from when it was due."""
    began = time.perf_counter() if due is None else due
    body: dict[str, Any] = {"command": command, "text": text, "user_id": user, "channel_id": "C8SAMPLE001"}
    body |= {"team_id": "T00SAMPLE", "trigger_id": f"benchmark-heavy:{next(_serial)}:{time.time_ns()}"}
    body |= {"response_url": "https://hooks.slack.com/sample"}
    request = AsyncBoltRequest(body=json.dumps(body), mode="socket_mode")
    request.body.update(body)
    response = await app.async_dispatch(request)
    assert response.status == 200, response.body
    return (time.perf_counter() - began) * 1000


def _summarise(values: Sequence[float]) -> str:
    if len(values) < 2:
        return " | ".join(f"{value:.0f}" for value in values) or "none"
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return f"{cuts[49]:.1f} | {cuts[98]:.1f} | {max(values):.1f}"


if __name__ == "__main__":
    main()
