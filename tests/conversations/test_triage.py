"""The PMO's side of a request: triage, approval and work. Both sides see every step."""

import asyncio
import json

import pytest

from tests.conversations.conftest import Office
from tests.conversations.service_desk import (
    DELIVERY,
    TRIAGE,
    is_card,
    is_notice,
    list_buttons,
    list_checklist_items,
    perform_action,
    request_service,
    start_work,
    wait_own_card,
    wait_triage_card,
)
from tests.workspace import filling

SECRET = "Closing the Hartwell depot"


async def test_answer_returns_request_to_triage(office: Office) -> None:
    await request_service(office, office.ben)
    assert (
        await perform_action(
            office.wei, await wait_triage_card(office.wei), "Ask the requester", comment="Which reservoir?"
        )
        == {}
    )
    waiting = await wait_own_card(office.ben, 1, "Waiting for your answer", "Which reservoir?")
    called = await office.ben.wait_message(is_notice(1, "Wei Chen", "asked a question", "Which reservoir?"))
    assert called["text"].startswith("<@U02BEN>")
    assert list_buttons(waiting)[0] == "Answer"
    assert await perform_action(office.ben, waiting, "Answer", comment="The western one.") == {}
    await office.wei.wait_message(is_notice(1, "answered", "The western one."), channel=TRIAGE)
    await wait_triage_card(office.wei, 1, "Waiting for triage")


@pytest.mark.parametrize(("deadline", "is_late"), [("2026-09-18", True), ("2026-12-18", False)])
async def test_due_date_after_legal_deadline_is_flagged(office: Office, deadline: str, is_late: bool) -> None:
    await request_service(office, office.ben, "regulatory-compliance", deadline=deadline)
    await office.wei.click(await wait_triage_card(office.wei), "Accept")
    accepted = await wait_own_card(office.ben, 1, "delivery due")
    assert ("after the legal deadline, 18 September 2026" in json.dumps(accepted)) is is_late


async def test_declining_needs_a_reason(office: Office) -> None:
    await request_service(office, office.ben)
    await office.wei.click(await wait_triage_card(office.wei), "Decline")
    view = await office.wei.wait_view("request.act")
    assert await office.wei.submit(view, {"reason": "  "}) == {"reason": "Please complete this required field."}
    assert await office.wei.submit(view, {"reason": "The board has one under way."}) == {}
    declined = await wait_own_card(office.ben, 1, "Declined", "The board has one under way.")
    assert list_buttons(declined) == ["Comment", "Open…"]
    await wait_triage_card(office.wei, 1, "Declined")


async def test_assignee_gets_a_card(office: Office) -> None:
    await request_service(office, office.ben)
    await office.wei.click(await wait_triage_card(office.wei), "Accept")
    queued = await wait_triage_card(office.wei, 1, "In the queue")
    assert await perform_action(office.wei, queued, "Assign", assignee="U05EMEKA", comment="You know the site.") == {}
    theirs = await wait_own_card(
        office.emeka, 1, "In progress, assigned to you", "Assigned to you · requested by Ben Castellanos"
    )
    await wait_own_card(office.ben, 1, "In progress, assigned to Emeka Adeyemi")
    assert "Reassign" not in list_buttons(theirs)  # only triage can assign it, where the other people are visible
    assert (
        await perform_action(
            office.emeka, await wait_triage_card(office.emeka, 1, "In progress"), "Reassign", assignee="U03WEI"
        )
        == {}
    )
    await wait_own_card(office.wei, 1, "In progress, assigned to you")
    await office.emeka.wait_message(lambda message: is_card(1)(message) and list_buttons(message) == ["Open…"])


async def test_approver_asks_for_changes_then_approves(office: Office) -> None:
    await request_service(office, office.ben, "framework-development")
    await office.wei.click(await wait_triage_card(office.wei), "Accept")
    await wait_triage_card(office.wei, 1, "Waiting for approval")
    asked = await wait_own_card(office.emeka, 1, "Waiting for your approval")
    assert await perform_action(office.emeka, asked, "Ask for changes", comment="Name the adopters.") == {}

    mine_now = await wait_own_card(office.ben, 1, "Waiting for your changes", "Name the adopters.")
    await office.ben.click(mine_now, "Change and resubmit")
    view = await office.ben.wait_view("request.resubmit")
    assert await office.ben.submit(view, {"detail": "One way of working. Adopters: field crews."}) == {}

    again = await wait_own_card(office.emeka, 1, "Waiting for your approval", "Adopters: field crews.")
    await office.emeka.click(again, "Approve")
    await wait_own_card(office.ben, 1, "In the queue")
    await office.wei.wait_message(is_notice(1, "Emeka Adeyemi", "approved it"), channel=TRIAGE)


