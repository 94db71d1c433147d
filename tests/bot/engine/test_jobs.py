"""Every scheduled job has its place in the registry."""

import importlib
from pathlib import Path
from typing import cast

import handlers
from bot.engine.clock_changes import ContinueAfterClockChange
from bot.engine.dead_letters import ReportDeadLetters
from bot.engine.jobs import SUBJECT_JOBS, Prune, RefreshHandbook, build_engine_jobs
from bot.engine.shared_channels import ReportSharedChannels
from bot.handbook_provider import HandbookProvider
from handlers.context import AppContext
from storage.engine.deliveries import Deliveries


def test_every_subject_with_jobs_is_registered() -> None:
    files = Path(handlers.__file__).parent.glob("*/jobs.py")
    modules = [importlib.import_module(f"handlers.{file.parent.name}.jobs") for file in files]
    builders = {name for one in modules for name in vars(one) if name.startswith("build_") and name.endswith("_jobs")}
    assert builders <= {build.__name__ for build in SUBJECT_JOBS}
    assert len(builders) >= len(modules)


def test_engine_has_jobs_of_its_own(ctx: AppContext) -> None:
    jobs = build_engine_jobs(ctx, cast(HandbookProvider, None), cast(Deliveries, None))
    assert {type(job) for job in jobs} == {
        ContinueAfterClockChange,
        Prune,
        ReportDeadLetters,
        ReportSharedChannels,
        RefreshHandbook,
    }
