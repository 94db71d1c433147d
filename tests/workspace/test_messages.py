"""chat.*: what an app posts, changes and deletes, and what Slack refuses."""

import pytest

from tests.workspace.running import MANIFEST, running_workspace

CHART = {"type": "image", "alt_text": "Chart", "slack_file": {"id": "F0NOTHERE"}}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Health check* requested"}}


async def call_refused(workspace, method, **args):
    body = await workspace.api(method, **args)
    assert not body["ok"]
    return body["error"]


async def test_app_messages_carry_the_bot_profile(workspace):
    body = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Hello")
    message = body["message"]
    assert (body["ok"], body["channel"], body["ts"]) == (True, "C02PROJECTS", message["ts"])
    assert (message["user"], message["bot_id"], message["app_id"]) == ("U00PMOBOT", "B00PMO", "A00PMO")
    assert message["bot_profile"]["name"] == "PMO Assistant"


async def test_message_timestamps_are_unique_and_increasing(workspace):
    posted = [(await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Hello"))["ts"] for _ in range(20)]
    assert posted == sorted(set(posted))
    assert all(len(ts) == 17 and ts[10] == "." for ts in posted)


async def test_posting_to_a_person_opens_a_direct_message(workspace):
    ada = workspace.as_user("U01ADA")
    body = await workspace.api("chat.postMessage", channel="U01ADA", text="Only for you")
    assert body["channel"] == await ada.dm()
    assert (await ada.wait_message("Only for you"))["channel"] == body["channel"]


async def test_arguments_are_read_from_form_query_json(workspace):
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    address = f"{workspace.api_url}chat.postMessage"
    form = {"channel": "C02PROJECTS", "text": "form", "blocks": '[{"type": "divider"}]'}
    async with workspace.session.post(address, data=form, headers=headers) as response:
        assert (await response.json())["message"]["blocks"][0]["type"] == "divider"
    async with workspace.session.post(
        address, params={"channel": "C02PROJECTS", "text": "query"}, headers=headers
    ) as got:
        assert (await got.json())["message"]["text"] == "query"
    async with workspace.session.get(f"{workspace.api_url}users.info?user=U01ADA&token={workspace.bot_token}") as got:
        assert (await got.json())["user"]["name"] == "ada"


async def test_blocks_and_their_elements_get_ids(workspace):
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    body = await workspace.api(
        "chat.postMessage", channel="C02PROJECTS", blocks=[{"type": "actions", "elements": [button]}]
    )
    block = body["message"]["blocks"][0]
    assert block["block_id"]
    assert block["elements"][0]["action_id"]
    attached = await workspace.api(
        "chat.postMessage", channel="C02PROJECTS", attachments=[{"blocks": [{"type": "actions", "elements": [button]}]}]
    )
    block = attached["message"]["attachments"][0]["blocks"][0]
    assert block["block_id"]
    assert block["elements"][0]["action_id"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": "C02PROJECTS"}, "no_text"),
        ({"channel": "C99NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C02PROJECTS", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C02PROJECTS", "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"channel": "C02PROJECTS", "text": "x", "thread_ts": "1700000000.000100"}, "thread_not_found"),
        ({"channel": "C02PROJECTS", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"channel": "C02PROJECTS", "text": "x", "blocks": [{"type": "sections"}]}, "invalid_blocks"),
        ({"channel": "C02PROJECTS", "attachments": [{"blocks": [{"type": "sections"}]}]}, "invalid_attachments"),
        ({"channel": "C02PROJECTS", "attachments": [{"blocks": [CHART]}]}, "invalid_attachments"),
        ({"channel": "C02PROJECTS", "blocks": [CHART]}, "invalid_blocks"),
        ({"channel": "C02PROJECTS", "text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"channel": "C02PROJECTS", "text": "x", "metadata": ["card"]}, "invalid_metadata_format"),
        ({"channel": "C02PROJECTS", "text": "x", "metadata": {"event_type": "card"}}, "invalid_metadata_schema"),
    ],
)
async def test_an_invalid_message_gets_slacks_error_code(workspace, args, error):
    assert await call_refused(workspace, "chat.postMessage", **args) == error


async def test_invalid_blocks_are_named_by_pointer(workspace):
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    body = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="x", blocks=[SECTION, header])
    assert body["errors"][0]["pointer"].startswith("/blocks/1/")
    assert body["errors"][0]["constraint"] == {"max_length": 150}
    assert body["response_metadata"]["messages"][0].startswith("[ERROR] ")


async def test_posting_requires_membership(workspace):
    farah = workspace.as_user("U06FARAH")
    await farah.command("/remove @PMO Assistant", channel="C02PROJECTS")
    assert await call_refused(workspace, "chat.postMessage", channel="C02PROJECTS", text="x") == "not_in_channel"
    wei = workspace.as_user("U03WEI")
    await wei.command("/remove @PMO Assistant", channel="C03TRIAGE")
    assert await call_refused(workspace, "chat.postMessage", channel="C03TRIAGE", text="x") == "channel_not_found"


async def test_chat_write_public_allows_public_channels():
    scopes = [*MANIFEST["oauth_config"]["scopes"]["bot"], "chat:write.public"]
    async with running_workspace(MANIFEST | {"oauth_config": {"scopes": {"bot": scopes}}}) as workspace:
        await workspace.as_user("U06FARAH").command("/remove @PMO Assistant", channel="C02PROJECTS")
        assert (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="x"))["ok"]


async def test_the_parent_counts_its_replies(workspace):
    ben, ada = workspace.as_user("U02BEN"), workspace.as_user("U01ADA")
    ts = await ben.post("C02PROJECTS", "Any news?")
    await ada.post("C02PROJECTS", "None", thread_ts=ts)
    await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Some", thread_ts=ts)
    parent = (await ben.messages("C02PROJECTS"))[-1]
    assert (parent["ts"], parent["reply_count"], parent["reply_users"]) == (ts, 2, ["U01ADA", "U00PMOBOT"])
    assert [message["text"] for message in await ben.messages("C02PROJECTS", thread_ts=ts)] == [
        "Any news?",
        "None",
        "Some",
    ]


async def test_a_broadcast_reply_also_appears_in_channel(workspace):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "Any news?")
    args = {"channel": "C02PROJECTS", "text": "To all", "thread_ts": ts, "reply_broadcast": True}
    assert (await workspace.api("chat.postMessage", **args))["message"]["subtype"] == "thread_broadcast"
    assert [message["text"] for message in await ben.messages("C02PROJECTS")] == ["Any news?", "To all"]


