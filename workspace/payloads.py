"""Payloads the app receives when a person does something, in Slack's format."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.app_config import AppShortcut, SlashCommand
from workspace.app_messages import format_for_app
from workspace.hub import Hub
from workspace.records import Channel, Json

TOKEN = "local"  # noqa: S105  Slack's long deprecated verification token


def channel_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def build_response_url(hub: Hub, key: str) -> str:
    return f"{hub.base_url}/response/{hub.state.team.id}/{key}"


def _common_fields(hub: Hub, kind: str, user: str) -> Json:
    """The fields of every interaction. In a view and a shortcut, `team` is the person's own organisation."""
    state, person = hub.state, hub.state.people[user]
    team = state.find_team(user)
    return {
        "type": kind,
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": team.id},
        "team": {"id": team.id, "domain": team.domain},
        "api_app_id": state.app.id,
        "token": TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def build_slash_command(hub: Hub, command: SlashCommand, channel: Channel, user: str, text: str) -> Json:
    state = hub.state
    team = state.find_team(user)
    key = hub.response_urls.issue(user, channel.id)
    return {
        "token": TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user,
        "user_name": state.people[user].name,
        "command": command.command,
        "text": text,
        "api_app_id": state.app.id,
        "is_enterprise_install": "false",
        "response_url": build_response_url(hub, key),
        "trigger_id": hub.triggers.issue(user),
    }


def build_global_shortcut(hub: Hub, item: AppShortcut, user: str) -> Json:
    payload = _common_fields(hub, "shortcut", user)
    return payload | {
        "callback_id": item.callback_id,
        "trigger_id": hub.triggers.issue(user),
        "action_ts": hub.clock.new_timestamp(),
    }


def build_message_action(hub: Hub, item: AppShortcut, user: str, channel: Channel, message: Json) -> Json:
    key = hub.response_urls.issue(user, channel.id, thread_ts=message.get("thread_ts", ""))
    return _common_fields(hub, "message_action", user) | {
        "callback_id": item.callback_id,
        "trigger_id": hub.triggers.issue(user),
        "action_ts": hub.clock.new_timestamp(),
        "message_ts": message["ts"],
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": format_for_app(hub, message),
        "response_url": build_response_url(hub, key),
    }


def build_message_context(hub: Hub, user: str, channel: Channel, message: Json) -> Json:
    """Return the container, channel, message and response_url of an action in a message."""
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
    key = hub.response_urls.issue(user, channel.id, message_ts=message["ts"], thread_ts=thread_ts, ephemeral=ephemeral)
    context = {
        # In a message, `team` is where the app is installed, also for an outsider in a shared channel.
        "team": {"id": hub.state.team.id, "domain": hub.state.team.domain},
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": build_response_url(hub, key),
    }
    # For an action in an ephemeral message, Slack leaves out `message`.
    return context if ephemeral else context | {"message": format_for_app(hub, message)}


def build_view_context(view: Json, state: Mapping[str, Any]) -> Json:
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view | {"state": {"values": state}}}


def build_block_actions(
    hub: Hub, user: str, context: Json, action: Json, state: Mapping[str, Any], view_id: str
) -> Json:
    payload = _common_fields(hub, "block_actions", user) | context
    if "message" in payload:
        payload["state"] = {"values": state}
    return payload | {
        "trigger_id": hub.triggers.issue(user, view_id),
        "actions": [action | {"action_ts": hub.clock.new_timestamp()}],
    }


def build_block_suggestion(hub: Hub, user: str, context: Json, block_id: str, action_id: str, value: str) -> Json:
    payload = _common_fields(hub, "block_suggestion", user) | context
    payload.pop("response_url", None)
    return payload | {"block_id": block_id, "action_id": action_id, "value": value}


def build_view_submission(hub: Hub, user: str, view: Json, values: Mapping[str, Any]) -> Json:
    return _common_fields(hub, "view_submission", user) | {
        "trigger_id": hub.triggers.issue(user, view["id"]),
        "view": view | {"state": {"values": values}},
        "response_urls": list(_build_response_urls(hub, user, view, values)),
    }


def _build_response_urls(hub: Hub, user: str, view: Json, values: Mapping[str, Any]) -> Iterator[Json]:
    """Yield one URL for each conversation chosen in a select with `response_url_enabled`."""
    for block in view["blocks"]:
        element = block.get("element", {})
        chosen = values.get(block.get("block_id"), {}).get(element.get("action_id")) or {}
        channel = chosen.get("selected_conversation") or chosen.get("selected_channel")
        if element.get("response_url_enabled") and channel in hub.state.channels:
            address = build_response_url(hub, hub.response_urls.issue(user, channel))
            place = {"block_id": block["block_id"], "action_id": element["action_id"]}
            yield place | {"channel_id": channel, "response_url": address}


def build_view_closed(hub: Hub, user: str, view: Json, *, all_closed: bool) -> Json:
    return _common_fields(hub, "view_closed", user) | {"view": view, "is_cleared": all_closed}
