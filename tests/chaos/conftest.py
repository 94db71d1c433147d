"""Rigs for one bot and for several."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.handbook_provider import open_handbook
from bot.local_workspace import SEED
from bot.manifest import build_manifest
from bot.organisation import SAMPLE, read_organisation
from storage.database import Database
from storage.store import Store
from tests.chaos.rig import Hooks, Launcher, Rig
from tests.chaos.workloads import FanOut
from tests.handbook_data import MONDAY, copy_data
from tests.storage.databases import NewDatabase
from tests.storage.vectors import cache_vectors
from tests.workspace.running import running_workspace

# Slack retries at once, after a minute and after five; that would take too long here.
QUICK_RETRIES: dict[str, Any] = {"ack_seconds": 2.0, "retry_seconds": (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)}
FIGURES = "storm"  # the property of a test under which it reports what it went through


@asynccontextmanager
async def open_rig(folder: Path, database_url: str) -> AsyncIterator[Rig]:
    hooks = Hooks()
    with hooks.install():
        async with running_workspace(build_manifest(), SEED, **QUICK_RETRIES) as workspace, Launcher.open() as launcher:
            for person in FanOut.PEOPLE:
                workspace.as_user(person)  # has the page open from the beginning
            yield Rig(workspace, launcher, folder, database_url, hooks)


@pytest.fixture
async def rig(handbook_data: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    """One bot at a time on an SQLite file with an indexed handbook."""
    data = copy_data(handbook_data, tmp_path / "data")
    async with open_rig(tmp_path, f"sqlite:///{data / 'pmo.db'}") as opened:
        yield opened


@pytest.fixture
async def cluster(
    new_postgresql: NewDatabase, handbook_data: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> AsyncIterator[Rig]:
    """Several bots at once on a PostgreSQL with an indexed handbook."""
    for name in ("one", "two", "three"):
        copy_data(handbook_data / "model", tmp_path / name / "model")
    url = new_postgresql()
    database = Database(url)
    with cache_vectors(database, pytestconfig.cache.mkdir("vectors")):
        open_handbook(Store(database), read_organisation(SAMPLE), tmp_path / "one" / "model", MONDAY)
    database.close()
    async with open_rig(tmp_path, url) as opened:
        yield opened


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what all storms together went through."""
    storms = [
        dict(report.user_properties)[FIGURES]
        for report in terminalreporter.getreports("passed")
        if FIGURES in dict(report.user_properties)
    ]
    if storms:
        total: Counter[str] = sum(map(Counter, storms), Counter())
        figures = ", ".join(f"{name} {total[name]:,}" for name in sorted(total))
        terminalreporter.write_line(f"{len(storms)} storms passed: {figures}")
