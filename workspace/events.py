"""Events: which ones the app receives, and what they look like."""

import asyncio
import secrets
import string

from workspace.app_messages import format_for_app
from workspace.hub import Hub
from workspace.records import Channel, Json

MESSAGE_EVENTS = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}
# The scope Slack requires before it sends an event. For member events it depends on the kind of channel.
REQUIRED_SCOPES = {
    "app_mention": "app_mentions:read",
    "assistant_thread_started": "assistant:write",
    **dict.fromkeys(("channel_archive", "channel_left", "channel_rename", "channel_unarchive"), "channels:read"),
    **dict.fromkeys(("group_archive", "group_left", "group_rename", "group_unarchive"), "groups:read"),
    "user_change": "users:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "file_shared": "files:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}
MEMBER_EVENTS = ("member_joined_channel", "member_left_channel")
ALPHABET = string.ascii_uppercase + string.digits


def subscription_name(event: Json) -> str:
    """Return the name under which an app subscribes to this event."""
    if event["type"] == "message":
        return MESSAGE_EVENTS[event["channel_type"]]
    return str(event["type"])


def required_scope(event: Json) -> str:
    """Return the scope an app needs to receive this event, or an empty string."""
    if event["type"] in MEMBER_EVENTS:
        return "groups:read" if event["channel_type"] == "G" else "channels:read"
    return REQUIRED_SCOPES.get(subscription_name(event), "")


def send_event(hub: Hub, event: Json, channel: Channel | None = None, user: str = "") -> None:
    """Deliver the event if the app has subscribed to it and has the required scope.

    `channel` is where it happened and `user` who did it; the envelope says whether either is of another organisation.
    """
    if hub.token_error:
        return
    scope = required_scope(event)
    if subscription_name(event) in hub.manifest.bot_events and (not scope or scope in hub.manifest.scopes):
        deliver_event(hub, build_envelope(hub, event, channel, user))


def deliver_event(hub: Hub, payload: Json) -> None:
    """Send an event to the app, applying any faults set for it."""
    faults = hub.faults.for_event(payload["event"]["type"])
    loop = asyncio.get_running_loop()
    wait = sum(fault.ms for fault in faults if fault.kind == "delay_event") / 1000
    for _ in range(1 + sum(fault.kind == "duplicate_event" for fault in faults)):
        if wait:
            loop.call_later(wait, hub.transport.send_event, payload)
        else:
            hub.transport.send_event(payload)
    # Cutting the sockets after the event was sent leaves the app with an unacknowledged envelope. The workspace sends
    # it again on the next connection, as Slack does.
    for fault in faults:
        if fault.kind == "drop_socket":
            loop.call_later(wait + fault.ms / 1000, hub.sockets.drop)


