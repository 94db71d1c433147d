"""Newcomers find out what the bot can do."""

import pytest

from tests.conversations.conftest import Office
from tests.workspace.filling import read_text

HOW_TO_ASK = "Ask me how projects are run here"
FIRST_ABILITY = "Ask how projects are run here, in your own words"


@pytest.mark.parametrize("typed", ["/pmo", "/pmo help", "/pmo  HELP "])
async def test_bare_command_shows_help_privately(office: Office, typed: str) -> None:
    await office.ada.command(typed, channel="C02PROJECTS")
    shown = await office.ada.wait_message(HOW_TO_ASK, channel="C02PROJECTS")
    assert shown["ephemeral"]
    assert "/pmo your question" in read_text(shown)
    assert office.ben.nothing_came("message", "ephemeral")


@pytest.mark.parametrize("said", ["", "help", "HELP me please", "what can you do?"])
async def test_what_it_can_do_takes_five_lines_for_their_role(office: Office, said: str) -> None:
    shown = {}
    for person in (office.ada, office.wei, office.dana):
        await person.post("C07ASK", f"@PMO Assistant {said}")
        shown[person] = await person.wait_message(FIRST_ABILITY, channel="C07ASK")
    assert all(message["ephemeral"] and len(message["text"].splitlines()) == 5 for message in shown.values())
    assert "/pmo gaps" in shown[office.wei]["text"]
    assert "/pmo-strategy digest" in shown[office.dana]["text"]
    assert "/pmo-story" in shown[office.ada]["text"]
    await office.ada.click(shown[office.ada], "question.suggested.0", channel="C07ASK")
    assert "edition 1.0" in read_text(await office.ada.wait_message("From the handbook"))


async def test_help_in_direct_messages_is_not_ephemeral(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, "help")
    shown = await office.ada.wait_message(FIRST_ABILITY, channel=channel)
    assert "ephemeral" not in shown
    await office.ada.click(shown, "All I can do", channel=channel)
    await office.ada.wait_view("What I can do")


async def test_help_example_is_asked_with_one_click(office: Office) -> None:
    await office.ada.command("/pmo help", channel="C07ASK")
    shown = await office.ada.wait_message(HOW_TO_ASK)
    await office.ada.click(shown, "question.suggested.0", channel="C07ASK")
    assert "edition 1.0" in read_text(await office.ada.wait_message("From the handbook"))


async def test_help_depends_on_role(office: Office) -> None:
    await office.ada.command("/pmo help", channel="C07ASK")
    await office.wei.command("/pmo help", channel="C07ASK")
    assert "/pmo gaps" not in read_text(await office.ada.wait_message(HOW_TO_ASK))
    assert "/pmo gaps" in read_text(await office.wei.wait_message(HOW_TO_ASK))


async def test_new_conversation_gets_one_welcome(office: Office) -> None:
    await office.ada.open_home("messages")
    welcome = await office.ada.wait_message("Hello, I'm your project management office.")
    assert "ephemeral" not in welcome
    await office.ada.open_home("messages")
    await office.ada.command("/pmo help", channel="C07ASK")
    await office.ada.wait_message(HOW_TO_ASK, channel="C07ASK")
    assert office.ada.nothing_came("message")
