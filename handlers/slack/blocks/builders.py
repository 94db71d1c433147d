"""Building blocks for Slack messages and views.

What a person or a document wrote goes through `escape`, or into plain_text or rich_text, so that it never becomes
markup or a mention.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from foundation.people import find_erased_name
from reporting.numbers import format_date, format_time
from reporting.text import escape

__all__ = [
    "Block",
    "Message",
    "actions",
    "build_message",
    "build_modal",
    "button",
    "context",
    "divider",
    "escape",
    "format_date",
    "format_time",
    "header",
    "input_block",
    "mention_user",
    "mrkdwn",
    "plain_text",
    "section",
    "shorten",
]

Block = dict[str, Any]
Message = dict[str, Any]

MESSAGE_LIMIT = 13_000  # characters in all the blocks of a message; Slack takes about 13,200

# Half an entity or half a mention at the end of text that was cut is worse than neither.
_BROKEN_END = re.compile(r"(&[a-z]{0,4}|<[^<>]{0,60})\Z")


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, ending in an ellipsis when something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def mention_user(user_id: str) -> str:
    """A mention; the name only of somebody who is erased."""
    return find_erased_name(user_id) or f"<@{user_id}>"


def mrkdwn(text: str, limit: int = 3000) -> Block:
    """A text object with markup. The caller escapes what people wrote."""
    return {"type": "mrkdwn", "text": _cut_markup(text, limit)}


def plain_text(text: str, limit: int = 3000, *, emoji: bool = False) -> Block:
    """A text object that Slack shows literally."""
    return {"type": "plain_text", "text": shorten(text, limit) or "…", "emoji": emoji}


def section(text: str, **more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(text)} | more


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, 150)}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    return {"type": "divider"}


def button(label: str, action_id: str, value: str, *, style: str | None = None) -> Block:
    block: Block = {"type": "button", "text": plain_text(label, 75), "action_id": action_id, "value": value}
    return block | ({"style": style} if style else {})


def actions(elements: Sequence[Mapping[str, Any]], block_id: str | None = None) -> Block:
    block: Block = {"type": "actions", "elements": list(elements)[:25]}
    return block | ({"block_id": block_id} if block_id else {})


def input_block(key: str, label: str, element: Mapping[str, Any], **more: Any) -> Block:
    """A field of a form. `key` is its block_id; errors about the field are shown under it."""
    return {"type": "input", "block_id": key, "label": plain_text(label, 2000), "element": dict(element)} | more


def build_modal(title: str, blocks: Sequence[Block], **more: Any) -> Block:
    """A modal. `submit`, `callback_id`, `private_metadata` come in `more`; submit as a plain string."""
    modal: Block = {
        "type": "modal",
        "title": plain_text(title, 24),
        "close": plain_text("Close", 24),
        "blocks": list(blocks)[:100],
    }
    if "submit" in more:
        modal |= {"close": plain_text("Cancel", 24), "submit": plain_text(more.pop("submit"), 24)}
    return modal | more


def build_message(text: str, blocks: Sequence[Block] | None = None) -> Message:
    """A message. `text` is what notifications and screen readers use, so it carries the real content."""
    message: Message = {"text": _cut_markup(text, 3900)}
    return message | ({"blocks": _fit_into_message(list(blocks)[:50])} if blocks else {})


def _fit_into_message(blocks: list[Block]) -> list[Block]:
    """The blocks, with the longest mrkdwn shortened if together they are more than a message may hold."""
    every = list(_texts_in(blocks))
    texts = [text for text in every if text.get("type") == "mrkdwn"]
    room = MESSAGE_LIMIT - sum(len(text["text"]) for text in every if text.get("type") != "mrkdwn")
    for place, length in enumerate(sorted(len(text["text"]) for text in texts)):
        share = max(1, room // (len(texts) - place))
        if length > share:
            for one in texts:
                one["text"] = _cut_markup(one["text"], share)
            break
        room -= length
    return blocks


def _texts_in(part: object) -> Iterator[Block]:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part
        for inner in part.values():
            yield from _texts_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts_in(inner)


def _cut_markup(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return _BROKEN_END.sub("", text[: limit - 1]).rstrip() + "…"
