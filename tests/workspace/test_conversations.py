"""conversations.*, users.* and other methods that read."""

import pytest

from tests.workspace.running import MANIFEST, running_workspace


async def list_names(workspace, **args):
    body = await workspace.api("conversations.list", **args)
    return [channel["name"] for channel in body["channels"]]


async def test_private_channels_are_listed_on_request(workspace):
    assert await list_names(workspace) == [
        *("general", "projects", "strategy-progress", "success-stories", "ask-the-pmo"),
        *("brightwell-partners", "contractors"),
    ]
    assert await list_names(workspace, types="private_channel") == ["pmo-triage", "leadership"]


async def test_private_channels_are_hidden_from_nonmember_apps(workspace):
    await workspace.as_user("U05EMEKA").command("/remove @PMO Assistant", channel="C06LEADERS")
    assert await list_names(workspace, types="private_channel") == ["pmo-triage"]
    assert (await workspace.api("conversations.info", channel="C06LEADERS"))["error"] == "channel_not_found"


async def test_lists_are_paginated(workspace):
    found, cursor = [], ""
    while True:
        body = await workspace.api("conversations.list", limit=2, cursor=cursor)
        found += [channel["id"] for channel in body["channels"]]
        cursor = body["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == [
        *("C01GENERAL", "C02PROJECTS", "C04PROGRESS", "C05STORIES", "C07ASK"),
        *("C08PARTNERS", "C09CONTRACTORS"),
    ]
    assert (await workspace.api("conversations.list", cursor="nonsense"))["error"] == "invalid_cursor"


async def test_channel_info_includes_its_members(workspace):
    info = await workspace.api("conversations.info", channel="C03TRIAGE", include_num_members=True)
    assert info["channel"]["is_private"]
    assert info["channel"]["num_members"] == 3
    assert (await workspace.api("conversations.members", channel="C03TRIAGE"))["members"] == [
        "U03WEI",
        "U05EMEKA",
        "U00PMOBOT",
    ]


async def test_opening_a_direct_message_is_idempotent(workspace):
    first = await workspace.api("conversations.open", users="U01ADA")
    again = await workspace.api("conversations.open", users="U01ADA", return_im=True)
    assert first["channel"] == {"id": "D01ADA"}
    assert (again["channel"]["id"], again["channel"]["user"]) == ("D01ADA", "U01ADA")
    assert (await workspace.api("conversations.open", users="U99NOBODY"))["error"] == "user_not_found"


async def test_history_is_paginated_newest_first(workspace):
    posted = [(await workspace.api("chat.postMessage", channel="C02PROJECTS", text=str(n)))["ts"] for n in range(5)]
    page = await workspace.api("conversations.history", channel="C02PROJECTS", limit=2)
    assert [message["text"] for message in page["messages"]] == ["4", "3"]
    assert page["has_more"]
    cursor = page["response_metadata"]["next_cursor"]
    page = await workspace.api("conversations.history", channel="C02PROJECTS", limit=2, cursor=cursor)
    assert [message["text"] for message in page["messages"]] == ["2", "1"]
    between = {"channel": "C02PROJECTS", "oldest": posted[1], "latest": posted[3]}
    assert [m["text"] for m in (await workspace.api("conversations.history", **between))["messages"]] == ["2"]
    inclusive = await workspace.api("conversations.history", **between, inclusive=True)
    assert [message["text"] for message in inclusive["messages"]] == ["3", "2", "1"]


async def test_replies_start_with_the_parent(workspace):
    ts = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="root"))["ts"]
    for text in ("one", "two", "three"):
        await workspace.api("chat.postMessage", channel="C02PROJECTS", text=text, thread_ts=ts)
    page = await workspace.api("conversations.replies", channel="C02PROJECTS", ts=ts, limit=2)
    assert [message["text"] for message in page["messages"]] == ["root", "one", "two"]
    cursor = page["response_metadata"]["next_cursor"]
    rest = await workspace.api("conversations.replies", channel="C02PROJECTS", ts=ts, limit=2, cursor=cursor)
    assert [message["text"] for message in rest["messages"]] == ["three"]
    missing = await workspace.api("conversations.replies", channel="C02PROJECTS", ts="1700000000.000100")
    assert missing["error"] == "thread_not_found"


