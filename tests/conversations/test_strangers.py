"""People who aren't in the organisation file: of another organisation, guests, new colleagues, those who left."""

from tests.conversations.conftest import Office
from tests.workspace.filling import read_text

RED = "which projects are red?"
HEALTH_CHECK = "how long does a health check take?"
SHARED = "C08PARTNERS"


async def test_outsider_is_refused_privately(office: Office) -> None:
    await office.olga.post(SHARED, f"@PMO Assistant {RED}")
    refusal = await office.olga.wait_message("people of other organisations", channel=SHARED)
    assert refusal["ephemeral"]
    assert "metering" not in read_text(refusal)
    await office.olga.post(await office.olga.dm(), HEALTH_CHECK)
    await office.olga.wait_message("people of other organisations")
    assert "Request" not in str(await office.olga.open_home())


async def test_guest_gets_the_handbook_only(office: Office) -> None:
    channel = await office.gina.dm()
    await office.gina.post(channel, HEALTH_CHECK)
    answer = await office.gina.wait_message("10 business days", channel=channel)
    assert "Request:" not in read_text(answer)
    await office.gina.post(channel, RED)
    assert "metering" not in read_text(await office.gina.wait_message("Guests can't see the strategy"))
    await office.gina.command("/pmo-request", channel="C09CONTRACTORS")
    await office.gina.wait_message("Guests can't ask the PMO for something")


async def test_unlisted_colleague_requests_a_service_but_sees_no_strategy(office: Office) -> None:
    await office.ulla.command("/pmo-request health-check")
    await office.ulla.wait_view("request.form")
    await office.ulla.command("/pmo-strategy")
    await office.ulla.wait_message("Only people on the PMO's list")


async def test_deactivated_account_gets_no_answer(office: Office) -> None:
    event = {"type": "app_mention", "channel": "C07ASK", "user": "U10DMITRI", "text": RED, "ts": "1789000000.000100"}
    await office.workspace.send_event(event | {"event_ts": event["ts"]})
    await office.ada.post("C07ASK", f"@PMO Assistant {RED}")
    await office.ada.wait_message("2 projects are red:", channel="C07ASK")
    assert all("U10DMITRI" not in str(call["args"]) for call in await office.workspace.calls("chat.postEphemeral"))


async def test_guest_can_neither_watch_a_request_nor_be_named_in_a_story(office: Office) -> None:
    await office.ben.command("/pmo-story")
    story = await office.ben.wait_view("story.form")
    errors = await office.ben.submit(story, {"title": "A", "text": "B", "evidence": "C", "people": ["U08GINA"]})
    assert "can't ask @U08GINA" not in str(errors)  # nothing is known of her yet, and Slack gets its answer at once
    await office.gina.post(await office.gina.dm(), HEALTH_CHECK)
    await office.gina.wait_message("10 business days")
    errors = await office.ben.submit(story, {"title": "A", "text": "B", "evidence": "C", "people": ["U08GINA"]})
    assert "can't ask @U08GINA to agree" in errors["people"]
