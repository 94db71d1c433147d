"""Questions that the handbook doesn't answer become visible to the PMO, and to nobody else."""

from pathlib import Path
from typing import Any

from bot.handbook_import import import_handbook
from storage.database import Database
from storage.store import Store
from tests.conversations.conftest import Office, open_office
from tests.workspace.filling import read_text

PAGE = "# Parking\n\nHow to get a parking permit for the depot: the gate hands parking permits out every Monday.\n"


async def ask_openly(office: Office, question: str) -> dict[str, Any]:
    asked = await office.ada.post("C07ASK", f"@PMO Assistant {question}")
    return await office.ada.wait_message(lambda one: one.get("thread_ts") == asked and "doesn't say" in one["text"])


async def ask_privately(office: Office, question: str) -> dict[str, Any]:
    await office.ada.command(f"/pmo {question}", channel="C07ASK")
    return await office.ada.wait_message("doesn't say")


async def test_unanswered_questions_are_grouped_and_counted(office: Office) -> None:
    await ask_openly(office, "how do I get a parking permit for the depot?")
    await ask_openly(office, "Depot: parking permit?")
    await ask_openly(office, "which wallpaper does the canteen have?")
    await office.wei.command("/pmo gaps", channel="C07ASK")
    shown = read_text(await office.wei.wait_message("Questions the handbook doesn't answer"))
    assert "Depot: parking permit?" in shown
    assert "twice" in shown
    assert "wallpaper" in shown
    assert "once" in shown
    assert "U01ADA" not in shown
    assert "Ada" not in shown


async def test_only_the_pmo_sees_gaps(office: Office) -> None:
    for person in (office.ada, office.ben, office.dana):
        await person.command("/pmo gaps", channel="C07ASK")
        await person.wait_message("Only the PMO can see which questions the handbook doesn't answer.")


async def test_private_questions_are_counted_and_not_quoted(office: Office) -> None:
    await ask_privately(office, "which wallpaper does the canteen have?")
    channel = await office.ada.dm()
    await office.ada.post(channel, "how do I get a parking permit for the depot?")
    await office.ada.wait_message("doesn't say", channel=channel)
    await office.wei.command("/pmo gaps", channel="C07ASK")
    message = await office.wei.wait_message("Questions the handbook doesn't answer")
    for shown in (read_text(message), message["text"]):
        assert "2 questions were asked in private" in shown
        assert "wallpaper" not in shown
        assert "parking" not in shown


async def test_private_question_is_quoted_once_its_asker_passes_it_on(office: Office) -> None:
    answer = await ask_privately(office, "which wallpaper does the canteen have?")
    await office.ada.click(answer, "Ask the PMO", channel="C07ASK")
    await office.ada.wait_message("I've passed your question on to the PMO.")
    await office.wei.command("/pmo gaps", channel="C07ASK")
    assert "wallpaper" in read_text(await office.wei.wait_message("Questions the handbook doesn't answer"))


async def test_question_asked_both_ways_is_quoted_as_it_was_asked_openly(office: Office) -> None:
    await ask_openly(office, "Depot: parking permit?")
    await ask_privately(office, "how do I get a parking permit for the depot?")
    await office.wei.command("/pmo gaps", channel="C07ASK")
    shown = read_text(await office.wei.wait_message("Questions the handbook doesn't answer"))
    assert "Depot: parking permit?" in shown
    assert "twice" in shown
    assert "how do I get" not in shown


async def test_unhelpful_answer_is_a_gap(office: Office) -> None:
    await office.ada.post("C07ASK", "@PMO Assistant how long does a health check take?")
    answer = await office.ada.wait_message("From the handbook")
    await office.ada.click(answer, "question.feedback", "Not helpful", channel="C07ASK")
    await office.ada.wait_message("Would you like someone")
    await office.emeka.command("/pmo gaps", channel="C07ASK")
    shown = read_text(await office.emeka.wait_message("Questions the handbook doesn't answer"))
    assert "marked as not helpful" in shown
    assert "how long does a health check take?" in shown


async def test_no_gaps_are_reported(office: Office) -> None:
    await office.wei.command("/pmo gaps", channel="C07ASK")
    await office.wei.wait_message("left no question unanswered")


async def test_new_page_closes_a_gap(data: Path, tmp_path: Path) -> None:
    async with open_office(data) as office:
        async with office.bot():
            await ask_openly(office, "how do I get a parking permit for the depot?")
        (tmp_path / "pages").mkdir()
        (tmp_path / "pages" / "parking.md").write_text(PAGE)
        database = Database(office.settings.database)
        import_handbook(Store(database), tmp_path / "pages", office.clock())
        database.close()
        async with office.bot():
            await office.wei.command("/pmo gaps", channel="C07ASK")
            await office.wei.wait_message("now answers 1 question")