async def test_typed_messages_are_read_as_rich_text(workspace):
    await workspace.as_user("U02BEN").post("C02PROJECTS", "Plain *words*")
    message = (await workspace.api("conversations.history", channel="C02PROJECTS"))["messages"][0]
    assert message["text"] == "Plain *words*"
    assert message["blocks"][0]["type"] == "rich_text"


async def test_an_app_can_join_public_channels(workspace):
    await workspace.as_user("U06FARAH").command("/remove @PMO Assistant", channel="C02PROJECTS")
    assert (await workspace.api("conversations.history", channel="C02PROJECTS"))["error"] == "not_in_channel"
    assert (await workspace.api("conversations.join", channel="C02PROJECTS"))["channel"]["is_member"]
    assert (await workspace.api("conversations.history", channel="C02PROJECTS"))["ok"]
    assert (await workspace.api("conversations.join", channel="C02PROJECTS"))["warning"] == "already_in_channel"


async def test_each_channel_type_needs_its_scope():
    scopes = {"scopes": {"bot": ["channels:read", "channels:history"]}}
    async with running_workspace(MANIFEST | {"oauth_config": scopes}) as workspace:
        assert (await workspace.api("conversations.info", channel="C02PROJECTS"))["ok"]
        refused = await workspace.api("conversations.info", channel="C03TRIAGE")
        assert (refused["error"], refused["needed"]) == ("missing_scope", "groups:read")
        assert (await workspace.api("conversations.history", channel="C03TRIAGE"))["needed"] == "groups:history"
        assert (await workspace.api("conversations.list", types="public_channel,im"))["needed"] == "im:read"


async def test_user_info_includes_title_zone_and_email(workspace):
    user = (await workspace.api("users.info", user="U04DANA"))["user"]
    assert (user["name"], user["real_name"], user["tz"]) == ("dana", "Dana Lindqvist", "Europe/London")
    assert user["profile"]["title"] == "Chief Operating Officer"
    assert user["profile"]["email"] == "dana@example.com"
    found = await workspace.api("users.lookupByEmail", email="dana@example.com")
    assert found["user"]["id"] == "U04DANA"
    assert (await workspace.api("users.lookupByEmail", email="nobody@example.com"))["error"] == "users_not_found"
    assert (await workspace.api("users.info", user="U99NOBODY"))["error"] == "user_not_found"


async def test_the_user_list_includes_the_app(workspace):
    members = (await workspace.api("users.list"))["members"]
    assert [member["id"] for member in members if member["is_bot"]] == ["U12ROBOT", "U13FLOW", "U00PMOBOT"]
    assert len(members) == 12


async def test_user_conversations_lists_only_their_channels(workspace):
    channels = (await workspace.api("users.conversations", user="U04DANA"))["channels"]
    assert [channel["name"] for channel in channels] == ["general", "strategy-progress", "success-stories"]


async def test_team_and_bot_info_are_served(workspace):
    assert (await workspace.api("team.info"))["team"]["name"] == "Meridian Water (sample)"
    assert (await workspace.api("bots.info", bot="B00PMO"))["bot"]["user_id"] == "U00PMOBOT"


async def test_reactions_are_added_once_and_shown(workspace):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "Done!")
    place = {"channel": "C02PROJECTS", "timestamp": ts, "name": "tada"}
    assert (await workspace.api("reactions.add", **place))["ok"]
    assert (await workspace.api("reactions.add", **place))["error"] == "already_reacted"
    await ben.wait_message(lambda message: message.get("reactions"))
    await ben.react("C02PROJECTS", ts, "tada")
    got = await workspace.api("reactions.get", channel="C02PROJECTS", timestamp=ts)
    assert got["message"]["reactions"] == [{"name": "tada", "users": ["U00PMOBOT", "U02BEN"], "count": 2}]
    assert (await workspace.api("reactions.remove", **place))["ok"]
    assert (await workspace.api("reactions.remove", **place))["error"] == "no_reaction"
    place["timestamp"] = "1700000000.000100"
    assert (await workspace.api("reactions.add", **place))["error"] == "message_not_found"


