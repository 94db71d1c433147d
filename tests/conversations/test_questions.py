"""Somebody asks, the handbook answers; what it doesn't say goes to a person."""

from typing import Any

import pytest

from tests.conversations import service_desk
from tests.conversations.conftest import Office
from tests.workspace.filling import read_text
from tests.workspace.visitor import Visitor

TROUBLE = "how do I know whether my project is in trouble?"
UNKNOWN = "how do I get a parking permit for the depot?"
DO_NOT_SAY = "The handbook doesn't say."
TRIAGE = "C03TRIAGE"


async def ask(person: Visitor, question: str, channel: str = "C07ASK") -> dict[str, Any]:
    """Mention the bot and wait for its answer in the thread."""
    asked = await person.post(channel, f"@PMO Assistant {question}")
    return await person.wait_message(lambda message: message.get("thread_ts") == asked and message.get("bot_id"))


async def test_mention_is_answered_in_its_thread(office: Office) -> None:
    answer = await ask(office.ada, TROUBLE)
    assert "trouble › " in read_text(answer) or "health checks › " in read_text(answer)
    assert "edition 1.0" in read_text(answer)


async def test_direct_message_is_answered_without_thread(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, TROUBLE)
    answer = await office.ada.wait_message("edition 1.0", channel=channel)
    assert "thread_ts" not in answer


@pytest.mark.parametrize("command", ["/pmo", "/pmo ask", "/pmo ASK"])
async def test_command_answers_only_the_asker(office: Office, command: str) -> None:
    await office.ada.command(f"{command} {TROUBLE}", channel="C02PROJECTS")
    answer = await office.ada.wait_message("edition 1.0", channel="C02PROJECTS")
    assert answer["ephemeral"]
    assert office.ben.nothing_came("message", "ephemeral")


async def test_command_answers_outside_bots_channels(office: Office) -> None:
    await office.ada.command("/remove @PMO Assistant", channel="C02PROJECTS")
    await office.ada.command(f"/pmo {TROUBLE}", channel="C02PROJECTS")
    await office.ada.wait_message("edition 1.0", channel="C02PROJECTS")


async def test_cited_section_opens_with_one_click(office: Office) -> None:
    answer = await ask(office.ada, "how long does a health check take?")
    await office.ben.wait_message("edition 1.0")
    await office.ben.click(answer, "Read the section")
    view = await office.ben.wait_view("From the handbook")
    assert view["blocks"][0]["text"]["text"] == "How long a health check takes"
    assert "the reviewer waits for documents" in read_text(view)
    assert "owner Wei Chen" in read_text(view)


