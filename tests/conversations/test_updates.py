"""Updates are stored and posted once, where all readers may see them, and acknowledged."""

import json
from typing import Any

from tests.conversations.conftest import Office
from tests.workspace.filling import iterate_options, read_text
from tests.workspace.visitor import Visitor

PROGRESS, LEADERS = "C04PROGRESS", "C06LEADERS"
AMBER = {
    "subject": "objective:less-leakage",
    "rag": "amber",
    "summary": "Leakage falls, but the night crews are short.",
    "achieved": "Six bursts mended in the north.",
    "next_steps": "Two more crews from Monday.",
    "blocker": "No vans for them.",
    "ask": "Dana: two vans from the depot.",
    "confidence": "7",
}


async def form(person: Visitor, typed: str = "") -> dict[str, Any]:
    await person.command(f"/pmo-update {typed}".strip())
    return await person.wait_view("update.form")


async def report(person: Visitor, **given: str) -> None:
    assert await person.submit(await form(person), AMBER | given) == {}


def list_offered(view: dict[str, Any]) -> list[str]:
    return [one["text"]["text"] for one in iterate_options(view["blocks"][0]["element"])]


async def test_owners_choose_among_their_subjects(autumn: Office) -> None:
    assert list_offered(await form(autumn.ben)) == [
        "Less water is lost between the works and the tap",
        "Pressure management in the northern zones",
        "One desk for every call",
    ]
    assert "Depot moves" in list_offered(await form(autumn.dana))


async def test_named_subject_is_preselected(autumn: Office) -> None:
    view = await form(autumn.ben, "pressure")
    assert view["blocks"][0]["element"]["initial_option"]["value"] == "project:pressure-management"


async def test_ambiguous_text_narrows_the_choice(autumn: Office) -> None:
    view = await form(autumn.ben, "the")
    titles = ["Less water is lost between the works and the tap", "Pressure management in the northern zones"]
    assert list_offered(view) == titles
    assert "initial_option" not in view["blocks"][0]["element"]


async def test_person_without_subjects_gets_the_reason(autumn: Office) -> None:
    await autumn.ada.command("/pmo-update")
    await autumn.ada.wait_message("You don't own an objective or a project that needs updates now.")
    await autumn.ben.command("/pmo-update smart metering")
    await autumn.ben.wait_message("You don't report on anything matching “smart metering”.")
    assert autumn.ada.nothing_came("view_opened")


async def test_shortcut_explains_refusal_in_a_modal(autumn: Office) -> None:
    """It comes from no channel, and a message in another conversation would be overlooked."""
    await autumn.ada.shortcut("write_update")
    view = await autumn.ada.wait_view("That isn't possible")
    assert "You don't own an objective or a project that needs updates now." in read_text(view)


async def test_missing_fields_are_explained_and_nothing_sent(autumn: Office) -> None:
    view = await form(autumn.ben)
    given = {"subject": "objective:less-leakage", "rag": "red", "summary": "Off track."}
    assert await autumn.ben.submit(view, given) == {
        "blocker": "The status is red: say what's blocking it, or what help you need.",
    }
    assert await autumn.workspace.calls("chat.postMessage") == []


async def test_update_is_posted_once_and_shown_everywhere(autumn: Office) -> None:
    await report(autumn.ben)
    message = await autumn.ada.wait_message("night crews are short", channel=PROGRESS)
    assert message["text"].startswith(
        "Less water is lost between the works and the tap: Ben Castellanos reports amber."
    )
    assert "Two more crews from Monday." in read_text(message)
    assert "confidence 7 of 10" in read_text(message)
    own = await autumn.ben.wait_message("Thanks, your update is in")
    assert "I posted it to <#C04PROGRESS> and <@U04DANA>." in own["text"]
    await autumn.ada.command("/pmo-strategy less-leakage")
    shown = await autumn.ada.wait_message("Latest update")
    assert "Ben Castellanos says *amber*" in read_text(shown)
    assert "*Help needed*\nDana: two vans from the depot." in read_text(shown)
    posts = [call for call in await autumn.workspace.calls("chat.postMessage") if call["args"]["channel"] == PROGRESS]
    assert len(posts) == 1


async def test_typed_text_cannot_mention_or_format(autumn: Office) -> None:
    await report(autumn.ben, summary="<!channel> *bold* <https://evil.example|click> & done")
    message = await autumn.ada.wait_message("done", channel=PROGRESS)
    assert "<!channel>" not in json.dumps(message)
    assert "&lt;!channel&gt; ∗bold∗" in read_text(message)


