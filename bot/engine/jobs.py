"""The registry of scheduled jobs: each subject's, and the engine's own."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.engine.clock_changes import ContinueAfterClockChange
from bot.engine.dead_letters import ReportDeadLetters
from bot.engine.scheduler import Job
from bot.engine.shared_channels import ReportSharedChannels
from bot.handbook_provider import HandbookProvider
from foundation.time import lies_ahead
from handlers.context import AppContext
from handlers.requests.jobs import build_request_jobs
from handlers.strategy.jobs import build_strategy_jobs
from storage.engine.deliveries import Deliveries
from storage.retention import prune_questions

PRUNE_EVERY = timedelta(days=1)
REFRESH_EVERY = timedelta(seconds=5)


def build_jobs(ctx: AppContext, handbook: HandbookProvider, deliveries: Deliveries) -> Sequence[Job]:
    """All jobs of the running bot."""
    subjects = [job for build_subject_jobs in SUBJECT_JOBS for job in build_subject_jobs(ctx)]
    return (*build_engine_jobs(ctx, handbook, deliveries), *subjects)


def build_engine_jobs(ctx: AppContext, handbook: HandbookProvider, deliveries: Deliveries) -> Sequence[Job]:
    return (
        ContinueAfterClockChange(ctx, deliveries.lease),
        Prune(ctx, deliveries),
        ReportDeadLetters(ctx),
        ReportSharedChannels(ctx),
        RefreshHandbook(handbook),
    )


class Prune:
    """Once a day, deletes what was settled long ago."""

    def __init__(self, ctx: AppContext, deliveries: Deliveries) -> None:
        self._ctx = ctx
        self._deliveries = deliveries
        self._next: datetime | None = None

    def __call__(self, now: datetime) -> datetime | None:
        if not lies_ahead(self._next, now, PRUNE_EVERY):
            self._prune(now)
            self._next = now + PRUNE_EVERY
        return self._next

    def _prune(self, now: datetime) -> None:
        keep, inbox = self._ctx.retention, self._ctx.store.inbox
        if keep.events is not None:
            inbox.prune(now - keep.events)
        if keep.failed_events is not None:
            inbox.prune(now - keep.failed_events, failed=True)
        if keep.posts is not None:
            self._deliveries.prune(now - keep.posts)
        if keep.questions is not None:
            prune_questions(self._ctx.store.database, now - keep.questions)


class RefreshHandbook:
    """Loads a handbook that this process or another has imported meanwhile, once its index is there."""

    def __init__(self, handbook: HandbookProvider) -> None:
        self._handbook = handbook

    def __call__(self, now: datetime) -> datetime | None:
        self._handbook.refresh(now)
        return now + REFRESH_EVERY


# What each subject does by time. Every jobs.py in handlers/ has its entry.
SUBJECT_JOBS: Sequence[Callable[[AppContext], Sequence[Job]]] = (build_strategy_jobs, build_request_jobs)
