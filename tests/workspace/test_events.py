"""Events: only those the manifest subscribes to, in Slack's format."""

import pytest

from tests.workspace.raw_app import connected_app
from tests.workspace.running import MANIFEST, running_workspace
from tests.workspace.visitor import ActionRefused

DENIED = (
    "app_mentions:read",
    "channels:history",
    "groups:history",
    "im:history",
    "reactions:read",
    "channels:read",
)


def manifest_for(*names):
    settings = MANIFEST["settings"] | {"event_subscriptions": {"bot_events": list(names)}}
    return MANIFEST | {"settings": settings}


async def test_a_mention_sends_message_and_mention_events(workspace, app):
    ts = await workspace.as_user("U02BEN").post("C02PROJECTS", "@PMO Assistant what is RAG?")
    message, mention = await app.event("message"), await app.event("app_mention")
    assert message["event_id"] != mention["event_id"]
    assert mention["event"]["text"] == "<@U00PMOBOT> what is RAG?"
    assert (mention["event"]["user"], mention["event"]["channel"], mention["event"]["ts"]) == (
        "U02BEN",
        "C02PROJECTS",
        ts,
    )
    assert (message["type"], message["team_id"], message["api_app_id"]) == ("event_callback", "T00MERIDIAN", "A00PMO")
    assert message["authorizations"][0]["user_id"] == "U00PMOBOT"
    assert message["event"]["channel_type"] == "channel"


async def test_a_direct_message_sends_no_mention(workspace, app):
    ben = workspace.as_user("U02BEN")
    await ben.post(await ben.dm(), "@PMO Assistant hello")
    await ben.post("C01GENERAL", "next")
    first, second = await app.event("message"), await app.event("message")
    assert first["event"]["channel_type"] == "im"
    assert second["event"]["text"] == "next"


async def test_private_channels_need_their_own_subscription(workspace, app):
    await workspace.as_user("U03WEI").post("C03TRIAGE", "New request")
    assert (await app.event("message"))["event"]["channel_type"] == "group"
    async with running_workspace(manifest_for("message.channels")) as other, connected_app(other) as deaf:
        await other.as_user("U03WEI").post("C03TRIAGE", "Not heard")
        await other.as_user("U03WEI").post("C02PROJECTS", "Heard")
        assert (await deaf.event("message"))["event"]["text"] == "Heard"


async def test_events_need_subscription_and_scope():
    scopes = [scope for scope in MANIFEST["oauth_config"]["scopes"]["bot"] if scope not in DENIED]
    manifest = MANIFEST | {"oauth_config": {"scopes": {"bot": scopes}}}
    async with running_workspace(manifest) as workspace, connected_app(workspace):
        ben, wei = workspace.as_user("U02BEN"), workspace.as_user("U03WEI")
        ts = await ben.post("C02PROJECTS", "@PMO Assistant hello")
        await ben.react("C02PROJECTS", ts, "eyes")
        await wei.post("C03TRIAGE", "Hello")
        await ben.post(await ben.dm(), "Hello")
        await workspace.as_user("U04DANA").join("C02PROJECTS")
        await ben.open_home()
        assert [event["event_type"] for event in await workspace.events()] == ["app_home_opened"]


async def test_member_events_need_membership(workspace, app):
    wei, dana = workspace.as_user("U03WEI"), workspace.as_user("U04DANA")
    await wei.command("/remove @PMO Assistant", channel="C02PROJECTS")
    await dana.join("C02PROJECTS")
    await wei.command("/invite @PMO Assistant", channel="C02PROJECTS")
    assert (await app.event("member_joined_channel"))["event"]["user"] == "U00PMOBOT"


async def test_the_app_receives_its_own_messages(workspace, app):
    await workspace.api("chat.postMessage", channel="C02PROJECTS", text="I said this")
    event = (await app.event("message"))["event"]
    assert (event["text"], event["bot_id"], event["app_id"]) == ("I said this", "B00PMO", "A00PMO")


async def test_edits_and_deletions_include_the_previous_message(workspace, app):
    ts = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Old"))["ts"]
    await workspace.api("chat.update", channel="C02PROJECTS", ts=ts, text="New")
    await workspace.api("chat.delete", channel="C02PROJECTS", ts=ts)
    await app.event("message")
    changed, deleted = (await app.event("message"))["event"], (await app.event("message"))["event"]
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "New")
    assert changed["previous_message"]["text"] == "Old"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)


