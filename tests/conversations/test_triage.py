"""The PMO's side of a request: triaged, approved, worked on, and both sides see each step."""

import asyncio
import json

import pytest

from tests.conversations.conftest import Office
from tests.conversations.service_desk import (
    DELIVERY,
    TRIAGE,
    act,
    ask,
    buttons,
    card,
    checklist,
    in_triage,
    in_work,
    mine,
    told,
)
from tests.workspace import filling

SECRET = "Closing the Hartwell depot"


async def test_the_pmo_asks_and_the_answer_brings_it_back_to_triage(office: Office) -> None:
    await ask(office, office.ben)
    assert await act(office.wei, await in_triage(office.wei), "Ask the requester", comment="Which reservoir?") == {}
    waiting = await mine(office.ben, 1, "Waiting for your answer", "Which reservoir?")
    called = await office.ben.wait_message(told(1, "Wei Chen", "asked a question", "Which reservoir?"))
    assert called["text"].startswith("<@U02BEN>")
    assert buttons(waiting)[0] == "Answer"
    assert await act(office.ben, waiting, "Answer", comment="The western one.") == {}
    await office.wei.wait_message(told(1, "answered", "The western one."), channel=TRIAGE)
    await in_triage(office.wei, 1, "Waiting for triage")


@pytest.mark.parametrize(("deadline", "is_late"), [("2026-09-18", True), ("2026-12-18", False)])
async def test_a_promise_that_comes_after_the_date_set_by_law_says_so(
    office: Office, deadline: str, is_late: bool
) -> None:
    await ask(office, office.ben, "regulatory-compliance", deadline=deadline)
    await office.wei.click(await in_triage(office.wei), "Accept")
    accepted = await mine(office.ben, 1, "delivery due")
    assert ("after the legal deadline, 18 September 2026" in json.dumps(accepted)) is is_late


async def test_a_request_is_declined_with_a_reason_and_never_without(office: Office) -> None:
    await ask(office, office.ben)
    await office.wei.click(await in_triage(office.wei), "Decline")
    view = await office.wei.wait_view("request.act")
    assert await office.wei.submit(view, {"reason": "  "}) == {"reason": "Please complete this required field."}
    assert await office.wei.submit(view, {"reason": "The board has one under way."}) == {}
    declined = await mine(office.ben, 1, "Declined", "The board has one under way.")
    assert buttons(declined) == ["Comment", "Open…"]
    await in_triage(office.wei, 1, "Declined")


async def test_it_is_given_to_a_colleague_who_finds_it_in_their_messages(office: Office) -> None:
    await ask(office, office.ben)
    await office.wei.click(await in_triage(office.wei), "Accept")
    queued = await in_triage(office.wei, 1, "In the queue")
    assert await act(office.wei, queued, "Assign", assignee="U05EMEKA", comment="You know the site.") == {}
    theirs = await mine(
        office.emeka, 1, "In progress, assigned to you", "Assigned to you · requested by Ben Castellanos"
    )
    await mine(office.ben, 1, "In progress, assigned to Emeka Adeyemi")
    assert "Reassign" not in buttons(theirs)  # that is for triage, where it can be seen who else there is
    assert await act(office.emeka, await in_triage(office.emeka, 1, "In progress"), "Reassign", assignee="U03WEI") == {}
    await mine(office.wei, 1, "In progress, assigned to you")
    await office.emeka.wait_message(lambda message: card(1)(message) and buttons(message) == ["Open…"])


async def test_a_framework_waits_for_an_approver_who_may_ask_for_changes(office: Office) -> None:
    await ask(office, office.ben, "framework-development")
    await office.wei.click(await in_triage(office.wei), "Accept")
    await in_triage(office.wei, 1, "Waiting for approval")
    asked = await mine(office.emeka, 1, "Waiting for your approval")
    assert await act(office.emeka, asked, "Ask for changes", comment="Name the adopters.") == {}

    mine_now = await mine(office.ben, 1, "Waiting for your changes", "Name the adopters.")
    await office.ben.click(mine_now, "Change and resubmit")
    view = await office.ben.wait_view("request.resubmit")
    assert await office.ben.submit(view, {"detail": "One way of working. Adopters: field crews."}) == {}

    again = await mine(office.emeka, 1, "Waiting for your approval", "Adopters: field crews.")
    await office.emeka.click(again, "Approve")
    await mine(office.ben, 1, "In the queue")
    await office.wei.wait_message(told(1, "Emeka Adeyemi", "approved it"), channel=TRIAGE)


