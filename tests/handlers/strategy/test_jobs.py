"""Digests run once for each slot, missed slots follow their policy, removed digests don't run."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.composition import build_context
from bot.organisation import SAMPLE, read_organisation
from bot.strategy_import import choose_strategy
from handlers.context import AppContext
from handlers.requests.figures import MOST_WAITED_FOR
from handlers.strategy.jobs import ScheduledPosts
from reporting.definitions import DigestDefinition, DigestSection
from storage.database import Database
from storage.store import Store
from storage.tables.engine import DeliveryRow, RunRow, ScheduleRow
from strategy.schedules import Misfire

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SLOT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ORGANISATION = read_organisation(SAMPLE)
WEEKLY = next(one for one in ORGANISATION.digests if one.key == "weekly-progress")


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path) -> Iterator[Store]:
    shutil.copy(migrated_file, tmp_path / "pmo.db")
    database = Database(f"sqlite:///{tmp_path / 'pmo.db'}")
    yield Store(database)
    database.close()


def make_ctx(store: Store, *digests: DigestDefinition) -> AppContext:
    choose_strategy(store, ORGANISATION, MONDAY)
    made = build_context(ORGANISATION, store, lambda: pytest.fail("No handbook is needed."), lambda: MONDAY)
    return replace(made, digests=digests, store=store)


def start_job(store: Store, *digests: DigestDefinition, at: datetime = MONDAY) -> ScheduledPosts:
    job = ScheduledPosts(make_ctx(store, *digests))
    job.register_schedules(at)
    return job


def runs(store: Store, name: str = "digest:weekly-progress") -> list[tuple[datetime, str]]:
    with store.database.read_only() as session:
        found = select(RunRow.slot, RunRow.outcome).where(RunRow.schedule == name).order_by(RunRow.slot)
        return [(slot, outcome) for slot, outcome in session.execute(found)]


def posts(store: Store, channel: str = "C04PROGRESS") -> int:
    with store.database.read_only() as session:
        return len(session.scalars(select(DeliveryRow).where(DeliveryRow.channel == channel)).all())


def test_job_waits_for_its_next_slot(store: Store) -> None:
    job = start_job(store, WEEKLY)
    assert job(MONDAY) == datetime(2026, 11, 26, 16, tzinfo=UTC)  # the updates are due first
    assert job(SLOT - timedelta(seconds=1)) == SLOT
    assert posts(store) == 0


def test_digest_that_only_another_process_knows_is_left_to_that_process(store: Store) -> None:
    """While a changed organisation file is rolled out, some processes have read it and others haven't."""
    without = start_job(store)
    with_it = start_job(store, WEEKLY)
    due = without(SLOT)
    assert due is None or due > SLOT  # it isn't called again and again
    assert runs(store) == []
    with_it(SLOT)
    assert runs(store) == [(SLOT, "fired")]


def test_slot_is_sent_once(store: Store) -> None:
    job, other = start_job(store, WEEKLY), start_job(store, WEEKLY)
    for at in (SLOT, SLOT, SLOT + timedelta(minutes=59)):
        job(at)
        other(at)
    assert runs(store) == [(SLOT, "fired")]
    assert posts(store) == 1


def test_failed_digest_is_sent_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start_job(store, WEEKLY)

    def fails(*_: object, **__: object) -> None:
        raise OSError("The disk is gone.")

    with monkeypatch.context() as trouble:
        trouble.setattr("handlers.strategy.digests.build_digest_message", fails)
        with pytest.raises(OSError, match="disk"):
            job(SLOT)
    assert runs(store) == []
    job(SLOT + timedelta(minutes=1))
    assert runs(store) == [(SLOT, "fired")]
    assert posts(store) == 1


def test_only_the_latest_missed_slot_is_sent(store: Store) -> None:
    start_job(store, WEEKLY)(SLOT + timedelta(days=16))
    assert runs(store) == [
        (SLOT, "missed"),
        (SLOT + timedelta(days=7), "missed"),
        (SLOT + timedelta(days=14), "fired"),
    ]


def test_skip_policy_sends_no_late_slot(store: Store) -> None:
    patient = replace(WEEKLY, schedule=replace(WEEKLY.schedule, misfire=Misfire.SKIP))
    job = start_job(store, patient)
    job(SLOT + timedelta(hours=2))
    assert runs(store) == [(SLOT, "missed")]
    job(SLOT + timedelta(days=7, minutes=30))
    assert runs(store)[-1] == (SLOT + timedelta(days=7), "fired")
    assert posts(store) == 1


def test_digest_with_nothing_new_is_not_sent(store: Store) -> None:
    quiet = replace(WEEKLY, sections=(DigestSection.STORIES,))
    job = start_job(store, quiet)
    job(SLOT)
    assert posts(store) == 1  # a first digest always has news, and there are exceptions
    assert runs(store) == [(SLOT, "fired")]


def test_removed_digest_is_not_sent_until_it_returns(store: Store) -> None:
    start_job(store, WEEKLY)
    start_job(store)(SLOT)
    assert runs(store) == []
    later = SLOT + timedelta(days=1)
    job = start_job(store, WEEKLY, at=later)
    job(SLOT + timedelta(days=7))
    assert runs(store) == [(SLOT + timedelta(days=7), "fired")]


def test_changed_schedule_starts_with_its_next_slot(store: Store) -> None:
    start_job(store, WEEKLY)
    friday = replace(WEEKLY, schedule=replace(WEEKLY.schedule, rule="FREQ=WEEKLY;BYDAY=FR"))
    job = start_job(store, friday)
    job(SLOT)
    [(slot, _)] = runs(store)
    assert slot == datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_changed_title_keeps_the_next_slot(store: Store) -> None:
    start_job(store, WEEKLY)
    start_job(store, replace(WEEKLY, title="Another title"), at=SLOT + timedelta(minutes=5))(
        SLOT + timedelta(minutes=5)
    )
    assert runs(store) == [(SLOT, "fired")]


def test_no_strategy_means_no_digest(store: Store) -> None:
    bare = replace(
        build_context(ORGANISATION, store, lambda: pytest.fail("No handbook is needed."), lambda: MONDAY),
        digests=(WEEKLY,),
    )
    job = ScheduledPosts(bare)
    job.register_schedules(MONDAY)
    job(SLOT)
    assert runs(store) == [(SLOT, "quiet")]
    assert posts(store) == 0
    with store.database.read_only() as session:
        assert session.scalars(select(ScheduleRow.name)).all() == ["digest:weekly-progress"]


@pytest.mark.parametrize(
    ("monday", "utc_hour"),
    [((2026, 10, 19), 8), ((2026, 10, 26), 9), ((2027, 3, 22), 9), ((2027, 4, 5), 8)],
)
def test_nine_oclock_follows_london_time(store: Store, monday: tuple[int, int, int], utc_hour: int) -> None:
    slot = datetime(*monday, utc_hour, tzinfo=UTC)
    weekly = replace(WEEKLY, schedule=replace(WEEKLY.schedule, calendar=""))
    job = start_job(store, weekly, at=slot - timedelta(days=3))
    job(slot - timedelta(seconds=1))
    assert slot not in [at for at, _ in runs(store)]
    job(slot)
    assert (slot, "fired") in runs(store)


def test_digest_waits_until_all_requests_are_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job, left = start_job(store, WEEKLY), [MOST_WAITED_FOR, 0]
    monkeypatch.setattr("handlers.strategy.jobs.count_changed_requests", lambda _: left.pop(0))
    assert job(SLOT) == SLOT
    assert runs(store) == []
    job(SLOT)
    assert runs(store) == [(SLOT, "fired")]