async def test_mentioning_an_absent_app_suggests_an_invite(workspace, app):
    farah = workspace.as_user("U06FARAH")
    await farah.command("/remove @PMO Assistant", channel="C02PROJECTS")
    await farah.wait_message("no longer in this channel")
    await farah.post("C02PROJECTS", "@PMO Assistant are you there?")
    assert "/invite @PMO Assistant" in (await farah.wait_message("isn't in this channel"))["text"]
    await farah.command("/invite @PMO Assistant", channel="C02PROJECTS")
    joined = (await app.event("member_joined_channel"))["event"]
    assert (joined["user"], joined["channel"]) == ("U00PMOBOT", "C02PROJECTS")
    await farah.post("C02PROJECTS", "And now?")
    assert (await app.event("message"))["event"]["text"] == "And now?"


async def test_opening_home_sends_the_published_view(workspace, app):
    dana = workspace.as_user("U04DANA")
    await dana.open_home()
    event = (await app.event("app_home_opened"))["event"]
    assert (event["user"], event["tab"], event["channel"]) == ("U04DANA", "home", "D04DANA")
    assert "view" not in event
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    await workspace.api("views.publish", user_id="U04DANA", view=view)
    await dana.open_home()
    assert (await app.event("app_home_opened"))["event"]["view"]["type"] == "home"
    await dana.open_home("messages")
    assert (await app.event("app_home_opened"))["event"]["tab"] == "messages"


async def test_reactions_of_people_send_events(workspace, app):
    ada = workspace.as_user("U01ADA")
    ts = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Helpful?"))["ts"]
    await ada.react("C02PROJECTS", ts, "+1")
    event = (await app.event("reaction_added"))["event"]
    assert (event["reaction"], event["user"], event["item"]["ts"], event["item_user"]) == (
        "+1",
        "U01ADA",
        ts,
        "U00PMOBOT",
    )
    await ada.react("C02PROJECTS", ts, "+1", add=False)
    assert (await app.event("reaction_removed"))["event"]["reaction"] == "+1"


async def test_the_assistant_view_starts_a_thread():
    features = {name: value for name, value in MANIFEST["features"].items() if name != "agent_view"}
    features["assistant_view"] = {"assistant_description": "Ask the PMO"}
    manifest = manifest_for("assistant_thread_started") | {"features": features}
    async with running_workspace(manifest) as workspace, connected_app(workspace) as app:
        ada = workspace.as_user("U01ADA")
        await ada.open_home("messages")
        thread = (await app.event("assistant_thread_started"))["event"]["assistant_thread"]
        assert (thread["user_id"], thread["channel_id"]) == ("U01ADA", "D01ADA")
        prompts = [{"title": "RAG", "message": "What is RAG?"}]
        args = {"channel_id": "D01ADA", "thread_ts": thread["thread_ts"], "prompts": prompts}
        assert (await workspace.api("assistant.threads.setSuggestedPrompts", **args))["ok"]


async def test_typed_text_is_escaped_with_references(workspace, app):
    await workspace.as_user("U02BEN").post(
        "C02PROJECTS", "R&D <b> for @Wei Chen and @ada in #ask-the-pmo, see https://example.com/a?b=1&c=2."
    )
    assert (await app.event("message"))["event"]["text"] == (
        "R&amp;D &lt;b&gt; for <@U03WEI> and <@U01ADA> in <#C07ASK>, see <https://example.com/a?b=1&amp;c=2>."
    )


async def test_people_post_only_where_allowed(workspace):
    dana = workspace.as_user("U04DANA")
    with pytest.raises(ActionRefused, match="Join #projects"):
        await dana.post("C02PROJECTS", "Hello")
    with pytest.raises(ActionRefused, match="This channel doesn't exist"):
        await dana.post("C03TRIAGE", "Hello")
    with pytest.raises(ActionRefused, match="Write a message"):
        await dana.post("C01GENERAL", "  ")
    await dana.join("C02PROJECTS")
    assert await dana.post("C02PROJECTS", "Hello")


async def test_disabled_messages_are_neither_sent_nor_received():
    home = {"home_tab_enabled": True, "messages_tab_enabled": False}
    features = {"app_home": home, "bot_user": MANIFEST["features"]["bot_user"]}
    async with running_workspace(MANIFEST | {"features": features}) as workspace:
        ada = workspace.as_user("U01ADA")
        with pytest.raises(ActionRefused, match="turned off"):
            await ada.post(await ada.dm(), "Hello")
        refused = await workspace.api("chat.postMessage", channel="U01ADA", text="Hello")
        assert refused["error"] == "messages_tab_disabled"
