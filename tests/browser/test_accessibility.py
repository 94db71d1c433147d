"""axe-core finds nothing on the page that excludes people: in both themes, on desktops and phones."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser import kitchen_sink as sink
from tests.browser.app_actions import open_modal, post_blocks
from tests.browser.conftest import Open
from tests.browser.page_visit import Visit
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
# Each theme and each width once: the rules for colours and those for the layout don't depend on each other.
LOOKS = pytest.mark.parametrize(("scheme", "viewport"), [("light", DESKTOP), ("dark", PHONE)])


async def find_violations(page: Page) -> list[str]:
    """One line for each element that breaks one of axe's rules."""
    found = await Axe().run(page)
    return [
        f"{rule['id']}: {node['html'][:160]} ({' '.join(node['failureSummary'].split())[:200]})"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


async def post_everything(ben: Visit, workspace: RunningWorkspace) -> None:
    """A conversation with every block, a file, a reaction, an outsider and a thread."""
    for blocks in sink.messages(workspace.url):
        await post_blocks(workspace, blocks, "C08PARTNERS")
    olga = workspace.as_user("U07OLGA")
    root = await olga.post("C08PARTNERS", "Who decides on `gate 3`?", files={"note.txt": b"Minutes"})
    await olga.react("C08PARTNERS", root, "eyes")
    await workspace.as_user("U05EMEKA").post("C08PARTNERS", "I do", root, broadcast=True)
    await expect(ben.log.get_by_role("button", name="Replied to a thread")).to_be_attached()


@LOOKS
async def test_conversations_and_menus(
    visit: Open, workspace: RunningWorkspace, scheme: str, viewport: dict[str, int]
) -> None:
    ben = await visit(channel="C08PARTNERS", color_scheme=scheme, viewport=viewport)
    await post_everything(ben, workspace)
    assert await find_violations(ben.page) == []
    message = ben.log.get_by_role("article").last
    await message.focus()
    await message.get_by_role("button", name="More message actions").click()
    await expect(ben.page.get_by_role("menu")).to_be_visible()
    assert await find_violations(ben.page) == []
    await ben.page.keyboard.press("Escape")
    await message.get_by_role("button", name="Add reaction").click()
    assert await find_violations(ben.page) == []
    await ben.page.keyboard.press("Escape")
    await ben.composer.fill("/pm")
    await expect(ben.options.first).to_be_visible()
    assert await find_violations(ben.page) == []


@LOOKS
async def test_threads_and_edits(
    visit: Open, workspace: RunningWorkspace, scheme: str, viewport: dict[str, int]
) -> None:
    ben = await visit(channel="C08PARTNERS", color_scheme=scheme, viewport=viewport)
    await ben.composer.fill("My own words")
    await ben.composer.press("Enter")
    await expect(ben.log).to_contain_text("My own words")
    await ben.composer.press("ArrowUp")
    await expect(ben.page.get_by_role("form", name="Edit message")).to_be_visible()
    assert await find_violations(ben.page) == []
    await ben.page.keyboard.press("Escape")
    await post_everything(ben, workspace)
    await ben.log.get_by_role("button", name="1 reply").click()
    await expect(ben.thread.get_by_role("checkbox", name="Also send to #brightwell-partners")).to_be_visible()
    assert await find_violations(ben.page) == []


@LOOKS
async def test_home_and_forms(visit: Open, workspace: RunningWorkspace, scheme: str, viewport: dict[str, int]) -> None:
    ben = await visit(channel="D02BEN", color_scheme=scheme, viewport=viewport)
    assert await find_violations(ben.page) == []
    home = {"type": "home", "blocks": sink.words_and_choices(workspace.url)}
    assert (await workspace.api("views.publish", user_id="U02BEN", view=home))["ok"]
    await expect(ben.page.get_by_role("heading", name="Portfolio digest")).to_be_visible()
    assert await find_violations(ben.page) == []
    await ben.page.get_by_role("tab", name="Messages").click()
    assert await find_violations(ben.page) == []
    await open_modal(workspace, sink.view("Everything", sink.inputs()))
    await expect(ben.page.get_by_role("dialog")).to_be_visible()
    assert await find_violations(ben.page) == []
    await ben.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(ben.page.get_by_role("textbox", name="Project")).to_have_attribute("aria-invalid", "true")
    assert await find_violations(ben.page) == []
    await ben.choose("Service")
    assert await find_violations(ben.page) == []


@LOOKS
async def test_the_sidebar_and_questions(
    visit: Open, workspace: RunningWorkspace, scheme: str, viewport: dict[str, int]
) -> None:
    ben = await visit(color_scheme=scheme, viewport=viewport)
    if viewport == PHONE:
        await ben.page.get_by_role("button", name="Channel list").click()
    await ben.page.get_by_role("button", name="New message").click()
    assert await find_violations(ben.page) == []
    await ben.page.keyboard.press("Escape")
    await post_blocks(workspace, sink.words_and_choices(workspace.url)[7:8])
    if viewport == PHONE:
        await ben.page.get_by_role("navigation").get_by_role("button", name="projects").click()
    await ben.log.get_by_role("button", name="Decline").click()
    await expect(ben.page.get_by_role("alertdialog")).to_be_visible()
    assert await find_violations(ben.page) == []
