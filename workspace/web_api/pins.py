"""Pinned messages."""

from workspace import events
from workspace.app_view import without_metadata
from workspace.errors import Failure
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method


def _pinned(call: Call) -> tuple[Channel, str]:
    channel = call.channel()
    if not call.hub.state.bot_is_in(channel):
        raise Failure("not_in_channel")
    ts = call.text("timestamp", missing="no_item_specified")
    if call.hub.state.message(channel.id, ts) is None:
        raise Failure("message_not_found")
    return channel, ts


def add(call: Call) -> Json:
    channel, ts = _pinned(call)
    if ts in channel.pins:
        raise Failure("already_pinned")
    channel.pins.append(ts)
    _keep(call, channel, ts, "pin_added")
    return {}


def remove(call: Call) -> Json:
    channel, ts = _pinned(call)
    if ts not in channel.pins:
        raise Failure("no_pin")
    channel.pins.remove(ts)
    _keep(call, channel, ts, "pin_removed")
    return {}


def _keep(call: Call, channel: Channel, ts: str, kind: str) -> None:
    state = call.hub.state
    state.keep_channel(channel)
    message = state.timelines[channel.id].by_ts[ts]
    item = {"type": "message", "channel": channel.id, "message": without_metadata(call.hub, message)}
    event = {"type": kind, "user": state.app.bot_user_id, "channel_id": channel.id, "item": item}
    events.send(call.hub, event | {"event_ts": call.hub.clock.stamp()})


def list_pins(call: Call) -> Json:
    channel = call.channel()
    found = [call.hub.state.message(channel.id, ts) for ts in channel.pins]
    items = [
        {"type": "message", "channel": channel.id, "message": without_metadata(call.hub, message)}
        for message in found
        if message
    ]
    return {"items": items}


METHODS = {
    "pins.add": Method(add, ("pins:write",), tier=20),
    "pins.remove": Method(remove, ("pins:write",), tier=20),
    "pins.list": Method(list_pins, ("pins:read",), tier=20),
}
