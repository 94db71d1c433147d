"""Appearance: light and dark themes, wide and narrow windows, readable text in all of them."""

import pytest
from playwright.async_api import Page, expect

from tests.browser import kitchen_sink as sink
from tests.browser.app_actions import open_modal, post_blocks
from tests.browser.conftest import Open
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 390, "height": 780}

# The WCAG 2.2 contrast ratio between the colours of two custom properties of the page.
CONTRAST = """([over, under]) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (name) => {
        canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
            .map((value) => value / 255)
            .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [high, low] = [light(over), light(under)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
}"""

WORDS = [
    ("--text", "--paper"),
    ("--text-soft", "--paper"),
    ("--text-soft", "--paper-soft"),
    ("--text-soft", "--paper-hover"),
    ("--link", "--paper"),
    ("--link", "--mention-paper"),
    ("--text", "--mention-me"),
    ("--danger", "--paper"),
    ("--warning", "--warning-soft"),
    ("--code", "--code-paper"),
    ("--accent-text", "--accent"),
    ("--side-text", "--side"),
    ("--side-soft", "--side"),
]
LINES = [("--line-strong", "--paper"), ("--focus", "--paper"), ("--accent", "--paper")]


async def theme(page: Page) -> str | None:
    return await page.locator("html").get_attribute("data-theme")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_and_borders_have_enough_contrast(visit: Open, scheme: str) -> None:
    page = (await visit(color_scheme=scheme)).page
    faint = [pair for pair in WORDS if await page.evaluate(CONTRAST, pair) < 4.5]
    faint += [pair for pair in LINES if await page.evaluate(CONTRAST, pair) < 3]
    assert faint == []


async def test_the_theme_follows_the_system_by_default(visit: Open) -> None:
    page = (await visit(color_scheme="dark")).page
    assert await theme(page) == "dark"
    await page.get_by_role("button", name="Switch to the light theme").click()
    assert await theme(page) == "light"
    await page.reload()
    await expect(page.get_by_role("button", name="Switch to the dark theme")).to_be_visible()
    assert await theme(page) == "light"


async def test_a_chart_uses_the_theme_colours(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_blocks(workspace, sink.figures()[1:2])
    canvas = ben.log.get_by_role("img", name="Bar chart: Requests by month")
    await expect(canvas).to_be_visible()
    await _wait_painted(ben.page, "#0f7b76")
    await ben.page.get_by_role("button", name="Switch to the dark theme").click()
    await _wait_painted(ben.page, "#3fb5ae")


@pytest.mark.parametrize(
    "labels", [["Health checks", "Stakeholder maps", "Reviews"], [f"Project {n}" for n in range(20)]]
)
async def test_a_chart_labels_every_column_on_phones(
    visit: Open, workspace: RunningWorkspace, labels: list[str]
) -> None:
    ben = await visit(viewport=PHONE)
    await post_blocks(workspace, [sink.chart("Requests", "bar", sink.series("Opened", dict.fromkeys(labels, 3)))])
    await expect(ben.log.get_by_role("img", name="Bar chart: Requests")).to_be_visible()
    drawn = await ben.page.wait_for_function(
        """() => globalThis.Chart?.getChart(document.querySelector("canvas"))
            ?.scales.x.ticks.map((tick) => [tick.label].flat().join(" "))"""
    )
    assert await drawn.json_value() == labels


async def _wait_painted(page: Page, colour: str) -> None:
    """Wait until the canvas contains a pixel of this colour."""
    await page.wait_for_function(
        """colour => {
            const canvas = document.querySelector("canvas");
            const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const points = Array.from({ length: data.length / 4 }, (_, at) => 4 * at);
            return points.some((at) => wanted.every((value, more) => data[at + more] === value));
        }""",
        arg=colour,
    )


async def test_the_sidebar_opens_on_request_on_phones(visit: Open) -> None:
    page = (await visit(viewport=PHONE)).page
    places = page.get_by_role("navigation")
    await expect(places).to_be_hidden()
    await page.get_by_role("button", name="Channel list").click()
    await places.get_by_role("button", name="general").click()
    await expect(places).to_be_hidden()
    await expect(page.get_by_role("main", name="#general")).to_be_visible()


async def test_nothing_overflows_a_phone_screen(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit(viewport=PHONE)
    for blocks in sink.messages(workspace.url):
        await post_blocks(workspace, blocks)
    await expect(ben.log.get_by_role("heading", name="Findings")).to_be_attached()
    overflow = "element => element.scrollWidth - element.clientWidth"
    assert await ben.log.evaluate(overflow) <= 0
    await open_modal(workspace, sink.view("Everything", sink.inputs()))
    dialog = ben.page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    assert await dialog.evaluate(overflow) <= 0
