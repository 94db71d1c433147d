"""Two entries in the menu of every message: ask about it, and request a service for it."""

from typing import Any

import pytest

from tests.conversations.conftest import Office
from tests.conversations.service_desk import FORMS, is_card, wait_triage_card
from tests.workspace.filling import iterate_elements, read_text

QUESTION = "how long does a health check take?"
ANSWER = "10 business days"
CHANNEL = "C07ASK"
ASK, REQUEST = "ask_about_message", "request_about_message"


async def post(office: Office, text: str) -> dict[str, Any]:
    """A message of Ben's that isn't for the bot."""
    return {"ts": await office.ben.post(CHANNEL, text), "channel": CHANNEL}


async def test_question_of_somebody_else_is_answered_to_whoever_asks_about_it(office: Office) -> None:
    message = await post(office, QUESTION)
    await office.ada.shortcut(ASK, CHANNEL, message)
    answer = await office.ada.wait_message(ANSWER, channel=CHANNEL)
    assert answer["ephemeral"]
    assert await office.workspace.calls("chat.postMessage") == []


async def test_question_asked_that_way_is_not_quoted_to_the_pmo(office: Office) -> None:
    message = await post(office, "which colour should the office plants have?")
    await office.ada.shortcut(ASK, CHANNEL, message)
    await office.ada.wait_message("", channel=CHANNEL)
    await office.wei.command("/pmo gaps", channel=CHANNEL)
    assert "office plants" not in read_text(await office.wei.wait_message("question"))


async def test_request_for_a_message_says_who_reads_it_before_anybody_does(office: Office) -> None:
    message = await post(office, "The forecast <slipped> twice & nobody knows why.")
    await office.ada.shortcut(REQUEST, CHANNEL, message)
    picker = await office.ada.wait_view("Request a PMO service")
    await office.ada.click(picker, "request.open.health-check")
    form = await office.ada.wait_view("request.form")
    detail = next(element for block, element in iterate_elements(form) if block["block_id"] == "detail")
    link = f"/archives/{CHANNEL}/p{message['ts'].replace('.', '')}"
    assert detail["initial_value"].startswith("> The forecast <slipped> twice & nobody knows why.\n\nhttps://")
    assert detail["initial_value"].endswith(link)
    assert "everyone in the organisation" in read_text(form)
    assert await office.workspace.calls("chat.postMessage") == []
    given = FORMS["health-check"] | {"title": "Why did it slip?", "project": "Not listed"}
    assert await office.ada.submit(form, given) == {}
    await office.ada.wait_message(is_card(1), channel=await office.ada.dm())
    await wait_triage_card(office.wei, 1, "The forecast")


@pytest.mark.parametrize("chosen", ["/pmo-request", "request_service"])
async def test_request_without_a_message_quotes_none(office: Office, chosen: str) -> None:
    if chosen.startswith("/"):
        await office.ada.command(chosen)
    else:
        await office.ada.shortcut(chosen)
    await office.ada.click(await office.ada.wait_view("Request a PMO service"), "request.open.health-check")
    form = await office.ada.wait_view("request.form")
    assert "everyone in the organisation" not in read_text(form)
    assert not any(element.get("initial_value") for _, element in iterate_elements(form))
