"""Ids for blocks and interactive elements: Slack adds them where the app gave none."""

import secrets
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from workspace.records import Json

# Element types with these endings are interactive and have an action_id; all others are only displayed.
INTERACTIVE_ENDINGS = ("button", "buttons", "select", "input", "picker", "checkboxes", "overflow")
NESTED_BLOCKS = {"container": "child_blocks", "carousel": "elements"}


def add_missing_ids(blocks: Any) -> list[Json]:
    """Copy the blocks, giving every block a block_id and every interactive element an action_id."""
    given: list[Json] = deepcopy(list(blocks))
    for block in walk_blocks(given):
        block.setdefault("block_id", _new_id())
        for element in walk_elements(block):
            element.setdefault("action_id", _new_id())
    return given


def walk_blocks(blocks: Any) -> Iterator[Json]:
    """Yield the blocks, including those inside containers and carousels."""
    for block in _list_dicts(blocks):
        yield block
        nested = NESTED_BLOCKS.get(block.get("type", ""))
        if nested:
            yield from walk_blocks(block.get(nested))


def walk_elements(block: Mapping[str, Any]) -> Iterator[Json]:
    """Yield the interactive elements of a block: in actions, an input or a card, or the accessory of a section."""
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
