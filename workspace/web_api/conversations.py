"""Channels: list them, their members and their messages."""

import re
from collections.abc import Iterable

from workspace import membership
from workspace.app_messages import format_for_app, without_metadata
from workspace.errors import ApiError
from workspace.records import Channel, Json
from workspace.serializers import channel_connections, channel_object
from workspace.web_api.call import Call, Method, paginate_items

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
KINDS = {"channel": "public_channel", "group": "private_channel", "im": "im", "mpim": "mpim"}
MOST_IN_GROUP = 8
HISTORY_AT_MOST = 999
STAMP = re.compile(r"\d+(\.\d*)?", re.ASCII)
SCOPES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def list_visible_channels(call: Call) -> list[Channel]:
    """Return the channels of the requested types that the app can see."""
    wanted = {kind.strip() for kind in (call.text("types") or "public_channel").split(",")}
    if not wanted <= set(KINDS.values()):
        raise ApiError("invalid_types")
    for kind, name in KINDS.items():
        if name in wanted:
            call.require_scope(f"{SCOPES[kind]}:read")
    state = call.hub.state
    return [
        channel
        for channel in state.channels.values()
        if KINDS[channel.kind] in wanted
        and (not channel.is_private or state.has_bot(channel))
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]


def list_channels(call: Call) -> Json:
    found, metadata = paginate_items(list_visible_channels(call), call)
    return {"channels": [channel_object(call.hub.state, channel) for channel in found]} | metadata


def _find_channel(call: Call) -> Channel:
    channel = call.channel()
    call.require_scope(f"{SCOPES[channel.kind]}:read")
    return channel


def read_channel_info(call: Call) -> Json:
    channel = _find_channel(call)
    shown = channel_object(call.hub.state, channel) | channel_connections(call.hub.state, channel)
    if not call.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def list_members(call: Call) -> Json:
    found, metadata = paginate_items(list(_find_channel(call).members), call)
    return {"members": found} | metadata


def open_conversation(call: Call) -> Json:
    if call.text("channel"):
        channel = call.channel()
        return {"no_op": True, "already_open": True, "channel": _opened_channel(call, channel)}
    users = [user.strip() for user in call.text("users", missing="users_list_not_supplied").split(",") if user.strip()]
    state = call.hub.state
    if any(user not in state.people for user in users):
        raise ApiError("user_not_found")
    if any(state.people[user].deleted for user in users):
        raise ApiError("user_disabled")
    if users == [state.app.bot_user_id]:
        raise ApiError("cannot_dm_bot")
    if len(users) > MOST_IN_GROUP:
        raise ApiError("too_many_users")
    call.require_scope("mpim:write" if len(users) > 1 else "im:write")
    channel = membership.open_direct_message(call.hub, [*users, state.app.bot_user_id])
    return {"channel": _opened_channel(call, channel)}


def _opened_channel(call: Call, channel: Channel) -> Json:
    return channel_object(call.hub.state, channel) if call.flag("return_im") else {"id": channel.id}


def find_readable_channel(call: Call) -> Channel:
    channel = call.channel()
    call.require_scope(f"{SCOPES[channel.kind]}:history")
    if not call.hub.state.has_bot(channel):
        raise ApiError("not_in_channel")
    return channel


def read_history(call: Call) -> Json:
    channel = find_readable_channel(call)
    timeline = call.hub.state.timelines[channel.id]
    stamps = _slice_stamps(call, timeline.roots)
    found, metadata = _newest_first(call, stamps)
    return {"messages": _format_messages(call, channel, found), "pin_count": len(channel.pins)} | metadata


def read_replies(call: Call) -> Json:
    channel = find_readable_channel(call)
    ts = call.text("ts", missing="thread_not_found")
    timeline = call.hub.state.timelines[channel.id]
    message = timeline.by_ts.get(ts)
    if message is None:
        raise ApiError("thread_not_found")
    parent = message.get("thread_ts", ts)
    stamps = _slice_stamps(call, timeline.threads.get(parent, []))
    found, metadata = paginate_items(stamps, call)
    first = [parent] if parent in timeline.by_ts and not call.text("cursor") else []
    more = bool(metadata["response_metadata"]["next_cursor"])
    return {"messages": _format_messages(call, channel, [*first, *found]), "has_more": more} | metadata


def _slice_stamps(call: Call, stamps: list[str]) -> list[str]:
    timeline = call.hub.state.timelines[call.channel().id]
    oldest, latest = _read_timestamp(call, "oldest"), _read_timestamp(call, "latest")
    return timeline.slice_between(stamps, oldest, latest, inclusive=call.flag("inclusive"))


def _read_timestamp(call: Call, name: str) -> str:
    """Read a timestamp such as `1712345678` or `1712345678.0001`, and pad it to the full width. Empty if missing."""
    given = call.text(name)
    if given and not STAMP.fullmatch(given):
        raise ApiError(f"invalid_ts_{name}")
    seconds, _, micros = given.partition(".")
    return given and f"{int(seconds):010d}.{micros[:6].ljust(6, '0')}"


def _newest_first(call: Call, stamps: list[str]) -> tuple[Iterable[str], Json]:
    """Return a page of history. The cursor is the oldest timestamp on the page; the next page ends before it."""
    limit = min(max(call.number("limit", 100), 1), HISTORY_AT_MOST)
    cursor = call.text("cursor")
    if cursor:
        try:
            before = bytes.fromhex(cursor).decode()
        except ValueError:
            raise ApiError("invalid_cursor") from None
        timeline = call.hub.state.timelines[call.channel().id]
        stamps = timeline.slice_between(stamps, "", before, inclusive=False)
    wanted = stamps[-limit:]
    more = len(stamps) > len(wanted)
    metadata: Json = {"has_more": more}
    if more:
        metadata["response_metadata"] = {"next_cursor": wanted[0].encode().hex()}
    return reversed(wanted), metadata


def _format_messages(call: Call, channel: Channel, stamps: Iterable[str]) -> list[Json]:
    timeline = call.hub.state.timelines[channel.id]
    shown = format_for_app if call.flag("include_all_metadata") else without_metadata
    return [shown(call.hub, timeline.by_ts[ts]) for ts in stamps]


def join_conversation(call: Call) -> Json:
    state = call.hub.state
    channel = call.channel()
    if channel.is_private:
        raise ApiError("method_not_supported_for_channel_type")
    joined = membership.join_channel(call.hub, channel, state.app.bot_user_id)
    warning = {} if joined else {"warning": "already_in_channel"}
    return {"channel": channel_object(state, channel)} | warning


METHODS = {
    "conversations.list": Method(list_channels, READ, tier=20),
    "conversations.info": Method(read_channel_info, READ, tier=50),
    "conversations.members": Method(list_members, READ, tier=100),
    "conversations.open": Method(
        open_conversation, ("im:write", "mpim:write", "channels:manage", "groups:write"), tier=50
    ),
    "conversations.history": Method(read_history, HISTORY, tier=50),
    "conversations.replies": Method(read_replies, HISTORY, tier=50),
    "conversations.join": Method(join_conversation, ("channels:join", "channels:manage"), tier=50),
}
