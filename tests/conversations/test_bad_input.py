"""Invalid input gets a helpful message; hostile input stays text."""

import pytest

from tests.conversations.conftest import Office
from tests.workspace.filling import iterate_elements, read_text

HOSTILE = [
    "<!channel> and <!here> what about parking permits",
    "what about <@U04DANA> and <#C06LEADERS|lounge> and parking permits",
    "*bold* _italic_ ~gone~ `code` <https://evil.example|click here> parking",
    "@channel @everyone @Dana parking permits",
]


async def test_empty_question_gets_an_example(office: Office) -> None:
    await office.ada.command("/pmo ask", channel="C07ASK")
    shown = await office.ada.wait_message("Ask how projects are run here, in your own words")
    assert sum(element["action_id"].startswith("question.suggested.") for _, element in iterate_elements(shown)) == 3


@pytest.mark.parametrize("channel", ["C07ASK", "dm"])
async def test_endless_question_is_rejected(office: Office, channel: str) -> None:
    where = await office.ada.dm() if channel == "dm" else channel
    await office.ada.post(where, "@PMO Assistant " + "why " * 5000)
    shown = await office.ada.wait_message("Your question is too long.", channel=where)
    assert shown.get("ephemeral", False) is (channel != "dm")
    assert "thread_ts" not in shown


async def test_unknown_option_is_rejected(office: Office) -> None:
    await office.ada.command("/pmo --verbose <!channel>", channel="C07ASK")
    shown = await office.ada.wait_message("There's no option “--verbose”. Type `/pmo help` to see what you can type.")
    assert shown["ephemeral"]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_question_stays_text_in_triage(office: Office, text: str) -> None:
    await office.ada.command(f"/pmo {text}", channel="C07ASK")
    answer = await office.ada.wait_message("Ask the PMO")
    await office.ada.click(answer, "Ask the PMO", channel="C07ASK")
    card = await office.wei.wait_message("Answer", channel="C03TRIAGE")
    read = read_text(card).replace("<@U01ADA>", "")
    assert "<!" not in card["text"].replace("<@U01ADA>", "")
    assert "<http" not in card["text"]
    quote = card["blocks"][1]["elements"][0]["elements"]
    assert [run["type"] for run in quote] == ["text"]
    assert "parking" in read


async def test_question_of_only_signs_gets_an_answer(office: Office) -> None:
    await office.ada.command("/pmo ¿¡…!?", channel="C07ASK")
    shown = await office.ada.wait_message(lambda message: message.get("bot_id"))
    assert read_text(shown)


async def test_control_characters_and_emoji_are_harmless(office: Office) -> None:
    await office.ada.command("/pmo \u202ewhat\u0000 is 👩🏽‍🚒 a health check\u200b?", channel="C07ASK")
    assert read_text(await office.ada.wait_message(lambda message: message.get("bot_id")))


async def test_button_of_removed_page_is_explained(office: Office) -> None:
    await office.ada.command("/pmo how long does a health check take?", channel="C07ASK")
    answer = await office.ada.wait_message("From the handbook")
    for block in answer["blocks"]:
        if "accessory" in block:
            block["accessory"]["value"] = '["gone", "nowhere", "1.0"]'
    await office.ada.click(answer, "Read the section", channel="C07ASK")
    await office.ada.wait_message("This section is no longer in the handbook.")
