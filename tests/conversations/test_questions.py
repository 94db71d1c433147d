"""Somebody asks, the handbook answers; what it does not say goes to a person."""

from typing import Any

import pytest

from tests.conversations import service_desk
from tests.conversations.conftest import Office
from tests.workspace.filling import words
from tests.workspace.running import Visitor

TROUBLE = "how do I know whether my project is in trouble?"
UNKNOWN = "how do I get a parking permit for the depot?"
DO_NOT_SAY = "The handbook does not say."
TRIAGE = "C03TRIAGE"


async def ask(person: Visitor, question: str, channel: str = "C07ASK") -> dict[str, Any]:
    """Mention the bot and wait for its answer in the thread."""
    asked = await person.post(channel, f"@PMO Assistant {question}")
    return await person.wait_message(lambda message: message.get("thread_ts") == asked and message.get("bot_id"))


async def test_a_mention_is_answered_in_its_thread_with_the_place_in_the_handbook(office: Office) -> None:
    answer = await ask(office.ada, TROUBLE)
    assert "trouble › " in words(answer) or "health checks › " in words(answer)
    assert "edition 1.0" in words(answer)


async def test_a_direct_message_is_answered_without_a_thread(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, TROUBLE)
    answer = await office.ada.wait_message("edition 1.0", channel=channel)
    assert "thread_ts" not in answer


@pytest.mark.parametrize("command", ["/pmo", "/pmo ask", "/pmo ASK"])
async def test_the_command_answers_only_the_one_who_asked(office: Office, command: str) -> None:
    await office.ada.command(f"{command} {TROUBLE}", channel="C02PROJECTS")
    answer = await office.ada.wait_message("edition 1.0", channel="C02PROJECTS")
    assert answer["ephemeral"]
    assert office.ben.nothing_came("message", "ephemeral")


async def test_the_command_answers_where_the_bot_is_no_member(office: Office) -> None:
    await office.ada.command("/remove @PMO Assistant", channel="C02PROJECTS")
    await office.ada.command(f"/pmo {TROUBLE}", channel="C02PROJECTS")
    await office.ada.wait_message("edition 1.0", channel="C02PROJECTS")


async def test_the_section_behind_an_answer_opens_with_one_click(office: Office) -> None:
    answer = await ask(office.ada, "how long does a health check take?")
    await office.ben.wait_message("edition 1.0")
    await office.ben.click(answer, "Read the section")
    view = await office.ben.wait_view("From the handbook")
    assert view["blocks"][0]["text"]["text"] == "How long a health check takes"
    assert "the reviewer waits for documents" in words(view)
    assert "owner Wei Chen" in words(view)


