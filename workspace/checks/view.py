"""Views: modals and the Home tab."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from workspace.checks.blocks import check_blocks_at
from workspace.checks.objects import optional_identifier, plain_text_check
from workspace.checks.schema import (
    Check,
    ObjectCheck,
    Rule,
    Surface,
    Violation,
    check_boolean,
    pointer_to,
    string_check,
    tagged_union,
    typed_object,
)

LARGEST_VIEW = 250_000


def _blocks_on(surface: Surface) -> Check:
    def check(value: Any, at: str) -> Iterator[Violation]:
        yield from check_blocks_at(value, surface, at)

    return check


def _submit_with_inputs(view: Mapping[str, Any], at: str) -> Iterator[Violation]:
    inputs = [index for index, one in enumerate(view["blocks"]) if one["type"] == "input"]
    if inputs and "submit" not in view:
        message = "must define `submit` to use an `input` block in modals"
        yield Violation(f"{at}/blocks/{inputs[0]}/input", "missing_field", message, {"field": "submit"})


def _one_focus(view: Mapping[str, Any], at: str) -> Iterator[Violation]:
    focused = list(_walk_focused(view["blocks"], pointer_to(at, "blocks")))
    for pointer in focused[1:]:
        message = "`focus_on_load` can be set on only one element of a view"
        yield Violation(pointer, "duplicate", message, {"max_items": 1})


def _walk_focused(value: Any, at: str) -> Iterator[str]:
    entries: Any = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, entry in entries:
        if name == "focus_on_load" and entry is True:
            yield pointer_to(at, name)
        else:
            yield from _walk_focused(entry, pointer_to(at, name))


def _not_too_large(view: Mapping[str, Any], at: str) -> Iterator[Violation]:
    if len(json.dumps(view, ensure_ascii=False, default=str).encode()) > LARGEST_VIEW:
        yield Violation(
            at, "view_too_large", f"must be less than {LARGEST_VIEW + 1} bytes", {"max_bytes": LARGEST_VIEW}
        )


def _view(surface: Surface, required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Rule) -> ObjectCheck:
    common: Mapping[str, Check] = {
        "private_metadata": string_check(3000, shortest=0),
        "callback_id": optional_identifier,
        "external_id": optional_identifier,
    }
    return typed_object(
        {"blocks": _blocks_on(surface), **required}, {**common, **optional}, *rules, _one_focus, _not_too_large
    )


MODAL = _view(
    "modal",
    {"title": plain_text_check(24)},
    {
        "submit": plain_text_check(24),
        "close": plain_text_check(24),
        "clear_on_close": check_boolean,
        "notify_on_close": check_boolean,
    },
    _submit_with_inputs,
)
HOME = _view("home", {}, {})
VIEW = tagged_union({"modal": MODAL, "home": HOME})
