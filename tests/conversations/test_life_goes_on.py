"""Channels are archived, people leave, and the app is removed: the PMO learns it once, with what to do."""

import asyncio

import pytest

from handlers.administration import installation
from tests.conversations.conftest import Office
from tests.conversations.service_desk import TRIAGE, request_service, start_work, wait_own_card, wait_triage_card
from tests.workspace.filling import read_text

PROGRESS = "C04PROGRESS"


async def test_archived_channel_is_named_once_with_a_remedy(office: Office) -> None:
    await office.workspace.control("channel", {"channel": PROGRESS, "archived": True, "by": "U05EMEKA"})
    notice = await office.wei.wait_message("was archived by <@U05EMEKA>", channel=TRIAGE)
    assert f"The channel for progress and the digest “weekly-progress” (<#{PROGRESS}>)" in notice["text"]
    assert "Unarchive it, or choose another channel in the organisation file" in notice["text"]
    again = {"type": "channel_archive", "channel": PROGRESS, "user": "U05EMEKA"}
    await office.workspace.send_event(again, times=2)
    await office.workspace.send_event({"type": "channel_rename", "channel": {"id": PROGRESS, "name": "news"}})
    await office.wei.wait_message("is called #news now", channel=TRIAGE)
    shown = [one for one in await office.wei.messages(TRIAGE) if "was archived" in one["text"]]
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"type": "channel_deleted", "channel": PROGRESS}, "was deleted"),
        ({"type": "group_left", "channel": PROGRESS, "actor_id": "U03WEI"}, "I was removed by <@U03WEI>"),
        ({"type": "member_left_channel", "channel": PROGRESS, "user": "U00PMO"}, "I was removed"),
        (
            {"type": "channel_id_changed", "old_channel_id": PROGRESS, "new_channel_id": "C99"},
            f"replace {PROGRESS} by C99",
        ),
        ({"type": "group_unarchive", "channel": PROGRESS, "user": "U03WEI"}, "was unarchived by <@U03WEI>"),
    ],
)
async def test_each_change_of_a_used_channel_is_explained(office: Office, event: dict[str, str], words: str) -> None:
    bot = office.workspace.server.hub.state.app.bot_user_id
    filled = {name: bot if value == "U00PMO" else value for name, value in event.items()}
    await office.workspace.send_event({"type": "channel_archive", "channel": "C99NOWHERE", "user": "U03WEI"})
    await office.workspace.send_event(filled)
    notice = await office.wei.wait_message(words, channel=TRIAGE)
    assert "progress" in notice["text"]
    assert not [one for one in await office.wei.messages(TRIAGE) if "C99NOWHERE" in one["text"]]


async def test_head_of_the_pmo_learns_that_triage_lost_the_bot(office: Office) -> None:
    await office.workspace.control("channel", {"channel": TRIAGE, "app": False, "by": "U03WEI"})
    notice = await office.emeka.wait_message("I was removed")
    assert "/invite @PMO Assistant" in notice["text"]
    await request_service(office, office.ben)
    await office.ben.wait_message("Your request is safe")
    await office.wei.command("/invite @PMO Assistant", channel=TRIAGE)
    await wait_triage_card(office.wei, 1, "Waiting for triage")
    direct = [one for one in await office.emeka.messages(await office.emeka.dm()) if TRIAGE in one["text"]]
    assert len(direct) == 1, "the failed card is no news any more"


async def test_open_matters_of_somebody_who_left_can_be_handed_over(office: Office) -> None:
    await start_work(office)
    await office.workspace.control("person", {"user": "U03WEI", "deleted": True})
    notice = await office.emeka.wait_message("has a deactivated Slack account", channel=TRIAGE)
    assert "Requests they work on: PMO-1" in notice["text"]
    assert "remove `id: U03WEI`" in notice["text"]
    await office.emeka.click(notice, "Hand over requests…")
    form = await office.emeka.wait_view("Hand over requests")
    assert await office.emeka.submit(form, {"assignee": "U05EMEKA"}) == {}
    summary = await office.emeka.wait_message("• PMO-1 to Emeka Adeyemi")
    assert summary["channel"] == await office.emeka.dm()
    await office.ben.wait_message("Emeka Adeyemi", channel=await office.ben.dm())


async def test_owner_who_left_is_named_with_what_to_change(office: Office) -> None:
    await request_service(office, office.ben)
    await office.workspace.control("person", {"user": "U02BEN", "deleted": True})
    notice = await office.wei.wait_message("has a deactivated Slack account", channel=TRIAGE)
    text = read_text(notice)
    assert "Requests they made: PMO-1" in text
    assert "Projects:" in text
    assert "`owner: U02BEN`" in text
    assert "delegate" in text
    await office.workspace.send_event({"type": "user_change", "user": {"id": "U02BEN", "deleted": True}})
    await office.workspace.send_event({"type": "user_change", "user": {"id": "U99NOBODY", "deleted": True}})
    await office.wei.click(notice, "Hand over requests…")
    form = await office.wei.wait_view("Hand over requests")
    assert await office.wei.submit(form, {"requester": "U02BEN"}) == {"requester": "Choose somebody else."}
    assert await office.wei.submit(form, {"requester": "U06FARAH"}) == {}
    await office.wei.wait_message("• PMO-1 to Farah Haddad")
    card = await wait_own_card(office.farah, 1, "Waiting for triage")
    assert "Your request" in read_text(card)
    shown = [one for one in await office.wei.messages(TRIAGE) if "deactivated" in one["text"]]
    assert len(shown) == 1


async def test_events_nobody_asked_for_are_acknowledged_quietly(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.workspace.send_event({"type": "emoji_changed", "subtype": "add", "name": "pmo"})
    await office.workspace.send_event({"type": "an_event_of_the_future"})
    await office.workspace.wait_quiet()
    events = await office.workspace.events("an_event_of_the_future")
    assert [one["acked"] for one in events] == [True]
    assert "Unhandled" not in caplog.text


async def test_uninstalled_app_is_said_once_and_sending_stops(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(
        installation.log, "error", lambda text, *given: loop.call_soon_threadsafe(said.put_nowait, text % given)
    )
    await office.workspace.control("app", {"installed": False})
    both = {await asyncio.wait_for(said.get(), 10) for _ in range(2)}
    assert {text.partition(".")[0] for text in both} == {
        "The bot token was revoked",
        "The app was uninstalled from the workspace",
    }
    mention = {"type": "app_mention", "user": "U01ADA", "channel": "C07ASK", "text": "<@U00PMOBOT> what can you do?"}
    for number in range(3):
        await office.workspace.send_event(mention | {"ts": f"1796100000.00000{number}"})
    await office.workspace.wait_quiet()
    refused = [one for one in await office.workspace.calls("chat.postEphemeral") if not one["ok"]]
    assert len(refused) <= 3
    assert said.empty()
