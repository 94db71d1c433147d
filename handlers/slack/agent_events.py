"""Events of the agent view: where the conversation is, and what the person is looking at meanwhile.

In the agent view each conversation with the app is a thread of its direct messages. Apps of the older assistant view
get other events, and both get what only direct messages without such a view bring.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handlers.slack.message_events import read_event

CHANNEL_ENTITY = "slack#/types/channel_id"
MESSAGE_ENTITY = "slack#/types/message_context"


@dataclass(frozen=True, slots=True)
class AgentPlace:
    """A person's direct messages with the app, and the thread in it if the event names one.

    `is_new`: the message begins the thread.
    """

    user: str
    channel: str
    thread_ts: str | None = None
    is_new: bool = False


def read_agent_place(body: Mapping[str, Any]) -> AgentPlace:
    """Where an event of the agent view, of the assistant view or of direct messages belongs."""
    event = read_event(body)
    thread = _as_dict(event.get("assistant_thread"))
    user = event.get("user") or thread.get("user_id") or ""
    channel = event.get("channel") or thread.get("channel_id") or ""
    thread_ts = event.get("thread_ts") or thread.get("thread_ts")
    return AgentPlace(str(user), str(channel), str(thread_ts) if thread_ts else None)


def find_conversation(body: Mapping[str, Any], bot: str) -> AgentPlace | None:
    """The conversation that a message belongs to; None in a channel, in direct messages that are no thread, and under
    the bot's own posts, such as a request's card."""
    event, place = read_event(body), read_agent_place(body)
    if event.get("channel_type") != "im" or event.get("parent_user_id") == bot:
        return None
    if begins_conversation(event):
        return replace(place, thread_ts=str(event.get("ts") or ""), is_new=True)
    return place if place.thread_ts else None


def begins_conversation(event: Mapping[str, Any]) -> bool:
    """Whether a direct message begins a conversation in the agent view. Only there does Slack say what is viewed."""
    return "app_context" in event and event.get("thread_ts") in (None, "", event.get("ts"))


def is_conversation_opened(body: Mapping[str, Any]) -> bool:
    """Whether somebody opened the conversation with the app, and not its Home."""
    event = read_event(body)
    return bool(event.get("type") == "assistant_thread_started" or event.get("tab") == "messages")


def read_viewed_channels(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The channels that the person is looking at, the most relevant first."""
    event = read_event(body)
    old = _as_dict(_as_dict(event.get("assistant_thread")).get("context")).get("channel_id")
    context = _as_dict(event.get("context") or event.get("app_context"))
    found = [str(old)] if old else []
    for entity in context.get("entities") or ():
        value = _as_dict(entity).get("value")
        if _as_dict(entity).get("type") == MESSAGE_ENTITY:
            value = _as_dict(value).get("channel_id")
        elif _as_dict(entity).get("type") != CHANNEL_ENTITY:
            continue
        found += [value] if isinstance(value, str) and value else []
    return tuple(dict.fromkeys(found))


def _as_dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
