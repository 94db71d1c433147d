"""What the app receives when a person does something: Slack's own shapes."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.app_config import Command, Shortcut
from workspace.app_view import message_for_app
from workspace.hub import Hub
from workspace.records import Channel, Json

TOKEN = "local"  # noqa: S105  Slack's long deprecated verification token


def channel_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def response_url(hub: Hub, key: str) -> str:
    return f"{hub.base_url}/response/{hub.state.team.id}/{key}"


def _common(hub: Hub, kind: str, user: str) -> Json:
    state, person = hub.state, hub.state.people[user]
    return {
        "type": kind,
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": state.team.id},
        "team": {"id": state.team.id, "domain": state.team.domain},
        "api_app_id": state.app.id,
        "token": TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def slash_command(hub: Hub, command: Command, channel: Channel, user: str, text: str) -> Json:
    state = hub.state
    key = hub.responses.give(user, channel.id)
    return {
        "token": TOKEN,
        "team_id": state.team.id,
        "team_domain": state.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user,
        "user_name": state.people[user].name,
        "command": command.command,
        "text": text,
        "api_app_id": state.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url(hub, key),
        "trigger_id": hub.triggers.give(user),
    }


def shortcut(hub: Hub, item: Shortcut, user: str) -> Json:
    payload = _common(hub, "shortcut", user)
    return payload | {
        "callback_id": item.callback_id,
        "trigger_id": hub.triggers.give(user),
        "action_ts": hub.clock.stamp(),
    }


def message_action(hub: Hub, item: Shortcut, user: str, channel: Channel, message: Json) -> Json:
    key = hub.responses.give(user, channel.id, thread_ts=message.get("thread_ts", ""))
    return _common(hub, "message_action", user) | {
        "callback_id": item.callback_id,
        "trigger_id": hub.triggers.give(user),
        "action_ts": hub.clock.stamp(),
        "message_ts": message["ts"],
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message_for_app(hub, message),
        "response_url": response_url(hub, key),
    }


def message_context(hub: Hub, user: str, channel: Channel, message: Json) -> Json:
    """The container, channel, message and response address of an action in a message."""
    ephemeral = bool(message.get("ephemeral"))
    thread_ts = message.get("thread_ts", "")
    container: Json = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if thread_ts:
        container["thread_ts"] = thread_ts
    key = hub.responses.give(user, channel.id, message_ts=message["ts"], thread_ts=thread_ts, ephemeral=ephemeral)
    context = {
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": response_url(hub, key),
    }
    # Slack sends no message with an action in an ephemeral one.
    return context if ephemeral else context | {"message": message_for_app(hub, message)}


def view_context(view: Json, state: Mapping[str, Any]) -> Json:
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view | {"state": {"values": state}}}


def block_actions(hub: Hub, user: str, context: Json, action: Json, state: Mapping[str, Any], view_id: str) -> Json:
    payload = _common(hub, "block_actions", user) | context
    if "message" in payload:
        payload["state"] = {"values": state}
    return payload | {
        "trigger_id": hub.triggers.give(user, view_id),
        "actions": [action | {"action_ts": hub.clock.stamp()}],
    }


def block_suggestion(hub: Hub, user: str, context: Json, block_id: str, action_id: str, value: str) -> Json:
    payload = _common(hub, "block_suggestion", user) | context
    payload.pop("response_url", None)
    return payload | {"block_id": block_id, "action_id": action_id, "value": value}


def view_submission(hub: Hub, user: str, view: Json, values: Mapping[str, Any]) -> Json:
    return _common(hub, "view_submission", user) | {
        "trigger_id": hub.triggers.give(user, view["id"]),
        "view": view | {"state": {"values": values}},
        "response_urls": list(_response_urls(hub, user, view, values)),
    }


def _response_urls(hub: Hub, user: str, view: Json, values: Mapping[str, Any]) -> Iterator[Json]:
    """One address for each conversation chosen in a select with `response_url_enabled`."""
    for block in view["blocks"]:
        element = block.get("element", {})
        chosen = values.get(block.get("block_id"), {}).get(element.get("action_id")) or {}
        channel = chosen.get("selected_conversation") or chosen.get("selected_channel")
        if element.get("response_url_enabled") and channel in hub.state.channels:
            address = response_url(hub, hub.responses.give(user, channel))
            place = {"block_id": block["block_id"], "action_id": element["action_id"]}
            yield place | {"channel_id": channel, "response_url": address}


def view_closed(hub: Hub, user: str, view: Json, *, all_closed: bool) -> Json:
    return _common(hub, "view_closed", user) | {"view": view, "is_cleared": all_closed}
