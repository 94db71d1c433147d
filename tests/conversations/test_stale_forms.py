"""Nobody decides on what they haven't seen: a form on something that changed meanwhile says what changed."""

from tests.conversations.conftest import Office
from tests.conversations.service_desk import (
    list_buttons,
    perform_action,
    request_service,
    start_work,
    wait_own_card,
    wait_triage_card,
)
from tests.conversations.test_stories import submit_story
from tests.workspace import filling

ACCEPTED = (
    "PMO-1 has changed since you opened this window. Emeka Adeyemi accepted it; it's now in the queue. "
    "Close the window and open PMO-1 again, then decide."
)


async def test_declining_after_somebody_accepted_is_refused(office: Office) -> None:
    await request_service(office, office.ben)
    card = await wait_triage_card(office.wei)
    await office.wei.click(card, "Decline")
    view = await office.wei.wait_view("request.act")
    await office.emeka.click(await wait_triage_card(office.emeka), "Accept")
    await wait_triage_card(office.wei, 1, "In the queue")
    assert await office.wei.submit(view, {"reason": "The board has one under way."}) == {"reason": ACCEPTED}
    assert "In the queue" in filling.read_text(await wait_own_card(office.ben, 1, "In the queue"))


async def test_a_window_of_a_request_shows_what_changed_before_its_buttons_act(office: Office) -> None:
    await request_service(office, office.ben)
    await office.wei.click(await wait_triage_card(office.wei), "Open…")
    window = await office.wei.wait_view()
    await office.emeka.click(await wait_triage_card(office.emeka), "Accept")
    await wait_triage_card(office.wei, 1, "In the queue")
    await office.wei.click(window, "Decline")
    again = await office.wei.wait_view()
    assert ACCEPTED in filling.read_text(again)
    assert "Claim" in list_buttons(again)
    await office.wei.click(again, "Decline")
    view = await office.wei.wait_view("request.act")
    assert await office.wei.submit(view, {"reason": "The board has one under way."}) == {}
    await wait_own_card(office.ben, 1, "Declined")


async def test_a_comment_does_not_make_a_form_stale(office: Office) -> None:
    _, work = await start_work(office)
    await office.wei.click(work, "Ask the requester")
    view = await office.wei.wait_view("request.act")
    mine = await wait_own_card(office.ben, 1, "In progress")
    assert await perform_action(office.ben, mine, "Comment", comment="The gate code is new.") == {}
    await office.wei.wait_message("The gate code is new.")
    assert await office.wei.submit(view, {"comment": "May we talk to the supplier?"}) == {}
    await wait_own_card(office.ben, 1, "Waiting for your reply")


async def test_a_comment_is_taken_whatever_changed(office: Office) -> None:
    await office.ben.click(await request_service(office, office.ben), "Comment")
    view = await office.ben.wait_view("request.act")
    await office.wei.click(await wait_triage_card(office.wei), "Accept")
    await wait_own_card(office.ben, 1, "In the queue")
    assert await office.ben.submit(view, {"comment": "The gate code is new."}) == {}
    await office.wei.wait_message("The gate code is new.", channel="C03TRIAGE")


async def test_a_note_on_a_rewritten_story_is_refused(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada)
    await autumn.wei.click(card, "Ask for changes")
    stale = await autumn.wei.wait_view("story.note")
    await autumn.emeka.click(
        await autumn.emeka.wait_message("Waiting for review", channel="C03TRIAGE"), "Ask for changes"
    )
    view = await autumn.emeka.wait_view("story.note")
    assert await autumn.emeka.submit(view, {"note": "Since when?"}) == {}
    own = await autumn.ada.wait_message("What to change:* Since when?")
    await autumn.ada.click(own, "Edit")
    view = await autumn.ada.wait_view("story.form")
    assert await autumn.ada.submit(view, {"text": "Since July bursts fell by a third."}) == {}
    await autumn.wei.wait_message("<@U01ADA> resubmitted", channel="C03TRIAGE")
    assert await autumn.wei.submit(stale, {"note": "Which zones?"}) == {
        "note": "This story has changed since you opened this window. Emeka Adeyemi asked for changes to it. "
        "Ada Okafor edited it. Ada Okafor resubmitted it. Look at its card again, then decide."
    }
