"""The agent view: each conversation is a thread, with suggested questions and a sign that an answer is on its way."""

from tests.conversations.conftest import Office
from tests.conversations.test_messages import build_event

QUESTION = "how long does a health check take?"
ANSWER = "10 business days"


async def test_conversation_is_a_thread_of_its_own(office: Office) -> None:
    channel = await office.ada.dm()
    root = await office.ada.post(channel, "thanks!")  # a message that is there, so that a thread can follow it
    await office.ada.wait_message("You're welcome.")
    reply = build_event(office, office.ada, channel, QUESTION, thread_ts=root, app_context={})
    await office.workspace.send_event(reply)
    answer = await office.ada.wait_message(ANSWER, channel=channel)
    assert answer["thread_ts"] == root
    statuses = await office.workspace.calls("assistant.threads.setStatus")
    assert [one["args"]["thread_ts"] for one in statuses] == [root]


async def test_questions_are_suggested_when_the_conversation_opens(office: Office) -> None:
    await office.dana.open_home("messages", viewing="C06LEADERS")
    shown = await office.dana.wait_frame(("prompts",), lambda _: True)
    assert shown["channel"] == await office.dana.dm()
    assert shown["prompts"][0]["message"] == "Which projects are red?"
    await office.dana.view("C05STORIES")
    shown = await office.dana.wait_frame(("prompts",), lambda _: True)
    assert shown["prompts"][0]["message"] == "Which success stories are there?"


async def test_direct_messages_outside_the_agent_view_stay_as_they_were(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, QUESTION)
    assert "thread_ts" not in await office.ada.wait_message(ANSWER, channel=channel)
    assert await office.workspace.calls("assistant.threads.setStatus") == []


async def test_answer_comes_although_the_agent_view_fails(office: Office) -> None:
    channel = await office.ada.dm()
    root = await office.ada.post(channel, "thanks!")
    await office.ada.wait_message("You're welcome.")
    fault = {"kind": "error", "method": "assistant.threads.setStatus", "error": "internal_error", "count": 5}
    await office.workspace.faults(fault)
    await office.workspace.send_event(
        build_event(office, office.ada, channel, QUESTION, thread_ts=root, app_context={})
    )
    assert (await office.ada.wait_message(ANSWER, channel=channel))["thread_ts"] == root
