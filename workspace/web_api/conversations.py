"""Channels: finding them, their members and their messages."""

import re
from collections.abc import Iterable

from workspace import membership
from workspace.app_view import message_for_app, without_metadata
from workspace.errors import Failure
from workspace.records import Channel, Json
from workspace.shapes import channel_object
from workspace.web_api.call import Call, Method, page_of

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
KINDS = {"channel": "public_channel", "group": "private_channel", "im": "im", "mpim": "mpim"}
HISTORY_AT_MOST = 999
STAMP = re.compile(r"\d+(\.\d*)?", re.ASCII)
SCOPES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def visible(call: Call) -> list[Channel]:
    """The channels of the wanted types that the app can see."""
    wanted = {kind.strip() for kind in (call.text("types") or "public_channel").split(",")}
    if not wanted <= set(KINDS.values()):
        raise Failure("invalid_types")
    for kind, name in KINDS.items():
        if name in wanted:
            call.need(f"{SCOPES[kind]}:read")
    state = call.hub.state
    return [
        channel
        for channel in state.channels.values()
        if KINDS[channel.kind] in wanted and (not channel.is_private or state.bot_is_in(channel))
    ]


def list_channels(call: Call) -> Json:
    found, metadata = page_of(visible(call), call)
    return {"channels": [channel_object(call.hub.state, channel) for channel in found]} | metadata


def _found(call: Call) -> Channel:
    channel = call.channel()
    call.need(f"{SCOPES[channel.kind]}:read")
    return channel


def info(call: Call) -> Json:
    channel = _found(call)
    shown = channel_object(call.hub.state, channel)
    if not call.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def members(call: Call) -> Json:
    found, metadata = page_of(list(_found(call).members), call)
    return {"members": found} | metadata


def open_direct(call: Call) -> Json:
    if call.text("channel"):
        channel = call.channel()
        return {"no_op": True, "already_open": True, "channel": _opened(call, channel)}
    users = [user.strip() for user in call.text("users", missing="users_list_not_supplied").split(",") if user.strip()]
    state = call.hub.state
    if any(user not in state.people for user in users):
        raise Failure("user_not_found")
    if users == [state.app.bot_user_id]:
        raise Failure("cannot_dm_bot")
    channel = membership.open_direct(call.hub, [*users, state.app.bot_user_id])
    return {"channel": _opened(call, channel)}


def _opened(call: Call, channel: Channel) -> Json:
    return channel_object(call.hub.state, channel) if call.flag("return_im") else {"id": channel.id}


def readable(call: Call) -> Channel:
    channel = call.channel()
    call.need(f"{SCOPES[channel.kind]}:history")
    if not call.hub.state.bot_is_in(channel):
        raise Failure("not_in_channel")
    return channel


def history(call: Call) -> Json:
    channel = readable(call)
    timeline = call.hub.state.timelines[channel.id]
    stamps = _between(call, timeline.roots)
    found, metadata = _newest_first(call, stamps)
    return {"messages": _shown(call, channel, found), "pin_count": len(channel.pins)} | metadata


def replies(call: Call) -> Json:
    channel = readable(call)
    ts = call.text("ts", missing="thread_not_found")
    timeline = call.hub.state.timelines[channel.id]
    message = timeline.by_ts.get(ts)
    if message is None:
        raise Failure("thread_not_found")
    parent = message.get("thread_ts", ts)
    stamps = _between(call, timeline.threads.get(parent, []))
    found, metadata = page_of(stamps, call)
    first = [parent] if parent in timeline.by_ts and not call.text("cursor") else []
    more = bool(metadata["response_metadata"]["next_cursor"])
    return {"messages": _shown(call, channel, [*first, *found]), "has_more": more} | metadata


def _between(call: Call, stamps: list[str]) -> list[str]:
    timeline = call.hub.state.timelines[call.channel().id]
    oldest, latest = _stamp(call, "oldest"), _stamp(call, "latest")
    return timeline.between(stamps, oldest, latest, inclusive=call.flag("inclusive"))


def _stamp(call: Call, name: str) -> str:
    """A timestamp in its fixed width, from `1712345678`, `1712345678.0001` or the full form; empty if not given."""
    given = call.text(name)
    if given and not STAMP.fullmatch(given):
        raise Failure(f"invalid_ts_{name}")
    seconds, _, micros = given.partition(".")
    return given and f"{int(seconds):010d}.{micros[:6].ljust(6, '0')}"


def _newest_first(call: Call, stamps: list[str]) -> tuple[Iterable[str], Json]:
    """A page of history: the cursor is the timestamp after which the next, older page ends."""
    limit = min(max(call.number("limit", 100), 1), HISTORY_AT_MOST)
    cursor = call.text("cursor")
    if cursor:
        try:
            before = bytes.fromhex(cursor).decode()
        except ValueError:
            raise Failure("invalid_cursor") from None
        timeline = call.hub.state.timelines[call.channel().id]
        stamps = timeline.between(stamps, "", before, inclusive=False)
    wanted = stamps[-limit:]
    more = len(stamps) > len(wanted)
    metadata: Json = {"has_more": more}
    if more:
        metadata["response_metadata"] = {"next_cursor": wanted[0].encode().hex()}
    return reversed(wanted), metadata


def _shown(call: Call, channel: Channel, stamps: Iterable[str]) -> list[Json]:
    timeline = call.hub.state.timelines[channel.id]
    shown = message_for_app if call.flag("include_all_metadata") else without_metadata
    return [shown(call.hub, timeline.by_ts[ts]) for ts in stamps]


def join(call: Call) -> Json:
    state = call.hub.state
    channel = call.channel()
    if channel.is_private:
        raise Failure("method_not_supported_for_channel_type")
    joined = membership.join(call.hub, channel, state.app.bot_user_id)
    warning = {} if joined else {"warning": "already_in_channel"}
    return {"channel": channel_object(state, channel)} | warning


METHODS = {
    "conversations.list": Method(list_channels, READ, tier=20),
    "conversations.info": Method(info, READ, tier=50),
    "conversations.members": Method(members, READ, tier=100),
    "conversations.open": Method(open_direct, ("im:write", "mpim:write", "channels:manage", "groups:write"), tier=50),
    "conversations.history": Method(history, HISTORY, tier=50),
    "conversations.replies": Method(replies, HISTORY, tier=50),
    "conversations.join": Method(join, ("channels:join", "channels:manage"), tier=50),
}