async def test_work_waits_for_the_requester_and_the_clock_with_it(office: Office) -> None:
    _, work = await in_work(office)
    assert "delivery due" in filling.words(work)
    assert await act(office.wei, work, "Ask the requester", comment="May we talk to the supplier?") == {}
    waiting = await mine(office.ben, 1, "Waiting for your reply")
    held = await mine(office.wei, 1, "Waiting for the requester's reply")
    assert "delivery due" not in filling.words(held)
    office.clock.forward(days=7)
    assert await act(office.ben, waiting, "Reply", comment="Yes, on Tuesdays.") == {}
    again = await mine(office.wei, 1, "In progress, assigned to you")
    assert "5 October 2026" in filling.words(again)  # 28 September, and the week of waiting


async def test_on_hold_it_comes_back_on_its_day(office: Office) -> None:
    _, work = await in_work(office)
    given = {"reason": "The site is flooded.", "review_on": "2026-09-13"}
    await office.wei.click(work, "Put on hold")
    view = await office.wei.wait_view("request.act")
    assert list(await office.wei.submit(view, given)) == ["review_on"]
    assert await office.wei.submit(view, given | {"review_on": "2026-09-21"}) == {}
    await mine(office.ben, 1, "On hold", "Reason for the hold:", "The site is flooded.")
    held = await mine(office.wei, 1, "On hold")
    office.clock.forward(days=7)
    await office.wei.wait_message("its review is due today")
    await office.wei.click(held, "Resume")
    await mine(office.ben, 1, "In progress")


async def test_a_hold_is_offered_for_a_working_day(office: Office) -> None:
    _, work = await in_work(office)
    office.clock.forward(days=5)  # Saturday
    await office.wei.click(work, "Put on hold")
    view = await office.wei.wait_view("request.act")
    assert filling.find(view, "act.review_on")[1]["initial_date"] == "2026-09-28"


async def test_nothing_is_delivered_before_its_checklist_is_done(office: Office) -> None:
    _, work = await in_work(office)
    await office.wei.click(work, "Deliver")
    view = await office.wei.wait_view("request.act")
    assert list(await office.wei.submit(view, DELIVERY)) == ["checklist"]
    assert list(await office.wei.submit(view, DELIVERY | {"checklist": ["rated"]})) == ["checklist"]
    assert await office.wei.submit(view, DELIVERY | {"checklist": await checklist(office)}) == {}
    await mine(office.ben, 1, "Delivered. Is it what you need?")


async def test_two_who_claim_at_once_do_not_both_get_it(office: Office) -> None:
    await ask(office, office.ben)
    await office.wei.click(await in_triage(office.wei), "Accept")
    theirs = [await in_triage(person, 1, "In the queue") for person in (office.wei, office.emeka)]
    await asyncio.gather(office.wei.click(theirs[0], "Claim"), office.emeka.click(theirs[1], "Claim"))
    holder = (await mine(office.ben, 1, "In progress, assigned to "))["text"]
    late = office.emeka if "Wei Chen" in holder else office.wei
    refused = await late.wait_message("so you can't claim it now")
    assert refused["ephemeral"]


async def test_a_button_that_is_forged_does_nothing(office: Office) -> None:
    own = await ask(office, office.ben)
    forged = json.loads(json.dumps(own).replace("request.withdraw", "request.accept"))
    await office.ben.click(forged, "request.accept", value="1", channel=await office.ben.dm())
    refused = await office.ben.wait_message("Only PMO staff can accept it. Ask them, or comment on PMO-1.")
    assert refused["ephemeral"]
    await office.wei.click(await in_triage(office.wei, 1, "Waiting for triage"), "Accept")
    await in_triage(office.wei, 1, "In the queue")


