"""Posting, changing and deleting messages: in the saved state, on the pages, and as events to the app."""

from copy import deepcopy

from workspace import events
from workspace.errors import ApiError
from workspace.hub import Hub
from workspace.records import Channel, Json
from workspace.serializers import profile_in_message

# What remains of a deleted message that has replies.
TOMBSTONE: Json = {
    "subtype": "tombstone",
    "user": "USLACKBOT",
    "text": "This message was deleted.",
    "hidden": True,
}
THREAD_FIELDS = ("type", "ts", "thread_ts", "team", "reply_count", "reply_users", "reply_users_count", "latest_reply")


def build_thread_fields(hub: Hub, channel: Channel, thread_ts: str) -> Json:
    """Return the fields that put a reply in this message's thread. Raises ApiError `thread_not_found`."""
    parent = hub.state.find_message(channel.id, thread_ts)
    if parent is None:
        raise ApiError("thread_not_found")
    return {"thread_ts": parent.get("thread_ts", parent["ts"]), "parent_user_id": parent.get("user")}


def publish_message(hub: Hub, channel: Channel, message: Json, *, quiet: bool = False) -> Json:
    """Give a new message its timestamp, save it and show it. `quiet` sends the app no event."""
    message = {"type": "message", "ts": hub.clock.new_timestamp(), **message, **_read_origin(hub, message)}
    hub.state.save_message(channel.id, message)
    hub.pages.push(hub.state.list_viewers(channel), {"type": "message", "channel": channel.id, "message": message})
    _count_reply(hub, channel, message)
    if not quiet:
        events.send_message_posted(hub, channel, message)
    return message


def _read_origin(hub: Hub, message: Json) -> Json:
    """Which organisation the author belongs to. An outsider's messages say so in several fields."""
    author = str(message.get("user"))
    team = hub.state.find_team(author).id
    if not hub.state.is_outsider(author):
        return {"team": team}
    profile = profile_in_message(hub.state, hub.state.people[author])
    return {"team": team, "user_team": team, "source_team": team, "user_profile": profile}


def _count_reply(hub: Hub, channel: Channel, message: Json, step: int = 1) -> None:
    """Update reply_count, reply_users and latest_reply of the thread's parent."""
    thread_ts = message.get("thread_ts")
    parent = hub.state.find_message(channel.id, thread_ts) if thread_ts and thread_ts != message["ts"] else None
    if parent is None:
        return
    replies = hub.state.timelines[channel.id].threads.get(parent["ts"], [])
    if not replies and parent.get("subtype") == TOMBSTONE["subtype"]:
        _remove_message(hub, channel, parent)
        return
    users = dict.fromkeys([*parent.get("reply_users", []), *([message["user"]] if step > 0 else [])])
    parent |= {
        "thread_ts": parent["ts"],
        "reply_count": len(replies),
        "reply_users": list(users)[:5],
        "reply_users_count": len(users),
        "latest_reply": replies[-1] if replies else parent["ts"],
    }
    push_change(hub, channel, parent)


def push_change(hub: Hub, channel: Channel, message: Json) -> None:
    """Save and show a message that was changed in place, without an event to the app."""
    hub.state.save_message(channel.id, message)
    frame = {"type": "message_changed", "channel": channel.id, "message": message}
    hub.pages.push(hub.state.list_viewers(channel), frame)


def edit_message(hub: Hub, channel: Channel, message: Json, fields: Json, *, edited_by: str = "") -> None:
    """Set fields of a message (None removes one), show it, and send the app an event."""
    previous = deepcopy(message)
    for name, value in fields.items():
        if value is None:
            message.pop(name, None)
        else:
            message[name] = value
    if edited_by:
        message["edited"] = {"user": edited_by, "ts": f"{int(hub.clock.now())}.000000"}
    push_change(hub, channel, message)
    events.send_message_changed(hub, channel, dict(message), previous, edited=bool(edited_by))


def delete_message(hub: Hub, channel: Channel, message: Json) -> None:
    """Delete a message and its pin. A message with replies leaves a tombstone until the last reply is deleted."""
    if message["ts"] in channel.pins:
        channel.pins.remove(message["ts"])
        hub.state.save_channel(channel)
    if hub.state.timelines[channel.id].threads.get(message["ts"]):
        edit_message(hub, channel, message, {name: None for name in message if name not in THREAD_FIELDS} | TOMBSTONE)
        return
    _remove_message(hub, channel, message)
    _count_reply(hub, channel, message, step=-1)
    events.send_message_deleted(hub, channel, message)


def _remove_message(hub: Hub, channel: Channel, message: Json) -> None:
    hub.state.delete_message(channel.id, message["ts"])
    frame = {"type": "message_deleted", "channel": channel.id, "ts": message["ts"]}
    hub.pages.push(hub.state.list_viewers(channel), frame)


def show_ephemeral(hub: Hub, channel: Channel, user: str, message: Json) -> Json:
    """Show a message to one person only. It isn't saved, and no event is sent."""
    ephemeral = {"type": "message", "ts": hub.clock.new_timestamp(), **message, "ephemeral": True}
    hub.state.add_ephemeral(user, channel.id, ephemeral)
    hub.pages.push([user], {"type": "ephemeral", "channel": channel.id, "message": ephemeral})
    return ephemeral


def build_app_message(hub: Hub, fields: Json) -> Json:
    """Return the fields, plus those that mark a message as the app's own."""
    state = hub.state
    profile = {
        "id": state.app.bot_id,
        "deleted": False,
        "name": state.app.bot_name,
        "updated": 0,
        "app_id": state.app.id,
        "user_id": state.app.bot_user_id,
        "icons": {},
        "team_id": state.team.id,
    }
    identity = {"user": state.app.bot_user_id, "bot_id": state.app.bot_id, "app_id": state.app.id}
    return identity | fields | {"bot_profile": profile}


def set_reaction(hub: Hub, channel: Channel, message: Json, user: str, name: str, *, add: bool) -> bool:
    """Add or remove one person's reaction. Returns False if nothing changed."""
    reactions = message.get("reactions", [])
    found = next((item for item in reactions if item["name"] == name), None)
    if add == bool(found and user in found["users"]):
        return False
    if found is None:
        found = {"name": name, "users": [], "count": 0}
        reactions = [*reactions, found]
    found["users"] = [*found["users"], user] if add else [other for other in found["users"] if other != user]
    found["count"] = len(found["users"])
    message["reactions"] = [item for item in reactions if item["users"]]
    push_change(hub, channel, message)
    events.send_reaction(hub, channel, message, user, name, add=add)
    return True
