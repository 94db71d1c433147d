"""The PMO says which section answers a question, and from then on it does. Nobody else can."""

from typing import Any

from tests.conversations.conftest import Office
from tests.workspace.filling import iterate_elements, read_text
from tests.workspace.visitor import Visitor

ODD = "how do I get my hands on the bucket of spare crowns for nasty surprises?"


async def ask_openly(person: Visitor, question: str) -> dict[str, Any]:
    asked = await person.post("C07ASK", f"@PMO Assistant {question}")
    return await person.wait_message(lambda one: one.get("thread_ts") == asked and one.get("user") == "U00PMOBOT")


async def open_gaps(office: Office) -> dict[str, Any]:
    await office.wei.command("/pmo gaps", channel="C07ASK")
    return await office.wei.wait_message("Questions the handbook doesn't answer")


def list_actions(message: dict[str, Any]) -> list[str]:
    return [element["action_id"] for _, element in iterate_elements(message)]


async def wait_answered_from(person: Visitor, question: str, heading: str) -> None:
    """Ask until a new index is in use, which takes a few seconds."""
    for _ in range(300):
        await person.command(f"/pmo {question}", channel="C07ASK")
        shown = await person.wait_message(lambda one: not one.get("thread_ts") and "handbook" in one["text"])
        if heading in shown["text"].partition("From the handbook")[2]:
            return
    raise AssertionError(shown["text"])


async def test_gap_is_closed_by_choosing_its_section(office: Office) -> None:
    await ask_openly(office.ada, ODD)
    gaps = await open_gaps(office)
    await office.wei.click(gaps, "learned.choose", channel="C07ASK")
    form = await office.wei.wait_view("Which section?")
    assert ODD in read_text(form)
    errors = await office.wei.submit(form, {})
    assert errors == {"other": "Choose a section."}
    [first, *_] = await office.wei.options(form, "learned.section", "contingency")
    assert await office.wei.submit(form, {"other": first["value"]}) == {}
    done = await office.wei.wait_message("now answers")
    assert list_actions(done) == ["learned.remove"]
    heading = first["text"]["text"].rpartition(" (")[0] or first["text"]["text"]
    await wait_answered_from(office.ada, ODD, heading)


async def test_learned_questions_are_listed_and_removed(office: Office) -> None:
    await ask_openly(office.ada, ODD)
    await office.wei.click(await open_gaps(office), "learned.choose", channel="C07ASK")
    form = await office.wei.wait_view("Which section?")
    assert await office.wei.submit(form, {"nearest": "0"}) == {}
    await office.wei.wait_message("now answers")
    await office.emeka.command("/pmo learned", channel="C07ASK")
    listed = await office.emeka.wait_message("Learned questions")
    assert ODD in read_text(listed)
    assert "Wei Chen, 14 September 2026" in read_text(listed)
    await office.emeka.click(listed, "Remove", channel="C07ASK")
    removed = await office.emeka.wait_message("Removed: ")
    await office.emeka.click(listed, "Remove", channel="C07ASK")
    await office.emeka.wait_message("Removed before: ")
    await office.emeka.click(removed, "Undo", channel="C07ASK")
    await office.emeka.wait_message("now answers")


async def test_thumbs_down_offers_sections_to_the_pmo_only(office: Office) -> None:
    for person, wanted in ((office.wei, "learned.add.1"), (office.ada, "question.forward")):
        await person.command("/pmo how long does a health check take?", channel="C07ASK")
        answer = await person.wait_message("From the handbook")
        await person.click(answer, "question.feedback", "Not helpful", channel="C07ASK")
        offer = await person.wait_message(lambda one: "question.feedback" not in str(one) and one.get("blocks"))
        assert list_actions(offer)[0] == wanted
    await office.ada.command("/pmo learned", channel="C07ASK")
    await office.ada.wait_message("Only the PMO can say which section of the handbook answers a question.")


async def test_one_click_learns_and_undo_forgets(office: Office) -> None:
    await office.wei.command("/pmo how long does a health check take?", channel="C07ASK")
    answer = await office.wei.wait_message("From the handbook")
    await office.wei.click(answer, "question.feedback", "Not helpful", channel="C07ASK")
    offer = await office.wei.wait_message("Which section answers it?")
    await office.wei.click(offer, "learned.add.2", channel="C07ASK")
    done = await office.wei.wait_message("now answers")
    await office.wei.click(offer, "learned.add.2", channel="C07ASK")
    await office.wei.wait_message("already answers")
    await office.wei.click(done, "Undo", channel="C07ASK")
    await office.wei.wait_message("Removed: ")


async def test_private_question_of_another_person_is_out_of_reach(office: Office) -> None:
    await office.ada.command(f"/pmo {ODD}", channel="C07ASK")
    answer = await office.ada.wait_message("handbook")
    asked = next(block["block_id"] for block in answer["blocks"] if block["block_id"].startswith("asked:"))
    gaps = await open_gaps(office)
    assert "learned.choose" not in list_actions(gaps)
    await ask_openly(office.ada, "which wallpaper does the canteen have?")
    gaps = await open_gaps(office)
    element = next(one for _, one in iterate_elements(gaps) if one["action_id"] == "learned.choose")
    element["value"] = asked.partition(":")[2]
    await office.wei.click(gaps, "learned.choose", channel="C07ASK")
    await office.wei.wait_message("This question was asked in private, so only its asker can use it.")
