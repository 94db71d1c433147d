"""Everything works with the keyboard alone."""

import pytest
from playwright.async_api import expect

from tests.browser import kitchen_sink as sink
from tests.browser.app_actions import post_blocks, post_text
from tests.browser.conftest import Open
from tests.workspace.raw_app import RawApp
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

REQUEST = [
    sink.field("goal", "Goal", {"type": "plain_text_input"}),
    sink.field(
        "service", "Service", {"type": "static_select", "options": [sink.option("Review"), sink.option("Advice")]}
    ),
    sink.field("also", "Also", {"type": "checkboxes", "options": [sink.option("Tell me")]}, optional=True),
]


async def test_a_request_can_be_made_by_keyboard(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    keys = ben.page.keyboard
    await expect(ben.composer).to_be_focused()
    await keys.type("/pm")
    await expect(ben.options).to_have_text(["/pmo[question]Ask the PMO", "/pmo-request[service]Ask for a service"])
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(ben.composer).to_have_value("/pmo-request ")
    await keys.type("review")
    await keys.press("Enter")
    envelope, payload = await app.interaction("slash_commands")
    await app.ack(envelope)
    assert (payload["command"], payload["text"]) == ("/pmo-request", "review")
    await workspace.api("views.open", trigger_id=payload["trigger_id"], view=sink.view("Request", REQUEST))
    await expect(ben.page.get_by_role("textbox", name="Goal")).to_be_focused()
    await keys.type("Know where we stand")
    for key in ("Tab", "ArrowDown", "ArrowDown", "Enter", "Tab", "Space"):
        await keys.press(key)
    await expect(ben.page.get_by_role("combobox", name="Service")).to_have_value("Advice")
    await expect(ben.page.get_by_role("checkbox", name="Tell me")).to_be_checked()
    for key in ("Tab", "Tab", "Enter"):
        await keys.press(key)
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert payload["view"]["state"]["values"]["service"]["it"]["selected_option"]["value"] == "advice"
    await expect(ben.page.get_by_role("dialog")).to_have_count(0)
    await expect(ben.composer).to_be_focused()


async def test_focus_stays_inside_the_modal(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    trigger = workspace.server.hub.triggers.issue("U02BEN")
    await workspace.api("views.open", trigger_id=trigger, view=sink.view("Request", REQUEST))
    await expect(ben.page.get_by_role("textbox", name="Goal")).to_be_focused()
    inside = (
        "document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)"
    )
    for _ in range(12):
        await ben.page.keyboard.press("Tab")
        assert await ben.page.evaluate(inside)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("@cast", "@Ben Castellanos "),
        ("@ben", "@Ben Castellanos "),
        ("@pmo", "@PMO Assistant "),
        ("#str", "#strategy-progress "),
    ],
)
async def test_names_of_people_and_channels_complete(visit: Open, typed: str, written: str) -> None:
    ben = await visit()
    await ben.page.keyboard.type(f"Ask {typed}")
    await expect(ben.options).to_have_count(1)
    await ben.page.keyboard.press("Tab")
    await expect(ben.composer).to_have_value(f"Ask {written}")


async def test_escape_closes_completion_and_enter_sends(visit: Open) -> None:
    ben = await visit()
    await ben.page.keyboard.type("see :tada")
    await expect(ben.options).to_have_count(1)
    await ben.page.keyboard.press("Escape")
    await expect(ben.options).to_have_count(0)
    await ben.page.keyboard.press("Shift+Enter")
    await ben.page.keyboard.type("line two")
    await ben.page.keyboard.press("Enter")
    await expect(ben.log.get_by_role("article")).to_contain_text("see :tadaline two")
    await expect(ben.log.get_by_role("article").locator("br")).to_have_count(1)


async def test_arrow_keys_move_between_messages(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_text(workspace, "First")
    await post_text(workspace, "Second")
    await expect(ben.log.get_by_role("article")).to_have_count(2)
    await ben.log.focus()
    await ben.page.keyboard.press("ArrowUp")
    await ben.page.keyboard.press("ArrowUp")
    await expect(ben.log.get_by_role("article").first).to_be_focused()
    reply = ben.log.get_by_role("button", name="Reply in thread")
    for _ in range(5):
        await ben.page.keyboard.press("Tab")
    await expect(reply).to_be_focused()
    await ben.page.keyboard.press("Enter")
    await expect(ben.thread.get_by_role("textbox", name="Reply to thread")).to_be_focused()
    await ben.page.keyboard.press("Escape")
    await expect(ben.thread).to_have_count(0)


async def test_a_menu_works_by_keyboard_and_returns_focus(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_blocks(workspace, [sink.words_and_choices(workspace.url)[7]])
    more = ben.log.get_by_role("button", name="More actions")
    await more.focus()
    await ben.page.keyboard.press("Enter")
    await expect(ben.page.get_by_role("menuitem", name="Archive")).to_be_focused()
    await ben.page.keyboard.press("Escape")
    await expect(more).to_be_focused()


async def test_arrow_keys_switch_the_app_tabs(visit: Open) -> None:
    ben = await visit()
    await ben.page.get_by_role("navigation").get_by_role("button", name="PMO Assistant").press("Enter")
    await ben.page.get_by_role("tab", name="Home").press("ArrowRight")
    await expect(ben.page.get_by_role("tab", name="Messages")).to_have_attribute("aria-selected", "true")
    await expect(ben.page.get_by_role("tabpanel", name="Messages")).to_be_visible()
