"""The App Home shows each person what concerns them, and stays up to date."""

from tests.conversations.conftest import Office
from tests.workspace.filling import read_text

UNKNOWN = "how do I get a parking permit for the depot?"


async def test_question_at_home_is_answered_in_messages(office: Office) -> None:
    await office.ada.open_home()
    view = await office.ada.wait_home()
    assert "Your recent questions" not in read_text(view)
    await office.ada.click(view, "question.ask", "how long does a health check take?")
    assert (await office.ada.wait_message("10 business days"))["channel"] == await office.ada.dm()
    changed = await office.ada.wait_home(lambda home: "how long does a health check take?" in read_text(home))
    assert "answered from the handbook · " in read_text(changed)
    assert changed["blocks"][1]["block_id"] != view["blocks"][1]["block_id"]  # so Slack empties the box


async def test_only_asker_can_reopen_question(office: Office) -> None:
    await office.ada.open_home()
    await office.ada.click(await office.ada.wait_home(), "question.ask", "how long does a health check take?")
    home = await office.ada.wait_home(lambda view: "Your recent questions" in read_text(view))
    await office.ada.click(home, "Show")
    assert "10 business days" in read_text(await office.ada.wait_view("Your question"))

    await office.ben.open_home()
    own = await office.ben.wait_home()
    block = next(block for block in home["blocks"] if block.get("accessory", {}).get("action_id") == "question.show")
    await office.ben.click(own | {"blocks": [*own["blocks"], block]}, "Show")
    await office.ben.wait_message("I no longer have that question.")
    assert office.ben.nothing_came("view_opened")


async def test_home_follows_forwarded_question(office: Office) -> None:
    await office.ada.open_home()
    await office.wei.open_home()
    await office.wei.wait_home(lambda view: "Questions for the PMO" not in read_text(view))
    await office.ada.command(f"/pmo {UNKNOWN}", channel="C07ASK")
    await office.ada.click(await office.ada.wait_message("doesn't say"), "Ask the PMO", channel="C07ASK")
    await office.ada.wait_home(lambda view: "with the PMO" in read_text(view))
    waiting = await office.wei.wait_home(lambda view: "parking permit" in read_text(view))

    await office.wei.click(waiting, "Answer")
    await office.wei.submit(await office.wei.wait_view("Answer a question"), {"answer": "At the gate."})
    await office.ada.wait_message("At the gate.")
    await office.wei.wait_home(lambda view: "parking permit" not in read_text(view))
    mine = await office.ada.wait_home(lambda view: "answered by Wei Chen" in read_text(view))
    await office.ada.click(mine, "Show")
    assert "At the gate." in read_text(await office.ada.wait_view("Your question"))


async def test_home_opens_help(office: Office) -> None:
    await office.ada.open_home()
    await office.ada.click(await office.ada.wait_home(), "What can I do here?")
    assert "/pmo your question" in read_text(await office.ada.wait_view("What I can do"))


async def test_unopened_home_is_never_published(office: Office) -> None:
    await office.ada.command("/pmo how long does a health check take?", channel="C07ASK")
    await office.ada.wait_message("10 business days")
    assert await office.workspace.calls("views.publish") == []
