"""The bot takes over a database of the earlier version: waiting work is done once, old cards and modals still work."""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.browser.app_actions import open_modal
from tests.earlier.upgrading import PEOPLE, EarlierOffice, read_inventory, read_lines, read_rows
from tests.workspace import filling

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
TRIAGE, ASK, LEADERS = "C03TRIAGE", "C07ASK", "C06LEADERS"
REQUEST = "SELECT state FROM requests WHERE number = :number"
STORY = "SELECT state FROM stories WHERE id = :id"
QUESTION = "what is in the framework pack?"

MESSAGES = [
    one["body"] | {"channel": one["key"].partition("/")[0]}
    for one in read_lines("workspace.jsonl")
    if one["kind"] == "message"
]
HOMES = {one["key"]: one["body"] for one in read_lines("workspace.jsonl") if one["kind"] == "home"}
VIEWS = read_lines("windows.jsonl")


def find_card(action_id: str, value: str, channel: str = "") -> Json:
    """The earlier version's message with this button, as it was stored."""
    return next(
        message
        for message in MESSAGES
        if channel in ("", message["channel"])
        for _, element in filling.iterate_elements(message)
        if element["action_id"] == action_id and element.get("value", "") == value
    )


# What waited when the earlier version stopped


async def test_every_waiting_arrival_is_done_once(office: EarlierOffice) -> None:
    waiting = {row["key"]: row["failures"] for row in read_rows("arrivals") if row["due_at"]}
    assert {row["route"] for row in read_rows("arrivals") if row["due_at"]} == set(read_inventory()["routes"])
    done = office.query("SELECT key, failures FROM arrivals WHERE status = 'done'")
    assert {row["key"]: row["failures"] for row in done if row["key"] in waiting} == waiting


async def test_every_waiting_delivery_is_sent(office: EarlierOffice) -> None:
    waiting = {row["id"] for row in read_rows("deliveries") if row["due_at"]}
    assert {row["method"] for row in read_rows("deliveries") if row["due_at"]} == set(
        read_inventory()["delivery_methods"]
    )
    sent = {row["id"] for row in office.query("SELECT id FROM deliveries WHERE status = 'done'")}
    assert waiting - sent == set()


async def test_no_message_is_lost_or_duplicated(office: EarlierOffice) -> None:
    assert max(count_posts(MESSAGES).values()) == 2  # two processes posted one of them
    counted = count_posts(office.messages())
    assert set(counted.values()) == {1}
    posts = office.query("SELECT id FROM deliveries WHERE posted_ts IS NOT NULL")
    assert {row["id"] for row in posts} == set(counted)


def count_posts(messages: list[Json]) -> Counter[str]:
    """How often each delivery was posted; its id is in the message's metadata."""
    return Counter(message["metadata"]["event_payload"]["id"] for message in messages if message.get("metadata"))


async def test_waiting_request_actions_take_effect(office: EarlierOffice) -> None:
    states = {3: "queued", 6: "queued", 9: "in_progress", 7: "pending_approval", 11: "waiting_requester"}
    states |= {13: "in_progress", 22: "closed", 24: "queued", 25: "submitted"}
    assert {number: office.value(REQUEST, number=number) for number in states} == states
    rated = office.query("SELECT number, score, comment FROM ratings WHERE number IN (14, 15) ORDER BY number")
    assert [tuple(row.values()) for row in rated] == [(14, 3, "It took long."), (15, 4, None)]


async def test_waiting_story_actions_take_effect(office: EarlierOffice) -> None:
    titles = {row["id"]: row["record"] for row in read_rows("stories")}
    states = {row["id"]: row["state"] for row in office.query("SELECT id, state FROM stories")}
    by_title = {titles[one]["title"]: state for one, state in states.items() if one in titles}
    assert by_title["Fewer bursts, approved at last"] == "published"
    assert by_title["Fewer bursts, edited at last"] == "submitted"
    assert by_title["Fewer bursts, sent back at last"] == "changes_requested"
    assert len(states) == len(titles) + 1
    assert office.value("SELECT count(*) FROM story_log WHERE event = 'consent' AND actor = 'U04DANA'") == 1
    assert office.value("SELECT count(*) FROM story_log WHERE event = 'refuse' AND actor = 'U04DANA'") == 1


async def test_waiting_updates_values_and_answers_are_recorded(office: EarlierOffice) -> None:
    seen = "SELECT acknowledged_by FROM updates WHERE summary LIKE 'Leakage falls%'"
    assert office.value(seen) == "U04DANA"
    assert office.value("SELECT count(*) FROM updates WHERE summary = 'Every call has one desk.'") == 1
    assert office.value("SELECT value FROM measurements WHERE measured_on = '2026-11-23'") == "53.1"
    assert office.value("SELECT count(*) FROM forwards WHERE answer = 'Ask Emeka.'") == 1
    assert office.value("SELECT person FROM feedback WHERE question = 'Q20' AND person = 'U02BEN'") == "U02BEN"


