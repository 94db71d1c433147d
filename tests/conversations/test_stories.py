"""A success story: submitted by anybody, agreed to by the people named, reviewed and published once."""

import asyncio
import json
from typing import Any

from tests.conversations.conftest import Office
from tests.workspace.filling import iterate_elements, iterate_options, list_labels, read_text
from tests.workspace.visitor import Visitor

TRIAGE, STORIES = "C03TRIAGE", "C05STORIES"
STORY = {
    "title": "A third fewer bursts in the north",
    "text": "Night pressure went down in July; bursts fell from 60 to 40 a month.",
    "objective": "less-leakage",
    "project": "none",
    "evidence": "https://example.org/bursts\nBurst log, October",
}


async def form(person: Visitor) -> dict[str, Any]:
    await person.command("/pmo-story")
    return await person.wait_view("story.form")


async def submit_story(office: Office, person: Visitor, **given: Any) -> dict[str, Any]:
    """Submit a story; returns the card in triage."""
    assert await person.submit(await form(person), STORY | given) == {}
    return await office.wei.wait_message("A third fewer bursts", channel=TRIAGE)


def buttons(message: dict[str, Any]) -> list[str]:
    return [name for block, element in iterate_elements(message) for name in list_labels(block, element)]


async def posts(office: Office) -> list[dict[str, Any]]:
    return [call for call in await office.workspace.calls("chat.postMessage") if call["args"]["channel"] == STORIES]


async def test_story_is_reviewed_and_published(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada)
    assert buttons(card) == ["Approve and publish", "Ask for changes"]
    own = await autumn.ada.wait_message("Waiting for review · Your success story")
    await autumn.wei.click(card, "Approve and publish")
    message = await autumn.ben.wait_message("A third fewer bursts", channel=STORIES)
    assert "bursts fell from 60 to 40" in read_text(message)
    assert "https://example.org/bursts" in read_text(message)
    assert "supports “Less water is lost between the works and the tap”" in read_text(message)
    changed = await autumn.ada.wait_message("Published · Your success story")
    assert changed["ts"] == own["ts"]
    await autumn.ada.wait_message("<@U03WEI> approved and published")
    assert buttons(await autumn.wei.wait_message("Published · Success story", channel=TRIAGE)) == ["Withdraw"]
    assert len(await posts(autumn)) == 1


async def test_missing_fields_are_explained_in_the_form(autumn: Office) -> None:
    view = await form(autumn.ada)
    errors = await autumn.ada.submit(view, STORY | {"objective": "none", "people": ["U02BEN"]})
    assert errors == {
        "objective": "Choose an objective or a project, so that readers see what the story supports.",
        "consent": "Tell the people you name first, then tick this box.",
    }
    assert autumn.wei.nothing_came("message")


async def test_pmo_staff_cannot_approve_own_story(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.wei)
    await autumn.wei.click(card, "Approve and publish")
    await autumn.wei.wait_message("Only PMO staff other than the author can approve this story.")
    await autumn.wei.click(card, "Ask for changes")
    await autumn.wei.wait_message("Only PMO staff other than the author can ask for changes to this story.")
    assert await posts(autumn) == []
    await autumn.emeka.click(card, "Approve and publish", channel=TRIAGE)
    await autumn.ben.wait_message("A third fewer bursts", channel=STORIES)


