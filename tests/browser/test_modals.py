"""Modals: errors appear at their fields, nothing is submitted twice, and no entered value is lost."""

import pytest
from playwright.async_api import expect

from tests.browser import kitchen_sink as sink
from tests.browser.app_actions import open_modal
from tests.browser.conftest import Open
from tests.workspace.raw_app import RawApp
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

GOAL = sink.field("goal", "Goal", {"type": "plain_text_input", "min_length": 5}, hint=sink.plain("In one line"))
WHY = sink.field("why", "Why", {"type": "plain_text_input", "multiline": True}, optional=True)


async def test_an_empty_required_field_blocks_submission(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Request", [WHY, GOAL]))
    await ben.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    goal = ben.page.get_by_role("textbox", name="Goal")
    await expect(goal).to_be_focused()
    await expect(goal).to_have_attribute("aria-invalid", "true")
    await expect(goal).to_have_accessible_description("Please complete this required field. In one line")
    await goal.fill("Ship")
    await expect(goal).not_to_have_attribute("aria-invalid", "true")
    await ben.page.keyboard.press("Enter")
    await expect(goal).to_have_accessible_description("Must be at least 5 characters. In one line")
    assert await workspace.events("interactive") == []


async def test_app_errors_appear_below_their_fields(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Request", [GOAL, WHY]))
    goal, why = ben.page.get_by_role("textbox", name="Goal"), ben.page.get_by_role("textbox", name="Why")
    await goal.fill("A secret goal")
    await why.fill("Because\nof this")
    await ben.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    envelope, payload = await app.interaction()
    assert payload["view"]["state"]["values"]["why"]["it"] == {"type": "plain_text_input", "value": "Because\nof this"}
    await app.ack(envelope, {"response_action": "errors", "errors": {"goal": "Not about secrets."}})
    await expect(goal).to_have_accessible_description("Not about secrets. In one line")
    await expect(goal).to_be_focused()
    await expect(why).to_have_value("Because\nof this")


async def test_repeated_submit_clicks_submit_once(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Request", [GOAL]))
    await ben.page.get_by_role("textbox", name="Goal").fill("Know where we stand")
    send = ben.page.get_by_role("dialog").get_by_role("button", name="Send")
    await send.dblclick()
    await ben.page.keyboard.press("Enter")
    await expect(send).to_have_attribute("aria-disabled", "true")
    envelope, _ = await app.interaction()
    await app.ack(envelope)
    await expect(ben.page.get_by_role("dialog")).to_have_count(0)
    await expect(ben.composer).to_be_focused()
    assert len(await workspace.events("interactive")) == 1


async def test_a_timeout_keeps_the_modal_open(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Request", [GOAL]))
    await ben.page.get_by_role("textbox", name="Goal").fill("Know where we stand")
    await ben.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    dialog = ben.page.get_by_role("dialog", name="Request")
    await expect(dialog.get_by_role("alert")).not_to_be_empty()
    await expect(dialog.get_by_role("textbox", name="Goal")).to_have_value("Know where we stand")


async def test_entered_values_arrive_in_slacks_format(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Everything", sink.inputs()))
    dialog = ben.page.get_by_role("dialog")
    for name, text in (
        ("Project", "Pump"),
        ("Email", "a@example.org"),
        ("Link", "https://example.org"),
        ("Budget", "12"),
    ):
        await dialog.get_by_role("textbox", name=name).fill(text)
    await ben.choose("Service", "High")
    await ben.choose("People", "Ada Okafor", "Wei Chen")
    await ben.page.keyboard.press("Escape")
    await dialog.get_by_label("Day").fill("2026-09-21")
    await dialog.get_by_label("Time", exact=False).first.fill("09:30")
    await dialog.get_by_role("radio", name="Low").check()
    await dialog.get_by_role("checkbox", name="High").check()
    await dialog.get_by_role("textbox", name="Story").fill("It went well")
    await dialog.get_by_role("button", name="Send").click()
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    values = {block: entry["it"] for block, entry in payload["view"]["state"]["values"].items()}
    assert _brief(values) == {
        "name": "Pump",
        "why": "Because",
        "mail": "a@example.org",
        "link": "https://example.org",
        "budget": "12",
        "service": "high",
        "record": None,
        "people": ["U01ADA", "U03WEI"],
        "where": "C02PROJECTS",
        "tags": [],
        "day": "2026-09-21",
        "time": "09:30",
        "moment": 1789376400,
        "urgency": "low",
        "also": ["high"],
        "story": sink.rich(sink.words("It went well")),
        "files": [],
    }


def _brief(values: dict[str, sink.Json]) -> dict[str, object]:
    """Reduce each entry to its one value, and options to theirs."""

    def value(entry: sink.Json) -> object:
        (held,) = (entry[name] for name in entry if name != "type")
        if isinstance(held, list):
            return [item["value"] if isinstance(item, dict) else item for item in held]
        return held["value"] if isinstance(held, dict) and "value" in held else held

    return {block: value(entry) for block, entry in values.items()}


async def test_updates_keep_values_of_unchanged_block_ids(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    view = await open_modal(workspace, sink.view("Request", [GOAL, WHY]))
    await ben.page.get_by_role("textbox", name="Goal").fill("Kept")
    await ben.page.get_by_role("textbox", name="Why").fill("Forgotten")
    more = {"type": "section", "text": sink.mrkdwn("Updated")}
    blocks = [more, GOAL, WHY | {"block_id": "why-again"}]
    answer = await workspace.api("views.update", view_id=view["id"], view=sink.view("Request", blocks))
    assert answer["ok"], answer
    await expect(ben.page.get_by_text("Updated")).to_be_visible()
    await expect(ben.page.get_by_role("textbox", name="Goal")).to_have_value("Kept")
    await expect(ben.page.get_by_role("textbox", name="Why")).to_have_value("")


async def test_closing_a_pushed_view_restores_the_first(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("First", [GOAL]))
    await ben.page.get_by_role("textbox", name="Goal").fill("Know where we stand")
    await ben.page.keyboard.press("Enter")
    envelope, _ = await app.interaction()
    await app.ack(envelope, {"response_action": "push", "view": sink.view("Second", [WHY])})
    await expect(ben.page.get_by_role("dialog", name="Second")).to_be_visible()
    await ben.page.get_by_role("button", name="Back").click()
    await expect(ben.page.get_by_role("dialog", name="First")).to_be_visible()
    await expect(ben.page.get_by_role("textbox", name="Goal")).to_have_value("Know where we stand")


async def test_a_modal_to_read_starts_at_the_top(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    long = [
        {"type": "section", "text": sink.mrkdwn(f"Paragraph {number}\nand its second line")} for number in range(30)
    ]
    acts = {"type": "actions", "elements": [sink.button("more", "More")]}
    await open_modal(workspace, sink.view("To read", [*long, acts]))
    await expect(ben.page.get_by_role("dialog").get_by_role("button", name="Send")).to_be_focused()
    await expect(ben.page.get_by_text("Paragraph 0")).to_be_in_viewport()


async def test_escape_closes_the_modal_and_notifies(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Request", [GOAL], notify_on_close=True))
    await expect(ben.page.get_by_role("textbox", name="Goal")).to_be_focused()
    await ben.page.keyboard.press("Escape")
    await expect(ben.page.get_by_role("dialog")).to_have_count(0)
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", True)


async def test_an_external_select_offers_the_apps_options(
    visit: Open, workspace: RunningWorkspace, app: RawApp
) -> None:
    ben = await visit()
    await open_modal(
        workspace,
        sink.view("Request", [sink.field("record", "Record", {"type": "external_select", "min_query_length": 2})]),
    )
    record = ben.page.get_by_role("combobox", name="Record")
    await record.press_sequentially("p")
    await expect(ben.page.get_by_text("Type at least 2 characters")).to_be_visible()
    await record.press_sequentially("ump")
    envelope, payload = await app.interaction()
    assert (payload["type"], payload["value"]) == ("block_suggestion", "pump")
    await app.ack(envelope, {"options": [sink.option("Pump station"), sink.option("Pump house")]})
    await expect(ben.options).to_have_text(["Pump station", "Pump house"])
    await ben.page.keyboard.press("ArrowDown")
    await ben.page.keyboard.press("Enter")
    await expect(record).to_have_value("Pump house")


async def test_a_dispatched_selection_carries_all_values(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    service = {"type": "static_select", "options": [sink.option("Review"), sink.option("Advice")]}
    await open_modal(
        workspace, sink.view("Request", [GOAL, sink.field("service", "Service", service, dispatch_action=True)])
    )
    await ben.page.get_by_role("textbox", name="Goal").fill("Half a goal")
    await ben.choose("Service", "Advice")
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert payload["actions"][0]["selected_option"]["value"] == "advice"
    assert payload["view"]["state"]["values"]["goal"]["it"]["value"] == "Half a goal"


async def test_text_inputs_dispatch_as_configured(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    typed = {"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    entered = {"type": "plain_text_input"}
    blocks = [
        sink.field(name, name, element, dispatch_action=True)
        for name, element in (("Typed", typed), ("Entered", entered))
    ]
    await open_modal(workspace, sink.view("Search", blocks))
    await ben.page.get_by_role("textbox", name="Typed").press_sequentially("pump")
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert payload["actions"][0]["value"] == "pump"
    await ben.page.get_by_role("textbox", name="Entered").press_sequentially("station")
    await ben.page.keyboard.press("Enter")
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert (payload["type"], payload["actions"][0]["value"]) == ("block_actions", "station")
    await expect(ben.page.get_by_role("dialog", name="Search")).to_be_visible()


async def test_a_chosen_file_is_uploaded_and_submitted(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await open_modal(workspace, sink.view("Request", [sink.field("files", "Files", {"type": "file_input"})]))
    chosen = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Plan"}
    await ben.page.get_by_role("dialog").locator("input[type=file]").set_input_files([chosen])
    await expect(ben.page.get_by_role("button", name="Remove plan.txt")).to_be_visible()
    await ben.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    (stored,) = payload["view"]["state"]["values"]["files"]["it"]["files"]
    assert stored["name"] == "plan.txt"
