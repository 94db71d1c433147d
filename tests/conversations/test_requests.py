"""Somebody requests a PMO service, the PMO delivers it, both see every step."""

from typing import Any

from tests.conversations.conftest import Office
from tests.workspace import filling
from workspace.checks import check_message, check_view

FORM = {
    "title": "Is Reservoir West in trouble?",
    "project": "Not listed",
    "detail": "The forecast slipped twice in a month.",
    "trigger": "concern",
    "stage": "delivery",
    "budget_band": "medium",
    "own_rag": "amber",
    "sponsor_informed": "yes",
}
TITLE = "PMO-1 · Is Reservoir West in trouble?"


def shows(*words: str) -> Any:
    """A message of the bot that holds all these words."""
    return lambda message: message.get("bot_id") and all(word in filling.words(message) for word in words)


def buttons(message: dict[str, Any]) -> list[str]:
    """What can be pressed, in order."""
    return [element["text"]["text"] for _, element in filling.elements(message) if element["type"] == "button"]


def as_sent(view: dict[str, Any]) -> dict[str, Any]:
    """The view without what the server adds to it."""
    sent = ("type", "title", "submit", "close", "blocks", "callback_id", "private_metadata")
    return {name: view[name] for name in sent if view.get(name) is not None}


async def request_health_check(office: Office, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ben asks for a health check; returns his card, and the one in triage."""
    await office.ben.command("/pmo-request health-check")
    view = await office.ben.wait_view("request.form")
    assert await office.ben.submit(view, FORM | more) == {}
    mine = await office.ben.wait_message(shows(TITLE))
    triage = await office.wei.wait_message(shows(TITLE), channel="C03TRIAGE")
    return mine, triage


async def test_a_request_goes_from_the_form_to_the_requester_and_to_triage(office: Office) -> None:
    mine, triage = await request_health_check(office)
    assert "Withdraw" in buttons(mine)
    assert buttons(triage)[:3] == ["Ask", "Accept", "Decline"]
    assert "Waiting for triage" in filling.words(triage)
    assert check_message({"text": triage["text"], "blocks": triage["blocks"]}) == []


async def test_what_is_wrong_in_the_form_is_told_under_its_field_and_nothing_is_lost(office: Office) -> None:
    await office.ben.command("/pmo-request health-check")
    view = await office.ben.wait_view("request.form")
    assert check_view(as_sent(view)) == []
    errors = await office.ben.submit(view, FORM | {"need_by": "2026-09-13"})
    assert errors == {"need_by": "This day is in the past. Choose today or a later day."}
    assert await office.ben.submit(view, FORM | {"need_by": "2026-09-30"}) == {}
    await office.ben.wait_message(shows(TITLE))


async def test_the_pmo_asks_accepts_claims_and_delivers_and_both_sides_see_each_step(office: Office) -> None:
    _mine, triage = await request_health_check(office)

    await office.wei.click(triage, "Ask")
    view = await office.wei.wait_view("request.act")
    assert await office.wei.submit(view, {"comment": "Which of the two forecasts?"}) == {}
    asked = await office.ben.wait_message(shows(TITLE, "Which of the two forecasts?"))
    await office.ben.click(asked, "Answer")
    view = await office.ben.wait_view("request.act")
    assert await office.ben.submit(view, {"comment": "The one of August."}) == {}
    await office.wei.wait_message(shows("The one of August."), channel="C03TRIAGE")

    triage = await office.wei.wait_message(shows(TITLE, "Waiting for triage"))
    await office.wei.click(triage, "Accept")
    triage = await office.wei.wait_message(shows(TITLE, "In the queue"))
    await office.ben.wait_message(shows(TITLE, "In the queue"))

    await office.wei.click(triage, "Claim")
    triage = await office.wei.wait_message(shows(TITLE, "In progress"), channel="C03TRIAGE")
    await office.wei.click(triage, "Deliver")
    view = await office.wei.wait_view("request.act")
    errors = await office.wei.submit(view, {"link": "https://example.org/report"})
    assert list(errors) == ["checklist"]
    checklist = [option["value"] for option in filling.find(view, "act.checklist")[1]["options"]]
    assert await office.wei.submit(view, {"link": "https://example.org/report", "checklist": checklist}) == {}

    delivered = await office.ben.wait_message(shows(TITLE, "Delivered", "https://example.org/report"))
    await office.ben.click(delivered, "Accept the delivery")
    question = await office.ben.wait_message(shows("How satisfied are you"))
    await office.ben.click(question, "★★★★★")
    await office.ben.wait_message(shows("Thank you"))


async def test_of_two_who_accept_at_once_one_is_told_that_somebody_was_quicker(office: Office) -> None:
    _, triage = await request_health_check(office)
    await office.wei.click(triage, "Accept")
    await office.emeka.click(triage, "Accept")
    refused = await office.emeka.wait_message(shows("PMO-1 is in the queue, so you cannot accept it now."))
    assert refused["ephemeral"]


async def test_a_stale_button_is_refused_with_what_has_happened_meanwhile(office: Office) -> None:
    mine, triage = await request_health_check(office)
    await office.ben.click(mine, "Withdraw")
    await office.wei.wait_message(shows(TITLE, "Withdrawn"))
    await office.wei.click(triage, "Accept")
    refused = await office.wei.wait_message(shows("PMO-1 is withdrawn, so you cannot accept it now."))
    assert refused["ephemeral"]


async def test_only_who_holds_the_role_may_act_whatever_they_click(office: Office) -> None:
    _, triage = await request_health_check(office)
    await office.wei.click(triage, "Accept")
    queued = await office.wei.wait_message(shows(TITLE, "In the queue"), channel="C03TRIAGE")
    await office.emeka.click(queued, "Claim")
    held = await office.wei.wait_message(shows(TITLE, "In progress"), channel="C03TRIAGE")
    await office.wei.click(held, "Deliver")
    view = await office.wei.wait_view("request.act")
    errors = await office.wei.submit(view, {"link": "https://example.org/report"})
    assert errors == {"link": "Only Emeka Adeyemi, who has it, can deliver it. Ask them, or leave a comment on PMO-1."}


async def test_my_requests_are_listed_to_me_alone(office: Office) -> None:
    await request_health_check(office)
    await office.ben.command("/pmo-requests")
    assert (await office.ben.wait_message(shows("Your open requests", "PMO-1")))["ephemeral"]
    await office.ada.command("/pmo-requests PMO-1")
    await office.ada.wait_message(shows("There is no request PMO-1 that you can see."))


async def test_an_unknown_service_is_answered_with_those_there_are(office: Office) -> None:
    await office.ben.command("/pmo-request haircut")
    await office.ben.wait_message(shows("There is no service “haircut”.", "health-check"))


async def test_the_service_offered_under_an_answer_takes_the_question_along(office: Office) -> None:
    await office.ben.command("/pmo how do I know whether my project is in trouble?")
    answer = await office.ben.wait_message(shows("edition 1.0"))
    await office.ben.click(answer, "Request: Project health check")
    view = await office.ben.wait_view("request.form")
    assert filling.find(view, "field.detail")[1]["initial_value"] == "how do I know whether my project is in trouble?"


async def test_the_shortcut_lets_one_choose_the_service(office: Office) -> None:
    await office.ben.shortcut("request_service")
    view = await office.ben.wait_view("request.pick")
    assert check_view(as_sent(view)) == []
    assert await office.ben.submit(view, {"service": "health-check"}) == {}
    await office.ben.wait_view("request.form")
