"""Accessibility: every control has a name, the page has a structure, and only new messages are announced."""

import pytest
from playwright.async_api import Page, expect

from tests.browser import kitchen_sink as sink
from tests.browser.app_actions import open_modal, post_blocks, post_text
from tests.browser.conftest import Open
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NAMED = {
    "button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "tab", "tabpanel", "menu", "menuitem",
    "option", "listbox", "dialog", "alertdialog", "img", "image", "log", "navigation", "complementary", "main",
    "heading", "toolbar", "radiogroup", "region", "article",
}  # fmt: skip


async def find_nameless(page: Page) -> list[str]:
    """Return the roles of exposed elements that have no accessible name."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    return [
        node["role"]["value"]
        for node in tree["nodes"]
        if not node.get("ignored")
        and node.get("role", {}).get("value") in NAMED
        and not str(node.get("name", {}).get("value", "")).strip()
    ]


async def test_controls_in_messages_have_accessible_names(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    for blocks in sink.messages(workspace.url):
        await post_blocks(workspace, blocks)
    await expect(ben.log.get_by_role("heading", name="Findings")).to_be_attached()
    await ben.log.get_by_role("article").last.hover()
    assert await find_nameless(ben.page) == []


async def test_controls_in_modals_have_accessible_names(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Everything", sink.inputs()))
    await ben.page.get_by_role("combobox", name="Service").click()
    await expect(ben.options).to_have_count(2)
    assert await find_nameless(ben.page) == []


async def test_controls_in_the_app_have_accessible_names(visit: Open) -> None:
    ben = await visit()
    await ben.page.get_by_role("navigation").get_by_role("button", name="PMO Assistant").click()
    await ben.page.get_by_role("tab", name="Messages").click()
    await expect(ben.composer).to_be_visible()
    assert await find_nameless(ben.page) == []


async def test_the_page_has_landmarks_and_headings(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_text(workspace, "Hello")
    await ben.log.get_by_role("article").hover()
    await ben.log.get_by_role("button", name="Reply in thread").click()
    await expect(ben.page.get_by_role("navigation", name="Channels and conversations")).to_be_visible()
    await expect(ben.page.get_by_role("main", name="#projects")).to_be_visible()
    await expect(ben.thread).to_be_visible()
    await expect(ben.page.get_by_role("heading", level=1)).to_have_text("projects")
    workspace_name = ben.page.get_by_role("complementary", name="Workspace").get_by_role("heading", level=2)
    await expect(workspace_name).to_have_text("Meridian Water (sample)")
    await expect(ben.thread.get_by_role("heading", level=2)).to_have_text("Thread")


async def test_screen_readers_announce_only_new_messages(visit: Open, workspace: RunningWorkspace) -> None:
    await post_text(workspace, "Known")
    ben = await visit()
    await expect(ben.log).to_have_attribute("aria-live", "polite")
    await ben.page.get_by_role("navigation").get_by_role("button", name="general").click()
    await expect(ben.log).to_have_attribute("aria-live", "off")
    await expect(ben.log).to_have_attribute("aria-live", "polite")


async def test_people_are_listed_with_their_title(page: Page) -> None:
    await expect(page.get_by_role("combobox", name="Signed in as").locator("option")).to_have_text(
        [
            "Ada Okafor — Team member",
            "Ben Castellanos — Project manager",
            "Wei Chen — PMO staff",
            "Dana Lindqvist — Chief Operating Officer",
            "Emeka Adeyemi — Head of PMO",
            "Farah Haddad — Project manager and sponsor",
            "Olga Brandt — Consultant, from Brightwell Consulting",
            "Gina Moreau — guest of one channel",
            "Gus Marchetti — guest",
            "Dmitri Volkov — deactivated",
            "Sten Holm — from Brightwell Consulting",
            "Stand-up",
            "Intake — workflow",
        ]
    )
