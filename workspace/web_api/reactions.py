"""The app's own reactions."""

import re

from workspace import messages
from workspace.app_messages import without_metadata
from workspace.errors import ApiError
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method

REACTIONS_AT_MOST = 23
EMOJI = re.compile(r"[\w+'-]+(::skin-tone-[2-6])?")


def _find_message(call: Call) -> tuple[Channel, Json]:
    channel = call.channel()
    ts = call.text("timestamp", missing="no_item_specified")
    message = call.hub.state.find_message(channel.id, ts)
    if message is None:
        raise ApiError("message_not_found")
    return channel, message


def _read_name(call: Call) -> str:
    name = call.text("name", missing="invalid_name").strip(":")
    if not EMOJI.fullmatch(name) or name != name.lower():
        raise ApiError("invalid_name")
    return name


def add_reaction(call: Call) -> Json:
    name = _read_name(call)
    channel, message = _find_message(call)
    if channel.is_archived:
        raise ApiError("is_archived")
    me = call.hub.state.app.bot_user_id
    users = {item["name"]: item["users"] for item in message.get("reactions", [])}
    if me in users.get(name, []):
        raise ApiError("already_reacted")
    if name not in users and len(users) >= REACTIONS_AT_MOST:
        raise ApiError("too_many_emoji")
    messages.set_reaction(call.hub, channel, message, me, name, add=True)
    return {}


def remove_reaction(call: Call) -> Json:
    name = _read_name(call)
    channel, message = _find_message(call)
    if not messages.set_reaction(call.hub, channel, message, call.hub.state.app.bot_user_id, name, add=False):
        raise ApiError("no_reaction")
    return {}


def get_reactions(call: Call) -> Json:
    channel, message = _find_message(call)
    return {"type": "message", "channel": channel.id, "message": without_metadata(call.hub, message)}


METHODS = {
    "reactions.add": Method(add_reaction, ("reactions:write",), tier=50),
    "reactions.remove": Method(remove_reaction, ("reactions:write",), tier=20),
    "reactions.get": Method(get_reactions, ("reactions:read",), tier=50),
}
