"""What Slack refuses for good arrives all the same: in simpler blocks, as plain text, or as a direct message."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from bot.engine.delivery_client import MAY_BE_DOUBLE
from bot.engine.refusals import PLACES
from bot.engine.slack_methods import POST_EPHEMERAL, POST_MESSAGE, PUBLISH_VIEW, UPDATE_MESSAGE
from handlers.slack.blocks.builders import actions, button, section
from handlers.slack.blocks.charts import build_chart_blocks
from handlers.slack.blocks.tables import build_table
from reporting.charts import Chart, ChartKind, Point, Series
from storage.engine.dead_letters import DeadLetters
from storage.engine.delivery_kinds import DeliveryKind
from tests.bot.conftest import RunningSender
from tests.bot.engine.test_sender import ASK, TRIAGE, build_text
from tests.workspace.filling import read_text

CHART = Chart(
    ChartKind.BAR,
    "Leakage",
    (Series("Actual", (Point("March", Decimal(3)), Point("April", Decimal(5)))),),
    "%",
    "Rising.",
)
RICH = {
    "text": "Report",
    "blocks": [
        section("*How things stand*"),
        build_chart_blocks(CHART)[0],
        build_table(["Size", "Days"], [["Small", "2"], ["Large", "9"]])[0],
        {"type": "markdown", "text": "## Next steps\n- Ask *Ada*"},
        actions([button("Open", "report.open", "1")]),
    ],
}
KINDS = ["data_visualization", "table", "markdown"]


async def read_last(office: RunningSender, channel: str = ASK) -> dict[str, Any]:
    await office.workspace.faults()
    found: dict[str, Any] = (await office.workspace.api("conversations.history", channel=channel))["messages"][0]
    return found


def list_types(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["blocks"]]


def refuse(method: str, error: str, **more: Any) -> dict[str, Any]:
    return {"kind": "error", "method": method, "error": error} | more


@pytest.mark.parametrize("kind", KINDS)
async def test_refused_kind_of_block_costs_nothing_else(office: RunningSender, kind: str) -> None:
    await office.workspace.faults(refuse(POST_MESSAGE, "invalid_blocks", block=kind))
    row = await office.wait_settled(office.add("post", ASK, RICH))
    message = await read_last(office)
    assert (row.status, row.attempts) == ("done", 1)
    assert kind not in list_types(message)
    assert {"section", "actions", *(other for other in KINDS if other != kind)} <= set(list_types(message))
    shown = read_text(message)
    words = {"How things stand", "Next steps", "Open", "Large"}
    replaced = {"data_visualization": "Actual: March 3, April 5", "table": "Large; Days: 9"}
    assert [word for word in {*words, replaced.get(kind, "")} if word not in shown] == []
    assert (await office.list_methods()).count(POST_MESSAGE) == 2


async def test_kinds_are_tried_alone_when_slack_points_nowhere(office: RunningSender) -> None:
    await office.workspace.faults(refuse(POST_MESSAGE, "invalid_blocks", count=2))
    await office.wait_settled(office.add("post", ASK, RICH))
    message = await read_last(office)
    assert "data_visualization" in list_types(message)
    assert "table" not in list_types(message)


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long", "an_error_that_slack_adds_later"])
async def test_message_whose_every_layout_is_refused_is_plain_text(office: RunningSender, error: str) -> None:
    await office.workspace.faults(*(refuse(POST_MESSAGE, error, block=kind) for kind in ("section", "actions")))
    row = await office.wait_settled(office.add("post", ASK, RICH))
    message = await read_last(office)
    assert row.status == "done"
    assert not message.get("blocks")
    text = message["text"]
    assert all(words in text for words in ("How things stand", "Actual", "Large; Days: 9", "Next steps", "buttons"))


@pytest.mark.parametrize("kind", ["edit", "ephemeral", "home", "thread"])
async def test_every_kind_of_delivery_arrives_without_the_refused_table(office: RunningSender, kind: str) -> None:
    ada = office.workspace.as_user("U01ADA")
    await ada.boot()
    root = office.add("post", ASK, build_text("first"))
    posted = await office.wait_settled(root)
    methods = {"edit": UPDATE_MESSAGE, "ephemeral": POST_EPHEMERAL, "home": PUBLISH_VIEW, "thread": POST_MESSAGE}
    await office.workspace.faults(refuse(methods[kind], "invalid_blocks", block="table"))
    table = {"text": "Sizes", "blocks": [section("Sizes"), RICH["blocks"][2]]}
    if kind == "edit":
        office.add("edit", root, table)
        shown = await ada.wait_message("Large; Days: 9")
    elif kind == "ephemeral":
        office.add("post_ephemeral", ASK, "U01ADA", table)
        shown = await ada.wait_message("Large; Days: 9")
        assert shown["ephemeral"]
    elif kind == "thread":
        office.add("post", ASK, table, thread_ts=posted.posted_ts)
        shown = await ada.wait_message("Large; Days: 9")
        assert shown["thread_ts"] == posted.posted_ts
    else:
        office.add("publish_home", "U01ADA", {"type": "home", "blocks": table["blocks"]})
        shown = await ada.wait_home()
        assert "Large; Days: 9" in read_text(shown)
    assert [block["type"] for block in shown["blocks"]] == ["section", "rich_text"]


@pytest.mark.parametrize("code", [*sorted(PLACES), "restricted_action_that_is_new"])
async def test_answer_that_its_channel_refuses_goes_to_the_asker(office: RunningSender, code: str) -> None:
    ada = office.workspace.as_user("U01ADA")
    await office.workspace.faults(refuse(POST_MESSAGE, code, channel=ASK))
    answer = office.add("post", ASK, build_text("the answer"), thread_ts=None, person="U01ADA")
    message = await ada.wait_message("the answer")
    assert message["channel"].startswith("D")
    assert (await office.wait_settled(answer)).status == "done"
    calls = [call["args"]["channel"] for call in await office.workspace.calls(POST_MESSAGE)]
    assert calls == [ASK, "U01ADA"]
    assert await office.read_texts(ASK) == []


async def test_direct_message_says_where_it_should_have_been_and_why(office: RunningSender) -> None:
    ada = office.workspace.as_user("U01ADA")
    await office.workspace.faults(refuse(POST_MESSAGE, "is_archived", channel=ASK))
    office.add("post", ASK, {"text": "the answer", "blocks": [section("the answer")]}, person="U01ADA")
    message = await ada.wait_message("the answer")
    assert f"I couldn't show this in <#{ASK}>: the channel is archived." in message["text"]
    assert list_types(message) == ["context", "section"]
    await asyncio.wait_for(office.died.wait(), 10)


async def test_refused_repeat_warns_of_a_double(office: RunningSender) -> None:
    """The first attempt may have got through before the channel was archived."""
    ada = office.workspace.as_user("U01ADA")
    await office.workspace.faults({"kind": "lost_response", "method": POST_MESSAGE, "count": 1})
    answer = office.add("post", ASK, build_text("the answer"), person="U01ADA")
    await office.wait_row(answer, lambda row: row.error is not None)
    await office.workspace.faults(
        refuse("conversations.history", "not_in_channel"), refuse(POST_MESSAGE, "not_in_channel", channel=ASK)
    )
    office.forward(2)
    message = await ada.wait_message(lambda shown: MAY_BE_DOUBLE in shown["text"])
    assert "I couldn't show this in" in message["text"]


@pytest.mark.parametrize("code", ["thread_not_found", "cannot_reply_to_message"])
async def test_reply_to_a_lost_thread_is_posted_beside_it(office: RunningSender, code: str) -> None:
    card = office.add("post", "U01ADA", build_text("card"))
    await office.wait_settled(card)
    await office.workspace.faults(refuse(POST_MESSAGE, code, count=1))
    notice = office.add("post", "U01ADA", build_text("notice"), follows=card)
    row = await office.wait_settled(notice)
    assert row.status == "done"
    assert await office.read_texts(row.posted_channel or "") == ["card", "notice"]


async def test_edit_of_a_deleted_card_posts_it_again(office: RunningSender) -> None:
    card = office.add("post", "U01ADA", build_text("submitted"))
    row = await office.wait_settled(card)
    await office.workspace.api("chat.delete", channel=row.posted_channel, ts=row.posted_ts)
    office.add("edit", card, build_text("accepted"))
    row = await office.wait_row(card, lambda now: now.posted_ts not in (None, row.posted_ts))
    office.add("edit", card, build_text("delivered"))
    await office.workspace.as_user("U01ADA").wait_message("delivered")
    assert await office.read_texts(row.posted_channel or "") == ["delivered"]


async def test_edit_of_a_deleted_channel_message_is_no_news(office: RunningSender) -> None:
    card = office.add("post", TRIAGE, build_text("submitted"))
    row = await office.wait_settled(card)
    await office.workspace.api("chat.delete", channel=TRIAGE, ts=row.posted_ts)
    office.add("edit", card, build_text("accepted"))
    await office.wait_all_settled(DeliveryKind.EDIT, 1)
    with office.store.read_only(office.now()) as tx:
        assert DeadLetters(tx.session, office.now()).list_unreported() == []


@pytest.mark.parametrize("code", ["user_not_found", "cannot_dm_bot", "user_disabled"])
async def test_person_who_cannot_be_reached_is_reported(office: RunningSender, code: str) -> None:
    await office.workspace.faults(refuse(POST_MESSAGE, code))
    row = await office.wait_settled(office.add("post", "U01ADA", build_text("for you"), person="U01ADA"))
    assert (row.status, row.error) == ("dead", code)
    await asyncio.wait_for(office.died.wait(), 10)


async def test_metadata_is_dropped_rather_than_the_message(office: RunningSender) -> None:
    await office.workspace.faults(refuse(POST_MESSAGE, "metadata_too_large", count=1))
    assert (await office.wait_settled(office.add("post", ASK, RICH))).status == "done"
    assert "table" in list_types(await read_last(office))


async def test_too_long_text_is_shortened(office: RunningSender) -> None:
    await office.workspace.faults(refuse(POST_MESSAGE, "msg_too_long", count=1))
    assert (await office.wait_settled(office.add("post", ASK, build_text("word " * 5_000)))).status == "done"
    assert len((await read_last(office))["text"]) <= 3_900


async def test_edit_as_plain_text_leaves_no_old_blocks(office: RunningSender) -> None:
    card = office.add("post", ASK, {"text": "old", "blocks": [section("old")]})
    await office.wait_settled(card)
    await office.workspace.faults(refuse(UPDATE_MESSAGE, "invalid_blocks", block="section"))
    office.add("edit", card, {"text": "new", "blocks": [section("new")]})
    await office.workspace.as_user("U01ADA").wait_message("new")
    assert not (await read_last(office)).get("blocks")


NEWER = {
    "text": "Hello",
    "blocks": [
        section("Hello"),
        {"type": "kind_of_the_future", "title": {"type": "plain_text", "text": "More"}, "body": "About <this>"},
    ],
}


async def test_block_that_the_workspace_does_not_know_becomes_text(office: RunningSender) -> None:
    await office.wait_settled(office.add("post", ASK, NEWER))
    message = await read_last(office)
    assert list_types(message) == ["section", "section"]
    assert "About &lt;this&gt;" in read_text(message)
    assert "More" in read_text(message)


async def test_reply_by_url_arrives_without_the_refused_block(office: RunningSender) -> None:
    key = office.workspace.server.hub.response_urls.issue("U01ADA", ASK)
    ada = office.workspace.as_user("U01ADA")
    office.add("reply_to_url", f"{office.workspace.url}/response/T/{key}", NEWER, user="U01ADA")
    message = await ada.wait_message("Hello")
    assert (message["channel"], message.get("ephemeral")) == (ASK, True)
    assert "More" in read_text(message)
