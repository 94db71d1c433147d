"""Slack gives every block and every interactive element an id where the app gave none."""

import secrets
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from workspace.records import Json

INTERACTIVE = frozenset(
    {
        "button",
        "checkboxes",
        "channels_select",
        "conversations_select",
        "datepicker",
        "datetimepicker",
        "email_text_input",
        "external_select",
        "feedback_buttons",
        "file_input",
        "icon_button",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "number_input",
        "overflow",
        "plain_text_input",
        "radio_buttons",
        "rich_text_input",
        "static_select",
        "timepicker",
        "url_text_input",
        "users_select",
        "workflow_button",
    }
)


def with_ids(blocks: Any) -> list[Json]:
    """A copy of the blocks in which every block has a block_id and every interactive element an action_id."""
    given: list[Json] = deepcopy(blocks)
    for block in given:
        block.setdefault("block_id", _new_id())
        for element in elements_of(block):
            if element.get("type") in INTERACTIVE:
                element.setdefault("action_id", _new_id())
    return given


def elements_of(block: Mapping[str, Any]) -> Iterator[Json]:
    """The elements of a block that can be interactive: of actions, of an input, or the accessory of a section."""
    for candidate in (block.get("accessory"), block.get("element"), *_list(block.get("elements"))):
        if isinstance(candidate, dict):
            yield candidate
    for inner in (*_list(block.get("actions")), *_list(block.get("buttons"))):
        if isinstance(inner, dict):
            yield inner
    for nested in (*_list(block.get("cards")), *_list(block.get("blocks")), *_list(block.get("child_blocks"))):
        if isinstance(nested, dict):
            yield from elements_of(nested)


def find_element(blocks: list[Json], block_id: str, action_id: str) -> Json | None:
    for block in blocks:
        if block.get("block_id") == block_id:
            for element in elements_of(block):
                if element.get("action_id") == action_id:
                    return element
    return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _new_id() -> str:
    return secrets.token_urlsafe(4)[:5]
