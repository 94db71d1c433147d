"""Modals and Home tabs: triggers, the stack, hashes, and what the person sees."""

import pytest

from tests.workspace.visitor import ActionRefused
from workspace.clock import MessageClock


def modal(callback_id="request", **more):
    question = {
        "type": "input",
        "block_id": "goal",
        "label": {"type": "plain_text", "text": "Goal"},
        "element": {"type": "plain_text_input", "action_id": "text"},
    }
    title, submit = {"type": "plain_text", "text": "Request"}, {"type": "plain_text", "text": "Send"}
    return {"type": "modal", "callback_id": callback_id, "title": title, "submit": submit, "blocks": [question]} | more


HOME = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Your requests"}}]}


def issue_trigger(workspace, user="U02BEN", view_id=""):
    return workspace.server.hub.triggers.issue(user, view_id)


async def open_modal(workspace, **more):
    body = await workspace.api("views.open", trigger_id=issue_trigger(workspace), view=modal(**more))
    assert body["ok"], body
    return body["view"]


async def test_a_view_opens_for_the_triggers_person(workspace):
    ben = workspace.as_user("U02BEN")
    await ben.boot()
    view = await open_modal(workspace, private_metadata="draft 7")
    seen = await ben.wait_view("request")
    assert seen == view
    assert (view["private_metadata"], view["root_view_id"], view["previous_view_id"]) == ("draft 7", view["id"], None)
    assert view["state"] == {"values": {}}


async def test_a_trigger_opens_one_modal(workspace):
    once = issue_trigger(workspace)
    assert (await workspace.api("views.open", trigger_id=once, view=modal()))["ok"]
    assert (await workspace.api("views.open", trigger_id=once, view=modal()))["error"] == "exchanged_trigger_id"
    assert (await workspace.api("views.open", trigger_id="1.2.3", view=modal()))["error"] == "invalid_trigger_id"


async def test_a_trigger_expires_after_three_seconds(workspace):
    clock: MessageClock = workspace.server.hub.clock
    old = issue_trigger(workspace)
    now = clock.now()
    clock.now = lambda: now + 3.1
    assert (await workspace.api("views.open", trigger_id=old, view=modal()))["error"] == "expired_trigger_id"


async def test_a_stack_holds_three_views(workspace):
    root = await open_modal(workspace)
    second = await workspace.api("views.push", trigger_id=issue_trigger(workspace), view=modal("second"))
    third = await workspace.api("views.push", trigger_id=issue_trigger(workspace), view=modal("third"))
    fourth = await workspace.api("views.push", trigger_id=issue_trigger(workspace), view=modal("fourth"))
    assert second["view"]["previous_view_id"] == root["id"]
    assert third["view"]["root_view_id"] == root["id"]
    assert fourth["error"] == "push_limit_reached"


async def test_pushing_without_a_stack_is_refused(workspace):
    pushed = await workspace.api("views.push", trigger_id=issue_trigger(workspace), view=modal())
    assert pushed["error"] == "not_found"


async def test_updates_with_an_old_hash_are_refused(workspace):
    ben = workspace.as_user("U02BEN")
    await ben.boot()
    view = await open_modal(workspace)
    await ben.wait_view("request")
    first = await workspace.api("views.update", view_id=view["id"], hash=view["hash"], view=modal("changed"))
    assert (await ben.wait_view("changed"))["id"] == view["id"]
    late = await workspace.api("views.update", view_id=view["id"], hash=view["hash"], view=modal("late"))
    assert late["error"] == "hash_conflict"
    again = await workspace.api("views.update", view_id=view["id"], hash=first["view"]["hash"], view=modal("again"))
    assert again["ok"]
    assert (await workspace.api("views.update", view_id="V0", view=modal()))["error"] == "not_found"


async def test_a_view_is_found_by_external_id(workspace):
    view = await open_modal(workspace, external_id="draft-7")
    updated = await workspace.api("views.update", external_id="draft-7", view=modal("changed", external_id="draft-7"))
    assert updated["view"]["id"] == view["id"]
    other = await workspace.api(
        "views.open", trigger_id=issue_trigger(workspace, "U01ADA"), view=modal(external_id="draft-7")
    )
    assert other["error"] == "duplicate_external_id"


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        (modal(title={"type": "plain_text", "text": "x" * 25}), "/view/title/text"),
        (modal(blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]), "/view/blocks/0/text/text"),
        (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    ],
)
async def test_an_invalid_view_error_includes_the_pointer(workspace, view, pointer):
    body = await workspace.api("views.open", trigger_id=issue_trigger(workspace), view=view)
    assert body["error"] == "invalid_arguments"
    assert pointer in [error["pointer"] for error in body["errors"]]


async def test_a_refused_view_does_not_use_up_its_trigger(workspace):
    once = issue_trigger(workspace)
    assert not (await workspace.api("views.open", trigger_id=once, view=modal(blocks=[])))["ok"]
    assert (await workspace.api("views.open", trigger_id=once, view=modal()))["ok"]


async def test_a_published_home_is_shown_when_opened(workspace):
    dana = workspace.as_user("U04DANA")
    assert await dana.open_home() is None
    published = await workspace.api("views.publish", user_id="U04DANA", view=HOME)
    assert (await dana.wait_home())["id"] == published["view"]["id"]
    assert (await dana.open_home())["id"] == published["view"]["id"]
    again = await workspace.api("views.publish", user_id="U04DANA", view=HOME, hash="1700000000.old")
    assert again["error"] == "hash_conflict"
    updated = await workspace.api("views.update", view_id=published["view"]["id"], view=HOME)
    assert updated["view"]["id"] == published["view"]["id"]


async def test_each_view_type_has_its_method(workspace):
    assert (await workspace.api("views.publish", user_id="U04DANA", view=modal()))["error"] == "invalid_arguments"
    opened_home = await workspace.api("views.open", trigger_id=issue_trigger(workspace), view=HOME)
    assert opened_home["error"] == "invalid_arguments"


async def test_an_update_cannot_change_the_view_type(workspace):
    view = await open_modal(workspace)
    await workspace.api("views.publish", user_id="U04DANA", view=HOME | {"external_id": "home-of-dana"})
    for place, other in (({"view_id": view["id"]}, HOME), ({"external_id": "home-of-dana"}, modal())):
        refused = await workspace.api("views.update", **place, view=other)
        assert (refused["error"], refused["errors"][0]["pointer"]) == ("invalid_arguments", "/view/type")
    same = await workspace.api("views.update", external_id="home-of-dana", view=HOME)
    assert same["view"]["type"] == "home"


async def test_external_ids_are_unique_across_views(workspace):
    await open_modal(workspace, external_id="draft-7")
    taken = HOME | {"external_id": "draft-7"}
    assert (await workspace.api("views.publish", user_id="U04DANA", view=taken))["error"] == "duplicate_external_id"
    home = HOME | {"external_id": "home"}
    assert (await workspace.api("views.publish", user_id="U04DANA", view=home))["ok"]
    assert (await workspace.api("views.publish", user_id="U04DANA", view=home))["ok"]
    again = await workspace.api("views.open", trigger_id=issue_trigger(workspace), view=modal(external_id="home"))
    assert again["error"] == "duplicate_external_id"


async def test_people_submit_only_their_own_views(workspace):
    view = await open_modal(workspace)
    with pytest.raises(ActionRefused, match="not_found"):
        await workspace.as_user("U01ADA").submit(view, {"goal": "x"})
