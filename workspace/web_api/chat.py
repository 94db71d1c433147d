"""Posting, changing and deleting messages."""

from workspace import messages
from workspace.app_messages import without_metadata
from workspace.errors import ApiError
from workspace.membership import open_direct_message
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method
from workspace.web_api.content import read_message_fields

WRITE = ("chat:write",)


def find_writable_channel(call: Call) -> Channel:
    """Return the channel to post in: one the app is in, a direct message, or with chat:write.public any public one."""
    state = call.hub.state
    given = call.text("channel", missing="channel_not_found")
    person = given in state.people and given != state.app.bot_user_id
    channel = open_direct_message(call.hub, [given, state.app.bot_user_id]) if person else call.channel()
    if channel.is_im and not call.hub.manifest.messages_enabled:
        raise ApiError("messages_tab_disabled")
    if not state.has_bot(channel) and "chat:write.public" not in call.hub.manifest.scopes:
        raise ApiError("not_in_channel")
    if channel.is_archived:
        raise ApiError("is_archived")
    return channel


def post_message(call: Call) -> Json:
    channel = find_writable_channel(call)
    fields = read_message_fields(call)
    thread_ts = call.text("thread_ts")
    if thread_ts:
        fields |= build_reply_fields(call, channel, thread_ts)
    if call.text("username") and "chat:write.customize" in call.hub.manifest.scopes:
        fields["username"] = call.text("username")
    message = messages.publish_message(call.hub, channel, messages.build_app_message(call.hub, fields))
    return {"channel": channel.id, "ts": message["ts"], "message": without_metadata(call.hub, message)}


def build_reply_fields(call: Call, channel: Channel, thread_ts: str) -> Json:
    fields = messages.build_thread_fields(call.hub, channel, thread_ts)
    if call.flag("reply_broadcast"):
        fields["subtype"] = "thread_broadcast"
    return fields


def find_app_message(call: Call, forbidden: str) -> tuple[Channel, Json]:
    """Return the app's own message by channel and ts. Raises `message_not_found`, or `forbidden` for someone else's."""
    channel = call.channel()
    message = call.hub.state.find_message(channel.id, call.text("ts", missing="message_not_found"))
    if message is None:
        raise ApiError("message_not_found")
    if message.get("bot_id") != call.hub.state.app.bot_id:
        raise ApiError(forbidden)
    return channel, message


def update_app_message(call: Call) -> Json:
    channel, message = find_app_message(call, "cant_update_message")
    if message.get("streaming"):
        raise ApiError("streaming_state_conflict")
    if channel.is_archived:
        raise ApiError("is_inactive")
    fields = read_message_fields(call, updating=True)
    edited_by = "" if fields.get("blocks") else call.hub.state.app.bot_user_id
    messages.edit_message(call.hub, channel, message, _replaced_fields(call, fields), edited_by=edited_by)
    app_message = without_metadata(call.hub, message)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": app_message}


def _replaced_fields(call: Call, fields: Json) -> Json:
    """New text without blocks removes the old blocks. Without new text, fields that aren't given stay as they are."""
    if fields["text"]:
        return {"blocks": None, "attachments": None} | fields
    emptied = {name: None for name in ("blocks", "attachments") if name in call.args}
    return emptied | {name: value for name, value in fields.items() if value}


def delete_app_message(call: Call) -> Json:
    channel, message = find_app_message(call, "cant_delete_message")
    if message.get("streaming"):
        raise ApiError("cant_delete_message")
    messages.delete_message(call.hub, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def post_ephemeral(call: Call) -> Json:
    channel = find_writable_channel(call)
    user = call.user()
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    fields = read_message_fields(call)
    if call.text("thread_ts"):
        fields |= messages.build_thread_fields(call.hub, channel, call.text("thread_ts"))
    app_message = messages.show_ephemeral(call.hub, channel, user, messages.build_app_message(call.hub, fields))
    return {"message_ts": app_message["ts"]}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.text("message_ts", missing="message_not_found")
    message = call.hub.state.find_message(channel.id, ts)
    if message is None:
        raise ApiError("message_not_found")
    address = f"{call.hub.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    thread_ts = message.get("thread_ts")
    if thread_ts and thread_ts != ts:
        address += f"?thread_ts={thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


METHODS = {
    "chat.postMessage": Method(post_message, WRITE, tier=0),
    "chat.update": Method(update_app_message, WRITE, tier=50),
    "chat.delete": Method(delete_app_message, WRITE, tier=50),
    "chat.postEphemeral": Method(post_ephemeral, WRITE, tier=100),
    "chat.getPermalink": Method(get_permalink, tier=600),
}