async def test_an_answer_leads_to_the_service_that_fits(office: Office) -> None:
    answer = await ask(office.ada, "how long does a health check take?")
    offered = [
        (element["action_id"], element["value"], block["block_id"].split(":")[0])
        for block in answer["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert offered == [("request.open.health-check", "health-check", "asked")]


async def test_what_the_handbook_does_not_say_it_says_kindly_with_the_nearest_sections(office: Office) -> None:
    answer = await ask(office.ada, UNKNOWN)
    assert answer["text"].startswith(DO_NOT_SAY)
    assert "Ask the PMO" in words(answer)


async def test_a_question_goes_to_the_pmo_once_and_its_answer_comes_back_to_the_thread(office: Office) -> None:
    answer = await ask(office.ada, UNKNOWN)
    await office.ada.click(answer, "Ask the PMO")
    word = await office.ada.wait_message("Your question is with the PMO")
    assert (word["ephemeral"], word["thread_ts"]) == (True, answer["thread_ts"])
    card = await office.wei.wait_message("parking permit", channel=TRIAGE)
    assert "<@U01ADA> asks" in card["text"]

    await office.ben.click(answer, "Ask the PMO")
    assert "has this question already" in words(await office.ben.wait_message("already"))

    await office.wei.click(card, "Answer")
    view = await office.wei.wait_view("Answer a question")
    assert await office.wei.submit(view, {"answer": "Facilities give them out:\nhttps://example.org/permits."}) == {}
    told = await office.ada.wait_message("Facilities give them out")
    assert told["thread_ts"] == answer["thread_ts"]
    assert "<@U01ADA> Wei Chen of the PMO answers" in told["text"]
    assert "https://example.org/permits" in [
        run.get("url") for block in told["blocks"] for part in block["elements"] for run in part["elements"]
    ]
    changed = await office.wei.wait_message("has answered", channel=TRIAGE)
    assert changed["ts"] == card["ts"]
    assert "Answer" not in [
        e["text"]["text"] for b in changed["blocks"] if b["type"] == "actions" for e in b["elements"]
    ]
    assert len([m for m in await office.wei.messages(TRIAGE) if "parking permit" in m["text"]]) == 1


async def test_what_was_asked_in_private_is_answered_in_private(office: Office) -> None:
    await office.ada.command(f"/pmo {UNKNOWN}", channel="C07ASK")
    await office.ada.click(await office.ada.wait_message(DO_NOT_SAY), "Ask the PMO", channel="C07ASK")
    assert "in your direct messages" in words(await office.ada.wait_message("with the PMO"))
    card = await office.wei.wait_message("parking permit", channel=TRIAGE)
    await office.wei.click(card, "Answer")
    await office.wei.submit(await office.wei.wait_view("Answer a question"), {"answer": "Ask the gate."})
    told = await office.ada.wait_message("Ask the gate.")
    assert told["channel"] == await office.ada.dm()


async def test_two_people_of_the_pmo_cannot_both_answer(office: Office) -> None:
    await office.ada.click(await ask(office.ada, UNKNOWN), "Ask the PMO")
    card = await office.wei.wait_message("parking permit", channel=TRIAGE)
    await office.wei.click(card, "Answer")
    await office.emeka.click(card, "Answer")
    mine, his = await office.wei.wait_view("Answer a question"), await office.emeka.wait_view("Answer a question")
    assert await office.wei.submit(mine, {"answer": "First."}) == {}
    await office.ada.wait_message("First.")
    errors = await office.emeka.submit(his, {"answer": "Second."})
    assert errors == {"answer": "Somebody else has answered this question already. Nothing was sent."}
    await office.emeka.click(card, "Answer")
    await office.emeka.wait_message("has answered this question already")


async def test_only_people_of_the_pmo_answer(office: Office) -> None:
    await office.ada.click(await ask(office.ada, UNKNOWN), "Ask the PMO")
    card = await office.wei.wait_message("parking permit", channel=TRIAGE)
    await office.wei.command("/invite @Ben", channel=TRIAGE)
    await office.ben.click(card, "Answer", channel=TRIAGE)
    await office.ben.wait_message("Only people of the PMO answer questions here.")
    assert office.ben.nothing_came("view_opened")


async def test_feedback_is_taken_and_an_unhelpful_answer_can_go_to_the_pmo(office: Office) -> None:
    answer = await ask(office.ada, TROUBLE)
    await office.ada.click(answer, "question.feedback", "Helpful")
    assert (await office.ada.wait_message("Thank you."))["ephemeral"]
    await office.ada.click(answer, "question.feedback", "Not helpful")
    offer = await office.ada.wait_message("Would you like a person of the PMO to answer?")
    assert offer["ephemeral"]
    await office.ada.click(offer, "Ask the PMO")
    card = await office.wei.wait_message("the handbook is not enough", channel=TRIAGE)
    assert TROUBLE in card["text"]


async def test_edits_deletions_bots_and_replies_without_a_mention_are_no_questions(office: Office) -> None:
    channel = await office.ada.dm()
    base = {"type": "message", "channel": channel, "channel_type": "im", "ts": "1789376400.000100", "user": "U01ADA"}
    mention = {"type": "app_mention", "channel": "C07ASK", "ts": "1789376400.000200", "text": "<@U00PMOBOT> who?"}
    for event in (
        base | {"subtype": "message_changed", "message": {"text": TROUBLE}},
        base | {"subtype": "message_deleted"},
        base | {"subtype": "channel_join", "text": TROUBLE},
        base | {"bot_id": "B99", "text": TROUBLE},
        mention | {"bot_id": "B99", "user": "U99"},
        mention | {"user": "U01ADA", "edited": {"ts": "1"}},
    ):
        await office.workspace.send_event(event)
    answer = await ask(office.ada, TROUBLE)
    await office.ada.post("C07ASK", "And what does that mean?", thread_ts=answer["thread_ts"])
    await office.workspace.wait_quiet()
    await ask(office.ada, "how long does a health check take?")
    assert len(await office.workspace.calls("chat.postMessage")) == 2


async def test_the_same_event_delivered_twice_is_answered_once(office: Office) -> None:
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
        "who owns the asset register project?",
        "is metering on track?",
    ],
)
async def test_how_a_project_stands_is_told_from_the_strategy_to_the_asker_alone(office: Office, question: str) -> None:
    await office.ben.post("C07ASK", f"@PMO Assistant {question}")
    told = await office.ben.wait_message("Figures:")
    assert told["ephemeral"]
    assert office.ada.nothing_came("ephemeral")


async def test_a_project_that_somebody_may_not_know_of_is_a_question_like_any_other(office: Office) -> None:
    question = "what is the status of Depot moves?"
    assert "Figures:" not in words(await ask(office.ada, question))
    await office.dana.command(f"/pmo {question}", channel="C07ASK")
    await office.dana.wait_message("Three sites chosen")


