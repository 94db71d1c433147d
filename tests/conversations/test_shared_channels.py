"""A channel of the bot becomes shared with another organisation: nothing of ours is posted there any more."""

from typing import Any

from tests.conversations.conftest import Office
from tests.conversations.service_desk import fill_form
from tests.conversations.test_stories import submit_story
from tests.conversations.test_updates import report

TRIAGE, PROGRESS, STORIES, LEADERS = "C03TRIAGE", "C04PROGRESS", "C05STORIES", "C06LEADERS"


def share(office: Office, *channels: str) -> None:
    """From now on another organisation reads the channels."""
    for channel in channels:
        office.workspace.server.hub.state.channels[channel].connected_team_ids.append("T00BRIGHT")
    office.clock.forward(minutes=1)  # what Slack said about them before is forgotten by then


async def list_written(office: Office, channel: str) -> list[dict[str, Any]]:
    """What the bot posted or changed in the channel."""
    calls = [*await office.workspace.calls("chat.postMessage"), *await office.workspace.calls("chat.update")]
    return [call["args"] for call in calls if call["args"]["channel"] == channel]


async def test_update_is_held_back_and_its_author_hears_of_it(autumn: Office) -> None:
    share(autumn, PROGRESS)
    await report(autumn.ben)
    await autumn.ben.wait_message("I didn't post it to <#C04PROGRESS>, because that channel is shared")
    await autumn.emeka.wait_message("<#C04PROGRESS> is shared with another organisation")
    assert await list_written(autumn, PROGRESS) == []


async def test_story_is_not_published_and_its_reviewer_hears_why(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada)
    share(autumn, STORIES)
    await autumn.wei.click(card, "Approve and publish")
    await autumn.wei.wait_message("so I can't publish the story there")
    assert await list_written(autumn, STORIES) == []


async def test_digest_is_held_back_and_the_head_of_the_pmo_hears_of_it(autumn: Office) -> None:
    share(autumn, LEADERS, PROGRESS)
    before = [await list_written(autumn, channel) for channel in (LEADERS, PROGRESS)]
    autumn.clock.forward(days=8)
    await autumn.emeka.wait_message("I held back the digest")
    assert [await list_written(autumn, channel) for channel in (LEADERS, PROGRESS)] == before


async def test_request_card_is_held_back(office: Office) -> None:
    share(office, TRIAGE)
    await office.ben.command("/pmo-request health-check")
    assert await office.ben.submit(await office.ben.wait_view("request.form"), fill_form()) == {}
    await office.ben.wait_message("Is Reservoir West in trouble?")
    await office.emeka.wait_message("<#C03TRIAGE> is shared with another organisation")
    assert await list_written(office, TRIAGE) == []