async def test_waiting_answers_arrive_where_people_asked(office: EarlierOffice) -> None:
    message = await office.ben.wait_message("10 business days", channel="C02PROJECTS")
    assert message["ephemeral"]  # to a response_url
    [stored] = [row for row in read_rows("deliveries") if row["due_at"] and row["method"] == "chat.postEphemeral"]
    await office.ada.wait_message(stored["arguments"]["text"], channel=ASK)
    for person, text in ((office.farah, "how long does a health check take"), (office.ada, QUESTION[:-1])):
        [question] = [one for one in MESSAGES if one["user"] == person.user and text in one["text"]][-1:]
        replies = [one for one in office.messages() if one.get("thread_ts") == question["ts"] and one.get("bot_id")]
        assert len(replies) == 1
    assert office.workspace.server.hub.state.homes["U05EMEKA"]


async def test_waiting_card_shows_the_latest_state(office: EarlierOffice) -> None:
    cards = [one for one in office.messages() if one["channel"] == TRIAGE and one["text"].startswith("PMO-24 ")]
    assert [find_buttons(message)[0] for message in cards] == ["request.claim"]


def find_buttons(holder: Json) -> list[str]:
    return [element["action_id"] for _, element in filling.iterate_elements(holder)]


async def test_failed_delivery_is_reported_once(office: EarlierOffice) -> None:
    message = [one for one in office.messages() if one["channel"] == TRIAGE and "user_disabled" in one["text"]]
    assert ["<@U05EMEKA>" in one["text"] for one in message] == [True]


# Buttons of cards as the earlier version made them


@pytest.mark.parametrize(
    ("who", "action_id", "value", "state"),
    [
        ("wei", "request.accept", "2", "queued"),
        ("emeka", "request.approve", "5", "queued"),
        ("wei", "request.claim", "8", "in_progress"),
        ("wei", "request.resume", "19", "in_progress"),
        ("ben", "request.accept_delivery", "23", "closed"),
    ],
)
async def test_button_of_old_card_moves_its_request(
    office: EarlierOffice, who: str, action_id: str, value: str, state: str
) -> None:
    await getattr(office, who).click(find_card(action_id, value), action_id)
    await office.wait_value(state, REQUEST, number=int(value))


async def test_old_request_is_rated_and_its_menu_works(office: EarlierOffice) -> None:
    await office.ben.click(find_card("request.rate.2", "14:2"), "request.rate.2")
    await office.wait_value(2, "SELECT score FROM ratings WHERE number = 14")
    card = next(one for one in MESSAGES if '"12:open"' in json.dumps(one) and one["channel"] == TRIAGE)
    await office.wei.click(card, "request.menu", "12:open")
    assert (await office.wei.wait_view("PMO-12"))["title"]["text"] == "PMO-12"
    await office.ben.click(find_card("request.answer", "4"), "request.answer")
    assert (await office.ben.wait_view("request.act"))["private_metadata"].startswith("4:answer:")


async def test_old_story_gets_consent_and_approval(office: EarlierOffice) -> None:
    agreed = find_story("Fewer bursts, agreed at last")
    await office.wei.click(find_card("story.approve", agreed), "story.approve")
    await office.wait_value("published", STORY, id=agreed)
    asked = find_story("Fewer bursts, with Ben asked")
    await office.ben.click(find_card("story.consent", asked), "story.consent")
    consents = "SELECT count(*) FROM story_log WHERE story = :id AND event = 'consent'"
    await office.wait_value(1, consents, id=asked)


def find_story(title: str) -> str:
    return str(next(row["id"] for row in read_rows("stories") if row["record"]["title"] == title))


async def test_old_update_is_acknowledged(office: EarlierOffice) -> None:
    message = next(one for one in MESSAGES if one["channel"] == LEADERS and "update.seen" in find_buttons(one))
    await office.emeka.click(message, "update.seen")
    await office.wait_value("U05EMEKA", "SELECT acknowledged_by FROM updates WHERE summary = 'Eastgate stays.'")


async def test_feedback_on_old_answer_counts(office: EarlierOffice) -> None:
    answer = next(one for one in MESSAGES if one["channel"] == ASK and "question.feedback" in find_buttons(one))
    _, element = filling.find_element(answer, "question.feedback")
    yes = next(filling.iterate_options(element))["value"]
    await office.farah.click(answer, "question.feedback", yes)
    given = "SELECT count(*) FROM feedback WHERE person = 'U06FARAH' AND question = :question"
    await office.wait_value(1, given, question=yes.partition(":")[2])


# Modals that were open


