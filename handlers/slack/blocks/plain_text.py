"""A message as the text that a person reads, for places without Slack, such as a terminal."""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from foundation.people import People
from handlers.slack.blocks.builders import Block, Message

_MARKUP = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_QUOTED = re.compile(r"(?m)^>")
_STYLE = re.compile(r"(?<![\w*~`])([*~`]|_)(?=\S)(.+?)(?<=\S)\1(?![\w*~`])")
_AS_TYPED = str.maketrans({"∗": "*", "∼": "~", "ˋ": "`", "∶": ":", "＿": "_"})


def read_message_text(message: Message, people: People) -> str:
    """Everything in a message, a line for each part; labels of buttons are in brackets, cells are separated by “|”."""
    blocks = message.get("blocks")
    if not blocks:
        return _read_markup(str(message.get("text", "")), people)
    return "\n".join(filter(None, (_read_block(block, people) for block in blocks)))


def _read_block(block: Block, people: People) -> str:
    return _READERS.get(str(block.get("type")), _read_parts)(block, people)


def _read_section(block: Block, people: People) -> str:
    texts = [_read_object(one, people) for one in (block.get("text"), *(block.get("fields") or ())) if one]
    accessory = block.get("accessory")
    return " ".join(["\n".join(texts), *([_read_element(accessory, people)] if accessory else [])])


def _read_parts(block: Block, people: People) -> str:
    """A header, a picture, a row of buttons or small print."""
    named = [block.get(name) for name in ("title", "text", "label", "element")]
    parts = [part for part in (*named, *(block.get("elements") or ())) if part]
    texts = [_read_element(part, people) if isinstance(part, dict) else str(part) for part in parts]
    return " ".join(filter(None, [*texts, str(block.get("alt_text") or "")]))


def _read_element(element: Block, people: People) -> str:
    """Text as it is; what can be clicked in brackets."""
    if element.get("type") in ("mrkdwn", "plain_text"):
        return _read_object(element, people)
    labels = [element.get(name) for name in ("text", "positive_button", "negative_button", "placeholder")]
    texts = [_read_object(label.get("text") if "value" in label else label, people) for label in labels if label]
    return " ".join(f"[{text}]" for text in texts) or str(element.get("alt_text") or "")


def _read_object(text: Any, people: People) -> str:
    if not isinstance(text, dict):
        return str(text)
    found = str(text.get("text", ""))
    return _read_markup(found, people) if text.get("type") == "mrkdwn" else found


def _read_markup(text: str, people: People) -> str:
    """Slack's markup as it looks: names instead of mentions, labels instead of links, no signs for bold."""
    plain = _QUOTED.sub("", _MARKUP.sub(lambda found: _read_reference(found, people), text))
    return html.unescape(_STYLE.sub(r"\2", plain)).translate(_AS_TYPED)


def _read_reference(found: re.Match[str], people: People) -> str:
    sign, target, label = found.groups()
    return f"@{people.get(target).name}" if sign == "@" else label or f"{sign}{target}"


def _read_rich_text(block: Block, people: People) -> str:
    return "\n".join(_read_rich_part(part, people) for part in block["elements"])


def _read_rich_part(part: Block, people: People) -> str:
    if part["type"] != "rich_text_list":
        return _read_runs(part, people)
    first = int(part.get("offset", 0)) + 1
    is_ordered, indent = part.get("style") == "ordered", "  " * int(part.get("indent", 0))
    items = [_read_runs(item, people) for item in part["elements"]]
    return "\n".join(f"{indent}{f'{n}.' if is_ordered else '-'} {item}" for n, item in enumerate(items, first))


def _read_runs(part: Block, people: People) -> str:
    return "".join(_read_run(run, people) for run in part.get("elements", ()))


def _read_run(run: Block, people: People) -> str:
    if run["type"] == "user":
        return f"@{people.get(run['user_id']).name}"
    if run["type"] == "emoji":
        return f":{run['name']}:"
    return str(run.get("text") or run.get("url") or run.get("fallback") or _read_runs(run, people))


def _read_table(block: Block, people: People) -> str:
    rows = [" | ".join(_read_cell(cell, people) for cell in row) for row in block["rows"]]
    return "\n".join([*([str(block["caption"])] if block.get("caption") else []), *rows])


def _read_cell(cell: Block, people: People) -> str:
    if cell.get("type") == "rich_text":
        return _read_rich_text(cell, people).replace("\n", " ")
    return str(cell.get("text", cell.get("value", "")))


def _read_nothing(_: Block, __: People) -> str:
    return ""


def _read_markdown(block: Block, _: People) -> str:
    return str(block["text"])


BlockReader = Callable[[Block, People], str]

_READERS: Mapping[str, BlockReader] = {
    "section": _read_section,
    "rich_text": _read_rich_text,
    "table": _read_table,
    "data_table": _read_table,
    "markdown": _read_markdown,
    "divider": _read_nothing,
}


def join_messages(messages: Iterable[Message], people: People) -> str:
    """Several messages, one below the other."""
    return "\n\n".join(read_message_text(message, people) for message in messages)
