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
    await office.ada.open_home("messages")
    await office.ada.wait_message("Hello, I'm your project management office.")
    [call] = await office.workspace.calls("assistant.threads.setSuggestedPrompts")
    assert call["args"]["channel_id"] == await office.ada.dm()


async def test_direct_messages_outside_the_agent_view_stay_as_they_were(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, QUESTION)
    assert "thread_ts" not in await office.ada.wait_message(ANSWER, channel=channel)
    assert await office.workspace.calls("assistant.threads.setStatus") == []
