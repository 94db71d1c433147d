"""Somebody asks for a PMO service."""

import pytest

from tests.conversations.conftest import Office
from tests.conversations.service_desk import (
    FORMS,
    TRIAGE,
    deliver_request,
    fill_form,
    is_card,
    is_notice,
    list_buttons,
    perform_action,
    request_service,
    start_work,
    wait_own_card,
    wait_triage_card,
)
from tests.workspace import filling
from workspace.checks import check_message


@pytest.mark.parametrize("service", FORMS)
async def test_every_service_form_makes_a_request_on_both_sides(office: Office, service: str) -> None:
    asked = await request_service(office, office.ben, service)
    assert list_buttons(asked) == ["Comment", "Withdraw", "Open…"]
    triage = await wait_triage_card(office.wei, 1, "Waiting for triage", "Requested by Ben Castellanos")
    assert list_buttons(triage)[:3] == ["Accept", "Ask the requester", "Decline"]
    assert check_message(asked) == check_message(triage) == []


async def test_form_errors_show_under_their_fields(office: Office) -> None:
    await office.ben.command("/pmo-request health-check")
    view = await office.ben.wait_view("request.form")
    errors = await office.ben.submit(view, fill_form(need_by="2026-09-13", links="see the wiki"))
    assert errors == {
        "need_by": "This date is in the past. Choose today or a later date.",
        "links": "Enter a full web address that starts with https://.",
    }
    assert await office.ben.submit(view, fill_form(need_by="2026-09-30")) == {}
    await wait_own_card(office.ben)


async def test_modals_show_text_exactly_as_typed(office: Office) -> None:
    written = "*Star* _line_ ~wave~ `code` :tada: <@U04DANA>"
    asked = await request_service(office, office.ben, detail=written)
    await office.ben.click(asked, "Open…")
    assert written in filling.read_text(await office.ben.wait_view("PMO-1"))
    await perform_action(office.wei, await wait_triage_card(office.wei), "Ask the requester", comment=written)
    asked = await wait_own_card(office.ben, 1, "Answer", written)
    await office.ben.click(asked, "Answer")
    assert written in filling.read_text(await office.ben.wait_view("request.act"))


async def test_command_without_service_opens_the_picker(office: Office) -> None:
    await office.ben.command("/pmo-request")
    view = await office.ben.wait_view("Request a PMO service")
    await office.ben.click(view, "request.open.risk-assurance")
    view = await office.ben.wait_view("request.form")
    assert "Risk management assurance" in filling.read_text(view)
    assert await office.ben.submit(view, fill_form("risk-assurance")) == {}
    await wait_own_card(office.ben)
    assert office.ben.stack == []  # the list of services gave way to the form, and the form is sent


async def test_shortcut_opens_the_picker(office: Office) -> None:
    await office.ben.shortcut("request_service")
    view = await office.ben.wait_view("Request a PMO service")
    labels = [filling.read_text(block) for block in view["blocks"]]
    assert sum("Choose" in label for label in labels) == len(FORMS)


@pytest.mark.parametrize("typed", ["health-check", "Health check", "project health check", "HEALTH"])
async def test_service_is_found_by_key_name_or_word(office: Office, typed: str) -> None:
    await office.ben.command(f"/pmo-request {typed}")
    assert "Project health check" in filling.read_text(await office.ben.wait_view("request.form"))


@pytest.mark.parametrize("typed", ["training", "mentoring"])
async def test_service_is_found_by_its_offer(office: Office, typed: str) -> None:
    await office.ben.command(f"/pmo-request {typed}")
    assert "Capacity building" in filling.read_text(await office.ben.wait_view("request.form"))


async def test_unknown_service_is_explained(office: Office) -> None:
    await office.ben.command("/pmo-request haircut")
    await office.ben.wait_message("“haircut” isn't a PMO service.")
    await office.ben.command("/pmo-request compliance")
    await office.ben.wait_message("“compliance” matches several services.")
    assert office.ben.nothing_came("view_opened")


async def test_service_under_an_answer_prefills_the_question(office: Office) -> None:
    question = "how long does a health check take?"
    await office.ben.command(f"/pmo {question}")
    answer = await office.ben.wait_message("edition 1.0")
    await office.ben.click(answer, "request.open.health-check")
    view = await office.ben.wait_view("request.form")
    assert filling.find_element(view, "field.detail")[1]["initial_value"] == question


