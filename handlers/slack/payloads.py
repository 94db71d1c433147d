"""Slack's dicts → plain records. No other module of the handlers knows the keys of a payload."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.text import make_storable
from handlers.slack.agent_events import begins_conversation
from handlers.slack.message_events import SharedFile, read_event, read_files

_MARKUP = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")
_ENTITY = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_TO_ENTITY = str.maketrans({sign: entity for entity, sign in _ENTITY.items()})

KINDS = {
    "event_callback": "event",
    "block_actions": "action",
    "view_submission": "view",
    "view_closed": "view",
    "message_action": "shortcut",
    "shortcut": "shortcut",
    "block_suggestion": "options",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody did something, and so where they get the reply.

    `thread_ts` is the thread they are in or, with `opens_thread`, the one that a reply opens under their message.
    `is_private`: nobody else saw it (a command, a button of an ephemeral message, the App Home).
    """

    user: str
    channel: str | None
    thread_ts: str | None = None
    response_url: str | None = None
    opens_thread: bool = False
    is_private: bool = True

    @property
    def is_direct(self) -> bool:
        """Whether this is the person's direct message with the app."""
        return (self.channel or "").startswith("D")


@dataclass(frozen=True, slots=True)
class TypedQuestion:
    """A question as typed, without mentions and entities, and what was attached to it."""

    text: str
    place: Place
    files: tuple[SharedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenMessage:
    """A message as typed, and a link to it that works for those who may read it."""

    text: str
    link: str


def build_direct_message(channel: str, user: str, text: str, event_id: str) -> dict[str, Any]:
    """The payload of somebody's message to the bot, for questions that don't come from Slack."""
    event = {"type": "message", "channel_type": "im", "channel": channel, "user": user}
    return {"event_id": event_id, "event": event | {"text": text.translate(_TO_ENTITY)}}


def read_place(body: Mapping[str, Any]) -> Place:
    """The place of any payload: event, command, action, shortcut or view submission."""
    if "event" in body:
        return _event_place(read_event(body))
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
        is_private=not channel or bool(container.get("is_ephemeral")) or body.get("type") == "message_action",
    )


def find_person_place(body: Mapping[str, Any]) -> Place | None:
    """Where somebody did this; None if nobody did, or it can't be read."""
    try:
        place = read_place(body)
    except (KeyError, TypeError, AttributeError):
        return None
    return place if place.user else None


def read_question(body: Mapping[str, Any]) -> TypedQuestion:
    """The question in a mention, a direct message or a command."""
    raw = (read_event(body) if "event" in body else body).get("text") or ""
    return TypedQuestion(decode_text(raw), read_place(body), read_files(body))


def read_chosen_message(body: Mapping[str, Any]) -> ChosenMessage:
    """The message in whose menu somebody chose a shortcut."""
    message, channel = body["message"], str(body["channel"]["id"])
    ts, thread_ts = str(message.get("ts") or body.get("message_ts") or ""), str(message.get("thread_ts") or "")
    domain = str((body.get("team") or {}).get("domain") or "")
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}" if domain and ts else ""
    if link and thread_ts and thread_ts != ts:
        link += f"?thread_ts={thread_ts}&cid={channel}"
    said = message.get("text") or next((one.get("fallback") for one in message.get("attachments") or ()), "")
    return ChosenMessage(decode_text(str(said or "")), link)


def is_addressed(body: Mapping[str, Any]) -> bool:
    """Whether the message begins with a mention. In a direct message that can only be the app."""
    return str(read_event(body).get("text") or "").lstrip().startswith("<@")


def decode_text(text: str) -> str:
    """Text as it was typed: without mentions of people, channels and links by their labels, entities decoded."""
    text = _MARKUP.sub(_as_typed, text)
    for entity, sign in _ENTITY.items():
        text = text.replace(entity, sign)
    return re.sub(r"[ \t]+", " ", text).strip()


def _as_typed(found: re.Match[str]) -> str:
    sign, target, label = found.groups()
    if sign == "@":
        return " "
    return f"@{(label or target).lstrip('@')}" if sign == "!" else f"{sign}{label or target}"


