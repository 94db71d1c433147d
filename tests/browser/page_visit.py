"""A person at the page."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, Route, expect

from tests.workspace.running import RunningWorkspace

# Stricter than the server's own policy: nothing inline, and no other origin except for pictures.
STRICT = (
    "default-src 'self'; style-src 'self'; img-src 'self' https: data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'"
)
# Hostile content in the tests calls this if it runs.
ALARM = "window.alarmed = []; window.alarm = (what) => window.alarmed.push(what);"


@dataclass
class Visit:
    """`problems` lists console errors (including policy violations), uncaught exceptions and failed requests."""

    page: Page
    workspace: RunningWorkspace
    user: str
    problems: list[str] = field(default_factory=list)

    @classmethod
    async def begin(
        cls, browser: Browser, workspace: RunningWorkspace, user: str, channel: str, **context: Any
    ) -> "Visit":
        settings = {"locale": "en-GB", "timezone_id": "Europe/London", "viewport": {"width": 1280, "height": 800}}
        page = await (await browser.new_context(**(settings | context))).new_page()
        page.set_default_timeout(8_000)
        visit = cls(page, workspace, user)
        page.on("console", visit._console)
        page.on("pageerror", lambda error: visit.problems.append(f"thrown: {error}"))
        page.on("requestfailed", visit._failed)
        await page.route(lambda address: address.startswith(f"{workspace.url}/?"), _apply_strict_policy)
        await page.add_init_script(ALARM)
        await page.goto(f"{workspace.url}/?user={user}#{channel}")
        await expect(page.get_by_role("main")).to_be_visible()
        await expect(page.get_by_text("Loading messages…")).to_have_count(0)
        return visit

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.url.startswith(self.workspace.url):
            self.problems.append(f"failed: {request.url}")

    @property
    def log(self) -> Locator:
        """Return the messages of the open channel."""
        return self.page.get_by_role("main").get_by_role("log")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("main").get_by_role("textbox", name="Message")

    @property
    def options(self) -> Locator:
        """Return the options of the open list."""
        return self.page.get_by_role("listbox").get_by_role("option")

    async def choose(self, name: str, *options: str) -> None:
        """Open a select and choose an option."""
        await self.page.get_by_role("combobox", name=name).click()
        for option in options:
            await self.options.filter(has_text=option).click()

    async def choose_in_menu(self, button: Locator, item: str) -> None:
        await button.click()
        await self.page.get_by_role("menuitem", name=item).click()


async def _apply_strict_policy(route: Route) -> None:
    answer = await route.fetch()
    await route.fulfill(response=answer, headers=answer.headers | {"content-security-policy": STRICT})