async def test_answer_offers_matching_service(office: Office) -> None:
    answer = await ask(office.ada, "how long does a health check take?")
    offered = [
        (element["action_id"], element["value"], block["block_id"].split(":")[0])
        for block in answer["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if not element["action_id"].startswith("question.read.")
    ]
    assert offered == [("request.open.health-check", "health-check", "asked")]


async def test_unknown_question_is_offered_to_the_pmo(office: Office) -> None:
    answer = await ask(office.ada, UNKNOWN)
    assert answer["text"].startswith(DO_NOT_SAY)
    assert "Ask the PMO" in read_text(answer)


async def test_forwarded_question_is_answered_in_its_thread(office: Office) -> None:
    answer = await ask(office.ada, UNKNOWN)
    await office.ada.click(answer, "Ask the PMO")
    word = await office.ada.wait_message("passed your question on to the PMO")
    assert (word["ephemeral"], word["thread_ts"]) == (True, answer["thread_ts"])
    card = await office.wei.wait_message("parking permit", channel=TRIAGE)
    assert "<@U01ADA> asked" in card["text"]

    await office.ben.click(answer, "Ask the PMO")
    assert "already has this question" in read_text(await office.ben.wait_message("already"))

    await office.wei.click(card, "Answer")
    view = await office.wei.wait_view("Answer a question")
    assert await office.wei.submit(view, {"answer": "Facilities give them out:\nhttps://example.org/permits."}) == {}
    shown = await office.ada.wait_message("Facilities give them out")
    assert shown["thread_ts"] == answer["thread_ts"]
    assert "<@U01ADA> Wei Chen from the PMO answered" in shown["text"]
    assert "https://example.org/permits" in [
        run.get("url") for block in shown["blocks"] for part in block["elements"] for run in part["elements"]
    ]
    changed = await office.wei.wait_message("Wei Chen answered", channel=TRIAGE)
    assert changed["ts"] == card["ts"]
    assert "Answer" not in [
        e["text"]["text"] for b in changed["blocks"] if b["type"] == "actions" for e in b["elements"]
    ]
    assert len([m for m in await office.wei.messages(TRIAGE) if "parking permit" in m["text"]]) == 1


async def test_private_question_is_answered_in_private(office: Office) -> None:
    await office.ada.command(f"/pmo {UNKNOWN}", channel="C07ASK")
    await office.ada.click(await office.ada.wait_message(DO_NOT_SAY), "Ask the PMO", channel="C07ASK")
    assert "in your direct messages" in read_text(await office.ada.wait_message("on to the PMO"))
    card = await office.wei.wait_message("parking permit", channel=TRIAGE)
    await office.wei.click(card, "Answer")
    await office.wei.submit(await office.wei.wait_view("Answer a question"), {"answer": "Ask the gate."})
    shown = await office.ada.wait_message("Ask the gate.")
    assert shown["channel"] == await office.ada.dm()


async def test_second_answer_is_rejected(office: Office) -> None:
    await office.ada.click(await ask(office.ada, UNKNOWN), "Ask the PMO")
    card = await office.wei.wait_message("parking permit", channel=TRIAGE)
    await office.wei.click(card, "Answer")
    await office.emeka.click(card, "Answer")
    mine, his = await office.wei.wait_view("Answer a question"), await office.emeka.wait_view("Answer a question")
    assert await office.wei.submit(mine, {"answer": "First."}) == {}
    await office.ada.wait_message("First.")
    errors = await office.emeka.submit(his, {"answer": "Second."})
    assert errors == {"answer": "Someone else has already answered this question. Your answer wasn't sent."}
    await office.emeka.click(card, "Answer")
    await office.emeka.wait_message("already answered this question")


async def test_only_the_pmo_can_answer(office: Office) -> None:
    await office.ada.click(await ask(office.ada, UNKNOWN), "Ask the PMO")
    card = await office.wei.wait_message("parking permit", channel=TRIAGE)
    await office.wei.command("/invite @Ben", channel=TRIAGE)
    await office.ben.click(card, "Answer", channel=TRIAGE)
    await office.ben.wait_message("Only the PMO can answer here.")
    assert office.ben.nothing_came("view_opened")


async def test_unhelpful_answer_can_go_to_the_pmo(office: Office) -> None:
    answer = await ask(office.ada, TROUBLE)
    await office.ada.click(answer, "question.feedback", "Helpful")
    assert (await office.ada.wait_message("Thanks!"))["ephemeral"]
    await office.ada.click(answer, "question.feedback", "Not helpful")
    offer = await office.ada.wait_message("Would you like someone from the PMO to answer?")
    assert offer["ephemeral"]
    await office.ada.click(offer, "Ask the PMO")
    card = await office.wei.wait_message("more than the handbook says", channel=TRIAGE)
    assert TROUBLE in card["text"]


async def test_only_new_messages_by_people_are_answered(office: Office) -> None:
    channel = await office.ada.dm()
    base = {"type": "message", "channel": channel, "channel_type": "im", "ts": "1789376400.000100", "user": "U01ADA"}
    mention = {"type": "app_mention", "channel": "C07ASK", "ts": "1789376400.000200", "text": "<@U00PMOBOT> who?"}
    for event in (
        base | {"subtype": "message_changed", "message": {"text": TROUBLE}},
        base | {"subtype": "message_deleted"},
        base | {"subtype": "channel_join", "text": TROUBLE},
        base | {"bot_id": "B99", "text": TROUBLE},
        mention | {"bot_id": "B99", "user": "U99"},
    ):
        await office.workspace.send_event(event)
    await ask(office.ada, TROUBLE)
    await office.workspace.wait_quiet()
    await ask(office.ada, "how long does a health check take?")
    assert len(await office.workspace.calls("chat.postMessage")) == 2


async def test_repeated_event_is_answered_once(office: Office) -> None:
    posted = await office.ada.post("C07ASK", TROUBLE)
    event = {"type": "app_mention", "channel": "C07ASK", "ts": posted, "user": "U01ADA", "text": TROUBLE}
    await office.workspace.send_event(event, times=3, same_id=True)
    await ask(office.ada, "how long does a health check take?")
    assert len(await office.workspace.calls("chat.postMessage")) == 2


@pytest.mark.parametrize(
    "question",
    [
        "what is the status of pressure management?",
        "How is the smart metering project going?",
        "is Storm overflow screens and tanks on track?",
        "is metering on track?",
    ],
)
async def test_project_status_is_shown_only_to_asker(office: Office, question: str) -> None:
    await office.ben.post("C07ASK", f"@PMO Assistant {question}")
    shown = await office.ben.wait_message("Figures:")
    assert shown["ephemeral"]
    assert office.ada.nothing_came("ephemeral")


async def test_owner_is_named_to_those_who_may_see_the_project(office: Office) -> None:
    said = "*Wei Chen* owns *One register of pipes and pumps*. Sponsor: Farah Haddad."
    await office.ben.post("C07ASK", "@PMO Assistant who owns the asset register project?")
    assert "ephemeral" not in await office.ben.wait_message(said)
    await office.ada.wait_message(said)

    await office.dana.post("C07ASK", "@PMO Assistant who owns the Depot Moves project?")
    shown = await office.dana.wait_message("owns *Depot moves*")
    assert shown["ephemeral"]
    assert "Depot moves" not in read_text(await office.ada.wait_message("Answered privately."))


async def test_confidential_project_stays_unknown_to_others(office: Office) -> None:
    question = "what is the status of Depot moves?"
    assert "Figures:" not in read_text(await ask(office.ada, question))
    await office.dana.command(f"/pmo {question}", channel="C07ASK")
    await office.dana.wait_message("Three sites chosen")


async def test_request_status_is_shown_to_asker(office: Office) -> None:
    await service_desk.request_service(office, office.ben)
    await office.ben.post("C07ASK", "@PMO Assistant where is my request PMO-1?")
    shown = await office.ben.wait_message("Waiting for triage", channel="C07ASK")
    assert shown["ephemeral"]
    for question in ("where is pmo 1?", "what is the status of request #1"):
        await office.ben.command(f"/pmo {question}", channel="C02PROJECTS")
        await office.ben.wait_message("Waiting for triage", channel="C02PROJECTS")
    channel = await office.ben.dm()
    await office.ben.post(channel, "when will my request be delivered?")
    await office.ben.wait_message("Your open requests", channel=channel)
    await office.ben.open_home()
    home = await office.ben.wait_home(lambda view: "when will my request be delivered?" in read_text(view))
    await office.ben.click(home, "Show")
    assert "I showed you the status at that time." in read_text(await office.ben.wait_view("Your question"))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which projects are red?", "2 projects are red:"),
        ("are any projects in trouble at the moment?", "3 projects are amber or red:"),
        ("show me all projects that are green", "2 projects are green:"),
        ("what late projects do we have?", "3 projects are behind:"),
        ("what is leakage now?", "Ml a day"),
        ("what is the current level of average zone pressure?", "2.9 bar, target 2 to 3.5"),
    ],
)
async def test_projects_in_state_and_metrics_are_shown(office: Office, question: str, expected: str) -> None:
    await office.ada.post("C07ASK", f"@PMO Assistant {question}")
    shown = await office.ada.wait_message(expected)
    assert "ephemeral" not in shown  # everybody there may see it
    assert "Depot" not in read_text(shown)
    assert "depots" not in read_text(shown)


