"""Every scheduled job has its place in the registry."""

import importlib
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import handlers
from bot.engine.clock_changes import ContinueAfterClockChange
from bot.engine.dead_letters import ReportDeadLetters
from bot.engine.jobs import SUBJECT_JOBS, Prune, RefreshHandbook, build_engine_jobs
from bot.engine.shared_channels import ReportSharedChannels
from bot.handbook_provider import HandbookProvider
from handlers.context import AppContext
from storage.engine.deliveries import Deliveries
from storage.engine.lease import Lease
from storage.retention import Retention
from tests.bot.conftest import Now


def test_every_subject_with_jobs_is_registered() -> None:
    files = Path(handlers.__file__).parent.glob("*/jobs.py")
    modules = [importlib.import_module(f"handlers.{file.parent.name}.jobs") for file in files]
    builders = {name for one in modules for name in vars(one) if name.startswith("build_") and name.endswith("_jobs")}
    assert builders <= {build.__name__ for build in SUBJECT_JOBS}
    assert len(builders) >= len(modules)


def test_engine_has_jobs_of_its_own(ctx: AppContext) -> None:
    deliveries = cast(Deliveries, SimpleNamespace(lease=Lease()))
    jobs = build_engine_jobs(ctx, cast(HandbookProvider, None), deliveries)
    assert {type(job) for job in jobs} == {
        ContinueAfterClockChange,
        Prune,
        ReportDeadLetters,
        ReportSharedChannels,
        RefreshHandbook,
    }


def test_what_is_kept_for_ever_is_not_pruned(ctx: AppContext, now: Now) -> None:
    pruned: list[tuple[str, timedelta]] = []
    at = now()

    def note(kind: str, before: datetime) -> None:
        pruned.append((kind, at - before))

    inbox = SimpleNamespace(prune=lambda before, failed=False: note("failed" if failed else "events", before))
    deliveries = cast(Deliveries, SimpleNamespace(prune=lambda before: note("posts", before)))

    def prune(retention: Retention) -> list[tuple[str, timedelta]]:
        pruned.clear()
        known = SimpleNamespace(retention=retention, store=SimpleNamespace(inbox=inbox, database=ctx.store.database))
        Prune(cast(AppContext, known), deliveries)(at)
        return pruned

    assert prune(Retention()) == [("events", timedelta(days=30)), ("posts", timedelta(days=90))]
    assert prune(Retention(events=None, posts=None, failed_events=timedelta(days=7))) == [("failed", timedelta(days=7))]
