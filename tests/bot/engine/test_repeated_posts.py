"""The sender after a first attempt of which nobody knows whether it got through."""

from typing import Any

import pytest

from bot.engine.delivery_client import MAY_BE_DOUBLE
from bot.engine.slack_methods import POST_MESSAGE
from storage.engine.claiming import LOOK_FOR
from tests.bot.conftest import RunningSender
from tests.bot.engine.test_sender import ASK, build_text


async def test_lost_response_causes_no_second_post(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "lost_response", "method": POST_MESSAGE, "count": 1})
    delivery = office.add("post", ASK, build_text("once"))
    await office.wait_row(delivery, lambda row: row.error is not None)
    office.forward(2)
    row = await office.wait_settled(delivery)
    assert (row.status, row.attempts) == ("done", 2)
    assert await office.read_texts(ASK) == ["once"]


async def test_lost_response_in_thread_and_direct_message(office: RunningSender) -> None:
    root = await office.wait_settled(office.add("post", ASK, build_text("root")))
    await office.workspace.faults({"kind": "lost_response", "method": POST_MESSAGE, "count": 2})
    thread = office.add("post", ASK, build_text("in the thread"), thread_ts=root.posted_ts)
    direct = office.add("post", "U01ADA", build_text("direct"))
    for delivery in (thread, direct):
        await office.wait_row(delivery, lambda row: row.error is not None)
    office.forward(2)
    for delivery in (thread, direct):
        assert (await office.wait_settled(delivery)).status == "done"
    stands = await office.workspace.api("conversations.replies", channel=ASK, ts=root.posted_ts)
    assert [message["text"] for message in stands["messages"]] == ["root", "in the thread"]
    assert await office.read_texts((await office.wait_settled(direct)).posted_channel or "") == ["direct"]


async def test_search_finds_message_pages_back(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "lost_response", "method": POST_MESSAGE, "count": 1})
    delivery = office.add("post", ASK, build_text("once"))
    await office.wait_row(delivery, lambda row: row.error is not None)
    for number in range(250):  # more than one page of history
        await office.workspace.api(POST_MESSAGE, channel=ASK, text=f"other {number}")
    office.forward(2)
    await office.wait_settled(delivery)
    texts = (await office.workspace.api("conversations.history", channel=ASK, limit=500))["messages"]
    assert [message["text"] for message in texts].count("once") == 1


@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found", "no_permission"])
async def test_post_that_may_not_be_looked_for_is_sent_again(office: RunningSender, code: str) -> None:
    await office.workspace.faults(
        {"kind": "lost_response", "method": POST_MESSAGE, "count": 1},
        {"kind": "error", "method": "conversations.history", "error": code},
    )
    delivery = office.add("post", ASK, build_text("important"))
    await office.wait_row(delivery, lambda row: row.error is not None)
    office.forward(2)
    assert (await office.wait_settled(delivery)).status == "done"
    first, second = await read_texts_later(office)
    assert (first, second) == ("important", f"important\n\n{MAY_BE_DOUBLE}")


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "ratelimit", "retry_after": 600}])
async def test_post_is_sent_again_when_looking_is_impossible_for_long(
    office: RunningSender, fault: dict[str, Any]
) -> None:
    await office.workspace.faults(
        {"kind": "lost_response", "method": POST_MESSAGE, "count": 1}, fault | {"method": "conversations.history"}
    )
    delivery = office.add("post", ASK, build_text("important"))
    await office.wait_row(delivery, lambda row: row.error is not None)
    office.forward(2)
    await office.wait_row(delivery, lambda row: row.error in ("503", "429"))
    assert (await office.list_methods()).count(POST_MESSAGE) == 1
    office.forward(LOOK_FOR.total_seconds())
    if fault["kind"] == "ratelimit":
        office.forward(600)
    assert (await office.wait_settled(delivery)).status == "done"
    assert (await read_texts_later(office))[1].endswith(MAY_BE_DOUBLE)


async def read_texts_later(office: RunningSender) -> list[str]:
    """What is in the channel, once nothing fails any more."""
    await office.workspace.faults()
    return await office.read_texts(ASK)
