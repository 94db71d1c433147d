"""Slack gives every block and every interactive element an id where the app gave none."""

import secrets
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from workspace.records import Json

# Elements that look like these have an action_id and can be acted on; everything else in a block is only shown.
INTERACTIVE_ENDINGS = ("button", "buttons", "select", "input", "picker", "checkboxes", "overflow")
NESTED_BLOCKS = {"container": "child_blocks", "carousel": "elements"}


def add_missing_ids(blocks: Any) -> list[Json]:
    """A copy of the blocks in which every block has a block_id and every interactive element an action_id."""
    given: list[Json] = deepcopy(list(blocks))
    for block in walk_blocks(given):
        block.setdefault("block_id", _new_id())
        for element in walk_elements(block):
            element.setdefault("action_id", _new_id())
    return given


def walk_blocks(blocks: Any) -> Iterator[Json]:
    """The blocks and those inside containers and carousels."""
    for block in _list_dicts(blocks):
        yield block
        nested = NESTED_BLOCKS.get(block.get("type", ""))
        if nested:
            yield from walk_blocks(block.get(nested))


def walk_elements(block: Mapping[str, Any]) -> Iterator[Json]:
    """The interactive elements of one block: of actions, of an input, of a card, or the accessory of a section."""
    candidates = [block.get("accessory"), block.get("element"), *_list_dicts(block.get("actions"))]
    if block.get("type") not in NESTED_BLOCKS:
        candidates += _list_dicts(block.get("elements"))
    for candidate in candidates:
        if isinstance(candidate, dict) and str(candidate.get("type")).endswith(INTERACTIVE_ENDINGS):
            yield candidate


def _list_dicts(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list | tuple) else []


def _new_id() -> str:
    return secrets.token_urlsafe(4)[:5]