async def test_question_pauses_the_delivery_clock(office: Office) -> None:
    _, work = await start_work(office)
    assert "delivery due" in filling.read_text(work)
    assert await perform_action(office.wei, work, "Ask the requester", comment="May we talk to the supplier?") == {}
    waiting = await wait_own_card(office.ben, 1, "Waiting for your reply")
    held = await wait_own_card(office.wei, 1, "Waiting for the requester's reply")
    assert "delivery due" not in filling.read_text(held)
    office.clock.forward(days=7)
    assert await perform_action(office.ben, waiting, "Reply", comment="Yes, on Tuesdays.") == {}
    again = await wait_own_card(office.wei, 1, "In progress, assigned to you")
    assert "5 October 2026" in filling.read_text(again)  # 28 September, and the week of waiting


async def test_hold_is_reviewed_on_its_date(office: Office) -> None:
    _, work = await start_work(office)
    given = {"reason": "The site is flooded.", "review_on": "2026-09-13"}
    await office.wei.click(work, "Put on hold")
    view = await office.wei.wait_view("request.act")
    assert list(await office.wei.submit(view, given)) == ["review_on"]
    assert await office.wei.submit(view, given | {"review_on": "2026-09-21"}) == {}
    await wait_own_card(office.ben, 1, "On hold", "Reason for the hold:", "The site is flooded.")
    held = await wait_own_card(office.wei, 1, "On hold")
    office.clock.forward(days=7)
    await office.wei.wait_message("its review is due today")
    await office.wei.click(held, "Resume")
    await wait_own_card(office.ben, 1, "In progress")


async def test_hold_suggests_a_working_day(office: Office) -> None:
    _, work = await start_work(office)
    office.clock.forward(days=5)  # Saturday
    await office.wei.click(work, "Put on hold")
    view = await office.wei.wait_view("request.act")
    assert filling.find_element(view, "act.review_on")[1]["initial_date"] == "2026-09-28"


async def test_delivery_needs_the_whole_checklist(office: Office) -> None:
    _, work = await start_work(office)
    await office.wei.click(work, "Deliver")
    view = await office.wei.wait_view("request.act")
    assert list(await office.wei.submit(view, DELIVERY)) == ["checklist"]
    assert list(await office.wei.submit(view, DELIVERY | {"checklist": ["rated"]})) == ["checklist"]
    assert await office.wei.submit(view, DELIVERY | {"checklist": await list_checklist_items(office)}) == {}
    await wait_own_card(office.ben, 1, "Delivered. Is it what you need?")


async def test_only_one_of_two_claims_wins(office: Office) -> None:
    await request_service(office, office.ben)
    await office.wei.click(await wait_triage_card(office.wei), "Accept")
    theirs = [await wait_triage_card(person, 1, "In the queue") for person in (office.wei, office.emeka)]
    await asyncio.gather(office.wei.click(theirs[0], "Claim"), office.emeka.click(theirs[1], "Claim"))
    holder = (await wait_own_card(office.ben, 1, "In progress, assigned to "))["text"]
    late = office.emeka if "Wei Chen" in holder else office.wei
    refused = await late.wait_message("so you can't claim it now")
    assert refused["ephemeral"]


async def test_forged_button_is_refused(office: Office) -> None:
    own = await request_service(office, office.ben)
    forged = json.loads(json.dumps(own).replace("request.withdraw", "request.accept"))
    await office.ben.click(forged, "request.accept", value="1", channel=await office.ben.dm())
    refused = await office.ben.wait_message("Only PMO staff can accept it. Ask them, or comment on PMO-1.")
    assert refused["ephemeral"]
    await office.wei.click(await wait_triage_card(office.wei, 1, "Waiting for triage"), "Accept")
    await wait_triage_card(office.wei, 1, "In the queue")


