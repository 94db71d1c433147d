"""What happens over time: channels renamed or archived, the app removed, people leaving, the app uninstalled."""

import pytest

from tests.workspace.acting import acknowledge_action
from tests.workspace.raw_app import connected_app
from tests.workspace.running import MANIFEST, running_workspace
from tests.workspace.visitor import ActionRefused

LIFE = (
    *("app_uninstalled", "tokens_revoked", "user_change", "message.mpim", "member_left_channel"),
    *(f"channel_{verb}" for verb in ("archive", "left", "rename", "unarchive")),
    *(f"group_{verb}" for verb in ("archive", "left", "rename", "unarchive")),
)
EVENTS = [*MANIFEST["settings"]["event_subscriptions"]["bot_events"], *LIFE]
SETTINGS = MANIFEST["settings"] | {"event_subscriptions": {"bot_events": EVENTS}}


def manifest_with(*scopes):
    granted = [*MANIFEST["oauth_config"]["scopes"]["bot"], *scopes]
    return MANIFEST | {"settings": SETTINGS, "oauth_config": {"scopes": {"bot": granted}}}


@pytest.fixture
async def workspace():
    async with running_workspace(manifest_with()) as running:
        yield running


async def refusal(workspace, method, **args):
    return (await workspace.api(method, **args))["error"]


async def test_a_renamed_channel_says_so_and_keeps_its_id(workspace, app):
    await workspace.change_channel("C02PROJECTS", name="delivery", by="U05EMEKA")
    notice = (await app.event("message"))["event"]
    assert (notice["subtype"], notice["old_name"], notice["name"]) == ("channel_name", "projects", "delivery")
    event = (await app.event("channel_rename"))["event"]
    assert (event["channel"]["id"], event["channel"]["name"]) == ("C02PROJECTS", "delivery")
    assert (await workspace.api("conversations.info", channel="C02PROJECTS"))["channel"]["name"] == "delivery"
    assert (await workspace.api("chat.postMessage", channel="#delivery", text="Hello"))["channel"] == "C02PROJECTS"
    assert await refusal(workspace, "chat.postMessage", channel="#projects", text="Hello") == "channel_not_found"


async def test_a_renamed_private_channel_is_a_renamed_group(workspace, app):
    await workspace.change_channel("C03TRIAGE", name="requests")
    assert (await app.event("group_rename"))["event"]["channel"]["name"] == "requests"


async def test_nobody_posts_in_an_archived_channel(workspace, app):
    posted = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Before")
    await workspace.change_channel("C02PROJECTS", archived=True, by="U05EMEKA")
    event = (await app.event("channel_archive"))["event"]
    assert (event["channel"], event["user"]) == ("C02PROJECTS", "U05EMEKA")
    place = {"channel": "C02PROJECTS", "text": "Hello"}
    assert await refusal(workspace, "chat.postMessage", **place) == "is_archived"
    assert await refusal(workspace, "chat.postEphemeral", **place, user="U02BEN") == "is_archived"
    assert await refusal(workspace, "chat.update", **place, ts=posted["ts"]) == "is_inactive"
    add = {"channel": "C02PROJECTS", "timestamp": posted["ts"], "name": "eyes"}
    assert await refusal(workspace, "reactions.add", **add) == "is_archived"
    assert (await workspace.api("conversations.info", channel="C02PROJECTS"))["channel"]["is_archived"] is True
    listed = (await workspace.api("conversations.list", exclude_archived=True))["channels"]
    assert "C02PROJECTS" not in [item["id"] for item in listed]
    with pytest.raises(ActionRefused, match="is_archived"):
        await workspace.as_user("U02BEN").post("C02PROJECTS", "Hello")
    await workspace.change_channel("C02PROJECTS", archived=False)
    assert (await app.event("channel_unarchive"))["event"]["channel"] == "C02PROJECTS"
    assert (await workspace.api("chat.postMessage", **place))["ok"]


async def test_the_app_hears_that_it_was_removed(workspace, app):
    await workspace.change_channel("C02PROJECTS", app=False, by="U05EMEKA")
    assert (await app.event("member_left_channel"))["event"]["user"] == "U00PMOBOT"
    event = (await app.event("channel_left"))["event"]
    assert (event["channel"], event["actor_id"]) == ("C02PROJECTS", "U05EMEKA")
    assert await refusal(workspace, "chat.postMessage", channel="C02PROJECTS", text="Hello") == "not_in_channel"
    await workspace.change_channel("C03TRIAGE", app=False)
    assert (await app.event("group_left"))["event"]["channel"] == "C03TRIAGE"
    assert await refusal(workspace, "chat.postMessage", channel="C03TRIAGE", text="Hello") == "channel_not_found"


