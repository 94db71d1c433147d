"""Reactions of the app itself."""

import re

from workspace import messages
from workspace.app_view import without_metadata
from workspace.errors import Failure
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method

REACTIONS_AT_MOST = 23
EMOJI = re.compile(r"[\w+'-]+(::skin-tone-[2-6])?")


def _item(call: Call) -> tuple[Channel, Json]:
    channel = call.channel()
    ts = call.text("timestamp", missing="no_item_specified")
    message = call.hub.state.message(channel.id, ts)
    if message is None:
        raise Failure("message_not_found")
    return channel, message


def _name(call: Call) -> str:
    name = call.text("name", missing="invalid_name").strip(":")
    if not EMOJI.fullmatch(name) or name != name.lower():
        raise Failure("invalid_name")
    return name


def add(call: Call) -> Json:
    name = _name(call)
    channel, message = _item(call)
    me = call.hub.state.app.bot_user_id
    users = {item["name"]: item["users"] for item in message.get("reactions", [])}
    if me in users.get(name, []):
        raise Failure("already_reacted")
    if name not in users and len(users) >= REACTIONS_AT_MOST:
        raise Failure("too_many_emoji")
    messages.react(call.hub, channel, message, me, name, add=True)
    return {}


def remove(call: Call) -> Json:
    name = _name(call)
    channel, message = _item(call)
    if not messages.react(call.hub, channel, message, call.hub.state.app.bot_user_id, name, add=False):
        raise Failure("no_reaction")
    return {}


def get(call: Call) -> Json:
    channel, message = _item(call)
    return {"type": "message", "channel": channel.id, "message": without_metadata(call.hub, message)}


METHODS = {
    "reactions.add": Method(add, ("reactions:write",), tier=50),
    "reactions.remove": Method(remove, ("reactions:write",), tier=20),
    "reactions.get": Method(get, ("reactions:read",), tier=50),
}