@pytest.mark.parametrize("name", ["", "thumbs up", "Tada", "👍", "tada!", "wave::skin-tone-7"])
async def test_reaction_names_must_be_valid(workspace, name):
    ts = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Done"))["ts"]
    place = {"channel": "C02PROJECTS", "timestamp": ts}
    assert (await workspace.api("reactions.add", **place, name=name))["error"] == "invalid_name"
    for good in ("+1", "e-mail", "man_in_tuxedo", "wave::skin-tone-6", ":tada:"):
        assert (await workspace.api("reactions.add", **place, name=good))["ok"]


async def test_reactions_beyond_23_emoji_are_refused(workspace):
    ben, ts = (
        workspace.as_user("U02BEN"),
        (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="x"))["ts"],
    )
    place = {"channel": "C02PROJECTS", "timestamp": ts}
    await workspace.api("reactions.add", **place, name="tada")
    for number in range(22):
        await ben.react("C02PROJECTS", ts, f"emoji{number}")
    assert (await workspace.api("reactions.add", **place, name="eyes"))["error"] == "too_many_emoji"
    assert (await workspace.api("reactions.add", **place, name="tada"))["error"] == "already_reacted"
    assert (await workspace.api("reactions.add", **place, name="emoji7"))["ok"]


async def test_a_deleted_parent_leaves_a_tombstone(workspace, app):
    ben = workspace.as_user("U02BEN")
    root = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Any news?"))["ts"]
    reply = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="None", thread_ts=root))["ts"]
    assert (await workspace.api("chat.delete", channel="C02PROJECTS", ts=root))["ok"]
    left = await ben.wait_message("This message was deleted.")
    assert (left["ts"], left["subtype"], left["user"], left["reply_count"]) == (root, "tombstone", "USLACKBOT", 1)
    assert "bot_id" not in left
    changes = [(await app.event("message"))["event"] for _ in range(3)]
    assert [event.get("subtype") for event in changes] == [None, None, "message_changed"]
    assert changes[2]["message"]["subtype"] == "tombstone"
    assert changes[2]["previous_message"]["text"] == "Any news?"
    thread = await workspace.api("conversations.replies", channel="C02PROJECTS", ts=root)
    assert [message["text"] for message in thread["messages"]] == ["This message was deleted.", "None"]
    assert (await workspace.api("chat.delete", channel="C02PROJECTS", ts=root))["error"] == "cant_delete_message"
    await workspace.api("chat.delete", channel="C02PROJECTS", ts=reply)
    await ben.wait_deleted(root)
    assert (await workspace.api("conversations.history", channel="C02PROJECTS"))["messages"] == []


async def test_deleting_a_message_removes_its_pin(workspace):
    ts = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Read me"))["ts"]
    await workspace.api("pins.add", channel="C02PROJECTS", timestamp=ts)
    await workspace.api("chat.delete", channel="C02PROJECTS", ts=ts)
    assert (await workspace.api("conversations.history", channel="C02PROJECTS"))["pin_count"] == 0


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
@pytest.mark.parametrize("name", ["oldest", "latest"])
@pytest.mark.parametrize("value", ["junk", "-1", "1.x", "²"])
async def test_an_invalid_timestamp_error_names_the_field(workspace, method, name, value):
    ts = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="x"))["ts"]
    refused = await workspace.api(method, channel="C02PROJECTS", ts=ts, **{name: value})
    assert refused["error"] == f"invalid_ts_{name}"
    assert (await workspace.api(method, channel="C02PROJECTS", ts=ts, oldest="0"))["ok"]


@pytest.mark.parametrize("method", ["conversations.list", "conversations.members", "users.list", "users.conversations"])
async def test_pages_are_limited_to_1000_items(workspace, method):
    for limit in (1001, -1, "many"):
        refused = await workspace.api(method, channel="C02PROJECTS", limit=limit)
        assert refused["error"] == "invalid_limit"
    assert (await workspace.api(method, channel="C02PROJECTS", limit=1000))["ok"]


async def test_pins_keep_their_order(workspace):
    ts = (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Pin me"))["ts"]
    place = {"channel": "C02PROJECTS", "timestamp": ts}
    assert (await workspace.api("pins.add", **place))["ok"]
    assert (await workspace.api("pins.add", **place))["error"] == "already_pinned"
    items = (await workspace.api("pins.list", channel="C02PROJECTS"))["items"]
    assert [item["message"]["text"] for item in items] == ["Pin me"]
    assert (await workspace.api("pins.remove", **place))["ok"]
    assert (await workspace.api("pins.remove", **place))["error"] == "no_pin"
