"""Somebody asks, the handbook answers."""

from tests.conversations.conftest import Office

TROUBLE = "how do I know whether my project is in trouble?"


async def test_a_mention_is_answered_in_its_thread_with_the_place_in_the_handbook(office: Office) -> None:
    asked = await office.ada.post("C07ASK", f"@PMO Assistant {TROUBLE}")
    answer = await office.ada.wait_message(lambda message: message.get("thread_ts") == asked and message.get("bot_id"))
    sources = [
        element["text"] for block in answer["blocks"] if block["type"] == "context" for element in block["elements"]
    ]
    assert any("›" in source and "edition 1.0" in source for source in sources)


async def test_a_direct_message_is_answered(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, TROUBLE)
    answer = await office.ada.wait_message(lambda message: message.get("bot_id"), channel=channel)
    assert "thread_ts" not in answer


async def test_the_command_answers_only_the_one_who_asked(office: Office) -> None:
    await office.ada.command(f"/pmo {TROUBLE}", channel="C02PROJECTS")
    answer = await office.ada.wait_message(lambda message: message.get("bot_id"), channel="C02PROJECTS")
    assert answer["ephemeral"]
    assert office.ben.nothing_came("message", "ephemeral")