async def test_form_delivered_twice_is_one_request(office: Office) -> None:
    await request_service(office, office.ben)
    hub = office.workspace.server.hub
    sent = next(one for one in hub.log.deliveries if one.payload.get("type") == "view_submission")
    await hub.transport.send_request(sent.kind, sent.payload)
    await request_service(office, office.ben, number=2)
    await wait_triage_card(office.wei, 2)
    cards = [message for message in await office.wei.messages(TRIAGE) if is_card(1)(message) or is_card(2)(message)]
    assert len(cards) == 2


async def test_watcher_follows_the_request(office: Office) -> None:
    await request_service(office, office.ben, watchers=["U01ADA"])
    watched = await wait_own_card(office.ada, 1, "You're watching this request · requested by Ben Castellanos")
    assert list_buttons(watched) == ["Comment", "Stop watching", "Open…"]
    await office.wei.click(await wait_triage_card(office.wei), "Accept")
    await wait_own_card(office.ada, 1, "In the queue")
    await office.ada.wait_message(is_notice(1, "Wei Chen", "accepted it; it's now in the queue"))

    assert await perform_action(office.ada, watched, "Stop watching") == {}
    await office.ada.wait_message(lambda message: is_card(1)(message) and list_buttons(message) == ["Open…"])


async def test_withdrawal_tells_the_pmo_the_reason(office: Office) -> None:
    asked = await request_service(office, office.ben)
    triage = await wait_triage_card(office.wei)
    assert await perform_action(office.ben, asked, "Withdraw", reason="The forecast was wrong.") == {}
    await wait_triage_card(office.wei, 1, "Withdrawn", "The forecast was wrong.")
    await office.wei.wait_message(
        is_notice(1, "Ben Castellanos", "withdrew it", "The forecast was wrong."), channel=TRIAGE
    )

    await office.wei.click(triage, "Accept")  # on the card as it was before
    refused = await office.wei.wait_message("PMO-1 is withdrawn, so you can't accept it now.")
    assert refused["ephemeral"]


async def test_requester_accepts_and_rates_the_delivery(office: Office) -> None:
    result = await deliver_request(office)
    assert "https://example.org/result" in str(result["blocks"])
    await office.ben.click(result, "Accept delivery")
    question = await office.ben.wait_message("How satisfied are you")
    await office.wei.wait_message(is_notice(1, "accepted the delivery"), channel=await office.wei.dm())

    await office.ben.click(question, "★★★★")
    thanks = await office.ben.wait_message("You rated it ★★★★ (4 of 5).")
    assert thanks["ts"] == question["ts"]
    await office.ben.click(thanks, "Add comment")
    view = await office.ben.wait_view("How was it?")
    assert await office.ben.submit(view, {"comment": "Quick and clear."}) == {}
    await office.ben.wait_message("Only the PMO can read your comment.")


async def test_reopened_request_resumes_work(office: Office) -> None:
    result = await deliver_request(office)
    assert await perform_action(office.ben, result, "Reopen", reason="The second reservoir is missing.") == {}
    await wait_own_card(
        office.wei,
        1,
        "In progress, assigned to you",
        "Reopened. Previous delivery:",
        "The second reservoir is missing.",
    )
    again = await office.wei.wait_message(is_notice(1, "reopened it", "The second reservoir is missing."))
    assert again["text"].startswith("<@U03WEI>")


async def test_comment_reaches_the_other_side_only(office: Office) -> None:
    asked, work = await start_work(office)
    assert await perform_action(office.ben, asked, "Comment", comment="Please look at the pumps, too.") == {}
    await office.wei.wait_message(is_notice(1, "Ben Castellanos", "commented", "Please look at the pumps, too."))
    assert await perform_action(office.wei, work, "Comment", comment="I will.") == {}
    await office.ben.wait_message(is_notice(1, "Wei Chen", "commented", "I will."))
    everything = [
        message["text"] for channel in (await office.ben.dm(),) for message in await office.ben.messages(channel)
    ]
    assert not any("Please look at the pumps" in text for text in everything)