async def test_a_duplicate_names_the_request_that_stays(office: Office) -> None:
    await ask(office, office.ben)
    await ask(office, office.farah, number=2)
    triage = await in_triage(office.wei, 2)
    await office.wei.click(triage, "Mark as duplicate")
    view = await office.wei.wait_view("request.act")
    for wrong in ("the first one", "PMO-99", "PMO-2"):
        assert list(await office.wei.submit(view, {"duplicate_of": wrong})) == ["duplicate_of"]
    assert await office.wei.submit(view, {"duplicate_of": "pmo-1"}) == {}
    await office.farah.wait_message(told(2, "marked it as a duplicate of PMO-1"))


async def test_a_confidential_request_tells_the_channel_nothing(office: Office) -> None:
    await ask(office, office.ben, title=SECRET, confidential="yes", watchers=["U06FARAH"])
    await mine(office.farah, 1, SECRET)
    for person in (office.ada, office.dana):
        await person.command("/pmo-requests PMO-1")
        refused = await person.wait_message("PMO-1")
        assert SECRET not in json.dumps(refused)
    await office.wei.wait_message(lambda message: "Confidential request" in filling.words(message), channel=TRIAGE)
    assert SECRET not in json.dumps(await office.wei.messages(TRIAGE))
    await office.wei.command("/pmo-requests PMO-1")
    assert SECRET in filling.words(await office.wei.wait_message("PMO-1"))


async def test_the_pmo_sees_its_lists_and_figures_and_others_do_not(office: Office) -> None:
    await ask(office, office.ben)
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
    await office.wei.click(await in_triage(office.wei), "Accept")
    await in_triage(office.wei, 1, "In the queue")
    await office.wei.command("/pmo-requests queue")
    await office.wei.wait_message(lambda message: message.get("ephemeral") and "PMO-1" in filling.words(message))


async def test_priority_changes_the_day_on_which_it_is_due(office: Office) -> None:
    await ask(office, office.ben)
    await office.wei.click(await in_triage(office.wei), "Accept")
    queued = await in_triage(office.wei, 1, "In the queue", "28 September 2026")
    assert await act(office.wei, queued, "Change priority", priority="expedite") == {}
    await mine(office.ben, 1, "In the queue", "21 September 2026")


async def test_what_is_written_under_a_card_answers_the_question_that_is_open(office: Office) -> None:
    await ask(office, office.ben)
    await act(office.wei, await in_triage(office.wei), "Ask the requester", comment="Who is the sponsor?")
    waiting = await mine(office.ben, 1, "Waiting for your answer", "Who is the sponsor?")
    await office.ben.post(await office.ben.dm(), "The sponsor is Dana, she pays.", thread_ts=waiting["ts"])
    await office.ben.wait_message("I passed your answer on to the PMO. The request is back in triage.")
    await office.wei.wait_message(told(1, "answered", "The sponsor is Dana, she pays."), channel=TRIAGE)
    await in_triage(office.wei, 1, "Waiting for triage")


async def test_a_reply_under_a_card_lets_the_work_go_on_and_all_else_is_a_comment(office: Office) -> None:
    _, work = await in_work(office)
    await act(office.wei, work, "Ask the requester", comment="Where is the register?")
    waiting = await mine(office.ben, 1, "Waiting for your reply")
    channel = await office.ben.dm()
    await office.ben.post(channel, "On the shared drive.", thread_ts=waiting["ts"])
    await office.wei.wait_message(told(1, "replied", "On the shared drive."))
    await office.ben.post(channel, "What a nice team!", thread_ts=waiting["ts"])
    await office.wei.wait_message(told(1, "commented", "What a nice team!"))
    await office.ben.post(channel, "@PMO Assistant how long does a health check take?", thread_ts=waiting["ts"])
    await office.ben.wait_message("edition 1.0", channel=channel)
