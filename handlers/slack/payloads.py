"""Slack's dicts → plain records. The only place that knows where Slack puts things."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MARKUP = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")
_ENTITY = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody did something, and so where they are answered.

    `thread_ts` is the thread they are in, or, with `opens_thread`, the one that an answer opens under their message.
    `only_me`: nobody else saw it (a command, a button in what was shown to them alone, the App Home).
    """

    user: str
    channel: str | None
    thread_ts: str | None = None
    response_url: str | None = None
    opens_thread: bool = False
    only_me: bool = True

    @property
    def is_direct(self) -> bool:
        """Whether it is the person's conversation with the app."""
        return (self.channel or "").startswith("D")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as typed, without mentions and entities."""

    text: str
    place: Place


def place(body: Mapping[str, Any]) -> Place:
    """The place of any payload: event, command, action, shortcut or view."""
    if "event" in body:
        return _event_place(body["event"])
    if "command" in body:
        return Place(body["user_id"], body["channel_id"], response_url=body.get("response_url"))
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    return Place(
        body["user"]["id"],
        channel,
        message.get("thread_ts") or container.get("thread_ts"),
        body.get("response_url"),
        only_me=not channel or bool(container.get("is_ephemeral")),
    )


def question(body: Mapping[str, Any]) -> Asked:
    """The question in a mention, a direct message or a command."""
    raw = body["event"].get("text", "") if "event" in body else body.get("text", "")
    return Asked(plain(raw), place(body))


def is_addressed(body: Mapping[str, Any]) -> bool:
    """Whether the message begins with a mention: of the app, where nobody else reads."""
    return str(body["event"].get("text", "")).lstrip().startswith("<@")


def plain(text: str) -> str:
    """Text as its writer meant it: no mentions of people, channels and links by their words, entities decoded."""
    text = _MARKUP.sub(_as_typed, text)
    for entity, sign in _ENTITY.items():
        text = text.replace(entity, sign)
    return re.sub(r"[ \t]+", " ", text).strip()


def _as_typed(found: re.Match[str]) -> str:
    sign, target, label = found.groups()
    if sign == "@":
        return " "
    return f"@{(label or target).lstrip('@')}" if sign == "!" else f"{sign}{label or target}"


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


def submitted(body: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, by block_id: a text, a date, the value of an option, an id, or a list of those."""
    state = body["view"]["state"]["values"]
    return {block_id: _entered(next(iter(fields.values()))) for block_id, fields in state.items() if fields}


def carried(body: Mapping[str, Any]) -> str:
    """What the view was given to carry (its private_metadata)."""
    return str(body["view"].get("private_metadata") or "")


def question_behind(body: Mapping[str, Any]) -> str | None:
    """The id of the question that a clicked button leads on from, if it does."""
    kind, _, question_id = str(action(body).get("block_id") or "").partition(":")
    return question_id if kind == "asked" and question_id else None


def _event_place(event: Mapping[str, Any]) -> Place:
    """In a channel the answer opens a thread under the message; in direct messages it simply follows."""
    user, channel, thread_ts = event.get("user", ""), event.get("channel"), event.get("thread_ts")
    if thread_ts or event.get("channel_type") == "im" or str(channel).startswith("D"):
        return Place(user, channel, thread_ts, only_me=False)
    return Place(user, channel, event.get("ts"), opens_thread=True, only_me=False)


def _entered(field: Mapping[str, Any]) -> Any:
    if "selected_options" in field:
        return [option["value"] for option in field["selected_options"] or ()]
    if "selected_option" in field:
        return (field["selected_option"] or {}).get("value")
    found = [value for name, value in field.items() if name == "value" or name.startswith("selected_")]
    return found[0] if found else None
