"""Newcomers find out what the bot can do."""

import pytest

from tests.conversations.conftest import Office
from tests.workspace.filling import read_text

HOW_TO_ASK = "Ask me how projects are run here"


@pytest.mark.parametrize("typed", ["/pmo", "/pmo help", "/pmo  HELP "])
async def test_bare_command_shows_help_privately(office: Office, typed: str) -> None:
    await office.ada.command(typed, channel="C02PROJECTS")
    shown = await office.ada.wait_message(HOW_TO_ASK, channel="C02PROJECTS")
    assert shown["ephemeral"]
    assert "/pmo your question" in read_text(shown)
    assert office.ben.nothing_came("message", "ephemeral")


@pytest.mark.parametrize("said", ["", "help", "HELP me please", "hello", "thanks!"])
async def test_small_talk_gets_help(office: Office, said: str) -> None:
    await office.ada.post("C07ASK", f"@PMO Assistant {said}")
    assert (await office.ada.wait_message(HOW_TO_ASK, channel="C07ASK"))["ephemeral"]


async def test_help_in_direct_messages_is_not_ephemeral(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, "help")
    shown = await office.ada.wait_message(HOW_TO_ASK, channel=channel)
    assert "ephemeral" not in shown


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
