"""Block elements: the format of each type, and where it is allowed."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from workspace.checks.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    IMAGE_SOURCE,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PLAIN_OPTION,
    RICH_OPTION,
    distinct_options,
    identifier,
    initial_among_options,
    link_url,
    one_image_source,
    plain_text_check,
    text_kinds,
)
from workspace.checks.rich_text import RICH_TEXT
from workspace.checks.schema import (
    Check,
    ObjectCheck,
    Rule,
    Surface,
    Violation,
    accept_anything,
    array_of,
    check_boolean,
    exactly_one,
    integer_check,
    object_with,
    one_of,
    pointer_to,
    require_order,
    string_check,
    string_matching,
    tagged_union,
    too_long,
    typed_object,
)

PLACEHOLDER = plain_text_check(150)
STYLE = one_of("primary", "danger")
NUMERAL = string_matching(r"-?\d+(\.\d+)?", "a number written as a string")

_focus: Mapping[str, Check] = {"focus_on_load": check_boolean}
_menu: Mapping[str, Check] = {"confirm": CONFIRM, "placeholder": PLACEHOLDER, **_focus}
_choices: Mapping[str, Check] = {
    "options": array_of(PLAIN_OPTION, most=100),
    "option_groups": array_of(OPTION_GROUP, most=100),
}
_several: Mapping[str, Check] = {"max_selected_items": integer_check(1)}
_writing: Mapping[str, Check] = {"placeholder": PLACEHOLDER, "dispatch_action_config": DISPATCH, **_focus}
_conversations: Mapping[str, Check] = {"filter": CONVERSATION_FILTER, "default_to_current_conversation": check_boolean}
_conversation_menu: Mapping[str, Check] = {**_menu, **_conversations, "initial_conversation": string_check()}
_channel_menu: Mapping[str, Check] = {**_menu, "initial_channel": string_check()}
_response: Mapping[str, Check] = {"response_url_enabled": check_boolean}


def interactive_element(
    required: Mapping[str, Check] | None = None, optional: Mapping[str, Check] | None = None, *rules: Rule
) -> ObjectCheck:
    """Check an interactive element. Slack generates an action_id if it has none."""
    return typed_object(required or {}, {"action_id": identifier, **(optional or {})}, *rules)


def _calendar_date(element: Mapping[str, Any], at: str) -> Iterator[Violation]:
    try:
        datetime.date.fromisoformat(element.get("initial_date", "2026-01-01"))
    except ValueError:
        yield Violation(
            pointer_to(at, "initial_date"), "invalid_format", "must be a valid date", {"format": "YYYY-MM-DD"}
        )


def _whole_numbers(element: Mapping[str, Any], at: str) -> Iterator[Violation]:
    for name in ("initial_value", "min_value", "max_value"):
        if not element["is_decimal_allowed"] and "." in element.get(name, ""):
            yield Violation(
                pointer_to(at, name), "invalid_format", "must be a whole number", {"is_decimal_allowed": False}
            )


def _fits_its_length(element: Mapping[str, Any], at: str) -> Iterator[Violation]:
    longest = element.get("max_length", 3000)
    if len(element.get("initial_value", "")) > longest:
        yield too_long(pointer_to(at, "initial_value"), longest)


def _no_more_chosen_than_allowed(element: Mapping[str, Any], at: str) -> Iterator[Violation]:
    most = element.get("max_selected_items")
    for name, value in element.items():
        if most and name.startswith("initial_") and isinstance(value, list) and len(value) > most:
            yield Violation(
                pointer_to(at, name), "too_many_items", f"no more than {most} items allowed", {"max_items": most}
            )


def _button_label(required: Mapping[str, Check], optional: Mapping[str, Check]) -> ObjectCheck:
    return object_with(
        {"text": plain_text_check(75), **required}, {"accessibility_label": string_check(75), **optional}
    )


_OPTION_RULES = (distinct_options, initial_among_options)
_TRIGGER = object_with(
    {"url": link_url()},
    {
        "customizable_input_parameters": array_of(
            object_with({"name": string_check(), "value": accept_anything}), fewest=0
        )
    },
)

BUTTONS: Mapping[str, Check] = {
    "button": interactive_element(
        {"text": plain_text_check(75)},
        {
            "url": link_url(),
            "value": string_check(2000),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string_check(75),
        },
    ),
    "workflow_button": interactive_element(
        {"text": plain_text_check(75), "workflow": object_with({"trigger": _TRIGGER})},
        {"style": STYLE, "accessibility_label": string_check(75), "confirm": CONFIRM},
    ),
    "overflow": interactive_element(
        {"options": array_of(OVERFLOW_OPTION, most=5)}, {"confirm": CONFIRM}, distinct_options
    ),
    "icon_button": interactive_element(
        {"icon": one_of("trash"), "text": plain_text_check(75)},
        {
            "value": string_check(2000),
            "accessibility_label": string_check(75),
            "visible_to_user_ids": array_of(string_check(), most=10),
            "confirm": CONFIRM,
        },
    ),
    "feedback_buttons": interactive_element(
        {
            "positive_button": _button_label({"value": string_check(2000)}, {}),
            "negative_button": _button_label({"value": string_check(2000)}, {}),
        }
    ),
}

CHOICES: Mapping[str, Check] = {
    "checkboxes": interactive_element(
        {"options": array_of(RICH_OPTION, most=10)},
        {"initial_options": array_of(RICH_OPTION), "confirm": CONFIRM, **_focus},
        *_OPTION_RULES,
    ),
    "radio_buttons": interactive_element(
        {"options": array_of(RICH_OPTION, most=10)},
        {"initial_option": RICH_OPTION, "confirm": CONFIRM, **_focus},
        *_OPTION_RULES,
    ),
}

# An app's response to an external select. An empty list means that nothing matches the typed text.
SUGGESTIONS = object_with(
    {},
    {
        "options": array_of(PLAIN_OPTION, most=100, fewest=0),
        "option_groups": array_of(OPTION_GROUP, most=100, fewest=0),
    },
    exactly_one("options", "option_groups"),
)

MENUS: Mapping[str, Check] = {
    "static_select": interactive_element(
        {},
        {**_menu, **_choices, "initial_option": PLAIN_OPTION},
        exactly_one("options", "option_groups"),
        *_OPTION_RULES,
    ),
    "external_select": interactive_element(
        {}, {**_menu, "initial_option": PLAIN_OPTION, "min_query_length": integer_check(0)}
    ),
    "users_select": interactive_element({}, {**_menu, "initial_user": string_check()}),
    "conversations_select": interactive_element({}, _conversation_menu),
    "channels_select": interactive_element({}, _channel_menu),
}

ANSWERING_MENUS: Mapping[str, Check] = {
    "conversations_select": interactive_element({}, {**_conversation_menu, **_response}),
    "channels_select": interactive_element({}, {**_channel_menu, **_response}),
}

MULTI_MENUS: Mapping[str, Check] = {
    "multi_static_select": interactive_element(
        {},
        {**_menu, **_choices, **_several, "initial_options": array_of(PLAIN_OPTION)},
        exactly_one("options", "option_groups"),
        *_OPTION_RULES,
        _no_more_chosen_than_allowed,
    ),
    "multi_external_select": interactive_element(
        {},
        {**_menu, **_several, "initial_options": array_of(PLAIN_OPTION), "min_query_length": integer_check(0)},
        _no_more_chosen_than_allowed,
    ),
    "multi_users_select": interactive_element(
        {}, {**_menu, **_several, "initial_users": array_of(string_check())}, _no_more_chosen_than_allowed
    ),
    "multi_conversations_select": interactive_element(
        {},
        {**_menu, **_conversations, **_several, "initial_conversations": array_of(string_check())},
        _no_more_chosen_than_allowed,
    ),
    "multi_channels_select": interactive_element(
        {}, {**_menu, **_several, "initial_channels": array_of(string_check())}, _no_more_chosen_than_allowed
    ),
}

PICKERS: Mapping[str, Check] = {
    "datepicker": interactive_element(
        {}, {**_menu, "initial_date": string_matching(r"\d{4}-\d{2}-\d{2}", "a date as YYYY-MM-DD")}, _calendar_date
    ),
    "timepicker": interactive_element(
        {},
        {
            **_menu,
            "initial_time": string_matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm"),
            "timezone": string_matching(r"[A-Za-z_]+(/[A-Za-z0-9_+\-]+)*", "the name of a time zone"),
        },
    ),
    "datetimepicker": interactive_element(
        {}, {"initial_date_time": integer_check(1_000_000_000, 9_999_999_999), "confirm": CONFIRM, **_focus}
    ),
}

WRITING: Mapping[str, Check] = {
    "plain_text_input": interactive_element(
        {},
        {
            **_writing,
            "initial_value": string_check(3000, shortest=0),
            "multiline": check_boolean,
            "min_length": integer_check(0, 3000),
            "max_length": integer_check(1, 3000),
        },
        require_order("min_length", "max_length"),
        _fits_its_length,
    ),
    "email_text_input": interactive_element({}, {**_writing, "initial_value": string_check()}),
    "url_text_input": interactive_element({}, {**_writing, "initial_value": string_check()}),
    "number_input": interactive_element(
        {"is_decimal_allowed": check_boolean},
        {**_writing, "initial_value": NUMERAL, "min_value": NUMERAL, "max_value": NUMERAL},
        require_order("min_value", "max_value"),
        require_order("min_value", "initial_value"),
        require_order("initial_value", "max_value"),
        _whole_numbers,
    ),
    "rich_text_input": interactive_element(
        {},
        {
            **_writing,
            "initial_value": tagged_union({"rich_text": RICH_TEXT}),
            "min_lines": integer_check(1, 100),
            "max_lines": integer_check(1, 100),
        },
        require_order("min_lines", "max_lines"),
    ),
    "file_input": interactive_element({}, {"filetypes": array_of(string_check()), "max_files": integer_check(1, 10)}),
}

IMAGE_ELEMENT = typed_object({"alt_text": string_check(2000)}, dict(IMAGE_SOURCE), one_image_source)

_pressed = {name: BUTTONS[name] for name in ("button", "workflow_button", "overflow")}
_pickers = {name: PICKERS[name] for name in ("datepicker", "timepicker")}
_chosen = {**CHOICES, **MENUS, **MULTI_MENUS}
_rich_text_input = {"rich_text_input": WRITING["rich_text_input"]}

ONLY_ON: Mapping[str, tuple[Surface, ...]] = {
    "datetimepicker": ("message", "modal"),
    "email_text_input": ("modal",),
    "url_text_input": ("modal",),
    "number_input": ("modal",),
    "file_input": ("modal",),
    "rich_text_input": ("modal", "home"),
    "workflow_button": ("message",),
}
"""Elements that Slack's reference allows only on some surfaces. All others are allowed on every surface."""


def allowed_on(surface: Surface, kinds: Mapping[str, Check]) -> Mapping[str, Check]:
    return {name: check for name, check in kinds.items() if surface in ONLY_ON.get(name, (surface,))}


def section_accessory(surface: Surface) -> Check:
    return tagged_union(allowed_on(surface, {**_pressed, **_chosen, **_pickers, "image": IMAGE_ELEMENT}))


def actions_element(surface: Surface) -> Check:
    return tagged_union(allowed_on(surface, {**_pressed, **_chosen, **PICKERS, **_rich_text_input}))


def input_element(surface: Surface) -> Check:
    answering = ANSWERING_MENUS if surface == "modal" else {}
    return tagged_union(allowed_on(surface, {**_chosen, **PICKERS, **WRITING, **answering}))


IN_CONTEXT = tagged_union({**text_kinds(3000), "image": IMAGE_ELEMENT})
IN_CONTEXT_ACTIONS = tagged_union({name: BUTTONS[name] for name in ("feedback_buttons", "icon_button")})
