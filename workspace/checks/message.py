"""Messages: text, blocks, attachments and metadata together."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.checks.blocks import check_blocks_at, every_block
from workspace.checks.data import DATA_TABLE_CHARACTERS
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
LONGEST_UPDATED_TEXT = 4_000
LONGEST_MARKDOWN = 12_000
LONGEST_BLOCK_TEXT = 13_200
MOST_ATTACHMENTS = 100

Blocks = list[tuple[str, Mapping[str, Any]]]


def check_message_at(payload: Mapping[str, Any], longest_text: int) -> Iterator[Problem]:
    given = {name: payload[name] for name in _PARTS if payload.get(name) is not None}
    for name, value in given.items():
        yield from _PARTS[name](value, below("", name))
    yield from _text_fits(given.get("text"), "/text", longest_text)
    yield from _text_fits(given.get("markdown_text"), "/markdown_text", LONGEST_MARKDOWN)
    yield from _something_to_show(given)
    yield from _together(given)


def _blocks(value: Any, at: str) -> Iterator[Problem]:
    yield from check_blocks_at(value, "message", at)


def _flat(value: Any, at: str) -> Iterator[Problem]:
    """Keys with simple values; nothing inside anything."""
    if not isinstance(value, Mapping):
        yield wrong_type(at, "an object")
        return
    for name, entry in value.items():
        if not isinstance(entry, str | int | float | bool):
            yield wrong_type(below(at, name), "a string, a number or a boolean")


METADATA = shape({"event_type": matching(r"\w+", "letters, digits and underscores", 255), "event_payload": _flat})

_WORDS = ("fallback", "text", "pretext", "title", "author_name", "author_subname", "footer", "callback_id", "color")
_LINKS = ("title_link", "author_link", "author_icon", "image_url", "thumb_url", "footer_icon", "from_url")
_FIELD = shape({}, {"title": string(shortest=0), "value": string(shortest=0), "short": boolean})
ATTACHMENT = shape(
    {},
    {
        **dict.fromkeys((*_WORDS, *_LINKS), string(shortest=0)),
        "blocks": _blocks,
        "fields": each(_FIELD, fewest=0),
        "mrkdwn_in": each(string(), fewest=0),
        "ts": anything,
        "id": anything,
        "attachment_type": string(),
        "actions": each(anything, most=5, fewest=0),
    },
)


def _attachments(value: Any, at: str) -> Iterator[Problem]:
    yield from each(ATTACHMENT, fewest=0)(value, at)
    if isinstance(value, list | tuple) and len(value) > MOST_ATTACHMENTS:
        message = f"no more than {MOST_ATTACHMENTS} items allowed"
        yield Problem(at, "too_many_attachments", message, {"max_items": MOST_ATTACHMENTS})


_PARTS: Mapping[str, Check] = {
    "text": string(shortest=0),
    "markdown_text": string(shortest=0),
    "blocks": _blocks,
    "attachments": _attachments,
    "metadata": METADATA,
}


def _text_fits(text: Any, at: str, longest: int) -> Iterator[Problem]:
    if isinstance(text, str) and len(text) > longest:
        yield Problem(at, "msg_too_long", f"must be less than {longest + 1} characters", {"max_length": longest})


def _something_to_show(given: Mapping[str, Any]) -> Iterator[Problem]:
    shown = [name for name in ("text", "blocks", "attachments") if given.get(name)]
    if given.get("markdown_text") and shown:
        message = "`markdown_text` cannot be used with `text` or `blocks`"
        yield Problem("/markdown_text", "markdown_text_conflict", message, {"conflicts": shown})
    elif not given.get("markdown_text") and not shown:
        yield Problem("", "no_text", "must provide `text`, `blocks` or `attachments`")


def _together(given: Mapping[str, Any]) -> Iterator[Problem]:
    """Limits that hold for all blocks of a message at once."""
    top = list(every_block(given.get("blocks"), "/blocks"))
    everywhere = [*top, *_attached(given)]
    yield from _counted(everywhere)
    yield from _not_longer(_of(everywhere, "markdown"), "markdown blocks", LONGEST_MARKDOWN)
    yield from _several_data_tables(_of(everywhere, "data_table"))
    prose = _outermost_prose(given.get("blocks"))
    for _, one in _attachments_of(given):
        prose += _outermost_prose(one.get("blocks"))
    yield from _not_longer(prose, "blocks", LONGEST_BLOCK_TEXT)


def _attached(given: Mapping[str, Any]) -> Blocks:
    return [
        found
        for index, one in _attachments_of(given)
        for found in every_block(one.get("blocks"), f"/attachments/{index}/blocks")
    ]


def _attachments_of(given: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    listed = given.get("attachments")
    numbered = enumerate(listed) if isinstance(listed, list | tuple) else ()
    return [(index, one) for index, one in numbered if isinstance(one, Mapping)]


def _of(blocks: Blocks, kind: str) -> list[Mapping[str, Any]]:
    return [one for _, one in blocks if one.get("type") == kind]


def _outermost_prose(blocks: Any) -> list[Any]:
    """The blocks whose text counts together: tables have a limit of their own."""
    listed = blocks if isinstance(blocks, list | tuple) else ()
    return [one for one in listed if isinstance(one, Mapping) and one.get("type") not in ("table", "data_table")]


MOST_OF_A_KIND = {
    "table": (1, "only_one_table_allowed"),
    "data_visualization": (2, "no more than 2 data_visualization blocks allowed"),
    "plan": (1, "cannot have more than 1 plan block"),
}


def _counted(blocks: Blocks) -> Iterator[Problem]:
    for kind, (most, message) in MOST_OF_A_KIND.items():
        places = [pointer for pointer, one in blocks if one.get("type") == kind]
        if len(places) > most:
            yield Problem(places[most], "too_many_blocks", message, {"max_items": most})


def _several_data_tables(tables: list[Mapping[str, Any]]) -> Iterator[Problem]:
    if len(tables) > 1:
        yield from _not_longer(tables, "cells of data tables", DATA_TABLE_CHARACTERS)


def _not_longer(blocks: list[Any], what: str, most: int) -> Iterator[Problem]:
    if length_of_text(blocks) > most:
        message = f"all {what} together must be less than {most + 1} characters"
        yield Problem("/blocks", "msg_blocks_too_long", message, {"max_length": most})
