"""What the handbook left open becomes work for those who write it, and for nobody else to see."""

from pathlib import Path

from bot.handbook_provider import import_handbook
from storage.database import Database
from storage.store import Store
from tests.conversations.conftest import Office, opened
from tests.workspace.filling import words

PAGE = "# Parking\n\nHow to get a parking permit for the depot: the gate hands parking permits out every Monday.\n"


async def ask_privately(office: Office, question: str) -> None:
    await office.ada.command(f"/pmo {question}", channel="C07ASK")
    await office.ada.wait_message("does not say")


async def test_unanswered_questions_are_grouped_and_counted_for_the_pmo(office: Office) -> None:
    await ask_privately(office, "how do I get a parking permit for the depot?")
    await ask_privately(office, "Depot: parking permit?")
    await ask_privately(office, "which wallpaper does the canteen have?")
    await office.wei.command("/pmo gaps", channel="C07ASK")
    shown = words(await office.wei.wait_message("What the handbook left open"))
    assert "Depot: parking permit?" in shown
    assert "twice" in shown
    assert "wallpaper" in shown
    assert "once" in shown
    assert "U01ADA" not in shown
    assert "Ada" not in shown


async def test_nobody_else_may_see_them(office: Office) -> None:
    for person in (office.ada, office.ben, office.dana):
        await person.command("/pmo gaps", channel="C07ASK")
        await person.wait_message("Only people of the PMO see which questions the handbook left open.")


async def test_an_answer_that_did_not_help_is_a_gap_too(office: Office) -> None:
    await office.ada.command("/pmo how long does a health check take?", channel="C07ASK")
    answer = await office.ada.wait_message("From the handbook")
    await office.ada.click(answer, "question.feedback", "Not helpful", channel="C07ASK")
    await office.ada.wait_message("Would you like a person")
    await office.emeka.command("/pmo gaps", channel="C07ASK")
    shown = words(await office.emeka.wait_message("What the handbook left open"))
    assert "found it not helpful" in shown
    assert "how long does a health check take?" in shown


async def test_when_there_are_none_it_says_so(office: Office) -> None:
    await office.wei.command("/pmo gaps", channel="C07ASK")
    await office.wei.wait_message("left no question open")


async def test_a_page_written_meanwhile_settles_a_gap(data: Path, tmp_path: Path) -> None:
    async with opened(data) as office:
        async with office.bot():
            await ask_privately(office, "how do I get a parking permit for the depot?")
        (tmp_path / "pages").mkdir()
        (tmp_path / "pages" / "parking.md").write_text(PAGE)
        database = Database(office.settings.database)
        import_handbook(Store(database), tmp_path / "pages", office.clock())
        database.close()
        async with office.bot():
            await office.wei.command("/pmo gaps", channel="C07ASK")
            await office.wei.wait_message("1 that was open before is answered by now")
