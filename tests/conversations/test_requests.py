"""Somebody asks for a PMO service."""

import pytest

from tests.conversations.conftest import Office
from tests.conversations.service_desk import (
    FORMS,
    TRIAGE,
    act,
    ask,
    buttons,
    card,
    delivered,
    form,
    in_triage,
    in_work,
    mine,
    told,
)
from tests.workspace import filling
from workspace.checks import check_message


@pytest.mark.parametrize("service", FORMS)
async def test_every_service_has_its_form_and_a_request_appears_on_both_sides(office: Office, service: str) -> None:
    asked = await ask(office, office.ben, service)
    assert buttons(asked) == ["Comment", "Withdraw", "Open…"]
    triage = await in_triage(office.wei, 1, "Waiting for triage", "Requested by Ben Castellanos")
    assert buttons(triage)[:3] == ["Accept", "Ask the requester", "Decline"]
    assert check_message(asked) == check_message(triage) == []


async def test_what_is_wrong_is_told_under_its_field_and_nothing_is_lost(office: Office) -> None:
    await office.ben.command("/pmo-request health-check")
    view = await office.ben.wait_view("request.form")
    errors = await office.ben.submit(view, form(need_by="2026-09-13", links="see the wiki"))
    assert errors == {
        "need_by": "This date is in the past. Choose today or a later date.",
        "links": "Enter a full web address that starts with https://.",
    }
    assert await office.ben.submit(view, form(need_by="2026-09-30")) == {}
    await mine(office.ben)


async def test_windows_show_what_was_written_sign_by_sign(office: Office) -> None:
    written = "*Star* _line_ ~wave~ `code` :tada: <@U04DANA>"
    asked = await ask(office, office.ben, detail=written)
    await office.ben.click(asked, "Open…")
    assert written in filling.words(await office.ben.wait_view("PMO-1"))
    await act(office.wei, await in_triage(office.wei), "Ask the requester", comment=written)
    asked = await mine(office.ben, 1, "Answer", written)
    await office.ben.click(asked, "Answer")
    assert written in filling.words(await office.ben.wait_view("request.act"))


async def test_the_command_alone_lets_one_choose_the_service(office: Office) -> None:
    await office.ben.command("/pmo-request")
    view = await office.ben.wait_view("Request a PMO service")
    await office.ben.click(view, "request.open.risk-assurance")
    view = await office.ben.wait_view("request.form")
    assert "Risk management assurance" in filling.words(view)
    assert await office.ben.submit(view, form("risk-assurance")) == {}
    await mine(office.ben)
    assert office.ben.stack == []  # the list of services gave way to the form, and the form is sent


async def test_so_does_the_shortcut(office: Office) -> None:
    await office.ben.shortcut("request_service")
    view = await office.ben.wait_view("Request a PMO service")
    labels = [filling.words(block) for block in view["blocks"]]
    assert sum("Choose" in label for label in labels) == len(FORMS)


@pytest.mark.parametrize("typed", ["health-check", "Health check", "project health check", "HEALTH"])
async def test_a_service_is_known_by_its_key_its_name_or_a_word_of_it(office: Office, typed: str) -> None:
    await office.ben.command(f"/pmo-request {typed}")
    assert "Project health check" in filling.words(await office.ben.wait_view("request.form"))


@pytest.mark.parametrize("typed", ["training", "mentoring"])
async def test_a_service_is_known_by_what_it_offers(office: Office, typed: str) -> None:
    await office.ben.command(f"/pmo-request {typed}")
    assert "Capacity building" in filling.words(await office.ben.wait_view("request.form"))


async def test_an_unknown_service_is_answered_with_those_there_are(office: Office) -> None:
    await office.ben.command("/pmo-request haircut")
    await office.ben.wait_message("There is no service “haircut”.")
    await office.ben.command("/pmo-request compliance")
    await office.ben.wait_message("“compliance” matches several services.")
    assert office.ben.nothing_came("view_opened")


async def test_the_service_offered_under_an_answer_takes_the_question_along(office: Office) -> None:
    question = "how long does a health check take?"
    await office.ben.command(f"/pmo {question}")
    answer = await office.ben.wait_message("edition 1.0")
    await office.ben.click(answer, "request.open.health-check")
    view = await office.ben.wait_view("request.form")
    assert filling.find(view, "field.detail")[1]["initial_value"] == question


