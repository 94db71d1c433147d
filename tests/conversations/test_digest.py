"""Digests come when they are due, each slot once, and show what all their readers may see."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.conversations.conftest import Office, ShiftedClock, open_office
from tests.workspace.filling import read_text

PROGRESS, LEADERS = "C04PROGRESS", "C06LEADERS"
WEEKLY = "Strategy progress — "


async def digests(office: Office, channel: str = PROGRESS, title: str = WEEKLY) -> list[str]:
    """The digests that were posted there, oldest first."""
    posts = await office.workspace.calls("chat.postMessage")
    texts = [call["args"]["text"] for call in posts if call["args"]["channel"] == channel and call["ok"]]
    return [text.split("\n")[0] for text in texts if text.startswith(title)]


def headings(message: dict[str, Any]) -> list[str]:
    """The first line of every section that has one in bold."""
    firsts = [block["text"]["text"].split("\n")[0] for block in message["blocks"] if block["type"] == "section"]
    return [line.strip("*") for line in firsts if line.startswith("*") and line.endswith("*")]


async def test_weekly_digest_comes_monday_at_nine(autumn: Office) -> None:
    autumn.clock.forward(days=6, hours=23, minutes=1)
    message = await autumn.ada.wait_message(WEEKLY, channel=PROGRESS)
    assert message["text"].startswith(f"{WEEKLY}First digest, 30 November 2026\nObjectives: 1 red, 2 unknown")
    assert headings(message)[:3] == ["Needs attention", "Objectives", "Projects"]
    attention = next(read_text(block) for block in message["blocks"] if "*Needs attention*" in read_text(block))
    assert attention.split("\n")[1].startswith(":red_circle: *Our works leave the river cleaner* is red")
    assert "No update from *Ben Castellanos*" in attention
    [chart] = [block for block in message["blocks"] if block["type"] == "data_visualization"]
    assert chart["title"] == "Objective progress"
    await autumn.workspace.wait_quiet()
    assert len(await digests(autumn)) == 1


async def test_only_leadership_sees_private_objective(autumn: Office) -> None:
    autumn.clock.forward(days=6, hours=23, minutes=1)
    message = await autumn.ada.wait_message(WEEKLY, channel=PROGRESS)
    assert "depot" not in json.dumps(message).casefold()
    assert "Portfolio" not in read_text(message)
    leaders = await autumn.dana.wait_message("Weekly leadership digest", channel=LEADERS)
    assert "Three depots do the work of five" in read_text(leaders)
    assert "*Portfolio and strategy*" in read_text(leaders)
    assert "*PMO service desk*" in read_text(leaders)
    charts = [block["title"] for block in leaders["blocks"] if block["type"] == "data_visualization"]
    assert charts == ["Objective progress", "Where the budget goes"]


async def test_next_digest_shows_what_has_changed(autumn: Office) -> None:
    autumn.clock.forward(days=6, hours=23, minutes=1)
    await autumn.ada.wait_message(WEEKLY, channel=PROGRESS)
    await autumn.ben.command("/pmo-update pressure")
    view = await autumn.ben.wait_view("update.form")
    assert await autumn.ben.submit(view, {"rag": "green", "summary": "All valves hold."}) == {}
    await autumn.ada.wait_message("All valves hold.", channel=PROGRESS)
    autumn.clock.forward(days=7)
    message = await autumn.ada.wait_message(WEEKLY, channel=PROGRESS)
    assert "30 November 2026 to 7 December 2026" in read_text(message)
    assert "Ben Castellanos reports green: All valves hold." in read_text(message)
    assert "done (unchanged)" in read_text(message)


async def test_restart_neither_doubles_nor_drops_digest(data: Path) -> None:
    clock = ShiftedClock(datetime(2026, 11, 23, 10, 0, tzinfo=UTC))
    async with open_office(data, clock) as office:
        async with office.bot():
            pass
        clock.forward(days=6, hours=23, minutes=10)  # the bot wasn't running at nine
        async with office.bot():
            await office.ada.wait_message(WEEKLY, channel=PROGRESS)
        async with office.bot():
            clock.forward(minutes=5)
            await office.ada.command("/pmo-strategy")
            await office.ada.wait_message("Meridian Water (sample data)")
        assert await digests(office) == [f"{WEEKLY}First digest, 30 November 2026"]


async def test_only_latest_digest_follows_a_downtime(data: Path) -> None:
    clock = ShiftedClock(datetime(2026, 11, 9, 10, 0, tzinfo=UTC))
    async with open_office(data, clock) as office:
        async with office.bot():
            pass
        clock.forward(days=17)  # two Mondays went by; it is Thursday
        async with office.bot():
            await office.ada.wait_message(WEEKLY, channel=PROGRESS)
            clock.forward(days=4)
            await office.ada.wait_message("26 November 2026 to 30 November 2026", channel=PROGRESS)
        assert len(await digests(office)) == 2


async def test_digest_stays_at_nine_when_clocks_change(data: Path) -> None:
    clock = ShiftedClock(datetime(2026, 10, 18, 12, 0, tzinfo=UTC))
    async with open_office(data, clock) as office, office.bot():
        clock.forward(hours=20, minutes=1)  # Monday 8:01 UTC, 9:01 in London
        await office.ada.wait_message("19 October 2026", channel=PROGRESS)
        clock.forward(days=7)  # clocks went back on the 25th: 8:01 UTC is 8:01 in London
        await office.ada.command("/pmo-strategy")
        await office.ada.wait_message("Meridian Water (sample data)")
        assert len(await digests(office)) == 1
        clock.forward(hours=1)
        await office.ada.wait_message("19 October 2026 to 26 October 2026", channel=PROGRESS)


async def test_only_leaders_preview_digests(autumn: Office) -> None:
    await autumn.dana.command("/pmo-strategy digest weekly-leadership")
    message = await autumn.dana.wait_message("Preview, visible only to you.")
    assert message["ephemeral"]
    assert "The next one goes to <#C06LEADERS>, <!date^1796027400^" in read_text(message)
    assert "Three depots do the work of five" in read_text(message)
    await autumn.dana.command("/pmo-strategy digest weekly-progress")
    assert "depot" not in json.dumps(await autumn.dana.wait_message("Preview, visible only to you.")).casefold()
    await autumn.dana.command("/pmo-strategy digest")
    assert "|30 November 2026, 08:30 UTC>" in read_text(await autumn.dana.wait_message("Preview, visible only to you."))
    await autumn.dana.command("/pmo-strategy digest tomorrow")
    await autumn.dana.wait_message("Choose one of these: weekly-progress, weekly-leadership, monthly-leadership.")
    await autumn.ada.command("/pmo-strategy digest")
    await autumn.ada.wait_message("Only leaders and the head of the PMO can preview digests.")
    assert await digests(autumn) == []


async def test_owners_are_reminded_once_of_due_updates(autumn: Office) -> None:
    await autumn.farah.command("/pmo-update cleaner")
    view = await autumn.farah.wait_view("update.form")
    given = {"rag": "red", "summary": "Too many spills.", "ask": "A decision on the Eastgate tank."}
    assert await autumn.farah.submit(view, given) == {}
    autumn.clock.forward(days=3, hours=6, minutes=1)  # Thursday, one past four
    message = await autumn.ben.wait_message("Your progress updates are due:")
    assert message["channel"] == await autumn.ben.dm()
    assert "Less water is lost between the works and the tap" in read_text(message)
    await autumn.ben.click(message, "Write an update")
    view = await autumn.ben.wait_view("update.form")
    assert view["blocks"][0]["element"]["initial_option"]["value"] == "objective:less-leakage"
    await autumn.dana.wait_message("Three depots do the work of five")
    await autumn.wei.wait_message("Your progress update is due:")
    await autumn.farah.wait_message("Your progress updates are due:")
    calls = await autumn.workspace.calls("chat.postMessage")
    reminded = [call["args"]["channel"] for call in calls if "progress update" in call["args"]["text"][:30]]
    assert len(reminded) == len(set(reminded)) == 4
