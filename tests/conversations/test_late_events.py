"""What Slack delivers long after it happened, as after an outage."""

from pathlib import Path

import pytest

from tests.conversations.conftest import Office, open_office
from tests.workspace.filling import read_text

ENGLISH = ("how long does a health check take?", "Sorry for the delay: I couldn't answer sooner.")
GERMAN = ("wie lange dauert ein Health Check?", "Entschuldigen Sie die Verspätung: Ich konnte nicht früher antworten.")


@pytest.mark.parametrize(("question", "apology"), [ENGLISH, GERMAN])
async def test_late_question_is_answered_once_with_an_apology(data: Path, question: str, apology: str) -> None:
    # Over Socket Mode, because what waits for a connection is delivered as soon as there is one.
    async with open_office(data, over_http=False) as office:
        await office.workspace.faults({"kind": "duplicate_event"})
        await office.ada.post("C07ASK", f"@PMO Assistant {question}")
        office.clock.forward(minutes=2)
        await office.ben.post("C07ASK", f"@PMO Assistant {ENGLISH[0]}")
        office.clock.forward(minutes=59)
        async with office.bot():
            answers = [await office.ada.wait_message("10 business days") for _ in range(2)]
            await office.workspace.wait_quiet()
            assert len([call for call in await office.workspace.calls("chat.postMessage") if call["ok"]]) == 2
    [late, soon] = sorted(answers, key=lambda answer: str(answer["thread_ts"]))
    assert late["text"].startswith(apology)
    assert read_text(late).startswith(apology)
    assert "Sorry" not in read_text(soon)


async def test_click_on_an_old_message_gets_no_apology(office: Office) -> None:
    await office.ada.post("C07ASK", f"@PMO Assistant {ENGLISH[0]}")
    answer = await office.ada.wait_message("10 business days")
    office.clock.forward(hours=2)
    await office.ada.click(answer, "Helpful")
    assert (await office.ada.wait_message("Thanks!"))["text"].startswith("Thanks!")
