"""What people see when Slack refuses what the bot has to say."""

from tests.conversations.conftest import Office
from tests.conversations.service_desk import perform_action, request_service, wait_own_card, wait_triage_card
from tests.conversations.test_stories import STORY
from tests.conversations.test_stories import form as open_story_form
from tests.workspace.filling import read_text

ASK, TRIAGE = "C07ASK", "C03TRIAGE"
QUESTION = "@PMO Assistant how long does a health check take?"


def refuse(channel: str, error: str, method: str = "chat.postMessage") -> dict[str, str]:
    return {"kind": "error", "method": method, "channel": channel, "error": error}


async def test_asker_gets_the_answer_directly_and_the_pmo_learns_what_to_mend(office: Office) -> None:
    methods = ("chat.postMessage", "chat.postEphemeral")
    await office.workspace.faults(*(refuse(ASK, "restricted_action", method) for method in methods))
    for expected in (1, 0):
        await office.ada.post(ASK, QUESTION)
        answer = await office.ada.wait_message("couldn't show this in")
        assert answer["channel"].startswith("D")
        assert "health check" in read_text(answer).lower()
        if expected:
            notice = await office.wei.wait_message("I couldn't deliver")
            assert "Ask a workspace administrator to let the app post there" in notice["text"]


async def test_requester_and_lead_learn_that_triage_could_not_be_told(office: Office) -> None:
    await office.workspace.faults(refuse(TRIAGE, "is_archived"))
    await request_service(office, office.ben)
    card = await office.ben.wait_message("Your request is safe")
    assert "Emeka Adeyemi can mend that and knows" in card["text"]
    notice = await office.emeka.wait_message("I can't post in the triage channel")
    assert "Unarchive the channel" in notice["text"]
    await office.workspace.faults()
    assert await perform_action(office.ben, card, "Comment", comment="It is urgent.") == {}
    await wait_triage_card(office.wei, 1, "Waiting for triage")
    mended = await wait_own_card(office.ben, 1, "Waiting for triage")
    assert "Your request is safe" not in mended["text"]


async def test_whoever_passes_a_question_on_learns_that_triage_could_not_be_told(office: Office) -> None:
    await office.workspace.faults(refuse(TRIAGE, "not_in_channel"))
    await office.ada.command("/pmo how do I get a parking permit for the depot?", channel=ASK)
    await office.ada.click(await office.ada.wait_message("doesn't say"), "Ask the PMO", channel=ASK)
    shown = await office.ada.wait_message("Your question is safe")
    assert "Emeka Adeyemi can mend that and knows" in shown["text"]


async def test_author_learns_that_triage_could_not_be_told_and_the_story_waits_there_later(autumn: Office) -> None:
    await autumn.workspace.faults(refuse(TRIAGE, "not_in_channel"))
    assert await autumn.ada.submit(await open_story_form(autumn.ada), STORY) == {}
    shown = await autumn.ada.wait_message("is safe")
    assert "Your story “A third fewer bursts in the north” is safe" in shown["text"]
    assert "Emeka Adeyemi can mend that and knows" in shown["text"]
    await autumn.workspace.faults()
    await autumn.workspace.change_channel(TRIAGE, app=False)
    await autumn.wei.command("/invite @PMO Assistant", channel=TRIAGE)
    card = await autumn.wei.wait_message("A third fewer bursts", channel=TRIAGE)
    await autumn.wei.click(card, "Approve and publish")
    await autumn.ada.wait_message("Published · Your success story")
