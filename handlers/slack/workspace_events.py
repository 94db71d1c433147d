"""Events about the workspace itself: what happens to channels, to people's accounts, and to the app."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ChannelEvent(StrEnum):
    """What can happen to a channel."""

    RENAMED = "renamed"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    DELETED = "deleted"
    LEFT = "left"  # the bot was removed
    JOINED = "joined"  # the bot was added
    MOVED = "moved"  # it has another ID now


@dataclass(frozen=True, slots=True)
class ChannelChange:
    """`name` is the new name of a renamed channel, `new_id` the new ID of one that was moved."""

    event: ChannelEvent
    channel: str
    by: str | None = None
    name: str = ""
    new_id: str = ""


_VERBS = {
    "rename": ChannelEvent.RENAMED,
    "archive": ChannelEvent.ARCHIVED,
    "unarchive": ChannelEvent.UNARCHIVED,
    "deleted": ChannelEvent.DELETED,
    "left": ChannelEvent.LEFT,
}
CHANNEL_EVENTS: Mapping[str, ChannelEvent] = {
    **{f"{kind}_{verb}": event for kind in ("channel", "group") for verb, event in _VERBS.items()},
    "channel_id_changed": ChannelEvent.MOVED,
    "member_joined_channel": ChannelEvent.JOINED,
    "member_left_channel": ChannelEvent.LEFT,
}


def read_channel_change(body: Mapping[str, Any], bot_user: str) -> ChannelChange | None:
    """What happened to which channel; None if another member than the bot joined or left."""
    event = body["event"]
    kind = CHANNEL_EVENTS[event["type"]]
    if event["type"].startswith("member_") and event.get("user") != bot_user:
        return None
    channel = event.get("channel")
    described = channel if isinstance(channel, Mapping) else {"id": channel or event.get("old_channel_id")}
    return ChannelChange(
        kind,
        str(described.get("id") or ""),
        event.get("actor_id") or (None if event["type"].startswith("member_") else event.get("user")),
        str(described.get("name") or ""),
        str(event.get("new_channel_id") or ""),
    )


GROUP_EVENTS = ("subteam_members_changed", "subteam_updated")


def read_changed_group(body: Mapping[str, Any]) -> str:
    """The id of the user group that changed."""
    event = body["event"]
    return str(event.get("subteam_id") or (event.get("subteam") or {}).get("id") or "")


def read_deactivated(body: Mapping[str, Any]) -> str | None:
    """The id of the person whose account was deactivated; None if something else about them changed."""
    user = body["event"].get("user")
    is_gone = isinstance(user, Mapping) and user.get("deleted") and not user.get("is_bot")
    return str(user["id"]) if is_gone else None


def read_revoked_bots(body: Mapping[str, Any]) -> list[str]:
    """The users whose bot token was revoked."""
    return [str(user) for user in (body["event"].get("tokens") or {}).get("bot") or ()]
