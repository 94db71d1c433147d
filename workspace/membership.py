"""Channel membership: joining, leaving, and the built-in commands for it."""

from collections.abc import Iterable

from workspace import events, messages
from workspace.errors import ApiError
from workspace.hub import Hub
from workspace.records import Channel, Json
from workspace.serializers import page_channel
from workspace.typed_text import find_mentions

NOTICE_AUTHOR = "Workspace"


def open_direct_message(hub: Hub, users: Iterable[str]) -> Channel:
    """Return the direct message between these people. A new one appears on their pages."""
    known = len(hub.state.channels)
    channel = hub.state.find_or_open_direct(users)
    if len(hub.state.channels) > known:
        push_channel(hub, channel)
    return channel


def join_channel(hub: Hub, channel: Channel, user: str) -> bool:
    """Add a person to a channel. Returns False if they were already in it. Raises ApiError for whom Slack refuses."""
    if user in channel.members:
        return False
    _check_can_join(hub, channel, user)
    channel.members[user] = None
    hub.state.save_channel(channel)
    push_channel(hub, channel)
    events.send_member_joined(hub, channel, user)
    return True


def _check_can_join(hub: Hub, channel: Channel, user: str) -> None:
    state, person = hub.state, hub.state.people[user]
    if channel.is_archived:
        raise ApiError("is_archived", message=f"#{channel.name} is archived.")
    if person.deleted:
        raise ApiError("user_disabled", message=f"{person.real_name}'s account is deactivated.")
    team = state.find_team(user)
    if team.id not in (state.team.id, *channel.connected_team_ids):
        raise ApiError("user_team_not_in_channel", message=f"#{channel.name} isn't shared with {team.name}.")
    others = (item for item in state.channels.values() if not item.is_im and not item.is_mpim)
    if person.is_ultra_restricted and any(user in item.members for item in others):
        raise ApiError("ura_max_channels", message=f"{person.real_name} is a guest of one channel.")


def leave_channel(hub: Hub, channel: Channel, user: str, *, by: str = "") -> bool:
    """Remove a person or the app from a channel. Returns False if they weren't in it. `by` is who removes them."""
    if user not in channel.members:
        return False
    events.send_member_left(hub, channel, user)
    if user == hub.state.app.bot_user_id:
        events.send_app_left(hub, channel, by)
    del channel.members[user]
    hub.state.save_channel(channel)
    push_channel(hub, channel, also=user)
    return True


def push_channel(hub: Hub, channel: Channel, also: str = "") -> None:
    """Send the channel as it is now to every page that shows it."""
    for user in {*hub.state.list_viewers(channel), also} & set(hub.state.people):
        hub.pages.push([user], {"type": "channel", "channel": page_channel(hub.state, channel, user)})


def run_builtin(hub: Hub, user: str, channel: Channel, name: str, text: str) -> None:
    """`/invite @someone` and `/remove @someone`."""
    people = find_mentions(hub.state, text)
    if channel.is_im or not people:
        raise ApiError("invalid_command", message=f"In a channel, type {name} @name.")
    for person in people:
        if name == "/invite":
            join_channel(hub, channel, person)
            post_notice(hub, channel, user, f"<@{person}> is now in this channel.")
        else:
            leave_channel(hub, channel, person, by=user)
            post_notice(hub, channel, user, f"<@{person}> is no longer in this channel.")


def warn_if_absent(hub: Hub, channel: Channel, user: str, text: str) -> None:
    """Tell people who mention the app in a channel it isn't in: it receives nothing there."""
    app = hub.state.app
    if f"<@{app.bot_user_id}>" in text and not hub.state.has_bot(channel) and not channel.is_im:
        name = hub.state.people[app.bot_user_id].real_name
        post_notice(hub, channel, user, f"{name} isn't in this channel. To add it, type `/invite @{name}`.")


def post_notice(hub: Hub, channel: Channel, user: str, text: str) -> Json:
    """Show one person a message from the workspace itself."""
    message = {"subtype": "bot_message", "username": NOTICE_AUTHOR, "text": text}
    return messages.show_ephemeral(hub, channel, user, message)


BUILTIN_COMMANDS = ("/invite", "/remove")
