"""A workspace and bots that die in it."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.handbook_provider import open_handbook
from bot.local_workspace import SEED
from bot.manifest import build_manifest
from bot.organisation import SAMPLE, read_organisation
from storage.database import Database
from storage.store import Store
from tests.chaos.killing import FanOut, Hooks, Nursery, Street
from tests.conversations.conftest import MONDAY, read_before, remembered_vectors
from tests.storage.databases import NewDatabase, new_postgresql, postgresql
from tests.workspace.running import running_workspace

__all__ = ["new_postgresql", "postgresql", "read_before"]

OpenStreet = Callable[..., AbstractAsyncContextManager[Street]]
# Slack retries at once, after a minute and after five; that would take too long here.
IMPATIENT: dict[str, Any] = {"ack_seconds": 2.0, "retry_seconds": (0.0, 0.5, 1.0, 2.0, 4.0)}


@asynccontextmanager
async def street_with(folder: Path, database_url: str) -> AsyncIterator[Street]:
    hooks = Hooks()
    with hooks.installed():
        async with running_workspace(build_manifest(), SEED, **IMPATIENT) as workspace, Nursery.opened() as nursery:
            for person in FanOut.PEOPLE:
                workspace.as_user(person)  # has the page open from the beginning
            yield Street(workspace, nursery, folder, database_url, hooks)


@pytest.fixture
async def street(read_before: Path, tmp_path: Path) -> AsyncIterator[Street]:
    """One bot at a time on an SQLite file with an indexed handbook."""
    data = Path(shutil.copytree(read_before, tmp_path / "data"))
    async with street_with(tmp_path, f"sqlite:///{data / 'pmo.db'}") as opened:
        yield opened


@pytest.fixture
async def crossroads(
    new_postgresql: NewDatabase, read_before: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> AsyncIterator[Street]:
    """Several bots at once on a PostgreSQL with an indexed handbook."""
    for name in ("one", "two", "three"):
        shutil.copytree(read_before / "model", tmp_path / name / "model")
    url = new_postgresql()
    database = Database(url)
    with remembered_vectors(database, pytestconfig.cache.mkdir("vectors")):
        open_handbook(Store(database), read_organisation(SAMPLE), tmp_path / "one" / "model", MONDAY)
    database.close()
    async with street_with(tmp_path, url) as opened:
        yield opened
