"""Slack's dicts → plain records. The only place that knows where Slack puts things."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_ENTITY = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody did something, and so where they are answered."""

    user: str
    channel: str | None
    thread_ts: str | None = None
    response_url: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as typed, without mentions and entities."""

    text: str
    place: Place


def place(body: Mapping[str, Any]) -> Place:
    """The place of any payload: event, command, action, shortcut or view."""
    if "event" in body:
        event = body["event"]
        user = event.get("user", "")
        return Place(user, event.get("channel"), event.get("thread_ts") or _root(event))
    if "command" in body:
        return Place(body["user_id"], body["channel_id"], response_url=body.get("response_url"))
    container = body.get("container", {})
    channel = body.get("channel") or {}
    message = body.get("message") or {}
    return Place(
        body["user"]["id"],
        channel.get("id") or container.get("channel_id"),
        message.get("thread_ts") or container.get("thread_ts"),
        body.get("response_url"),
    )


def question(body: Mapping[str, Any]) -> Asked:
    """The question in a mention, a direct message or a command."""
    raw = body["event"].get("text", "") if "event" in body else body.get("text", "")
    return Asked(plain(raw), place(body))


def plain(text: str) -> str:
    """Text as its writer meant it: no mentions of people, Slack's entities decoded."""
    text = _MENTION.sub(" ", text)
    for entity, sign in _ENTITY.items():
        text = text.replace(entity, sign)
    return re.sub(r"[ \t]+", " ", text).strip()


def action(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one action of a block_actions payload."""
    found: Mapping[str, Any] = body["actions"][0]
    return found


def action_value(body: Mapping[str, Any]) -> str:
    """The value that the clicked element carries."""
    clicked = action(body)
    option = clicked.get("selected_option") or {}
    return str(clicked.get("value") or option.get("value") or "")


def key(body: Mapping[str, Any]) -> str:
    """What identifies a payload however often it is delivered."""
    if "event_id" in body:
        return f"event:{body['event_id']}"
    if body.get("type") == "view_submission":
        return f"view:{body['view']['id']}:{body['view'].get('hash', '')}"
    return f"trigger:{body['trigger_id']}"


def _root(event: Mapping[str, Any]) -> str | None:
    """In a channel the answer opens a thread under the message; in direct messages it simply follows."""
    return None if event.get("channel_type") == "im" else event.get("ts")
