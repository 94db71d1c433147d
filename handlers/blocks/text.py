"""Words for Slack. Whatever a person or a document wrote goes through `escape` or stands in plain_text."""

from collections.abc import Mapping, Sequence
from typing import Any

Block = dict[str, Any]
Message = dict[str, Any]


def escape(text: str) -> str:
    """Make text harmless in mrkdwn: no mention, no link, no channel call can come out of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending in an ellipsis when something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def mention(user_id: str) -> str:
    return f"<@{user_id}>"


def mrkdwn(text: str) -> Block:
    """A text object; the caller has escaped what others wrote."""
    return {"type": "mrkdwn", "text": cut(text, 3000)}


def plain(text: str, limit: int = 3000) -> Block:
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


def section(text: str, **more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(text)} | more


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    return {"type": "divider"}


def button(label: str, action_id: str, value: str, *, style: str | None = None) -> Block:
    made: Block = {"type": "button", "text": plain(label, 75), "action_id": action_id, "value": value}
    return made | ({"style": style} if style else {})


def actions(elements: Sequence[Mapping[str, Any]], block_id: str | None = None) -> Block:
    made: Block = {"type": "actions", "elements": list(elements)[:25]}
    return made | ({"block_id": block_id} if block_id else {})


def message(text: str, blocks: Sequence[Block] | None = None) -> Message:
    """A message. `text` is what notifications and screen readers get, so it carries the real content."""
    made: Message = {"text": cut(text, 3900)}
    return made | ({"blocks": list(blocks)} if blocks else {})
