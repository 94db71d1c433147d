"""Reactions of the app itself."""

from workspace import messages
from workspace.app_view import without_metadata
from workspace.errors import Failure
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method

REACTIONS_AT_MOST = 23


def _item(call: Call) -> tuple[Channel, Json]:
    channel = call.channel()
    ts = call.text("timestamp", missing="no_item_specified")
    message = call.hub.state.message(channel.id, ts)
    if message is None:
        raise Failure("message_not_found")
    return channel, message


def _name(call: Call) -> str:
    name = call.text("name", missing="invalid_name").strip(":")
    if not name.replace("_", "").replace("-", "").replace("+", "").replace(":", "").isalnum():
        raise Failure("invalid_name")
    return name


def add(call: Call) -> Json:
    name = _name(call)
    channel, message = _item(call)
    if len(message.get("reactions", [])) >= REACTIONS_AT_MOST:
        raise Failure("too_many_emoji")
    if not messages.react(call.hub, channel, message, call.hub.state.app.bot_user_id, name, add=True):
        raise Failure("already_reacted")
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