async def test_two_reviewers_publish_a_story_once(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada)
    await asyncio.gather(
        autumn.wei.click(card, "Approve and publish"), autumn.emeka.click(card, "Approve and publish", channel=TRIAGE)
    )
    await autumn.ben.wait_message("A third fewer bursts", channel=STORIES)
    second = [person.wait_message("This story's status is now “published”") for person in (autumn.wei, autumn.emeka)]
    done, waiting = await asyncio.wait(map(asyncio.ensure_future, second), return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    assert len(done) == 1
    assert len(await posts(autumn)) == 1


async def test_everyone_named_consents_before_publication(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada, people=["U02BEN"], consent=["yes"])
    asked = await autumn.ben.wait_message("Ada Okafor names you in a success story. Do you agree?")
    await autumn.wei.click(card, "Approve and publish")
    await autumn.wei.wait_message("1 person named in it hasn't agreed yet.")
    assert await posts(autumn) == []
    await autumn.ben.click(asked, "I agree")
    agreed = await autumn.wei.wait_message("Ben Castellanos agreed", channel=TRIAGE)
    await autumn.wei.click(agreed, "Approve and publish")
    assert "with Ben Castellanos" in read_text(await autumn.farah.wait_message("A third fewer", channel=STORIES))


async def test_changed_story_asks_for_consent_again(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada, people=["U02BEN"], consent=["yes"])
    await autumn.ben.click(await autumn.ben.wait_message("Do you agree?"), "I agree")
    await autumn.wei.wait_message("Ben Castellanos agreed", channel=TRIAGE)
    await autumn.wei.click(card, "Ask for changes")
    assert await autumn.wei.submit(await autumn.wei.wait_view("story.note"), {"note": "Since when?"}) == {}
    await autumn.ada.click(await autumn.ada.wait_message("What to change:* Since when?"), "Edit")
    view = await autumn.ada.wait_view("story.form")
    assert await autumn.ada.submit(view, {"text": "Since July bursts fell by a third.", "consent": ["yes"]}) == {}
    called = await autumn.ben.wait_message("has changed since you answered")
    assert called["text"].startswith("<@U02BEN>")


async def test_withdrawn_consent_takes_the_post_back(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada, people=["U02BEN"], consent=["yes"])
    await autumn.ben.click(await autumn.ben.wait_message("Do you agree?"), "I agree")
    await autumn.wei.wait_message("Ben Castellanos agreed", channel=TRIAGE)
    await autumn.wei.click(card, "Approve and publish")
    message = await autumn.farah.wait_message("A third fewer", channel=STORIES)
    own = await autumn.ben.wait_message("You agreed to be named in this story.")
    await autumn.ben.click(own, "Don't name me")
    gone = await autumn.farah.wait_message("This success story was withdrawn.", channel=STORIES)
    assert gone["ts"] == message["ts"]
    assert "Ben" not in json.dumps(gone)


async def test_author_makes_requested_changes(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada)
    await autumn.wei.click(card, "Ask for changes")
    view = await autumn.wei.wait_view("story.note")
    assert await autumn.wei.submit(view, {"note": "Since when?"}) == {}
    await autumn.ada.wait_message("<@U03WEI> asked for changes")
    own = await autumn.ada.wait_message("What to change:* Since when?")
    await autumn.ada.click(own, "Edit")
    view = await autumn.ada.wait_view("story.form")
    assert "Night pressure went down" in json.dumps(view)
    assert await autumn.ada.submit(view, {"text": "Since July night pressure is down; bursts fell by a third."}) == {}
    again = await autumn.wei.wait_message("Since July night pressure", channel=TRIAGE)
    assert again["ts"] == card["ts"]
    await autumn.wei.wait_message("<@U01ADA> resubmitted", channel=TRIAGE)
    await autumn.wei.click(again, "Approve and publish")
    await autumn.ben.wait_message("Since July", channel=STORIES)


async def test_author_withdraws_a_story_with_reason(autumn: Office) -> None:
    card = await submit_story(autumn, autumn.ada)
    own = await autumn.ada.wait_message("Waiting for review · Your success story")
    await autumn.ada.click(own, "Withdraw")
    assert await autumn.ada.submit(await autumn.ada.wait_view("story.note"), {"note": "The figures were wrong."}) == {}
    withdrawn = await autumn.wei.wait_message("Withdrawn · Success story", channel=TRIAGE)
    assert buttons(withdrawn) == []
    await autumn.wei.click(card, "Approve and publish")
    await autumn.wei.wait_message("This story's status is now “withdrawn”, so you can no longer do that.")
    assert await posts(autumn) == []


async def test_stories_offer_only_public_subjects(autumn: Office) -> None:
    view = await form(autumn.dana)
    elements = {block["block_id"]: block.get("element") for block in view["blocks"]}
    offered = [one["value"] for key in ("objective", "project") for one in iterate_options(elements[key])]
    assert "less-leakage" in offered
    assert "smart-metering" in offered
    assert not {"fewer-depots", "depot-moves"} & set(offered)
    forged = {"text": {"type": "plain_text", "text": "x"}, "value": "fewer-depots"}
    errors = await autumn.dana.submit(view, STORY | {"objective": forged})
    assert errors == {"objective": "There's no objective “fewer-depots” that you can see. Choose one from the list."}


async def test_typed_story_cannot_mention_anybody(autumn: Office) -> None:
    card = await submit_story(
        autumn, autumn.ada, text="<!channel> <@U02BEN> hooray", title="A third fewer bursts <!here>"
    )
    assert "<!channel>" not in json.dumps(card)
    await autumn.wei.click(card, "Approve and publish")
    message = await autumn.ben.wait_message("hooray", channel=STORIES)
    assert "<!" not in message["text"]
    assert "<!" not in json.dumps([block for block in message["blocks"] if block["type"] != "header"])


async def test_home_shows_own_and_waiting_stories(autumn: Office) -> None:
    await autumn.ada.open_home()
    await autumn.wei.open_home()
    await submit_story(autumn, autumn.ada)
    await autumn.ada.wait_home(lambda view: "Waiting for review · A third fewer bursts" in read_text(view))
    await autumn.wei.wait_home(lambda view: "*Stories waiting for review*" in read_text(view))
