"""The machine's clock is set forward and back while the bot runs: people notice nothing."""

import asyncio

import pytest

from tests.conversations.conftest import Office

QUESTION = "@PMO Assistant how long does a health check take?"


@pytest.mark.parametrize("hours", [5.0, -5.0])
async def test_questions_are_answered_once_when_the_clock_is_set(office: Office, hours: float) -> None:
    await office.workspace.faults({"kind": "status", "method": "chat.postMessage", "status": 503, "count": 3})
    await office.ada.post("C07ASK", QUESTION)
    while not await office.workspace.calls("chat.postMessage"):
        await asyncio.sleep(0.01)
    office.clock.forward(hours=hours)
    await office.ben.post("C07ASK", QUESTION)
    for _ in range(2):
        await office.ada.wait_message("10 business days", seconds=20)
    await office.workspace.wait_quiet()
    made = [call for call in await office.workspace.calls("chat.postMessage") if call["ok"]]
    assert len(made) == 2