FORM = {"title": "Old window", "project": "Not listed", "detail": "It slipped.", "size": "small"}
DELIVERED = {"link": "https://example.org/result", "checklist": ["rated", "actions"]}
MEASURED = {"metric": "leakage-rate", "on": "2026-11-24", "value": "52.9"}
# callback_id, the beginning of private_metadata, what is filled in, and what the database then says.
MODALS: list[tuple[str, str, Json, str, Any]] = [
    ("request.form", "health-check", FORM, "SELECT service FROM requests WHERE number = 26", "health-check"),
    ("request.act", "10:deliver", DELIVERED, "SELECT state FROM requests WHERE number = 10", "delivered"),
    ("request.act", "4:answer", {"comment": "West."}, "SELECT state FROM requests WHERE number = 4", "submitted"),
    ("request.resubmit", "20", {}, "SELECT state FROM requests WHERE number = 20", "pending_approval"),
    ("request.rating", "1:5", {"comment": "Good."}, "SELECT comment FROM ratings WHERE number = 1", "Good."),
    ("question.answer", "Q", {"answer": "Wei."}, "SELECT answered_by FROM forwards WHERE answer = 'Wei.'", "U03WEI"),
    ("update.form", "project:", {"summary": "All."}, "SELECT revision FROM updates WHERE summary = 'All.'", 3),
    ("strategy.measure", "", MEASURED, "SELECT author FROM measurements WHERE value = '52.9'", "U02BEN"),
    ("story.form", "S", {}, "SELECT count(*) FROM story_log WHERE event = 'edit'", 2),
    ("story.note", "request_changes:", {"note": "Why?"}, "SELECT actor FROM story_log WHERE note = 'Why?'", "U03WEI"),
]


@pytest.mark.parametrize(
    ("callback_id", "carried", "given", "statement", "wanted"), MODALS, ids=[one[0] for one in MODALS]
)
async def test_open_modal_of_the_earlier_version_is_submitted(
    office: EarlierOffice, callback_id: str, carried: str, given: Json, statement: str, wanted: Any
) -> None:
    [modal] = [one for one in VIEWS if is_modal(one["view"], callback_id, carried)]
    person = office.workspace.as_user(modal["user"])
    assert await person.submit(await open_modal(office.workspace, modal["view"], modal["user"]), given) == {}
    await office.wait_value(wanted, statement)


def is_modal(view: Json, callback_id: str, carried: str) -> bool:
    return view.get("callback_id") == callback_id and view.get("private_metadata", "").startswith(carried)


async def test_every_modal_of_the_earlier_version_is_covered() -> None:
    assert {callback_id for callback_id, *_ in MODALS} == set(read_inventory()["views"])


# Everything else that can be pressed


async def test_every_action_of_the_earlier_version_is_answered(
    office: EarlierOffice, caplog: pytest.LogCaptureFixture
) -> None:
    samples = {sample.action["action_id"]: sample for sample in find_samples()}
    actions = set(read_inventory()["actions"])
    for action_id in actions - samples.keys():
        if action_id.endswith(".*"):
            assert any(one.startswith(action_id.removesuffix("*")) for one in samples), action_id
        else:
            samples[action_id] = make_sample(action_id)
    with caplog.at_level(logging.WARNING):
        for sample in samples.values():
            await press(office, sample)
        await office.finish_work()
    assert [record.getMessage() for record in caplog.records if is_error(record)] == []
    assert all(office.workspace.as_user(sample.user).nothing_came("error") for sample in samples.values())


class Sample(NamedTuple):
    """An element as it was shown: who sees it, on which message or view, and what pressing it sends."""

    user: str
    holder: Json
    action: Json


def find_samples() -> Iterator[Sample]:
    """Every element of the stored messages, Homes and modals."""
    readers = {TRIAGE: "U03WEI", LEADERS: "U05EMEKA"} | {f"D{user[1:]}": user for user in PEOPLE}
    holders = [(readers.get(message["channel"], "U04DANA"), message) for message in MESSAGES]
    holders += [*HOMES.items(), *((one["user"], one["view"]) for one in VIEWS if not one["view"].get("callback_id"))]
    for user, holder in holders:
        for block, element in filling.iterate_elements(holder):
            yield Sample(user, holder, make_action(block, element))


def make_sample(action_id: str) -> Sample:
    """A sample of an element that no stored message has, because it was in an ephemeral reply or a menu."""
    value = "objective:less-leakage" if action_id.startswith("strategy.") else "8"
    option = {"text": {"type": "plain_text", "text": value}, "value": value}
    kind = {"type": "external_select", "options": [option]} if action_id == "strategy.pick" else {"type": "button"}
    action = make_action({"block_id": "b"}, kind | {"action_id": action_id, "value": value})
    return Sample("U03WEI", find_card("request.claim", "8"), action)


def make_action(block: Json, element: Json) -> Json:
    options = list(filling.iterate_options(element))
    return filling.build_action(block, element, options[0]["value"] if options else QUESTION, "")


async def press(office: EarlierOffice, sample: Sample) -> None:
    holder, person = sample.holder, office.workspace.as_user(sample.user)
    if "ts" in holder:
        container = {"type": "message", "channel": holder["channel"], "ts": holder["ts"]}
    elif holder["type"] == "home":
        container = {"type": "view", "view_id": office.workspace.server.hub.state.homes[sample.user]["id"]}
    else:
        container = {"type": "view", "view_id": (await open_modal(office.workspace, holder, sample.user))["id"]}
    await person._do("action", container=container, action=sample.action, state={"values": {}})
    if holder.get("type") == "modal":  # each of its buttons replaces the view
        await person.wait_frame(("view_updated",), lambda frame: frame["view"]["id"] == container["view_id"])


def is_error(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR or "nhandled" in record.getMessage()
