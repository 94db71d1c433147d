"""Whoever asked may follow up under the answer without a mention, until they say “stop”. Others must mention it."""

from typing import Any

import pytest

from tests.conversations.conftest import Office
from tests.conversations.service_desk import TRIAGE, request_service, wait_triage_card
from tests.workspace.filling import read_text
from tests.workspace.visitor import Visitor

QUESTION = "how long does a health check take?"
ANSWER = "10 business days"
FOLLOW_UP = "and who approves it?"
FOLLOWING = f"Following up on “{QUESTION}”"
CHANNEL = "C07ASK"


@pytest.fixture
async def thread(office: Office) -> str:
    """A thread in which Ada got an answer."""
    asked = await office.ada.post(CHANNEL, f"@PMO Assistant {QUESTION}")
    await office.ada.wait_message(ANSWER)
    return asked


async def read_replies(office: Office, thread: str) -> list[dict[str, Any]]:
    """The bot's messages in the thread that everybody sees, once all that was sent is handled."""
    for person in (office.ada, office.ben):
        await office.workspace.wait_quiet()
        await person.command("/pmo help")
        await person.wait_message("Good to know")
    return [one for one in await office.dana.messages(CHANNEL, thread_ts=thread) if one.get("bot_id")]


async def test_asker_follows_up_without_a_mention(office: Office, thread: str) -> None:
    await office.ada.post(CHANNEL, FOLLOW_UP, thread_ts=thread)
    answer = await office.ada.wait_message(FOLLOWING)
    assert answer["thread_ts"] == thread


async def test_mention_in_the_thread_is_answered_once(office: Office, thread: str) -> None:
    await office.ada.post(CHANNEL, f"@PMO Assistant {FOLLOW_UP}", thread_ts=thread)
    await office.ada.wait_message(FOLLOWING)
    assert len(await read_replies(office, thread)) == 2


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("ben", FOLLOW_UP),
        ("ada", "@Ben Castellanos who approves it?"),
        ("ada", "what do you think, @Ben Castellanos?"),
        ("ada", "Ben, who approves it?"),
        ("ada", "who approves it, Ben?"),
        ("ada", "thanks Ben – who approves it?"),
        ("ada", "@here who approves it?"),
        ("ada", "I'll raise a change request tomorrow."),
    ],
)
async def test_what_is_not_for_the_bot_is_left_alone(office: Office, thread: str, who: str, text: str) -> None:
    person: Visitor = getattr(office, who)
    await person.post(CHANNEL, text, thread_ts=thread)
    assert len(await read_replies(office, thread)) == 1


@pytest.mark.parametrize("thanks", ["thanks!", ":+1:", "danke dir", "perfect, thank you"])
async def test_thanks_under_an_answer_bring_no_post(office: Office, thread: str, thanks: str) -> None:
    await office.ada.post(CHANNEL, thanks, thread_ts=thread)
    assert len(await read_replies(office, thread)) == 1


@pytest.mark.parametrize(
    ("stop", "confirmed"),
    [
        ("stop", "I'll stay out of this thread."),
        ("@PMO Assistant stop", "I'll stay out of this thread."),
        ("hör auf", "Ich halte mich aus diesem Thread heraus."),
        ("arrête", "Je ne réponds plus dans ce fil."),
        ("basta", "No intervendré más"),
        ("pare", "Não vou intervir mais"),
    ],
)
async def test_stop_ends_it(office: Office, thread: str, stop: str, confirmed: str) -> None:
    await office.ada.post(CHANNEL, stop, thread_ts=thread)
    shown = await office.ada.wait_message(confirmed)
    assert shown["ephemeral"]
    await office.ada.post(CHANNEL, FOLLOW_UP, thread_ts=thread)
    assert len(await read_replies(office, thread)) == 1
    await office.ada.post(CHANNEL, f"@PMO Assistant {FOLLOW_UP}", thread_ts=thread)
    await office.ada.wait_message(FOLLOWING)


async def test_remark_that_is_edited_into_a_question_is_answered(office: Office, thread: str) -> None:
    """What wasn't for the bot is still new when a mention is added to it."""
    ts = await office.ada.post(CHANNEL, "and for vendors", thread_ts=thread)
    assert len(await read_replies(office, thread)) == 1
    await office.ada.edit(CHANNEL, ts, f"@PMO Assistant {FOLLOW_UP}")
    assert (await office.ada.wait_message(FOLLOWING))["thread_ts"] == thread


async def test_other_messages_are_not_even_stored(office: Office, thread: str) -> None:
    secret = "The merger is off, tell nobody."
    started = await office.ben.post(CHANNEL, secret)
    await office.ada.post(CHANNEL, f"Why? {secret}", thread_ts=started)
    await office.ben.post(CHANNEL, secret, thread_ts=thread)
    await read_replies(office, thread)
    stored = "".join(path.read_text(errors="ignore") for path in office.settings.data.glob("pmo.db*"))
    assert secret not in stored


async def test_requests_thread_in_triage_is_left_alone(office: Office) -> None:
    await request_service(office, office.ben)
    card = await wait_triage_card(office.wei)
    await office.wei.post(TRIAGE, f"@PMO Assistant {QUESTION}", thread_ts=card["ts"])
    await office.wei.wait_message(ANSWER)
    await office.wei.post(TRIAGE, FOLLOW_UP, thread_ts=card["ts"])
    await office.workspace.wait_quiet()
    await office.wei.command("/pmo help")
    await office.wei.wait_message("Good to know")
    replies = [one for one in await office.wei.messages(TRIAGE, thread_ts=card["ts"]) if one.get("bot_id")]
    assert not any(FOLLOWING in read_text(one) for one in replies)
