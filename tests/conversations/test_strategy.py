"""Everybody sees the part of the strategy they may see, and nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.organisation import SAMPLE as ORGANISATION
from tests.conversations.conftest import Office, ShiftedClock, open_office
from tests.workspace.filling import read_text
from tests.workspace.visitor import Visitor

HIDDEN = "depot"  # in the key and in every title of the private objective, its metric and its confidential project


async def show(person: Visitor, typed: str = "", wanted: str = "Meridian Water (sample data)") -> dict[str, Any]:
    await person.command(f"/pmo-strategy {typed}".strip())
    return await person.wait_message(wanted)


async def choices(person: Visitor, message: dict[str, Any]) -> list[str]:
    return [option["text"]["text"] for option in await person.options(message, "strategy.pick", "")]


async def test_strategy_shows_mission_objectives_metrics_and_projects(autumn: Office) -> None:
    message = await show(autumn.ada)
    assert message["ephemeral"]
    assert "Safe water, every day" in read_text(message)
    assert "75% done, 79% expected · owner Ben Castellanos hasn't reported yet · figures: amber" in read_text(message)
    assert "Leakage: 54 Ml a day, target 52" in read_text(message)
    assert "Smart metering roll-out (project): 35 days behind" in read_text(message)
    assert "Satisfaction with the PMO: 4.4 points of 5" in read_text(message)
    [chart] = [block for block in message["blocks"] if block["type"] == "data_visualization"]
    assert [one["name"] for one in chart["chart"]["series"]] == ["Progress", "Expected by today"]
    assert "Progress: Less water is lost between the works and the tap 75%, expected 79%" in read_text(message)


async def test_part_of_a_name_opens_an_objective(autumn: Office) -> None:
    message = await show(autumn.ben, "less water", "75% done")
    assert "Less water is lost between the works and the tap" in read_text(message)
    charts = [block["title"] for block in message["blocks"] if block["type"] == "data_visualization"]
    assert charts == ["Leakage", "Homes with a smart meter"]
    assert "target 52 Ml a day by 31 December 2026" in read_text(message)
    assert "Write an update" in read_text(message)
    assert "Update was due" in read_text(message)


async def test_missing_update_is_shown_only_to_those_who_can_write_it(autumn: Office) -> None:
    message = read_text(await show(autumn.ada, "less water", "75% done"))
    assert "Write an update" not in message
    assert "Update was due" not in message
    assert "Next update due" not in message


async def test_project_opens_with_its_milestones(autumn: Office) -> None:
    message = await show(autumn.ada, "smart-metering", "60,000 homes metered")
    assert "forecast for 22 January 2027, 35 days behind · moved 2 times" in read_text(message)
    assert "impact 9 of 9: Meters show where water goes at night" in read_text(message)
    assert "Budget" not in read_text(message)
    assert "Write an update" not in read_text(message)
    assert "4,200,000 GBP" in read_text(await show(autumn.dana, "smart-metering", "60,000 homes metered"))


async def test_ambiguous_name_offers_choices(autumn: Office) -> None:
    message = await show(autumn.ada, "the", "match “the”")
    await autumn.ada.click(message, "Open")
    view = await autumn.ada.wait_view("Objective")
    assert view["blocks"][0]["text"]["text"] == "Less water is lost between the works and the tap"
    assert "data_visualization" not in json.dumps(view)
    assert ":bar_chart: Leakage: from 60.9 on 31 August 2026 to 54 Ml a day" in read_text(view)


async def test_unknown_name_is_explained(autumn: Office) -> None:
    message = await show(autumn.ada, "<!channel> moon base", "No objective or project")
    assert "<!channel>" not in message["text"]
    assert "Type `/pmo-strategy` to see all of them" in message["text"]


async def test_subject_opens_from_the_search_field(autumn: Office) -> None:
    message = await show(autumn.ada)
    await autumn.ada.click(message, "strategy.pick", "One desk for every call")
    view = await autumn.ada.wait_view("Project")
    assert "All calls at the new desk: forecast for 30 November 2026" in read_text(view)


@pytest.mark.parametrize("who", ["ada", "ben", "wei", "farah"])
async def test_hidden_subjects_appear_nowhere(autumn: Office, who: str) -> None:
    person: Visitor = getattr(autumn, who)
    message = await show(person)
    assert HIDDEN not in json.dumps(message).casefold()
    assert "1 green" not in read_text(message)
    assert HIDDEN not in str(await choices(person, message)).casefold()
    refused = await show(person, "fewer-depots", "No objective or project")
    assert "you can see matches" in refused["text"]
    same = await show(person, "depot moves", "No objective or project")
    assert "you can see matches" in same["text"]


async def test_forged_button_opens_nothing_hidden(autumn: Office) -> None:
    message = await show(autumn.ada)
    [block] = [
        one for one in message["blocks"] if (one.get("accessory") or {}).get("value") == "objective:less-leakage"
    ]
    block["accessory"]["value"] = "objective:fewer-depots"
    forged = message | {"blocks": [block]}
    await autumn.ada.click(forged, "Open", channel="C01GENERAL")
    await autumn.ada.wait_message("There's no objective “fewer-depots” that you can see.")
    assert autumn.ada.nothing_came("view_opened")


async def test_leadership_sees_private_objective_and_portfolio(autumn: Office) -> None:
    message = await show(autumn.dana)
    assert "Three depots do the work of five" in read_text(message)
    assert "Depot moves" in await choices(autumn.dana, message)
    assert "mismatch between budget and weights" in read_text(message)
    assert "This project supports no objective: “One register of pipes and pumps”" in read_text(message)
    assert "Portfolio and strategy" not in read_text(await show(autumn.ada))


async def test_weights_reveal_nothing_hidden(autumn: Office) -> None:
    shares = ["less-leakage", "cleaner-rivers", "trusted-service"]
    seen = []
    for key in shares:
        message = await show(autumn.ada, key, "*Weight*")
        seen += [
            field["text"]
            for block in message["blocks"]
            for field in block.get("fields", [])
            if "Weight" in field["text"]
        ]
    assert seen == ["*Weight*\n41%", "*Weight*\n35%", "*Weight*\n24%"]


async def test_home_shows_own_subjects_and_due_times(autumn: Office) -> None:
    await autumn.ben.open_home()
    view = await autumn.ben.wait_home(lambda view: "Strategy" in read_text(view))
    assert (
        "*Less water is lost between the works and the tap* — figures: amber · you haven't reported yet"
        in read_text(view)
    )
    assert "Update was due" in read_text(view)
    assert "Needs attention" not in read_text(view)
    await autumn.ben.click(view, "View strategy")
    opened = await autumn.ben.wait_view("Strategy")
    assert "Smart metering roll-out (project): 35 days behind" in read_text(opened)
    assert HIDDEN not in json.dumps(opened).casefold()


async def test_leaders_home_shows_what_needs_attention(autumn: Office) -> None:
    await autumn.dana.open_home()
    view = await autumn.dana.wait_home(lambda view: "Needs attention" in read_text(view))
    assert "*Our works leave the river cleaner* is red" in read_text(view)


async def test_recorded_value_counts_at_once(autumn: Office) -> None:
    message = await show(autumn.ben, "less-leakage", "Record a value")
    await autumn.ben.click(message, "Record a value")
    view = await autumn.ben.wait_view("Record a value")
    refused = await autumn.ben.submit(view, {"metric": "leakage-rate", "value": "lots", "on": "2026-12-01"})
    assert refused == {"value": "Enter a number, such as 12.5 (Ml a day).", "on": "Choose today or an earlier day."}
    assert await autumn.ben.submit(view, {"metric": "leakage-rate", "value": "53.2", "on": "2026-11-23"}) == {}
    await autumn.ben.wait_message("Recorded: *Leakage* was 53.2 Ml a day on 23 November 2026.")
    assert "Leakage: 53.2 Ml a day" in read_text(await show(autumn.ada))


async def test_request_form_offers_only_commonly_visible_projects(autumn: Office) -> None:
    await autumn.dana.command("/pmo-request health-check")
    view = await autumn.dana.wait_view("request.form")
    offered = [one["text"]["text"] for one in await autumn.dana.options(view, "request.project", "")]
    assert "Smart metering roll-out" in offered
    assert offered[-1] == "Not listed"
    assert "Depot moves" not in offered  # Wei of the PMO triages it, and may not know
    typed = [one["text"]["text"] for one in await autumn.dana.options(view, "request.project", "desk call")]
    assert typed == ["One desk for every call", "Not listed"]


async def test_today_is_the_organisations_day(data: Path, tmp_path: Path) -> None:
    organisation = tmp_path / "auckland.yaml"
    organisation.write_text(ORGANISATION.read_text().replace("time_zone: Europe/London", "time_zone: Pacific/Auckland"))
    clock = ShiftedClock(datetime(2026, 11, 23, 20, 30, tzinfo=UTC))  # Tuesday morning there
    async with open_office(data, clock, PMO_ORGANISATION=organisation) as office, office.bot():
        message = await show(office.ben, "less-leakage", "75% done")
        await office.ben.click(message, "Record a value", channel="C01GENERAL")
        view = await office.ben.wait_view()
        [day] = [block["element"] for block in view["blocks"] if block.get("block_id") == "on"]
        assert day["initial_date"] == "2026-11-24"
        await office.ben.submit(view, {"on": "2026-11-24", "value": "53.1"})
        await office.ben.wait_message("was 53.1 Ml a day on 24 November 2026")


async def test_value_far_from_the_last_one_is_confirmed_in_the_form(autumn: Office) -> None:
    message = await show(autumn.ben, "less-leakage", "75% done")
    await autumn.ben.click(message, "Record a value", channel="C01GENERAL")
    view = await autumn.ben.wait_view()
    entered = {"metric": "leakage-rate", "on": "2026-11-23"}
    errors = await autumn.ben.submit(view, entered | {"value": "53.125.1"})
    assert "Enter a number" in str(errors)
    errors = await autumn.ben.submit(view, entered | {"value": "5,31"})
    assert "Really? The last value was 54 Ml a day, and this is 5.31." in str(errors)
    await autumn.ben.submit(view, entered | {"value": "5,31", "sure": ["sure"]})
    await autumn.ben.wait_message("was 5.31 Ml a day on 23 November 2026")