async def test_empty_state_is_reported(office: Office) -> None:
    await office.ada.post("C07ASK", "@PMO Assistant are any objectives green?")
    shown = await office.ada.wait_message("No objective you can see is green. `/pmo-strategy` shows them all.")
    assert "ephemeral" not in shown


@pytest.mark.parametrize("question", ["show me all open requests", "which requests are still open?"])
async def test_open_requests_are_own_or_all_for_pmo(office: Office, question: str) -> None:
    await service_desk.request_service(office, office.ben)
    for person, title in ((office.ben, "Your open requests"), (office.wei, "Waiting for triage or approval")):
        await person.command(f"/pmo {question}", channel="C02PROJECTS")
        assert "PMO-1" in read_text(await person.wait_message(title, channel="C02PROJECTS"))
    await office.ada.command(f"/pmo {question}", channel="C02PROJECTS")
    assert "PMO-1" not in read_text(await office.ada.wait_message("Your open requests", channel="C02PROJECTS"))


async def test_own_service_is_found_by_name(office: Office) -> None:
    question = "where is my health check?"
    assert "Your open requests" not in read_text(await ask(office.ben, question))
    await service_desk.request_service(office, office.ben)
    await office.ben.command(f"/pmo {question}", channel="C02PROJECTS")
    assert "PMO-1" in read_text(await office.ben.wait_message("Your open requests", channel="C02PROJECTS"))


