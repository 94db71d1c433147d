"""The sender with a workspace in which calls go wrong."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.engine.sender import KEEP_TRYING
from bot.engine.slack_methods import DELETE_MESSAGE, POST_MESSAGE, UPDATE_MESSAGE
from handlers.slack.blocks.tables import build_table
from storage.engine.claiming import Delivery
from storage.engine.delivery_kinds import DeliveryKind
from storage.tables.engine import DeliveryRow
from tests.bot.conftest import RunningSender
from tests.workspace.filling import read_text

ASK, LEADERS, TRIAGE = "C07ASK", "C06LEADERS", "C03TRIAGE"


def build_text(text: str) -> dict[str, Any]:
    return {"text": text}


async def test_post_is_sent_and_its_ts_stored(office: RunningSender) -> None:
    row = await office.wait_settled(office.add("post", ASK, build_text("hello")))
    assert await office.read_texts(ASK) == ["hello"]
    assert (row.status, row.posted_channel) == ("done", ASK)
    assert (await office.list_methods()).count(POST_MESSAGE) == 1


async def test_direct_message_takes_one_call(office: RunningSender) -> None:
    ada = office.workspace.as_user("U01ADA")
    row = await office.wait_settled(office.add("post", "U01ADA", build_text("for you")))
    assert (await ada.wait_message("for you"))["channel"] == row.posted_channel
    assert await office.list_methods() == [POST_MESSAGE]


TABLE = {
    "text": "Small: 2 days; Large: 9 days",
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "How long it takes:"}},
        build_table(["Size", "Days"], [["Small", "2"], ["Large", "9"]])[0],
    ],
}


async def test_message_arrives_without_rejected_table(office: RunningSender) -> None:
    fault = {"kind": "error", "method": POST_MESSAGE, "error": "invalid_blocks", "count": 1}
    await office.workspace.faults(fault)
    row = await office.wait_settled(office.add("post", ASK, TABLE))
    assert (row.status, row.attempts) == ("done", 1)
    [message] = (await office.workspace.api("conversations.history", channel=ASK))["messages"]
    assert [block["type"] for block in message["blocks"]] == ["section", "rich_text"]
    assert "Large; Days: 9" in read_text(message)


async def test_table_is_sent_as_table(office: RunningSender) -> None:
    await office.wait_settled(office.add("post", ASK, TABLE))
    [message] = (await office.workspace.api("conversations.history", channel=ASK))["messages"]
    assert message["blocks"][1]["type"] == "table"


async def test_server_error_is_retried_later(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "status", "method": POST_MESSAGE, "status": 503, "count": 2})
    delivery = office.add("post", ASK, build_text("patience"))
    for attempt in (1, 2):
        await office.wait_row(delivery, lambda row, count=attempt: row.attempts == count and row.status == "waiting")
        office.forward(5)
    assert (await office.wait_settled(delivery)).status == "done"
    assert await office.read_texts(ASK) == ["patience"]


async def test_two_day_outage_keeps_messages_in_order(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "status", "method": POST_MESSAGE, "status": 503})
    deliveries = [office.add("post", ASK, build_text(f"{number}")) for number in range(3)]
    for _ in range(4):
        await office.wait_row(deliveries[0], lambda row: row.status == "waiting")
        office.forward(12 * 3_600)
        await office.wait_row(deliveries[0], lambda row: row.status == "leased" or row.attempts > 1)
    await office.workspace.faults()
    for delivery in deliveries:
        office.forward(61)
        assert (await office.wait_settled(delivery)).status == "done"
    assert await office.read_texts(ASK) == ["0", "1", "2"]


async def test_endless_failure_is_given_up_after_days(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "status", "method": POST_MESSAGE, "status": 503})
    delivery = office.add("post", ASK, build_text("hopeless"))
    await office.wait_row(delivery, lambda row: row.status == "waiting" and row.attempts == 1)
    office.forward(KEEP_TRYING.total_seconds())
    row = await office.wait_settled(delivery)
    assert (row.status, row.reported_at) == ("dead", None)
    await asyncio.wait_for(office.died.wait(), 10)


async def test_rate_limit_pauses_without_costing_an_attempt(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "ratelimit", "method": POST_MESSAGE, "retry_after": 30, "count": 1})
    delivery = office.add("post", ASK, build_text("slowly"))
    row = await office.wait_row(delivery, lambda row: row.error is not None)
    assert row.attempts == 0
    other = office.add("post", TRIAGE, build_text("also slowly"))
    office.forward(20)
    await office.sender.run_once()
    assert office.read_row(other).attempts == 0
    office.forward(11)
    assert (await office.wait_settled(delivery)).attempts == 1
    assert (await office.wait_settled(other)).attempts == 1
    assert "conversations.history" not in await office.list_methods()


async def test_limited_search_pauses_no_first_post(office: RunningSender) -> None:
    await office.workspace.faults(
        {"kind": "lost_response", "method": POST_MESSAGE, "count": 1},
        {"kind": "ratelimit", "method": "conversations.history", "retry_after": 30, "count": 1},
    )
    lost = office.add("post", ASK, build_text("lost"))
    await office.wait_row(lost, lambda row: row.error is not None)
    office.forward(2)
    await office.wait_row(lost, lambda row: row.error == "429")
    assert (await office.wait_settled(office.add("post", TRIAGE, build_text("new")))).status == "done"
    office.forward(31)
    await office.wait_settled(lost)
    assert await office.read_texts(ASK) == ["lost"]


async def test_revoked_token_loses_no_message(office: RunningSender) -> None:
    await office.workspace.control("token", {"revoked": True})
    delivery = office.add("post", ASK, build_text("kept"))
    row = await office.wait_row(delivery, lambda row: row.error is not None)
    assert (row.status, row.attempts) == ("waiting", 0)
    await office.workspace.control("token", {"revoked": False})
    office.forward(61)
    assert (await office.wait_settled(delivery)).status == "done"


@pytest.mark.parametrize(
    "code", ["not_in_channel", "is_archived", "channel_not_found", "invalid_blocks", "msg_too_long"]
)
async def test_permanent_error_becomes_a_dead_letter(office: RunningSender, code: str) -> None:
    await office.workspace.faults({"kind": "error", "method": POST_MESSAGE, "error": code, "count": 1})
    row = await office.wait_settled(office.add("post", ASK, build_text("refused")))
    assert (row.status, row.error, row.reported_at) == ("dead", code, None)
    await asyncio.wait_for(office.died.wait(), 10)
    assert (await office.wait_settled(office.add("post", ASK, build_text("the next one")))).status == "done"


async def test_edit_waits_for_post_and_shows_latest(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "delay", "method": POST_MESSAGE, "ms": 100, "count": 1})
    with office.store.transaction(office.now()) as tx:
        card = tx.outbox.post(TRIAGE, build_text("submitted"))
        tx.outbox.edit(card, build_text("queued"))
        tx.outbox.edit(card, build_text("in progress"))
    office.sender.wake()
    wei = office.workspace.as_user("U03WEI")
    await wei.wait_message("in progress")
    assert await office.read_texts(TRIAGE) == ["in progress"]
    assert (await office.list_methods()).count(UPDATE_MESSAGE) == 1


async def test_edit_without_blocks_removes_earlier_blocks(office: RunningSender) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "old"}}
    card = office.add("post", TRIAGE, {"text": "old", "blocks": [block]})
    await office.wait_settled(card)
    office.add("edit", card, build_text("new"))
    changed = await office.workspace.as_user("U03WEI").wait_message("new")
    assert not changed.get("blocks") or "old" not in str(changed["blocks"])


async def test_edit_of_failed_post_fails_unreported(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "error", "method": POST_MESSAGE, "error": "channel_not_found", "count": 1})
    with office.store.transaction(office.now()) as tx:
        card = tx.outbox.post(TRIAGE, build_text("card"))
        tx.outbox.edit(card, build_text("edited"))
    office.sender.wake()
    await office.wait_settled(card)
    with office.store.read_only(office.now()) as tx:
        edit = tx.session.scalars(select(DeliveryRow.id).where(DeliveryRow.target == card)).one()
    row = await office.wait_settled(edit)
    assert (row.status, row.reported_at is not None) == ("dead", True)


async def test_follower_is_posted_in_its_thread(office: RunningSender) -> None:
    with office.store.transaction(office.now()) as tx:
        digest = tx.outbox.post(LEADERS, build_text("digest"), bulk=True)
        details = tx.outbox.post(LEADERS, build_text("details"), bulk=True, follows=digest)
    office.sender.wake()
    await office.wait_row(digest, lambda row: row.due_at is None)
    await office.wait_settled(details)
    root = office.read_row(digest).posted_ts
    stands = await office.workspace.api("conversations.replies", channel=LEADERS, ts=root)
    assert [message["text"] for message in stands["messages"]] == ["digest", "details"]


@pytest.mark.parametrize("code", ["user_not_in_channel", "not_in_channel", "channel_not_found"])
async def test_impossible_ephemeral_becomes_a_direct_message(office: RunningSender, code: str) -> None:
    ada = office.workspace.as_user("U01ADA")
    await office.workspace.faults({"kind": "error", "method": "chat.postEphemeral", "error": code, "count": 1})
    office.add("post_ephemeral", LEADERS, "U01ADA", build_text("only for you"))
    message = await ada.wait_message("only for you")
    assert message["channel"].startswith("D")
    assert not message.get("ephemeral")


async def test_expired_response_url_becomes_direct_message(office: RunningSender) -> None:
    url = f"{office.workspace.url}/response/T00MERIDIAN/gone"
    ada = office.workspace.as_user("U01ADA")
    office.add("reply_to_url", url, build_text("late") | {"replace_original": False}, user="U01ADA")
    assert (await ada.wait_message("late"))["channel"].startswith("D")


async def test_working_response_url_gets_the_reply(office: RunningSender) -> None:
    key = office.workspace.server.hub.response_urls.issue("U01ADA", ASK)
    ada = office.workspace.as_user("U01ADA")
    await office.wait_settled(
        office.add("reply_to_url", f"{office.workspace.url}/response/T/{key}", build_text("here"), user="U01ADA")
    )
    message = await ada.wait_message("here")
    assert (message["channel"], message.get("ephemeral")) == (ASK, True)


async def test_home_is_published(office: RunningSender) -> None:
    ada = office.workspace.as_user("U01ADA")
    await ada.boot()
    view = {"type": "home", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Welcome home"}}]}
    office.add("publish_home", "U01ADA", view)
    assert "Welcome home" in str(await ada.wait_home())


async def test_stopped_process_sends_nothing_taken_over(office: RunningSender) -> None:
    """Hours pass for this process between claim and call, and meanwhile the other one posts."""
    office.sender.stop()
    with office.store.transaction(office.now()) as tx:
        tx.outbox.post(ASK, build_text("once"))
    [mine] = office.deliveries.claim("host:1", office.now(), 1).deliveries
    office.now.forward(61)
    [theirs] = office.deliveries.claim("host:2", office.now(), 1).deliveries
    await send_as(office, theirs)
    await send_as(office, mine)
    assert await office.read_texts(ASK) == ["once"]
    assert (await office.list_methods()).count(POST_MESSAGE) == 1


async def test_stopped_process_resumes_what_it_still_holds(office: RunningSender) -> None:
    office.sender.stop()
    delivery = office.add("post", ASK, build_text("once"))
    [mine] = office.deliveries.claim("host:1", office.now(), 1).deliveries
    office.now.forward(120)
    await send_as(office, mine)
    await office.wait_row(delivery, lambda row: row.status == "done")
    assert await office.read_texts(ASK) == ["once"]


@pytest.mark.parametrize("answer", ["comes", "is lost"])
@pytest.mark.parametrize("where", ["channel", "thread", "direct messages"])
async def test_late_post_is_removed_as_duplicate(
    office: RunningSender, where: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = await office.wait_settled(office.add("post", ASK, build_text("root")))
    named = {"thread_ts": root.posted_ts} if where == "thread" else {}
    stopped = stop_within_the_call(office, monkeypatch)
    delivery = office.add("post", "U01ADA" if where == "direct messages" else ASK, build_text("once"), **named)
    await stopped.reached.wait()
    office.forward(61)
    row = await office.wait_settled(delivery)
    if answer == "is lost":
        await office.workspace.faults({"kind": "lost_response", "method": POST_MESSAGE, "count": 1})
    stopped.go_on.set()
    await stopped.over.wait()
    office.forward(5)
    await office.wait_all_settled(DeliveryKind.REMOVE_DUPLICATES, 1)
    called = await office.list_methods()
    assert (called.count(POST_MESSAGE), called.count(DELETE_MESSAGE)) == (3, 1), "the root, and twice the same"
    assert await find_copies(office, row) == [row.posted_ts]


async def test_late_edit_is_followed_by_latest(office: RunningSender, monkeypatch: pytest.MonkeyPatch) -> None:
    root = office.add("post", ASK, build_text("first"))
    await office.wait_settled(root)
    stopped = stop_within_the_call(office, monkeypatch)
    office.add("edit", root, build_text("second"))
    await stopped.reached.wait()
    office.forward(61)
    await office.wait_all_settled(DeliveryKind.EDIT, 1)
    office.add("edit", root, build_text("third"))
    await office.wait_all_settled(DeliveryKind.EDIT, 2)
    stopped.go_on.set()
    await stopped.over.wait()
    await office.wait_all_settled(DeliveryKind.EDIT, 3)
    assert (await office.list_methods()).count(UPDATE_MESSAGE) == 4
    assert await office.read_texts(ASK) == ["third"]


@dataclass
class StoppedProcess:
    """A process that is stopped between its last look at the lease and the call; `over` is set after the call."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