def build_envelope(hub: Hub, event: Json, channel: Channel | None = None, user: str = "") -> Json:
    """Wrap an event in Slack's `event_callback`. For what an outsider did, `team_id` is their organisation."""
    state = hub.state
    return {
        "token": "local",
        "team_id": state.find_team(user).id,
        "context_team_id": state.team.id,
        "context_enterprise_id": None,
        "api_app_id": state.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev" + "".join(secrets.choice(ALPHABET) for _ in range(10)),
        "event_time": int(hub.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": state.team.id,
                "user_id": state.app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and state.is_shared(channel),
        "event_context": secrets.token_urlsafe(16),
    }


def send_message_posted(hub: Hub, channel: Channel, message: Json) -> None:
    """Send a message event, and an app_mention as well if someone mentions the app outside a direct message."""
    if not hub.state.has_bot(channel):
        return
    event = _build_message_event(hub, channel, message)
    send_event(hub, event | {"channel_type": channel.kind}, channel, message.get("user", ""))
    _send_mention(hub, channel, event)


def _build_message_event(hub: Hub, channel: Channel, message: Json) -> Json:
    event = format_for_app(hub, message) | {"channel": channel.id, "event_ts": message["ts"]}
    if message.get("subtype") == "thread_broadcast":
        root = hub.state.find_message(channel.id, message["thread_ts"])
        event |= {"root": format_for_app(hub, root)} if root else {}
    if "files" in event and hub.state.is_shared(channel):
        event["files"] = [_hide_file(file) for file in event["files"]]
    return event


def _hide_file(file: Json) -> Json:
    """A file in an event from a shared channel: the app learns its name and URL from `files.info` only."""
    hidden = {"mode": "file_access", "file_access": "check_file_info", "created": 0, "timestamp": 0, "user": ""}
    return {"id": file["id"], **hidden}


def _send_mention(hub: Hub, channel: Channel, event: Json) -> None:
    bot = hub.state.app.bot_user_id
    if channel.is_im or event.get("user") == bot or f"<@{bot}>" not in event.get("text", ""):
        return
    # Of an outsider's mention, only user_team, source_team and the profile name their organisation.
    mention = event | {"type": "app_mention", "team": hub.state.team.id}
    if mention.get("subtype") == "file_share":
        del mention["subtype"]
    send_event(hub, mention, channel)


def send_message_changed(hub: Hub, channel: Channel, message: Json, previous: Json, *, edited: bool = False) -> None:
    """Send `message_changed`. A person's edit of a message that mentions the app is a new mention, marked `edited`."""
    fields = {"message": format_for_app(hub, message), "previous_message": format_for_app(hub, previous)}
    _send_message_subtype(hub, channel, "message_changed", fields, message)
    if edited and hub.state.has_bot(channel):
        event_ts = {"event_ts": hub.clock.new_timestamp()}
        _send_mention(hub, channel, _build_message_event(hub, channel, message) | event_ts)


def send_message_deleted(hub: Hub, channel: Channel, previous: Json) -> None:
    fields = {"deleted_ts": previous["ts"], "previous_message": format_for_app(hub, previous), "hidden": True}
    _send_message_subtype(hub, channel, "message_deleted", fields, previous)


def _send_message_subtype(hub: Hub, channel: Channel, subtype: str, fields: Json, message: Json) -> None:
    if not hub.state.has_bot(channel):
        return
    ts = hub.clock.new_timestamp()
    common = {"type": "message", "subtype": subtype, "channel": channel.id, "ts": ts, "event_ts": ts}
    send_event(hub, common | fields | {"channel_type": channel.kind}, channel, message.get("user", ""))


def send_member_joined(hub: Hub, channel: Channel, user: str) -> None:
    if not hub.state.has_bot(channel):
        return
    kind = "G" if channel.is_private else "C"
    send_event(
        hub,
        {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": kind,
            "team": hub.state.find_team(user).id,
            "event_ts": hub.clock.new_timestamp(),
        },
        channel,
        user,
    )


def send_home_opened(
    hub: Hub, user: str, channel: Channel, tab: str, view: Json | None, viewing: Channel | None = None
) -> None:
    """The person opened a tab of the app. An agent also learns which channel they were viewing."""
    event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
    if view and tab == "home":
        event["view"] = view
    if hub.manifest.agent:
        event["context"] = _describe_context(hub, viewing)
    send_event(hub, event | {"event_ts": hub.clock.new_timestamp()}, channel, user)


def send_context_changed(hub: Hub, user: str, channel: Channel, viewing: Channel | None) -> None:
    """The person looks at something else while the agent is visible; `channel` is their conversation with it."""
    if hub.manifest.agent:
        event: Json = {"type": "app_context_changed", "user": user, "channel": channel.id}
        event |= {"context": _describe_context(hub, viewing), "event_ts": hub.clock.new_timestamp()}
        send_event(hub, event, channel, user)


def _describe_context(hub: Hub, viewing: Channel | None) -> Json:
    if viewing is None:
        return {}
    entity = {"type": "slack#/types/channel_id", "value": viewing.id, "team_id": hub.state.team.id}
    return {"entities": [entity]}


def send_session_stopped(hub: Hub, user: str, channel: Channel, thread_ts: str, streaming: list[str]) -> None:
    """The person pressed the stop button of an agent's session."""
    event: Json = {"type": "agent_session_stopped", "user": user, "channel": channel.id, "thread_ts": thread_ts}
    event |= {"streaming_message_ts": streaming, "event_ts": hub.clock.new_timestamp()}
    send_event(hub, event, channel, user)


def send_reaction(hub: Hub, channel: Channel, message: Json, user: str, name: str, *, add: bool) -> None:
    if not hub.state.has_bot(channel):
        return
    event = {
        "type": "reaction_added" if add else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
        "item_user": message.get("user"),
        "event_ts": hub.clock.new_timestamp(),
    }
    send_event(hub, event, channel)


def send_member_left(hub: Hub, channel: Channel, user: str) -> None:
    if not hub.state.has_bot(channel):
        return
    team = hub.state.find_team(user).id
    event = {"type": "member_left_channel", "user": user, "channel": channel.id, "team": team}
    kind = "G" if channel.is_private else "C"
    send_event(hub, event | {"channel_type": kind, "event_ts": hub.clock.new_timestamp()}, channel, user)


def send_app_left(hub: Hub, channel: Channel, by: str) -> None:
    """The app was removed from the channel: `channel_left`, or `group_left` for a private one."""
    kind = "group_left" if channel.is_private else "channel_left"
    event = {"type": kind, "channel": channel.id, "actor_id": by, "event_ts": hub.clock.new_timestamp()}
    send_event(hub, event, channel, by)


def send_assistant_thread_started(hub: Hub, user: str, channel: Channel, thread_ts: str) -> None:
    thread = {"user_id": user, "context": {}, "channel_id": channel.id, "thread_ts": thread_ts}
    event = {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": hub.clock.new_timestamp()}
    send_event(hub, event, channel, user)
