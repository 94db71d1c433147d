"""A new workspace with the sample organisation for each test, and an app connected to it."""

from collections.abc import AsyncIterator

import pytest

from tests.workspace.raw_app import RawApp, connected_app
from tests.workspace.running import RunningWorkspace, running_workspace


@pytest.fixture
async def workspace() -> AsyncIterator[RunningWorkspace]:
    async with running_workspace() as running:
        yield running


@pytest.fixture
async def app(workspace: RunningWorkspace) -> AsyncIterator[RawApp]:
    async with connected_app(workspace) as connected:
        yield connected