async def test_where_a_request_stands_is_told_from_the_request(office: Office) -> None:
    await service_desk.ask(office, office.ben)
    await office.ben.post("C07ASK", "@PMO Assistant where is my request PMO-1?")
    told = await office.ben.wait_message("Waiting for triage", channel="C07ASK")
    assert told["ephemeral"]
    for question in ("where is pmo 1?", "what is the status of request #1"):
        await office.ben.command(f"/pmo {question}", channel="C02PROJECTS")
        await office.ben.wait_message("Waiting for triage", channel="C02PROJECTS")
    channel = await office.ben.dm()
    await office.ben.post(channel, "when will my request be delivered?")
    await office.ben.wait_message("Your open requests", channel=channel)
    await office.ben.open_home()
    home = await office.ben.wait_home(lambda view: "when will my request be delivered?" in words(view))
    await office.ben.click(home, "Show")
    assert "I showed you the status at that time." in words(await office.ben.wait_view("Your question"))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("which projects are red?", "2 projects are red:"),
        ("are any projects in trouble at the moment?", "3 projects are amber or red:"),
        ("show me all projects that are green", "2 projects are green:"),
        ("what late projects do we have?", "3 projects are behind:"),
        ("what is leakage now?", "Ml a day"),
        ("what is the current level of average zone pressure?", "2.9 bar, to stay between 2 and 3.5"),
    ],
)
async def test_all_that_are_in_a_state_and_measures_are_told_from_the_strategy(
    office: Office, question: str, told: str
) -> None:
    await office.ada.post("C07ASK", f"@PMO Assistant {question}")
    shown = await office.ada.wait_message(told)
    assert shown["ephemeral"]
    assert "Depot" not in words(shown)
    assert "depots" not in words(shown)


async def test_where_nothing_is_in_the_state_that_is_said(office: Office) -> None:
    await office.ada.post("C07ASK", "@PMO Assistant are any objectives green?")
    told = await office.ada.wait_message("No objective that you can see is green. `/pmo-strategy` shows all of them.")
    assert told["ephemeral"]


@pytest.mark.parametrize("question", ["show me all open requests", "which requests are still open?"])
async def test_open_requests_are_the_asker_s_own_and_all_of_them_for_the_pmo(office: Office, question: str) -> None:
    await service_desk.ask(office, office.ben)
    for person, title in ((office.ben, "Your open requests"), (office.wei, "Waiting for triage or approval")):
        await person.command(f"/pmo {question}", channel="C02PROJECTS")
        assert "PMO-1" in words(await person.wait_message(title, channel="C02PROJECTS"))
    await office.ada.command(f"/pmo {question}", channel="C02PROJECTS")
    assert "PMO-1" not in words(await office.ada.wait_message("Your open requests", channel="C02PROJECTS"))


async def test_a_service_that_somebody_has_asked_for_is_known_by_its_name(office: Office) -> None:
    question = "where is my health check?"
    assert "Your open requests" not in words(await ask(office.ben, question))
    await service_desk.ask(office, office.ben)
    await office.ben.command(f"/pmo {question}", channel="C02PROJECTS")
    assert "PMO-1" in words(await office.ben.wait_message("Your open requests", channel="C02PROJECTS"))


async def test_a_request_that_is_not_there_is_told_so(office: Office) -> None:
    await office.ada.post("C07ASK", "@PMO Assistant how far is PMO-41?")
    told = await office.ada.wait_message("There is no request PMO-41 that you can see. Check its number.")
    assert told["ephemeral"]


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
async def test_questions_of_method_go_to_the_handbook(office: Office, question: str) -> None:
    assert "edition 1.0" in words(await ask(office.ada, question))


async def test_a_question_in_a_thread_is_read_with_the_one_before_it_whoever_asked(office: Office) -> None:
    first = await ask(office.ada, "How long does a health check take?")
    thread = first["thread_ts"]
    await office.ben.post("C07ASK", "@PMO Assistant and who carries it out?", thread_ts=thread)
    answer = await office.ben.wait_message("Read with “How long does a health check take?”")
    assert answer["thread_ts"] == thread
    assert "health check" in words(answer).lower()


async def test_a_question_in_a_conversation_is_read_with_the_one_before_it(office: Office) -> None:
    channel = await office.ada.dm()
    await office.ada.post(channel, "How do I request a risk workshop?")
    await office.ada.wait_message("edition 1.0", channel=channel)
    await office.ada.post(channel, "and how long does it take?")
    answer = await office.ada.wait_message("Read with “How do I request a risk workshop?”", channel=channel)
    assert "Risk" in words(answer)


async def test_what_was_asked_in_private_is_not_taken_up_in_public_nor_by_others(office: Office) -> None:
    await office.ada.command("/pmo who signs the project charter?", channel="C07ASK")
    await office.ada.wait_message("edition 1.0")
    for person in (office.ada, office.ben):
        assert "Read with" not in words(await ask(person, "and who signs it?"))
    await office.ben.command("/pmo and who signs it?", channel="C07ASK")
    assert "Read with" not in words(await office.ben.wait_message(lambda message: message.get("ephemeral")))


async def test_what_was_asked_an_hour_ago_is_another_conversation(office: Office) -> None:
    await ask(office.ada, "who signs the project charter?")
    office.clock.forward(minutes=61)
    assert "Read with" not in words(await ask(office.ada, "and who signs it?"))
