"""Pinned messages."""

from workspace import events
from workspace.app_messages import without_metadata
from workspace.errors import ApiError
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method


def _find_message(call: Call) -> tuple[Channel, str]:
    channel = call.channel()
    if not call.hub.state.has_bot(channel):
        raise ApiError("not_in_channel")
    ts = call.text("timestamp", missing="no_item_specified")
    if call.hub.state.find_message(channel.id, ts) is None:
        raise ApiError("message_not_found")
    return channel, ts


def add_pin(call: Call) -> Json:
    channel, ts = _find_message(call)
    if ts in channel.pins:
        raise ApiError("already_pinned")
    channel.pins.append(ts)
    _save_pins(call, channel, ts, "pin_added")
    return {}


def remove_pin(call: Call) -> Json:
    channel, ts = _find_message(call)
    if ts not in channel.pins:
        raise ApiError("no_pin")
    channel.pins.remove(ts)
    _save_pins(call, channel, ts, "pin_removed")
    return {}


def _save_pins(call: Call, channel: Channel, ts: str, kind: str) -> None:
    state = call.hub.state
    state.save_channel(channel)
    message = state.timelines[channel.id].by_ts[ts]
    item = {"type": "message", "channel": channel.id, "message": without_metadata(call.hub, message)}
    event = {"type": kind, "user": state.app.bot_user_id, "channel_id": channel.id, "item": item}
    events.send_event(call.hub, event | {"event_ts": call.hub.clock.new_timestamp()})


def list_pins(call: Call) -> Json:
    channel = call.channel()
    found = [call.hub.state.find_message(channel.id, ts) for ts in channel.pins]
    items = [
        {"type": "message", "channel": channel.id, "message": without_metadata(call.hub, message)}
        for message in found
        if message
    ]
    return {"items": items}


METHODS = {
    "pins.add": Method(add_pin, ("pins:write",), tier=20),
    "pins.remove": Method(remove_pin, ("pins:write",), tier=20),
    "pins.list": Method(list_pins, ("pins:read",), tier=20),
}