async def test_duplicate_needs_an_existing_other_request(office: Office) -> None:
    await request_service(office, office.ben)
    await request_service(office, office.farah, number=2)
    triage = await wait_triage_card(office.wei, 2)
    await office.wei.click(triage, "Mark as duplicate")
    view = await office.wei.wait_view("request.act")
    for wrong in ("the first one", "PMO-99", "PMO-2"):
        assert list(await office.wei.submit(view, {"duplicate_of": wrong})) == ["duplicate_of"]
    assert await office.wei.submit(view, {"duplicate_of": "pmo-1"}) == {}
    await office.farah.wait_message(is_notice(2, "marked it as a duplicate of PMO-1"))


async def test_confidential_request_stays_out_of_the_channel(office: Office) -> None:
    await request_service(office, office.ben, title=SECRET, confidential="yes", watchers=["U06FARAH"])
    await wait_own_card(office.farah, 1, SECRET)
    for person in (office.ada, office.dana):
        await person.command("/pmo-requests PMO-1")
        refused = await person.wait_message("PMO-1")
        assert SECRET not in json.dumps(refused)
    await office.wei.wait_message(lambda message: "Confidential request" in filling.read_text(message), channel=TRIAGE)
    assert SECRET not in json.dumps(await office.wei.messages(TRIAGE))
    await office.wei.command("/pmo-requests PMO-1")
    assert SECRET in filling.read_text(await office.wei.wait_message("PMO-1"))


async def test_only_the_pmo_sees_queue_and_figures(office: Office) -> None:
    await request_service(office, office.ben)
    lists = {
        "triage": "New requests to triage",
        "open": "In progress",
        "figures": "Open now: 1 request (1 for up to 5 business days).",
    }
    for typed, wanted in lists.items():
        await office.wei.command(f"/pmo-requests {typed}")
        await office.wei.wait_message(wanted)
        await office.ben.command(f"/pmo-requests {typed}")
        await office.ben.wait_message("Only PMO staff can see this list.")
    await office.wei.click(await wait_triage_card(office.wei), "Accept")
    await wait_triage_card(office.wei, 1, "In the queue")
    await office.wei.command("/pmo-requests queue")
    await office.wei.wait_message(lambda message: message.get("ephemeral") and "PMO-1" in filling.read_text(message))


async def test_priority_changes_the_due_date(office: Office) -> None:
    await request_service(office, office.ben)
    await office.wei.click(await wait_triage_card(office.wei), "Accept")
    queued = await wait_triage_card(office.wei, 1, "In the queue", "28 September 2026")
    assert await perform_action(office.wei, queued, "Change priority", priority="expedite") == {}
    await wait_own_card(office.ben, 1, "In the queue", "21 September 2026")


async def test_thread_reply_answers_the_open_question(office: Office) -> None:
    await request_service(office, office.ben)
    await perform_action(
        office.wei, await wait_triage_card(office.wei), "Ask the requester", comment="Who is the sponsor?"
    )
    waiting = await wait_own_card(office.ben, 1, "Waiting for your answer", "Who is the sponsor?")
    await office.ben.post(await office.ben.dm(), "The sponsor is Dana, she pays.", thread_ts=waiting["ts"])
    await office.ben.wait_message("I've passed your answer on to the PMO. The request is back in triage.")
    await office.wei.wait_message(is_notice(1, "answered", "The sponsor is Dana, she pays."), channel=TRIAGE)
    await wait_triage_card(office.wei, 1, "Waiting for triage")


async def test_thread_reply_resumes_work_then_comments(office: Office) -> None:
    _, work = await start_work(office)
    await perform_action(office.wei, work, "Ask the requester", comment="Where is the register?")
    waiting = await wait_own_card(office.ben, 1, "Waiting for your reply")
    channel = await office.ben.dm()
    await office.ben.post(channel, "On the shared drive.", thread_ts=waiting["ts"])
    await office.wei.wait_message(is_notice(1, "replied", "On the shared drive."))
    await office.ben.post(channel, "What a nice team!", thread_ts=waiting["ts"])
    await office.wei.wait_message(is_notice(1, "commented", "What a nice team!"))
    await office.ben.post(channel, "@PMO Assistant how long does a health check take?", thread_ts=waiting["ts"])
    await office.ben.wait_message("edition 1.0", channel=channel)
