"""A real Chromium with the page of a running workspace, new for each test."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, async_playwright

from tests.browser.page_visit import Visit
from tests.workspace.raw_app import RawApp, connected_app
from tests.workspace.running import RunningWorkspace, running_workspace

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page whose headers a test has replaced no longer counts as loopback, so its requests to loopback need this.
    "--disable-features=LocalNetworkAccessChecks",
]
# The first has no windows at all, and takes a third less time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Open = Callable[..., Awaitable[Visit]]


def chromium(playwright: Playwright) -> str | None:
    """Return the path of a Chromium: PMO_CHROMIUM, an installed one, or Playwright's own."""
    given = os.environ.get("PMO_CHROMIUM")
    found = [given, *map(shutil.which, NAMES), playwright.chromium.executable_path]
    return next((path for path in found if path and Path(path).is_file()), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        path = chromium(playwright)
        if path is None:
            pytest.skip("No Chromium was found. Install one, or name one in PMO_CHROMIUM, to test the page.")
        running = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[RunningWorkspace]:
    async with running_workspace() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def app(workspace: RunningWorkspace) -> AsyncIterator[RawApp]:
    """The connected app. It acknowledges nothing by itself."""
    async with connected_app(workspace) as connected:
        yield connected


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, workspace: RunningWorkspace) -> AsyncIterator[Open]:
    """Open the page as a person. The test fails if a page logs an error or violates the security policy."""
    visits: list[Visit] = []

    async def open_page(user: str = "U02BEN", channel: str = "C02PROJECTS", **context: object) -> Visit:
        made = await Visit.begin(browser, workspace, user, channel, **context)
        visits.append(made)
        return made

    yield open_page
    for made in visits:
        await made.page.context.close()
    assert [problem for made in visits for problem in made.problems] == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(visit: Open) -> Page:
    """Ben in #projects."""
    return (await visit()).page
