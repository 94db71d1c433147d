"""User groups: what the Web API says of them, what it refuses, and which events tell of changes."""

import pytest

from tests.workspace.running import MANIFEST, running_workspace
from workspace.usergroups import LISTED_IN_EVENTS

EVENTS = [
    *MANIFEST["settings"]["event_subscriptions"]["bot_events"],
    "subteam_members_changed",
    "subteam_updated",
]
SETTINGS = MANIFEST["settings"] | {"event_subscriptions": {"bot_events": EVENTS}}
ALL = [f"U{number:05d}" for number in range(LISTED_IN_EVENTS + 1)]


@pytest.fixture
async def workspace():
    async with running_workspace(MANIFEST | {"settings": SETTINGS}) as running:
        yield running


async def test_groups_are_described_as_slack_does(workspace):
    [group] = (await workspace.api("usergroups.list"))["usergroups"]
    assert (group["id"], group["handle"], group["name"], group["is_usergroup"]) == ("S01PMO", "pmo", "The PMO", True)
    assert (group["date_delete"], group["deleted_by"]) == (0, None)
    assert "users" not in group
    assert "user_count" not in group
    more = {"include_users": True, "include_count": True}
    [group] = (await workspace.api("usergroups.list", **more))["usergroups"]
    assert (group["users"], group["user_count"]) == (["U05EMEKA", "U03WEI"], "2")


async def test_members_are_listed_by_the_group_s_id(workspace):
    assert (await workspace.api("usergroups.users.list", usergroup="S01PMO"))["users"] == ["U05EMEKA", "U03WEI"]
    assert (await workspace.api("usergroups.users.list", usergroup="S1"))["error"] == "no_such_subteam"
    assert (await workspace.api("usergroups.users.list"))["error"] == "no_such_subteam"


async def test_scope_is_required():
    granted = [scope for scope in MANIFEST["oauth_config"]["scopes"]["bot"] if scope != "usergroups:read"]
    async with running_workspace(MANIFEST | {"oauth_config": {"scopes": {"bot": granted}}}) as workspace:
        refused = await workspace.api("usergroups.users.list", usergroup="S01PMO")
        assert (refused["error"], refused["needed"]) == ("missing_scope", "usergroups:read")


async def test_app_hears_who_joined_and_who_left(workspace, app):
    await workspace.change_usergroup("S01PMO", users=["U05EMEKA", "U02BEN"], by="U05EMEKA")
    event = (await app.event("subteam_members_changed"))["event"]
    assert (event["subteam_id"], event["team_id"]) == ("S01PMO", "T00MERIDIAN")
    assert (event["added_users"], event["added_users_count"]) == (["U02BEN"], "1")
    assert (event["removed_users"], event["removed_users_count"]) == (["U03WEI"], "1")
    assert event["date_update"] > event["date_previous_update"]
    group = (await app.event("subteam_updated"))["event"]["subteam"]
    assert (group["users"], group["user_count"], group["updated_by"]) == (["U05EMEKA", "U02BEN"], 2, "U05EMEKA")


async def test_disabled_group_is_found_only_if_asked_for(workspace, app):
    await workspace.change_usergroup("S01PMO", disabled=True, by="U05EMEKA")
    group = (await app.event("subteam_updated"))["event"]["subteam"]
    assert group["date_delete"] > 0
    assert group["deleted_by"] == "U05EMEKA"
    assert (await workspace.api("usergroups.list"))["usergroups"] == []
    assert len((await workspace.api("usergroups.list", include_disabled=True))["usergroups"]) == 1
    assert (await workspace.api("usergroups.users.list", usergroup="S01PMO"))["error"] == "no_such_subteam"
    given = {"usergroup": "S01PMO", "include_disabled": True}
    assert (await workspace.api("usergroups.users.list", **given))["users"] == ["U05EMEKA", "U03WEI"]
    await workspace.change_usergroup("S01PMO", disabled=False)
    assert (await app.event("subteam_updated"))["event"]["subteam"]["date_delete"] == 0


async def test_group_without_members_is_refused(workspace):
    answer = await workspace.control("usergroup", {"usergroup": "S01PMO", "users": []})
    assert (answer["ok"], answer["message"]) == (False, "no_users_provided")


async def test_reset_brings_the_groups_back(workspace):
    await workspace.change_usergroup("S01PMO", deleted=True)
    assert (await workspace.api("usergroups.users.list", usergroup="S01PMO"))["error"] == "no_such_subteam"
    await workspace.control("reset", {})
    assert (await workspace.api("usergroups.users.list", usergroup="S01PMO"))["ok"]


async def test_event_lists_some_members_and_counts_all(workspace, app):
    people = workspace.server.hub.state.people
    people.update(dict.fromkeys(ALL, people["U01ADA"]))
    await workspace.change_usergroup("S01PMO", users=ALL, by="U01ADA")
    group = (await app.event("subteam_updated"))["event"]["subteam"]
    assert (len(group["users"]), group["user_count"]) == (LISTED_IN_EVENTS, len(ALL))