def stop_within_the_call(office: RunningSender, monkeypatch: pytest.MonkeyPatch) -> StoppedProcess:
    """Hold the next call until another process has taken over and sent its delivery."""
    client, stopped = office.sender._client.client, StoppedProcess()
    api_call = client.api_call

    async def held(*call: Any, **how: Any) -> Any:
        monkeypatch.setattr(client, "api_call", api_call)
        office.sender._in_flight.clear()  # for the sender, another process holds it
        stopped.reached.set()
        await stopped.go_on.wait()
        try:
            return await api_call(*call, **how)
        finally:
            stopped.over.set()

    monkeypatch.setattr(client, "api_call", held)
    return stopped


async def find_copies(office: RunningSender, row: DeliveryRow) -> list[str]:
    """The ts of each message with the delivery's text where it was posted."""
    ts = row.arguments.get("thread_ts")
    method = "conversations.replies" if ts else "conversations.history"
    found = await office.workspace.api(method, channel=row.posted_channel, **({"ts": ts} if ts else {}))
    return [message["ts"] for message in found["messages"] if message["text"] == row.arguments["text"]]


async def send_as(office: RunningSender, delivery: Delivery) -> None:
    await office.sender._send(delivery)


async def test_failing_post_keeps_thread_in_order(office: RunningSender) -> None:
    await office.workspace.faults({"kind": "status", "method": POST_MESSAGE, "status": 500, "count": 1})
    deliveries = [office.add("post", ASK, build_text(f"{number}")) for number in range(4)]
    await office.wait_row(deliveries[0], lambda row: row.error is not None)
    office.forward(2)
    for delivery in deliveries:
        await office.wait_settled(delivery)
    assert await office.read_texts(ASK) == ["0", "1", "2", "3"]


async def test_stopping_still_sends_awaited_replies(office: RunningSender) -> None:
    office.sender.stop()
    delivery = office.add("post", ASK, build_text("last words"))
    many = office.add("post", LEADERS, build_text("one of many"), bulk=True)
    await office.wait_settled(delivery)
    assert office.read_row(many).status == "waiting"


async def test_stopping_ends_within_its_limit(office: RunningSender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.sender.DRAIN_SECONDS", 0.1)
    await office.workspace.faults({"kind": "delay", "method": POST_MESSAGE, "ms": 5_000})
    delivery = office.add("post", ASK, build_text("slow"))
    while not office.sender._in_flight:
        await asyncio.sleep(0)
    office.sender.stop()
    while office.sender._in_flight:
        await asyncio.sleep(0.01)
    assert office.read_row(delivery).status == "leased"  # the next start searches for it
