"""An answer in a channel is for everybody there only if each of them may know all of it."""

from typing import Any

import pytest

from tests.conversations.conftest import Office
from tests.workspace.filling import read_text
from tests.workspace.visitor import Visitor

NOTE = "Answered privately."
HEALTH_CHECK = "how long does a health check take?"


async def ask(person: Visitor, question: str, channel: str, expected: str) -> dict[str, Any]:
    await person.post(channel, f"@PMO Assistant {question}")
    return await person.wait_message(expected, channel=channel)


async def test_what_everybody_may_know_is_shown_to_everybody(office: Office) -> None:
    answer = await ask(office.ada, "which projects are red?", "C07ASK", "2 projects are red:")
    assert "ephemeral" not in answer
    assert "Smart metering" in read_text(await office.ben.wait_message("2 projects are red:"))


async def test_what_only_the_asker_may_know_is_told_to_them_alone(office: Office) -> None:
    answer = await ask(office.emeka, "which projects are red?", "C07ASK", "red:")
    assert answer["ephemeral"]
    note = await office.ben.wait_message(NOTE)
    assert note["thread_ts"]
    assert "metering" not in read_text(note)


async def test_same_question_is_public_among_those_who_may_know(office: Office) -> None:
    assert "ephemeral" not in await ask(office.dana, "which projects are red?", "C06LEADERS", "red:")


async def test_desks_list_is_public_where_all_belong_to_the_pmo(office: Office) -> None:
    assert "ephemeral" not in await ask(office.wei, "show me all open requests", "C03TRIAGE", "In the queue")
    assert (await ask(office.wei, "show me all open requests", "C07ASK", "In the queue"))["ephemeral"]
    await office.ben.wait_message(NOTE)


async def test_own_requests_stay_private(office: Office) -> None:
    assert (await ask(office.ada, "where is my request?", "C07ASK", "request"))["ephemeral"]
    await office.ada.wait_message(NOTE)


@pytest.mark.parametrize("method", ["conversations.members", "conversations.info"])
async def test_everything_is_private_where_it_is_unknown_who_reads_it(office: Office, method: str) -> None:
    await office.workspace.faults(
        {"kind": "error", "method": method, "error": "channel_not_found", "count": 1, "channel": "C07ASK"}
    )
    assert (await ask(office.ada, HEALTH_CHECK, "C07ASK", "10 business days"))["ephemeral"]
    await office.ben.wait_message(NOTE)
    assert "ephemeral" not in await ask(office.ada, HEALTH_CHECK, "C07ASK", "10 business days")


async def test_members_are_looked_up_once_for_several_answers(office: Office) -> None:
    await ask(office.ada, HEALTH_CHECK, "C07ASK", "10 business days")
    await ask(office.ada, "which projects are red?", "C07ASK", "2 projects are red:")
    assert len(await office.workspace.calls("conversations.members")) == 1


async def test_private_answer_in_direct_messages_needs_no_note(office: Office) -> None:
    channel = await office.ada.dm()
    await ask(office.ada, "which projects are red?", channel, "2 projects are red:")
    assert len(await office.workspace.calls("chat.postMessage")) == 1
    assert await office.workspace.calls("conversations.members") == []
