"""Messages: text, blocks, attachments and metadata together."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.checks.blocks import check_blocks_at, walk_with_pointers
from workspace.checks.data import DATA_TABLE_CHARACTERS
from workspace.checks.schema import (
    Check,
    Violation,
    accept_anything,
    array_of,
    check_boolean,
    missing_field,
    object_with,
    pointer_to,
    string_check,
    wrong_type,
)
from workspace.checks.text_length import count_characters

LONGEST_TEXT = 40_000
LONGEST_UPDATED_TEXT = 4_000
LONGEST_MARKDOWN = 12_000
LONGEST_BLOCK_TEXT = 13_200
MOST_ATTACHMENTS = 100

Blocks = list[tuple[str, Mapping[str, Any]]]


def check_message_at(payload: Mapping[str, Any], longest_text: int) -> Iterator[Violation]:
    given = {name: payload[name] for name in _PARTS if payload.get(name) is not None}
    for name, value in given.items():
        yield from _PARTS[name](value, pointer_to("", name))
    yield from _limit_text(given.get("text"), "/text", longest_text)
    yield from _limit_text(given.get("markdown_text"), "/markdown_text", LONGEST_MARKDOWN)
    yield from _require_content(given)
    yield from _check_whole_message(given)


def _check_blocks(value: Any, at: str) -> Iterator[Violation]:
    yield from check_blocks_at(value, "message", at)


def _check_object(value: Any, at: str) -> Iterator[Violation]:
    if not isinstance(value, Mapping):
        yield wrong_type(at, "an object")


def _check_payload(value: Any, at: str) -> Iterator[Violation]:
    """Check an object of any depth. Slack's guidelines ask for a flat one, but nothing enforces them."""
    if value is not None:  # Slack's own samples send null for an event without details
        yield from _check_object(value, at)


def _require_event_or_entities(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    """An event has a type and a payload; metadata of work objects alone has neither."""
    needed = () if value.get("entities") and "event_type" not in value else ("event_type", "event_payload")
    yield from (missing_field(at, name) for name in needed if name not in value)


_ENTITY = object_with(
    {"entity_type": string_check(), "entity_payload": _check_object},
    {"external_ref": _check_object, "url": string_check(), "app_unfurl_url": string_check()},
)
METADATA = object_with(
    {},
    {"event_type": string_check(255), "event_payload": _check_payload, "entities": array_of(_ENTITY, fewest=0)},
    _require_event_or_entities,
)

_WORDS = ("fallback", "text", "pretext", "title", "author_name", "author_subname", "footer", "callback_id", "color")
_LINKS = ("title_link", "author_link", "author_icon", "image_url", "thumb_url", "footer_icon", "from_url")
_FIELD = object_with({}, {"title": string_check(shortest=0), "value": string_check(shortest=0), "short": check_boolean})
ATTACHMENT = object_with(
    {},
    {
        **dict.fromkeys((*_WORDS, *_LINKS), string_check(shortest=0)),
        "blocks": _check_blocks,
        "fields": array_of(_FIELD, fewest=0),
        "mrkdwn_in": array_of(string_check(), fewest=0),
        "ts": accept_anything,
        "id": accept_anything,
        "attachment_type": string_check(),
        "actions": array_of(accept_anything, most=5, fewest=0),
    },
)


def _check_attachments(value: Any, at: str) -> Iterator[Violation]:
    yield from array_of(ATTACHMENT, fewest=0)(value, at)
    if isinstance(value, list | tuple) and len(value) > MOST_ATTACHMENTS:
        message = f"no more than {MOST_ATTACHMENTS} items allowed"
        yield Violation(at, "too_many_attachments", message, {"max_items": MOST_ATTACHMENTS})


_PARTS: Mapping[str, Check] = {
    "text": string_check(shortest=0),
    "markdown_text": string_check(shortest=0),
    "blocks": _check_blocks,
    "attachments": _check_attachments,
    "metadata": METADATA,
}


def _limit_text(text: Any, at: str, longest: int) -> Iterator[Violation]:
    if isinstance(text, str) and len(text) > longest:
        yield Violation(at, "msg_too_long", f"must be less than {longest + 1} characters", {"max_length": longest})


def _require_content(given: Mapping[str, Any]) -> Iterator[Violation]:
    content = [name for name in ("text", "blocks", "attachments") if given.get(name)]
    if given.get("markdown_text") and content:
        message = "`markdown_text` cannot be used with `text` or `blocks`"
        yield Violation("/markdown_text", "markdown_text_conflict", message, {"conflicts": content})
    elif not given.get("markdown_text") and not content:
        yield Violation("", "no_text", "must provide `text`, `blocks` or `attachments`")


def _check_whole_message(given: Mapping[str, Any]) -> Iterator[Violation]:
    """Check the limits that apply to all blocks of a message together."""
    top = list(walk_with_pointers(given.get("blocks"), "/blocks"))
    everywhere = [*top, *_walk_attached_blocks(given)]
    yield from _limit_kinds(everywhere)
    yield from _limit_length(_of_kind(everywhere, "markdown"), "markdown blocks", LONGEST_MARKDOWN)
    yield from _limit_data_tables(_of_kind(everywhere, "data_table"))
    prose = _outermost_prose(given.get("blocks"))
    for _, one in _list_attachments(given):
        prose += _outermost_prose(one.get("blocks"))
    yield from _limit_length(prose, "blocks", LONGEST_BLOCK_TEXT)


def _walk_attached_blocks(given: Mapping[str, Any]) -> Blocks:
    return [
        found
        for index, one in _list_attachments(given)
        for found in walk_with_pointers(one.get("blocks"), f"/attachments/{index}/blocks")
    ]


def _list_attachments(given: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    listed = given.get("attachments")
    numbered = enumerate(listed) if isinstance(listed, list | tuple) else ()
    return [(index, one) for index, one in numbered if isinstance(one, Mapping)]


def _of_kind(blocks: Blocks, kind: str) -> list[Mapping[str, Any]]:
    return [one for _, one in blocks if one.get("type") == kind]


def _outermost_prose(blocks: Any) -> list[Any]:
    """Return the blocks whose text counts together. Tables have limits of their own."""
    listed = blocks if isinstance(blocks, list | tuple) else ()
    return [one for one in listed if isinstance(one, Mapping) and one.get("type") not in ("table", "data_table")]


MOST_OF_A_KIND = {
    "table": (1, "only_one_table_allowed"),
    "data_visualization": (2, "no more than 2 data_visualization blocks allowed"),
    "plan": (1, "cannot have more than 1 plan block"),
}


def _limit_kinds(blocks: Blocks) -> Iterator[Violation]:
    for kind, (most, message) in MOST_OF_A_KIND.items():
        places = [pointer for pointer, one in blocks if one.get("type") == kind]
        if len(places) > most:
            yield Violation(places[most], "too_many_blocks", message, {"max_items": most})


def _limit_data_tables(tables: list[Mapping[str, Any]]) -> Iterator[Violation]:
    if len(tables) > 1:
        yield from _limit_length(tables, "cells of data tables", DATA_TABLE_CHARACTERS)


def _limit_length(blocks: list[Any], what: str, most: int) -> Iterator[Violation]:
    if count_characters(blocks) > most:
        message = f"all {what} together must be less than {most + 1} characters"
        yield Violation("/blocks", "msg_blocks_too_long", message, {"max_length": most})
