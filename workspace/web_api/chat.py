"""Posting, changing and deleting messages."""

from workspace import messages
from workspace.app_view import without_metadata
from workspace.errors import Failure
from workspace.membership import open_direct
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method
from workspace.web_api.content import message_fields

WRITE = ("chat:write",)


def writable(call: Call) -> Channel:
    """Where a message goes: a channel the app is in, a person's direct message, or any public channel if it may."""
    state = call.hub.state
    given = call.text("channel", missing="channel_not_found")
    person = given in state.people and given != state.app.bot_user_id
    channel = open_direct(call.hub, [given, state.app.bot_user_id]) if person else call.channel()
    if channel.is_im and not call.hub.manifest.messages_enabled:
        raise Failure("messages_tab_disabled")
    if not state.bot_is_in(channel) and "chat:write.public" not in call.hub.manifest.scopes:
        raise Failure("not_in_channel")
    return channel


def post_message(call: Call) -> Json:
    channel = writable(call)
    fields = message_fields(call)
    thread_ts = call.text("thread_ts")
    if thread_ts:
        fields |= thread_fields(call, channel, thread_ts)
    if call.text("username") and "chat:write.customize" in call.hub.manifest.scopes:
        fields["username"] = call.text("username")
    message = messages.post(call.hub, channel, messages.by_the_app(call.hub, fields))
    return {"channel": channel.id, "ts": message["ts"], "message": without_metadata(call.hub, message)}


def thread_fields(call: Call, channel: Channel, thread_ts: str) -> Json:
    fields = messages.thread_of(call.hub, channel, thread_ts)
    if call.flag("reply_broadcast"):
        fields["subtype"] = "thread_broadcast"
    return fields


def own_message(call: Call, forbidden: str) -> tuple[Channel, Json]:
    """The app's own message named by channel and ts. Raises `message_not_found` or the code for someone else's."""
    channel = call.channel()
    message = call.hub.state.message(channel.id, call.text("ts", missing="message_not_found"))
    if message is None:
        raise Failure("message_not_found")
    if message.get("bot_id") != call.hub.state.app.bot_id:
        raise Failure(forbidden)
    return channel, message


def update(call: Call) -> Json:
    channel, message = own_message(call, "cant_update_message")
    if message.get("streaming"):
        raise Failure("streaming_state_conflict")
    fields = message_fields(call, updating=True)
    edited_by = "" if fields.get("blocks") else call.hub.state.app.bot_user_id
    messages.change(call.hub, channel, message, _replaced(call, fields), edited_by=edited_by)
    shown = without_metadata(call.hub, message)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": shown}


def _replaced(call: Call, fields: Json) -> Json:
    """A new text without blocks takes the old blocks away; without a new text, what is not given stays."""
    if fields["text"]:
        return {"blocks": None, "attachments": None} | fields
    emptied = {name: None for name in ("blocks", "attachments") if name in call.args}
    return emptied | {name: value for name, value in fields.items() if value}


def delete(call: Call) -> Json:
    channel, message = own_message(call, "cant_delete_message")
    if message.get("streaming"):
        raise Failure("cant_delete_message")
    messages.delete(call.hub, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def post_ephemeral(call: Call) -> Json:
    channel = writable(call)
    user = call.user()
    if user not in channel.members:
        raise Failure("user_not_in_channel")
    fields = message_fields(call)
    if call.text("thread_ts"):
        fields |= messages.thread_of(call.hub, channel, call.text("thread_ts"))
    shown = messages.show_ephemeral(call.hub, channel, user, messages.by_the_app(call.hub, fields))
    return {"message_ts": shown["ts"]}


def permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.text("message_ts", missing="message_not_found")
    message = call.hub.state.message(channel.id, ts)
    if message is None:
        raise Failure("message_not_found")
    address = f"{call.hub.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    thread_ts = message.get("thread_ts")
    if thread_ts and thread_ts != ts:
        address += f"?thread_ts={thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


METHODS = {
    "chat.postMessage": Method(post_message, WRITE, tier=0),
    "chat.update": Method(update, WRITE, tier=50),
    "chat.delete": Method(delete, WRITE, tier=50),
    "chat.postEphemeral": Method(post_ephemeral, WRITE, tier=100),
    "chat.getPermalink": Method(permalink, tier=600),
}
