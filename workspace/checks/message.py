"""Messages: text, blocks, attachments and metadata together."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.checks.blocks import check_blocks_at
from workspace.checks.schema import (
    Check,
    Problem,
    anything,
    below,
    boolean,
    each,
    matching,
    shape,
    string,
    wrong_type,
)
from workspace.checks.words import length_of_text

LONGEST_TEXT = 40_000
LONGEST_MARKDOWN = 12_000
LONGEST_BLOCK_TEXT = 13_200
MOST_ATTACHMENTS = 100
ONCE = {"table": 1, "data_visualization": 2}  # how many blocks of a kind one message may hold
_OWN_LIMIT = ("table", "data_table")  # their text is counted by itself


def check_message_at(payload: Mapping[str, Any]) -> Iterator[Problem]:
    given = {name: payload[name] for name in _PARTS if payload.get(name) is not None}
    for name, value in given.items():
        yield from _PARTS[name](value, below("", name))
    yield from _something_to_show(given)
    yield from _not_too_much(given.get("blocks"))


def _blocks(value: Any, at: str) -> Iterator[Problem]:
    yield from check_blocks_at(value, "message", at)


_PRIMITIVE = (str, int, float, bool)


def _flat(value: Any, at: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield wrong_type(at, "an object")
        return
    for name, entry in value.items():
        if not isinstance(entry, _PRIMITIVE):
            yield wrong_type(below(at, name), "a string, a number or a boolean")


METADATA = shape({"event_type": matching(r"\w+", "letters, digits and underscores", 255), "event_payload": _flat})

_LEGACY = ("fallback", "text", "pretext", "title", "author_name", "author_subname", "footer", "callback_id", "color")
_LINKS = ("title_link", "author_link", "author_icon", "image_url", "thumb_url", "footer_icon", "from_url")
_FIELD = shape({}, {"title": string(shortest=0), "value": string(shortest=0), "short": boolean})
ATTACHMENT = shape(
    {},
    {
        **{name: string(shortest=0) for name in (*_LEGACY, *_LINKS)},
        "blocks": _blocks,
        "fields": each(_FIELD, fewest=0),
        "mrkdwn_in": each(string(), fewest=0),
        "ts": anything,
        "id": anything,
        "attachment_type": string(),
        "actions": each(anything, most=5, fewest=0),
    },
)

_PARTS: Mapping[str, Check] = {
    "text": string(LONGEST_TEXT, shortest=0),
    "markdown_text": string(LONGEST_MARKDOWN, shortest=0),
    "blocks": _blocks,
    "attachments": each(ATTACHMENT, most=MOST_ATTACHMENTS, fewest=0),
    "metadata": METADATA,
}


def _something_to_show(given: Mapping[str, Any]) -> Iterator[Problem]:
    shown = [name for name in ("text", "blocks", "attachments") if given.get(name)]
    if given.get("markdown_text") and shown:
        message = "`markdown_text` cannot be used with `text` or `blocks`"
        yield Problem("/markdown_text", "markdown_text_conflict", message, {"conflicts": shown})
    elif not given.get("markdown_text") and not shown:
        yield Problem("", "no_text", "must provide `text`, `blocks` or `attachments`")


def _not_too_much(blocks: Any) -> Iterator[Problem]:
    """Limits that hold for all blocks of a message together."""
    if isinstance(blocks, list | tuple):
        sorts = [(one.get("type") if isinstance(one, Mapping) else None, one) for one in blocks]
        yield from _not_too_often([sort for sort, _ in sorts])
        yield from _not_longer("markdown", LONGEST_MARKDOWN, [one for sort, one in sorts if sort == "markdown"])
        yield from _not_longer("blocks", LONGEST_BLOCK_TEXT, [one for sort, one in sorts if sort not in _OWN_LIMIT])


def _not_too_often(sorts: list[Any]) -> Iterator[Problem]:
    for sort, most in ONCE.items():
        if sorts.count(sort) > most:
            message = f"no more than {most} {sort} blocks allowed"
            yield Problem("/blocks", "too_many_blocks", message, {"max_items": most})


def _not_longer(what: str, most: int, blocks: list[Any]) -> Iterator[Problem]:
    if length_of_text(blocks) > most:
        message = f"all {what} together must be less than {most + 1} characters"
        yield Problem("/blocks", "msg_blocks_too_long", message, {"max_length": most})
