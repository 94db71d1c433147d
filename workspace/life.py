"""What happens in a workspace over time: channels renamed or archived, people leaving, the app uninstalled."""

from dataclasses import replace

from workspace import events, membership, messages
from workspace.errors import ApiError
from workspace.hub import Hub
from workspace.records import Channel, Json
from workspace.serializers import user_object


def rename_channel(hub: Hub, channel: Channel, name: str, by: str) -> None:
    """Rename a channel. The channel says so, and the app receives `channel_rename` or `group_rename`."""
    old, channel.name = channel.name, name
    hub.state.channel_names.pop(old, None)
    _save_and_show(hub, channel)
    words = f'has renamed the channel from "{old}" to "{name}"'
    _say(hub, channel, by, {"subtype": "channel_name", "old_name": old, "name": name, "text": words})
    described = {"id": channel.id, "name": name, "name_normalized": name, "created": channel.created}
    described |= {"is_channel": not channel.is_private, "is_mpim": False}
    _send(hub, channel, {"type": _kind(channel, "rename"), "channel": described}, by)


def archive_channel(hub: Hub, channel: Channel, by: str, *, archived: bool) -> None:
    """Archive a channel, or undo it. Nobody can post in an archived channel."""
    if channel.is_archived == archived:
        return
    verb = "archive" if archived else "unarchive"
    if archived:
        _say(hub, channel, by, {"subtype": "channel_archive", "text": "archived the channel"})
    channel.is_archived = archived
    _save_and_show(hub, channel)
    if not archived:
        _say(hub, channel, by, {"subtype": "channel_unarchive", "text": "un-archived the channel"})
    _send(hub, channel, {"type": _kind(channel, verb), "channel": channel.id, "user": by}, by)


def set_deactivated(hub: Hub, user: str, *, deleted: bool) -> None:
    """Deactivate a person's account, or activate it again. Deactivated people are in no channel."""
    state = hub.state
    state.save_person(replace(state.people[user], deleted=deleted))
    if deleted:
        for channel in list(state.channels.values()):
            if user in channel.members and not channel.is_im and not channel.is_mpim:
                del channel.members[user]
                _save_and_show(hub, channel)
    hub.pages.push_all({"type": "reload"})
    now = int(hub.clock.now())
    event = {"type": "user_change", "user": user_object(state, state.people[user]) | {"updated": now}}
    events.send_event(hub, event | {"cache_ts": now, "event_ts": hub.clock.new_timestamp()})


def uninstall_app(hub: Hub) -> None:
    """The app's last events are `app_uninstalled` and `tokens_revoked`; then its token no longer works."""
    _send_revoked(hub)
    events.send_event(hub, {"type": "app_uninstalled", "event_ts": hub.clock.new_timestamp()})
    hub.token_error = "account_inactive"  # noqa: S105  an error code


def revoke_tokens(hub: Hub) -> None:
    """Revoke the bot token; the app receives `tokens_revoked`."""
    _send_revoked(hub)
    hub.token_error = "token_revoked"  # noqa: S105  an error code


def _send_revoked(hub: Hub) -> None:
    tokens = {"oauth": [], "bot": [hub.state.app.bot_user_id]}
    events.send_event(hub, {"type": "tokens_revoked", "tokens": tokens, "event_ts": hub.clock.new_timestamp()})


def remove_app(hub: Hub, channel: Channel, by: str) -> None:
    """Remove the app from a channel. Raises ApiError `not_in_channel`."""
    if not membership.leave_channel(hub, channel, hub.state.app.bot_user_id, by=by):
        raise ApiError("not_in_channel")


def _kind(channel: Channel, verb: str) -> str:
    return f"{'group' if channel.is_private else 'channel'}_{verb}"


def _save_and_show(hub: Hub, channel: Channel) -> None:
    hub.state.save_channel(channel)
    membership.push_channel(hub, channel)


def _say(hub: Hub, channel: Channel, by: str, notice: Json) -> None:
    messages.publish_message(hub, channel, {"user": by, **notice})


def _send(hub: Hub, channel: Channel, event: Json, by: str) -> None:
    if hub.state.has_bot(channel) or not channel.is_private:
        events.send_event(hub, event | {"event_ts": hub.clock.new_timestamp()}, channel, by)