async def test_a_deactivated_person_leaves_every_channel(workspace, app):
    await workspace.deactivate("U06FARAH")
    event = (await app.event("user_change"))["event"]
    assert (event["user"]["id"], event["user"]["deleted"]) == ("U06FARAH", True)
    members = (await workspace.api("conversations.members", channel="C02PROJECTS"))["members"]
    assert "U06FARAH" not in members
    with pytest.raises(ActionRefused, match="account_inactive"):
        await workspace.as_user("U06FARAH").post("C01GENERAL", "Hello")
    await workspace.deactivate("U06FARAH", deleted=False)
    assert (await app.event("user_change"))["event"]["user"]["deleted"] is False


async def test_a_deactivation_is_remembered(tmp_path):
    async with running_workspace(data=tmp_path) as workspace:
        await workspace.deactivate("U06FARAH")
    async with running_workspace(data=tmp_path) as workspace:
        assert (await workspace.api("users.info", user="U06FARAH"))["user"]["deleted"] is True
        await workspace.control("reset", {})
        assert (await workspace.api("users.info", user="U06FARAH"))["user"]["deleted"] is False


async def test_an_uninstalled_app_hears_it_and_nothing_more(workspace, app):
    await workspace.uninstall_app()
    assert (await app.event("tokens_revoked"))["event"]["tokens"] == {"oauth": [], "bot": ["U00PMOBOT"]}
    assert (await app.event("app_uninstalled"))["event"]["type"] == "app_uninstalled"
    assert await refusal(workspace, "auth.test") == "account_inactive"
    ben = workspace.as_user("U02BEN")
    await ben.post("C02PROJECTS", "Hello?")
    with pytest.raises(ActionRefused, match="invalid_command"):
        await ben.command("/pmo")
    assert [event["event_type"] for event in await workspace.events()][-1] == "app_uninstalled"
    await workspace.control("app", {"installed": True})
    assert (await workspace.api("auth.test"))["ok"]
    payload, _ = await acknowledge_action(app, ben.command("/pmo"), kind="slash_commands")
    assert payload["command"] == "/pmo"


async def test_revoked_tokens_are_refused(workspace, app):
    await workspace.revoke_tokens()
    assert (await app.event("tokens_revoked"))["event"]["type"] == "tokens_revoked"
    assert await refusal(workspace, "auth.test") == "token_revoked"


async def test_group_messages_need_their_own_scopes(workspace, app):
    ben = workspace.as_user("U02BEN")
    group = await ben.group("U03WEI")
    await ben.post(group, "@PMO Assistant hello")
    assert (await app.event("app_mention"))["event"]["channel"] == group
    assert [event["event_type"] for event in await workspace.events()] == ["app_mention"]
    for method, scope in (("conversations.history", "mpim:history"), ("conversations.info", "mpim:read")):
        refused = await workspace.api(method, channel=group)
        assert (refused["error"], refused["needed"]) == ("missing_scope", scope)
        assert "im:history" in refused["provided"].split(",")
    refused = await workspace.api("conversations.open", users="U02BEN,U03WEI")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "mpim:write")


async def test_group_messages_reach_an_app_with_the_scopes():
    manifest = manifest_with("mpim:history", "mpim:read", "mpim:write")
    async with running_workspace(manifest) as workspace, connected_app(workspace) as app:
        ben = workspace.as_user("U02BEN")
        group = await ben.group("U03WEI")
        ts = await ben.post(group, "Hello")
        assert (await app.event("message"))["event"]["channel_type"] == "mpim"
        assert (await workspace.api("conversations.history", channel=group))["messages"][0]["ts"] == ts
        assert (await workspace.api("conversations.open", users="U02BEN,U03WEI"))["channel"]["id"] == group


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("channel", {"channel": "C99"}, "channel"),
        ("person", {"user": "U99"}, "user"),
        ("app", {"installed": 1}, "installed"),
    ],
)
async def test_wrong_fields_are_named(workspace, what, body, field):
    answer = await workspace.control(what, body)
    assert not answer["ok"]
    assert field in answer["message"]
