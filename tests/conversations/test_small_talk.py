"""Greetings, thanks and the like get a few words, for the one person, and nothing else happens."""

import pytest

from tests.conversations.conftest import Office
from tests.workspace.filling import read_text

HEALTH_CHECK = "how long does a health check take?"


@pytest.fixture
async def thread(office: Office) -> str:
    """A thread in which Ada got an answer."""
    asked = await office.ada.post("C07ASK", f"@PMO Assistant {HEALTH_CHECK}")
    await office.ada.wait_message("10 business days")
    await office.ben.wait_message("10 business days")
    return asked


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("thank you! :pray:", "Any time"),
        ("thanks, that helps", "You're welcome."),
        (":+1:", "👍"),
        ("perfect", "I'm glad to hear that."),
        ("you're useless", "I'm sorry that didn't help."),
    ],
)
async def test_what_is_said_after_an_answer_is_met_with_a_few_words(
    office: Office, thread: str, said: str, reply: str
) -> None:
    await office.ada.post("C07ASK", f"@PMO Assistant {said}", thread_ts=thread)
    shown = await office.ada.wait_message(reply, channel="C07ASK")
    assert shown["ephemeral"]
    assert "health check" not in read_text(shown)
    await office.wei.command("/pmo gaps", channel="C07ASK")
    await office.wei.wait_message("left no question unanswered")
    assert office.ben.nothing_came("ephemeral")


async def test_question_after_thanks_follows_the_question_before(office: Office, thread: str) -> None:
    await office.ada.post("C07ASK", "@PMO Assistant thanks!", thread_ts=thread)
    await office.ada.wait_message("You're welcome.")
    await office.ada.post("C07ASK", "@PMO Assistant thanks – and who approves it?", thread_ts=thread)
    answer = await office.ada.wait_message(f"Following up on “{HEALTH_CHECK}”")
    assert "ephemeral" not in answer


async def test_small_talk_in_direct_messages_gets_a_lasting_reply(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, "Good morning")
    assert "ephemeral" not in await office.ada.wait_message("Hello. What would you like to know?", channel=channel)