def read_action(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one action of a block_actions payload."""
    found: Mapping[str, Any] = body["actions"][0]
    return found


def read_action_id(body: Mapping[str, Any]) -> str:
    """The action_id of the clicked element."""
    return str(read_action(body)["action_id"])


def read_value(body: Mapping[str, Any]) -> str:
    """The value of the clicked element or of its selected option."""
    clicked = read_action(body)
    option = clicked.get("selected_option") or {}
    return str(clicked.get("value") or option.get("value") or "")


def identify_payload(body: Mapping[str, Any]) -> str:
    """A key that stays the same however often Slack delivers the payload.

    Several payloads may be about one message; `handlers.slack.message_events.identify_message` tells which.
    """
    if "event_id" in body:
        return f"event:{body['event_id']}"
    if body.get("type") == "view_submission":
        return f"view:{body['view']['id']}:{body['view'].get('hash', '')}"
    return f"trigger:{body['trigger_id']}"


def find_key(body: Mapping[str, Any]) -> str:
    """The same key; empty for what has none, such as the letters typed into a search field."""
    try:
        return identify_payload(body)
    except (KeyError, TypeError):
        return ""


def read_kind(body: Mapping[str, Any]) -> str:
    """What Slack delivers: an “event”, “command”, “action”, “view”, “shortcut” or “options”; or “other”."""
    if "command" in body:
        return "command"
    return KINDS.get(str(body.get("type")), "other")


def read_submitted(body: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form by block_id: a text, a date, the value of an option, an id, or a list of those."""
    state = body["view"]["state"]["values"]
    return {block_id: _read_entered(next(iter(fields.values()))) for block_id, fields in state.items() if fields}


def read_metadata(body: Mapping[str, Any]) -> str:
    """The private_metadata of the view."""
    return str(body["view"].get("private_metadata") or "")


def read_command_text(body: Mapping[str, Any]) -> str:
    """What was typed after a slash command, decoded. Empty for a shortcut."""
    return decode_text(body.get("text") or "")


def read_typed_option(body: Mapping[str, Any]) -> str:
    """What was typed into the search field of an external select."""
    return str(body.get("value") or "")


def read_open_modal(body: Mapping[str, Any]) -> str | None:
    """The id of the modal in which somebody clicked, if they did."""
    view = body.get("view") or {}
    return str(view["id"]) if view.get("type") == "modal" else None


def read_trigger(body: Mapping[str, Any]) -> str:
    """What lets the app open a modal. It works once, for three seconds."""
    return str(body["trigger_id"])


def read_input_blocks(body: Mapping[str, Any]) -> list[str]:
    """The block_ids of the fields of a submitted form; empty for any other payload."""
    if body.get("type") != "view_submission":
        return []
    return [block["block_id"] for block in body["view"].get("blocks", ()) if block["type"] == "input"]


def is_shortcut(body: Mapping[str, Any]) -> bool:
    """Whether it comes from a global shortcut, which belongs to no channel."""
    return body.get("type") == "shortcut"


def is_search(body: Mapping[str, Any]) -> bool:
    """Whether it's what somebody types into the search field of a select."""
    return body.get("type") == "block_suggestion"


def read_teams_of_person(body: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the workspaces (T…) and enterprises (E…) that the person who acts belongs to, as far as Slack says.

    In a channel shared with another organisation they may differ from our own.
    """
    event, person = read_event(body) if "event" in body else {}, _as_dict(body.get("user"))
    profile = _as_dict(event.get("user_profile"))
    named = (event.get("user_team"), event.get("source_team"), event.get("team"), profile.get("team"))
    return frozenset(str(team) for team in (*named, person.get("team_id")) if isinstance(team, str) and team)


def read_chosen_people(body: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the people who were chosen in a form."""
    if body.get("type") != "view_submission":
        return frozenset()
    fields = [field for block in body["view"]["state"]["values"].values() for field in block.values()]
    many = [one for field in fields for one in field.get("selected_users") or ()]
    return frozenset([*many, *filter(None, (field.get("selected_user") for field in fields))])


def read_teams_of_payload(body: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the workspace and the enterprise that something comes from, which needn't be the person's own."""
    team, enterprise = _as_dict(body.get("team")), _as_dict(body.get("enterprise"))
    named = (body.get("team_id"), body.get("enterprise_id"), team.get("id"), team.get("enterprise_id"))
    return frozenset(str(one) for one in (*named, enterprise.get("id")) if isinstance(one, str) and one)


def is_from_bot(body: Mapping[str, Any]) -> bool:
    """Whether an app or a workflow wrote the message."""
    event = read_event(body) if "event" in body else {}
    return bool(event.get("bot_id") or event.get("bot_profile") or event.get("subtype") == "bot_message")


def read_home_tab(body: Mapping[str, Any]) -> str:
    """Which tab of the app was opened: “home” or “messages”."""
    return str(body["event"].get("tab") or "home")


def make_payload_storable(value: Any) -> Any:
    """The payload, or a part of it, with every text as all databases take it."""
    if isinstance(value, str):
        return make_storable(value)
    if isinstance(value, list):
        return [make_payload_storable(one) for one in value]
    if isinstance(value, dict):
        return {make_storable(name): make_payload_storable(one) for name, one in value.items()}
    return value


def remove_token(body: Mapping[str, Any]) -> dict[str, Any]:
    """The payload without Slack's deprecated verification token, which is a secret and is not stored."""
    return {name: value for name, value in body.items() if name != "token"}


def read_question_id(body: Mapping[str, Any]) -> str | None:
    """The id of the question whose answer held the clicked button, if there is one."""
    kind, _, question_id = str(read_action(body).get("block_id") or "").partition(":")
    return question_id if kind == "asked" and question_id else None


def _as_dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _event_place(event: Mapping[str, Any]) -> Place:
    """In a channel and in the agent view the reply opens a thread under the message; in direct messages it follows."""
    # Events about a person or a channel hold a whole record in place of an id: nobody did anything there.
    user, channel = (one if isinstance(one, str) else None for one in (event.get("user"), event.get("channel")))
    user, thread_ts = user or "", event.get("thread_ts")
    is_direct = event.get("channel_type") == "im" or str(channel).startswith("D")
    if thread_ts or (is_direct and not begins_conversation(event)):
        return Place(user, channel, thread_ts, is_private=False)
    return Place(user, channel, event.get("ts"), opens_thread=True, is_private=False)


def _read_entered(field: Mapping[str, Any]) -> Any:
    if "selected_options" in field:
        return [option["value"] for option in field["selected_options"] or ()]
    if "selected_option" in field:
        return (field["selected_option"] or {}).get("value")
    found = [value for name, value in field.items() if name == "value" or name.startswith("selected_")]
    return found[0] if found else None