async def test_an_event_without_details_has_an_empty_payload(workspace):
    metadata = {"event_type": "request-card", "event_payload": None}
    assert (await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Card", metadata=metadata))["ok"]
    asked = await workspace.api("conversations.history", channel="C02PROJECTS", include_all_metadata=True)
    assert asked["messages"][0]["metadata"] == {"event_type": "request-card", "event_payload": {}}


async def test_metadata_is_returned_only_on_request(workspace):
    metadata = {"event_type": "request-card", "event_payload": {"id": 7, "by": {"user": "U02BEN", "roles": ["pm"]}}}
    posted = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Card", metadata=metadata)
    assert "metadata" not in posted["message"]
    plain = await workspace.api("conversations.history", channel="C02PROJECTS")
    asked = await workspace.api("conversations.history", channel="C02PROJECTS", include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert asked["messages"][0]["metadata"] == metadata


async def test_new_text_removes_blocks_and_marks_edited(workspace):
    ben = workspace.as_user("U02BEN")
    posted = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Old", blocks=[SECTION])
    await workspace.api("chat.update", channel="C02PROJECTS", ts=posted["ts"], text="New")
    changed = await ben.wait_message(lambda message: message["text"] == "New")
    assert changed["ts"] == posted["ts"]
    assert "blocks" not in changed
    assert changed["edited"]["user"] == "U00PMOBOT"


async def test_new_blocks_replace_old_without_edited_mark(workspace):
    posted = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Old", blocks=[SECTION])
    args = {"channel": "C02PROJECTS", "ts": posted["ts"], "text": "Closed", "blocks": [{"type": "divider"}]}
    message = (await workspace.api("chat.update", **args))["message"]
    assert [block["type"] for block in message["blocks"]] == ["divider"]
    assert "edited" not in message


async def test_an_app_edits_only_its_own_messages(workspace):
    ts = await workspace.as_user("U02BEN").post("C02PROJECTS", "Mine")
    place = {"channel": "C02PROJECTS", "ts": ts}
    assert await call_refused(workspace, "chat.update", **place, text="Yours") == "cant_update_message"
    assert await call_refused(workspace, "chat.delete", **place) == "cant_delete_message"
    place["ts"] = "1700000000.000100"
    assert await call_refused(workspace, "chat.update", **place, text="x") == "message_not_found"
    assert await call_refused(workspace, "chat.delete", **place) == "message_not_found"


async def test_a_deleted_message_leaves_page_and_history(workspace):
    ben = workspace.as_user("U02BEN")
    posted = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Gone soon")
    await ben.wait_message("Gone soon")
    assert (await workspace.api("chat.delete", channel="C02PROJECTS", ts=posted["ts"]))["ok"]
    await ben.wait_deleted(posted["ts"])
    assert (await workspace.api("conversations.history", channel="C02PROJECTS"))["messages"] == []


async def test_ephemeral_messages_stay_out_of_history(workspace):
    ben, ada = workspace.as_user("U02BEN"), workspace.as_user("U01ADA")
    await ada.boot()
    shown = await workspace.api("chat.postEphemeral", channel="C02PROJECTS", user="U02BEN", text="Just you")
    assert (await ben.wait_message("Just you"))["ts"] == shown["message_ts"]
    assert [message["text"] for message in await ben.messages("C02PROJECTS")] == ["Just you"]
    assert await ada.messages("C02PROJECTS") == []
    assert (await workspace.api("conversations.history", channel="C02PROJECTS"))["messages"] == []
    outsider = {"channel": "C03TRIAGE", "user": "U02BEN", "text": "x"}
    assert await call_refused(workspace, "chat.postEphemeral", **outsider) == "user_not_in_channel"


async def test_a_permalink_contains_channel_message_and_thread(workspace):
    ts = await workspace.as_user("U02BEN").post("C02PROJECTS", "Root")
    reply = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Reply", thread_ts=ts)
    link = await workspace.api("chat.getPermalink", channel="C02PROJECTS", message_ts=reply["ts"])
    expected = f"/archives/C02PROJECTS/p{reply['ts'].replace('.', '')}?thread_ts={ts}&cid=C02PROJECTS"
    assert link["permalink"] == workspace.url + expected


async def test_calls_require_a_valid_token(workspace):
    assert await call_refused(workspace, "auth.test", token="") == "not_authed"
    assert await call_refused(workspace, "auth.test", token="xoxb-wrong") == "invalid_auth"
    assert await call_refused(workspace, "auth.test", token=workspace.app_token) == "not_allowed_token_type"
    assert await call_refused(workspace, "apps.connections.open", token=workspace.bot_token) == "not_allowed_token_type"
    await workspace.control("token", {"revoked": True})
    assert await call_refused(workspace, "auth.test") == "token_revoked"
    await workspace.control("token", {"revoked": False})
    assert (await workspace.api("auth.test"))["user_id"] == "U00PMOBOT"


async def test_calls_require_the_manifests_scopes():
    async with running_workspace(MANIFEST | {"oauth_config": {"scopes": {"bot": ["chat:write"]}}}) as workspace:
        body = await workspace.api("users.info", user="U01ADA")
        assert (body["error"], body["needed"], body["provided"]) == ("missing_scope", "users:read", "chat:write")
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        async with workspace.session.post(f"{workspace.api_url}auth.test", headers=headers) as response:
            assert response.headers["x-oauth-scopes"] == "chat:write"


async def test_an_unserved_method_is_unknown(workspace):
    assert await call_refused(workspace, "chat.scheduleMessage", channel="C02PROJECTS", text="x") == "unknown_method"