async def test_sponsor_is_asked_and_acknowledges(autumn: Office) -> None:
    await report(autumn.ben)
    asked = await autumn.dana.wait_message("two vans from the depot", channel=await autumn.dana.dm())
    await autumn.dana.click(asked, "Acknowledge")
    changed = await autumn.ada.wait_message("acknowledged by Dana Lindqvist", channel=PROGRESS)
    assert "Acknowledge" not in read_text(changed)
    await autumn.ben.wait_message("acknowledged by Dana Lindqvist", channel=await autumn.ben.dm())


async def test_only_first_entitled_acknowledgement_counts(autumn: Office) -> None:
    await report(autumn.ben)
    message = await autumn.ada.wait_message("night crews are short", channel=PROGRESS)
    await autumn.ada.click(message, "Acknowledge")
    await autumn.ada.wait_message("Only the reviewer, the sponsor, leaders and the PMO can acknowledge an update.")
    await autumn.ben.click(message, "Acknowledge")
    await autumn.ben.wait_message("You wrote this update")
    await autumn.wei.click(message, "Acknowledge")
    await autumn.ada.wait_message("acknowledged by Wei Chen", channel=PROGRESS)
    await autumn.dana.click(message, "Acknowledge")
    await autumn.workspace.wait_quiet()
    [shown] = [one for one in await autumn.ada.messages(PROGRESS) if "night crews" in read_text(one)]
    assert "acknowledged by Wei Chen" in read_text(shown)


async def test_correction_edits_post_and_asks_again(autumn: Office) -> None:
    await report(autumn.ben)
    message = await autumn.ada.wait_message("night crews are short", channel=PROGRESS)
    await autumn.wei.click(message, "Acknowledge")
    await autumn.ada.wait_message("acknowledged by Wei Chen", channel=PROGRESS)
    own = await autumn.ben.wait_message("Thanks, your update is in")
    await autumn.ben.click(own, "Correct")
    view = await autumn.ben.wait_view("update.form")
    assert "No vans for them." in json.dumps(view)
    assert await autumn.ben.submit(view, {"rag": "green", "summary": "The vans are here."}) == {}
    changed = await autumn.ada.wait_message("The vans are here.", channel=PROGRESS)
    assert changed["ts"] == message["ts"]
    assert "corrected" in read_text(changed)
    assert "Acknowledge" in read_text(changed)
    await autumn.ben.wait_message("Your correction is saved")


async def test_update_on_private_subject_stays_private(autumn: Office) -> None:
    private = {
        "subject": "objective:fewer-depots",
        "rag": "green",
        "summary": "Eastgate stays.",
        "blocker": "",
        "ask": "",
    }
    await report(autumn.dana, **private)
    message = await autumn.emeka.wait_message("Eastgate stays.", channel=LEADERS)
    assert message["text"].startswith("Three depots do the work of five: Dana Lindqvist reports green")
    own = await autumn.dana.wait_message("Thanks, your update is in")
    assert "Not everyone has access to it, so I didn't post it anywhere else." in own["text"]
    places = {call["args"]["channel"] for call in await autumn.workspace.calls("chat.postMessage")}
    assert places == {LEADERS, await autumn.dana.dm()} or places == {LEADERS, "U04DANA"}


async def test_second_update_answers_the_next_slot(autumn: Office) -> None:
    await report(autumn.ben)
    await autumn.ben.wait_message("Thanks, your update is in")
    await report(autumn.ben, summary="Better now.", rag="green", blocker="", ask="")
    await autumn.ada.wait_message("Better now.", channel=PROGRESS)
    await autumn.ben.open_home()
    home = await autumn.ben.wait_home(lambda view: "you said green" in read_text(view))
    assert "*Less water is lost between the works and the tap* — figures: amber · you said green" in read_text(home)


async def test_forged_subject_is_refused(autumn: Office) -> None:
    view = await form(autumn.ben)
    option = {"text": {"type": "plain_text", "text": "x"}, "value": "objective:fewer-depots"}
    errors = await autumn.ben.submit(view, AMBER | {"subject": option})
    assert errors == {"subject": "There's no objective “fewer-depots” that you can see. Choose one from the list."}
    option = {"text": {"type": "plain_text", "text": "x"}, "value": "project:smart-metering"}
    errors = await autumn.ben.submit(view, AMBER | {"subject": option})
    assert "Only its owner, their delegate or the head of the PMO can report on" in errors["subject"]


async def test_home_button_opens_that_subjects_form(autumn: Office) -> None:
    await autumn.farah.open_home()
    home = await autumn.farah.wait_home(lambda view: "Strategy" in read_text(view))
    await autumn.farah.click(home, "Write an update")
    view = await autumn.farah.wait_view("update.form")
    assert view["blocks"][0]["element"]["initial_option"]["value"] == "objective:cleaner-rivers"