async def test_unknown_request_is_reported(office: Office) -> None:
    await office.ada.post("C07ASK", "@PMO Assistant how far is PMO-41?")
    shown = await office.ada.wait_message("I can't find PMO-41 among the requests you can see. Check the number.")
    assert shown["ephemeral"]


@pytest.mark.parametrize(
    "question",
    [
        "who owns the risk register?",
        "is a project late?",
        "when is a project red?",
        "what is a change request now?",
        "which projects need a steering committee?",
    ],
)
async def test_questions_about_method_go_to_handbook(office: Office, question: str) -> None:
    assert "edition 1.0" in read_text(await ask(office.ada, question))


async def test_follow_up_in_thread_uses_anyones_question(office: Office) -> None:
    first = await ask(office.ada, "How long does a health check take?")
    thread = first["thread_ts"]
    await office.ben.post("C07ASK", "@PMO Assistant and who carries it out?", thread_ts=thread)
    answer = await office.ben.wait_message("Following up on “How long does a health check take?”")
    assert answer["thread_ts"] == thread
    assert "health check" in read_text(answer).lower()


async def test_follow_up_in_direct_messages_uses_previous_question(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, "How do I request a risk workshop?")
    await office.ada.wait_message("edition 1.0", channel=channel)
    await office.ada.post(channel, "and how long does it take?")
    answer = await office.ada.wait_message("Following up on “How do I request a risk workshop?”", channel=channel)
    assert "Risk" in read_text(answer)


async def test_private_questions_are_never_followed_up_in_public(office: Office) -> None:
    await office.ada.command("/pmo who signs the project charter?", channel="C07ASK")
    await office.ada.wait_message("edition 1.0")
    for person in (office.ada, office.ben):
        assert "Following up on" not in read_text(await ask(person, "and who signs it?"))
    await office.ben.command("/pmo and who signs it?", channel="C07ASK")
    assert "Following up on" not in read_text(await office.ben.wait_message(lambda message: message.get("ephemeral")))


async def test_question_after_an_hour_is_no_follow_up(office: Office) -> None:
    await ask(office.ada, "who signs the project charter?")
    office.clock.forward(minutes=61)
    assert "Following up on" not in read_text(await ask(office.ada, "and who signs it?"))
