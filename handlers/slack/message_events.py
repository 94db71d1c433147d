"""Message events: whose words they are, which message they are about, and what is attached.

A message may arrive several times: as a message and as a mention, again after a lost acknowledgement, and once more
when it is edited. Its channel and ts stay the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# People's own words. Slack's other subtypes are notices, or messages of apps.
_OWN_WORDS = (None, "", "file_share", "thread_broadcast", "me_message")
_MESSAGES = ("message", "app_mention")
_CHANGED = "message_changed"
_SHARED_CONVERSATIONS = ("channel", "group", "mpim")
_ADDRESSED = re.compile(r"<@[UWB]|<!(?:subteam|here|channel|everyone)\b|\A\s*@\w")  # a person, a group or everybody
LATEST_EDIT = 86_400.0  # seconds after it was sent; Slack may let people edit for ever


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that somebody attached. The app can't read it; the link works for those who may see it in Slack."""

    name: str
    link: str = ""


def read_event(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event; of an edited message, the message as it is now."""
    event: Mapping[str, Any] = body["event"]
    if event.get("subtype") != _CHANGED:
        return event
    where = {name: event[name] for name in ("channel", "channel_type") if name in event}
    return {**_as_dict(event.get("message")), "type": "message"} | where


def identify_message(body: Mapping[str, Any]) -> str | None:
    """What a message keeps in all events about it: its channel and ts. None for any other payload."""
    event = read_event(body) if "event" in body else {}
    if event.get("type") not in _MESSAGES or not (event.get("channel") and event.get("ts")):
        return None
    return f"{event['channel']}:{event['ts']}"


def is_typed_by_person(body: Mapping[str, Any]) -> bool:
    """Whether it is something that a person wrote, with or without a file. Bots' messages and notices aren't."""
    event = read_event(body)
    is_own = event.get("subtype") in _OWN_WORDS and not event.get("bot_id")
    return bool(event.get("user")) and is_own and not _is_late_edit(event)


def is_typed_in_direct_message(body: Mapping[str, Any]) -> bool:
    """Whether a person just wrote to the app. Each message is answered as it comes, so an edited one is no news."""
    event = body["event"]
    return event.get("channel_type") == "im" and event.get("subtype") != _CHANGED and is_typed_by_person(body)


def is_mention_added(body: Mapping[str, Any], user: str) -> bool:
    """Whether somebody edited their message so that it now mentions this user."""
    event = body["event"]
    if event.get("subtype") != _CHANGED or not is_typed_by_person(body):
        return False
    now, before = _as_dict(event.get("message")), _as_dict(event.get("previous_message"))
    return mentions(now, user) and not mentions(before, user)


def mentions(message: Mapping[str, Any], user: str) -> bool:
    """Whether the message mentions this user."""
    text = str(message.get("text") or "")
    return bool(user) and (f"<@{user}>" in text or f"<@{user}|" in text)


def may_follow_up(body: Mapping[str, Any], bot: str) -> bool:
    """Whether it is a reply in a channel's thread that may be for the bot although it doesn't mention it.

    Not for the bot: what mentions it (that arrives as a mention, too) or somebody else, and what is written under the
    bot's own posts, such as a request's card.
    """
    event = body["event"]
    ts, thread_ts, text = event.get("ts"), event.get("thread_ts"), str(event.get("text") or "")
    if not thread_ts or thread_ts == ts or event.get("channel_type") not in _SHARED_CONVERSATIONS:
        return False
    is_under_own_post = bool(bot) and event.get("parent_user_id") == bot
    return is_typed_by_person(body) and bool(text.strip()) and not is_under_own_post and not _ADDRESSED.search(text)


def read_sent_at(body: Mapping[str, Any]) -> datetime | None:
    """When what an event is about happened, in UTC; None if the payload is no event or doesn't say."""
    event = _as_dict(body.get("event"))
    try:
        return datetime.fromtimestamp(float(event.get("event_ts") or body.get("event_time") or ""), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def read_parent_user(body: Mapping[str, Any]) -> str:
    """Who began the thread, if Slack says so."""
    return str(read_event(body).get("parent_user_id") or "")


def read_files(body: Mapping[str, Any]) -> tuple[SharedFile, ...]:
    """What is attached to the message. Slack doesn't always say what a file is called."""
    files = read_event(body).get("files") if "event" in body else None
    return tuple(
        SharedFile(str(one.get("name") or one.get("title") or ""), str(one.get("permalink") or ""))
        for one in files or ()
        if isinstance(one, Mapping)
    )


def _is_late_edit(event: Mapping[str, Any]) -> bool:
    """Whether the message was edited so late that nobody remembers whether it was answered."""
    try:
        edited_at, sent_at = float(_as_dict(event.get("edited")).get("ts") or 0), float(event.get("ts") or 0)
    except (TypeError, ValueError):
        return False
    return edited_at - sent_at > LATEST_EDIT


def _as_dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