async def test_the_same_form_delivered_twice_is_one_request(office: Office) -> None:
    await ask(office, office.ben)
    hub = office.workspace.server.hub
    sent = next(one for one in hub.log.deliveries if one.payload.get("type") == "view_submission")
    await hub.transport.send_request(sent.kind, sent.payload)
    await ask(office, office.ben, number=2)
    await in_triage(office.wei, 2)
    cards = [message for message in await office.wei.messages(TRIAGE) if card(1)(message) or card(2)(message)]
    assert len(cards) == 2


async def test_whoever_is_named_as_a_watcher_follows_it(office: Office) -> None:
    await ask(office, office.ben, watchers=["U01ADA"])
    watched = await mine(office.ada, 1, "You're watching this request · requested by Ben Castellanos")
    assert buttons(watched) == ["Comment", "Stop watching", "Open…"]
    await office.wei.click(await in_triage(office.wei), "Accept")
    await mine(office.ada, 1, "In the queue")
    await office.ada.wait_message(told(1, "Wei Chen", "accepted it; it's now in the queue"))

    assert await act(office.ada, watched, "Stop watching") == {}
    await office.ada.wait_message(lambda message: card(1)(message) and buttons(message) == ["Open…"])


async def test_the_requester_withdraws_and_the_pmo_hears_why(office: Office) -> None:
    asked = await ask(office, office.ben)
    triage = await in_triage(office.wei)
    assert await act(office.ben, asked, "Withdraw", reason="The forecast was wrong.") == {}
    await in_triage(office.wei, 1, "Withdrawn", "The forecast was wrong.")
    await office.wei.wait_message(told(1, "Ben Castellanos", "withdrew it", "The forecast was wrong."), channel=TRIAGE)

    await office.wei.click(triage, "Accept")  # on the card as it was before
    refused = await office.wei.wait_message("PMO-1 is withdrawn, so you can't accept it now.")
    assert refused["ephemeral"]


async def test_the_requester_accepts_the_delivery_and_says_how_it_was(office: Office) -> None:
    result = await delivered(office)
    assert "https://example.org/result" in str(result["blocks"])
    await office.ben.click(result, "Accept delivery")
    question = await office.ben.wait_message("How satisfied are you")
    await office.wei.wait_message(told(1, "accepted the delivery"), channel=await office.wei.dm())

    await office.ben.click(question, "★★★★")
    thanks = await office.ben.wait_message("You rated it ★★★★ (4 of 5).")
    assert thanks["ts"] == question["ts"]
    await office.ben.click(thanks, "Add comment")
    view = await office.ben.wait_view("How was it?")
    assert await office.ben.submit(view, {"comment": "Quick and clear."}) == {}
    await office.ben.wait_message("The PMO can read your comment.")


async def test_the_requester_reopens_with_a_reason_and_work_goes_on(office: Office) -> None:
    result = await delivered(office)
    assert await act(office.ben, result, "Reopen", reason="The second reservoir is missing.") == {}
    await mine(
        office.wei,
        1,
        "In progress, assigned to you",
        "Reopened. Previous delivery:",
        "The second reservoir is missing.",
    )
    again = await office.wei.wait_message(told(1, "reopened it", "The second reservoir is missing."))
    assert again["text"].startswith("<@U03WEI>")


async def test_a_comment_reaches_the_other_side_and_not_its_writer(office: Office) -> None:
    asked, work = await in_work(office)
    assert await act(office.ben, asked, "Comment", comment="Please look at the pumps, too.") == {}
    await office.wei.wait_message(told(1, "Ben Castellanos", "commented", "Please look at the pumps, too."))
    assert await act(office.wei, work, "Comment", comment="I will.") == {}
    await office.ben.wait_message(told(1, "Wei Chen", "commented", "I will."))
    everything = [
        message["text"] for channel in (await office.ben.dm(),) for message in await office.ben.messages(channel)
    ]
    assert not any("Please look at the pumps" in text for text in everything)
