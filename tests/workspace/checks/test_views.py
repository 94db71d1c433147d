"""Modals and the Home tab."""

import json
from typing import Any

import pytest

from tests.workspace.checks.payloads import field, messages_of, modal, mrkdwn, option, plain, section
from workspace.checks import check_view

NAME = field({"type": "plain_text_input", "action_id": "name"}, block_id="name")


def home(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks), **more}


def test_a_modal_with_buttons_is_accepted() -> None:
    form = modal(section(), NAME, submit=plain("Send"), close=plain("Cancel"), callback_id="request")
    assert check_view({**form, "private_metadata": "", "clear_on_close": True, "notify_on_close": False}) == []


def test_a_modal_with_inputs_requires_submit() -> None:
    assert messages_of(check_view(modal(section(), NAME))) == [
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]"
    ]


def test_the_home_tab_accepts_inputs_without_submit() -> None:
    assert check_view(home(section(), NAME, callback_id="home")) == []


@pytest.mark.parametrize(
    ("view", "complaint"),
    [
        ({}, "missing required field: type [json-pointer:/view]"),
        ({"type": "dialog"}, "unsupported type: dialog [json-pointer:/view/type]"),
        ({"type": "modal", "blocks": [section()]}, "missing required field: title [json-pointer:/view]"),
        ({"type": "home"}, "missing required field: blocks [json-pointer:/view]"),
        (home(), "must provide at least 1 items [json-pointer:/view/blocks]"),
        (home(section(), title=plain()), "invalid additional property: title [json-pointer:/view]"),
        (home(section(), private_metadata={"a": 1}), "must provide a string [json-pointer:/view/private_metadata]"),
        ({**modal(section()), "title": mrkdwn()}, "unsupported type: mrkdwn [json-pointer:/view/title/type]"),
        (modal(section(), submit="Send"), "must provide an object [json-pointer:/view/submit]"),
        (modal(section(), submit_disabled=True), "invalid additional property: submit_disabled [json-pointer:/view]"),
        (modal(section(), id="V01"), "invalid additional property: id [json-pointer:/view]"),
        (modal(section(text=mrkdwn(""))), "must be more than 0 characters [json-pointer:/view/blocks/0/text/text]"),
    ],
)
def test_an_invalid_view_gets_the_right_code(view: dict[str, Any], complaint: str) -> None:
    assert messages_of(check_view(view)) == [complaint]


def test_an_invalid_view_is_an_invalid_argument() -> None:
    assert {problem.error for problem in check_view(modal(section(), NAME))} == {"invalid_arguments"}


def test_view_ids_may_be_empty() -> None:
    assert check_view(modal(section(), callback_id="", external_id="")) == []


def test_only_one_element_may_take_focus() -> None:
    first = field({"type": "plain_text_input", "focus_on_load": True})
    second = field({"type": "users_select", "focus_on_load": True})
    assert check_view(modal(first, submit=plain())) == []
    [problem] = check_view(modal(first, second, submit=plain()))
    assert problem.pointer == "/view/blocks/1/element/focus_on_load"


def test_a_view_is_limited_to_250_kilobytes() -> None:
    wide = [option(f"{index}", "x" * 75, description=plain("x" * 75)) for index in range(100)]
    menus = [field({"type": "static_select", "options": wide}) for _ in range(9)]
    view = modal(*menus, *[section(text=mrkdwn("é")) for _ in range(20)], submit=plain())
    missing = 250_000 - len(json.dumps(view, ensure_ascii=False).encode())
    for block in view["blocks"][9:]:
        more = min(missing, 2999)
        block["text"]["text"] += "x" * more
        missing -= more
    assert missing == 0
    assert check_view(view) == []
    assert [problem.error for problem in check_view({**view, "callback_id": "x"})] == ["view_too_large"]
