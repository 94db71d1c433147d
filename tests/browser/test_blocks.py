"""Every block and element of Block Kit is drawn without errors."""

import pytest
from playwright.async_api import expect

from tests.browser import kitchen_sink as sink
from tests.browser.app_actions import PNG, open_modal, post_blocks, upload_file
from tests.browser.conftest import Open
from tests.workspace.raw_app import RawApp
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_message_draws_every_block(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    sent = sink.messages(workspace.url)
    for blocks in sent:
        await post_blocks(workspace, blocks)
    for kind in {block["type"] for blocks in sent for block in blocks}:
        await expect(ben.log.locator(f".block-{kind}").first).to_be_visible()
    await expect(ben.log.get_by_role("heading", name="Findings")).to_be_visible()
    await expect(ben.log.locator(".unknown-block")).to_have_count(0)


async def test_a_modal_draws_every_input(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Everything", sink.inputs()))
    dialog = ben.page.get_by_role("dialog", name="Everything")
    await expect(dialog.get_by_role("textbox", name="Project")).to_be_focused()
    for label in ("Reason", "Email", "Link", "Budget", "Story"):
        await expect(dialog.get_by_role("textbox", name=label, exact=False).first).to_be_visible()
    for label in ("Service", "Record", "People", "Where", "Tags"):
        await expect(dialog.get_by_role("combobox", name=label)).to_be_visible()
    await expect(dialog.get_by_role("radiogroup", name="Urgency").get_by_role("radio")).to_have_count(2)
    await expect(dialog.get_by_role("group", name="Also").get_by_role("checkbox")).to_have_count(2)
    await expect(dialog.get_by_role("note")).to_have_count(4)


async def test_a_chart_has_a_table_of_values(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_blocks(workspace, sink.more_figures())
    await expect(ben.log.get_by_role("img", name="Line chart: Leakage")).to_be_visible()
    await expect(ben.log.get_by_role("table", name="Leakage").get_by_role("row", name="August 18 18")).to_be_attached()
    await expect(ben.log.get_by_role("row", name="Health checks 45 62%")).to_be_attached()
    await ben.log.get_by_role("button", name="View as table").first.click()
    await expect(ben.log.get_by_role("table", name="Leakage")).to_be_visible()
    await expect(ben.log.get_by_role("img", name="Line chart: Leakage")).to_have_count(0)


async def test_a_chart_draws_visible_pixels(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_blocks(workspace, [sink.chart("Requests", "bar", sink.series("Opened", sink.MONTHS))])
    await expect(ben.log.get_by_role("img", name="Bar chart: Requests")).to_be_visible()
    painted = """() => {
        const canvas = document.querySelector("canvas");
        return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value);
    }"""
    await ben.page.wait_for_function(painted)


async def test_a_data_table_sorts_filters_and_pages(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_blocks(workspace, sink.figures()[:1])
    table = ben.log.get_by_role("table", name="Projects by spend")
    first = table.get_by_role("rowheader").first
    await expect(table.get_by_role("row")).to_have_count(1 + 5)
    await table.get_by_role("button", name="Spend").click()
    await expect(table.get_by_role("columnheader", name="Spend")).to_have_attribute("aria-sort", "ascending")
    await expect(table.get_by_role("rowheader")).to_have_text(
        ["Project A", "Project L", "Project D", "Project G", "Project J"]
    )
    await table.get_by_role("button", name="Spend").click()
    await expect(first).to_have_text("Project I")
    await ben.log.get_by_role("button", name="Next page").click()
    await expect(ben.log.get_by_text("6–10 of 12")).to_be_visible()
    await ben.log.get_by_role("searchbox", name="Filter Projects by spend").fill("project k")
    await expect(table.get_by_role("rowheader")).to_have_text(["Project K"])


async def test_a_collapsible_container_collapses(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_blocks(workspace, [sink.cards(workspace.url)[2]])
    head = ben.log.get_by_role("button", name="Two records")
    await head.click()
    await expect(head).to_have_attribute("aria-expanded", "false")
    await expect(ben.log.get_by_role("button", name="Confirm")).to_be_hidden()


async def test_a_feedback_button_stays_pressed(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await post_blocks(workspace, [sink.cards(workspace.url)[-1]])
    good, bad = ben.log.get_by_role("button", name="Good answer"), ben.log.get_by_role("button", name="Bad answer")
    await good.click()
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert payload["actions"][0]["type"] == "feedback_buttons"
    assert payload["actions"][0]["value"] == "up"
    await expect(good).to_have_attribute("aria-pressed", "true")
    await bad.click()
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    await expect(bad).to_have_attribute("aria-pressed", "true")
    await expect(good).to_have_attribute("aria-pressed", "false")


async def test_a_confirm_dialog_delays_the_action(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await post_blocks(workspace, [sink.words_and_choices(workspace.url)[7]])
    decline = ben.log.get_by_role("button", name="Decline")
    await decline.click()
    question = ben.page.get_by_role("alertdialog", name="Decline it?")
    await question.get_by_role("button", name="Keep it").click()
    await expect(decline).to_be_focused()
    await decline.click()
    await question.get_by_role("button", name="Decline").click()
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert payload["actions"][0]["action_id"] == "decline"
    assert len(await workspace.events("interactive")) == 1


async def test_a_selection_in_a_message_is_sent(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    block = sink.words_and_choices(workspace.url)[4] | {"block_id": "digest"}
    ts = await post_blocks(workspace, [block])
    await ben.choose("How often", "Monthly")
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert payload["actions"][0]["selected_option"]["value"] == "monthly"
    assert payload["state"]["values"]["digest"]["often"]["selected_option"]["value"] == "monthly"
    await workspace.api(
        "chat.update", channel="C02PROJECTS", ts=ts, text="Changed", blocks=[block, {"type": "divider"}]
    )
    await expect(ben.log.locator(".block-divider")).to_be_visible()
    await expect(ben.log.get_by_role("combobox", name="How often")).to_have_value("Monthly")


async def test_an_unconfirmed_selection_is_reverted(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    sure = {"title": sink.plain("Sure?"), "text": sink.plain("It is sent to all."), "confirm": sink.plain("Yes")}
    often = {"type": "static_select", "action_id": "often", "placeholder": sink.plain("How often")}
    options = {"options": [sink.option("Weekly"), sink.option("Monthly")], "confirm": sure | {"deny": sink.plain("No")}}
    await post_blocks(workspace, [{"type": "actions", "elements": [often | options]}])
    await ben.choose("How often", "Weekly")
    await ben.page.get_by_role("alertdialog", name="Sure?").get_by_role("button", name="No").click()
    await expect(ben.log.get_by_role("combobox", name="How often")).to_have_value("")
    assert await workspace.events("interactive") == []


async def test_a_failed_click_is_reported(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_blocks(workspace, [{"type": "actions", "elements": [sink.button("go", "Go")]}])
    await ben.log.get_by_role("button", name="Go").click()
    await expect(ben.page.get_by_role("alert")).not_to_be_empty()
    await ben.page.get_by_role("button", name="Dismiss").click()
    await expect(ben.page.get_by_role("alert")).to_have_count(0)


async def test_an_uploaded_picture_is_shown_in_blocks(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    file_id = await upload_file(workspace, "burn-down.png", PNG)
    await post_blocks(workspace, [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "The burn-down"}])
    await expect(ben.log.get_by_role("img", name="The burn-down")).to_have_js_property("naturalWidth", 1)


async def test_a_blocked_picture_shows_its_alt_text(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    foreign = {"type": "image", "image_url": "http://localhost:1/picture.png", "alt_text": "The burn-down"}
    await post_blocks(workspace, [foreign])
    await expect(ben.log.get_by_role("img", name="The burn-down")).to_have_text("The burn-down")
