"""Block elements: what each kind must look like, and where each may stand."""

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
    address,
    distinct_options,
    identifier,
    initial_among_options,
    one_image_source,
    plain_text,
    text_kinds,
)
from workspace.checks.rich_text import RICH_TEXT
from workspace.checks.schema import (
    Check,
    Problem,
    Rule,
    Shape,
    Surface,
    anything,
    below,
    boolean,
    each,
    exactly_one,
    integer,
    matching,
    one_of,
    ordered,
    shape,
    string,
    tagged,
    too_long,
    typed,
)

PLACEHOLDER = plain_text(150)
STYLE = one_of("primary", "danger")
NUMERAL = matching(r"-?\d+(\.\d+)?", "a number written as a string")

_focus: Mapping[str, Check] = {"focus_on_load": boolean}
_menu: Mapping[str, Check] = {"confirm": CONFIRM, "placeholder": PLACEHOLDER, **_focus}
_choices: Mapping[str, Check] = {"options": each(PLAIN_OPTION, most=100), "option_groups": each(OPTION_GROUP, most=100)}
_several: Mapping[str, Check] = {"max_selected_items": integer(1)}
_writing: Mapping[str, Check] = {"placeholder": PLACEHOLDER, "dispatch_action_config": DISPATCH, **_focus}
_conversations: Mapping[str, Check] = {"filter": CONVERSATION_FILTER, "default_to_current_conversation": boolean}
_conversation_menu: Mapping[str, Check] = {**_menu, **_conversations, "initial_conversation": string()}
_channel_menu: Mapping[str, Check] = {**_menu, "initial_channel": string()}
_response: Mapping[str, Check] = {"response_url_enabled": boolean}


def interactive(
    required: Mapping[str, Check] | None = None, optional: Mapping[str, Check] | None = None, *rules: Rule
) -> Shape:
    """An element people act on; without an action_id Slack makes one up."""
    return typed(required or {}, {"action_id": identifier, **(optional or {})}, *rules)


def _calendar_date(element: Mapping[str, Any], at: str) -> Iterator[Problem]:
    try:
        datetime.date.fromisoformat(element.get("initial_date", "2026-01-01"))
    except ValueError:
        yield Problem(below(at, "initial_date"), "invalid_format", "must be a valid date", {"format": "YYYY-MM-DD"})


def _whole_numbers(element: Mapping[str, Any], at: str) -> Iterator[Problem]:
    for name in ("initial_value", "min_value", "max_value"):
        if not element["is_decimal_allowed"] and "." in element.get(name, ""):
            yield Problem(below(at, name), "invalid_format", "must be a whole number", {"is_decimal_allowed": False})


def _fits_its_length(element: Mapping[str, Any], at: str) -> Iterator[Problem]:
    longest = element.get("max_length", 3000)
    if len(element.get("initial_value", "")) > longest:
        yield too_long(below(at, "initial_value"), longest)


def _no_more_chosen_than_allowed(element: Mapping[str, Any], at: str) -> Iterator[Problem]:
    most = element.get("max_selected_items")
    for name, value in element.items():
        if most and name.startswith("initial_") and isinstance(value, list) and len(value) > most:
            yield Problem(below(at, name), "too_many_items", f"no more than {most} items allowed", {"max_items": most})


def _button_label(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Shape:
    return shape({"text": plain_text(75), **required}, {"accessibility_label": string(75), **optional})


_OPTION_RULES = (distinct_options, initial_among_options)
_TRIGGER = shape(
    {"url": address()},
    {"customizable_input_parameters": each(shape({"name": string(), "value": anything}), fewest=0)},
)

BUTTONS: Mapping[str, Check] = {
    "button": interactive(
        {"text": plain_text(75)},
        {
            "url": address(),
            "value": string(2000),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "workflow_button": interactive(
        {"text": plain_text(75), "workflow": shape({"trigger": _TRIGGER})},
        {"style": STYLE, "accessibility_label": string(75), "confirm": CONFIRM},
    ),
    "overflow": interactive({"options": each(OVERFLOW_OPTION, most=5)}, {"confirm": CONFIRM}, distinct_options),
    "icon_button": interactive(
        {"icon": one_of("trash"), "text": plain_text(75)},
        {
            "value": string(2000),
            "accessibility_label": string(75),
            "visible_to_user_ids": each(string(), most=10),
            "confirm": CONFIRM,
        },
    ),
    "feedback_buttons": interactive(
        {
            "positive_button": _button_label({"value": string(2000)}, {}),
            "negative_button": _button_label({"value": string(2000)}, {}),
        }
    ),
}

CHOICES: Mapping[str, Check] = {
    "checkboxes": interactive(
        {"options": each(RICH_OPTION, most=10)},
        {"initial_options": each(RICH_OPTION), "confirm": CONFIRM, **_focus},
        *_OPTION_RULES,
    ),
    "radio_buttons": interactive(
        {"options": each(RICH_OPTION, most=10)},
        {"initial_option": RICH_OPTION, "confirm": CONFIRM, **_focus},
        *_OPTION_RULES,
    ),
}

# What an app answers to an external select; an empty list means that nothing fits what was typed.
SUGGESTIONS = shape(
    {},
    {"options": each(PLAIN_OPTION, most=100, fewest=0), "option_groups": each(OPTION_GROUP, most=100, fewest=0)},
    exactly_one("options", "option_groups"),
)

MENUS: Mapping[str, Check] = {
    "static_select": interactive(
        {},
        {**_menu, **_choices, "initial_option": PLAIN_OPTION},
        exactly_one("options", "option_groups"),
        *_OPTION_RULES,
    ),
    "external_select": interactive({}, {**_menu, "initial_option": PLAIN_OPTION, "min_query_length": integer(0)}),
    "users_select": interactive({}, {**_menu, "initial_user": string()}),
    "conversations_select": interactive({}, _conversation_menu),
    "channels_select": interactive({}, _channel_menu),
}

ANSWERING_MENUS: Mapping[str, Check] = {
    "conversations_select": interactive({}, {**_conversation_menu, **_response}),
    "channels_select": interactive({}, {**_channel_menu, **_response}),
}

MULTI_MENUS: Mapping[str, Check] = {
    "multi_static_select": interactive(
        {},
        {**_menu, **_choices, **_several, "initial_options": each(PLAIN_OPTION)},
        exactly_one("options", "option_groups"),
        *_OPTION_RULES,
        _no_more_chosen_than_allowed,
    ),
    "multi_external_select": interactive(
        {},
        {**_menu, **_several, "initial_options": each(PLAIN_OPTION), "min_query_length": integer(0)},
        _no_more_chosen_than_allowed,
    ),
    "multi_users_select": interactive(
        {}, {**_menu, **_several, "initial_users": each(string())}, _no_more_chosen_than_allowed
    ),
    "multi_conversations_select": interactive(
        {},
        {**_menu, **_conversations, **_several, "initial_conversations": each(string())},
        _no_more_chosen_than_allowed,
    ),
    "multi_channels_select": interactive(
        {}, {**_menu, **_several, "initial_channels": each(string())}, _no_more_chosen_than_allowed
    ),
}

PICKERS: Mapping[str, Check] = {
    "datepicker": interactive(
        {}, {**_menu, "initial_date": matching(r"\d{4}-\d{2}-\d{2}", "a date as YYYY-MM-DD")}, _calendar_date
    ),
    "timepicker": interactive(
        {},
        {
            **_menu,
            "initial_time": matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm"),
            "timezone": matching(r"[A-Za-z_]+(/[A-Za-z0-9_+\-]+)*", "the name of a time zone"),
        },
    ),
    "datetimepicker": interactive(
        {}, {"initial_date_time": integer(1_000_000_000, 9_999_999_999), "confirm": CONFIRM, **_focus}
    ),
}

WRITING: Mapping[str, Check] = {
    "plain_text_input": interactive(
        {},
        {
            **_writing,
            "initial_value": string(3000, shortest=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        ordered("min_length", "max_length"),
        _fits_its_length,
    ),
    "email_text_input": interactive({}, {**_writing, "initial_value": string()}),
    "url_text_input": interactive({}, {**_writing, "initial_value": string()}),
    "number_input": interactive(
        {"is_decimal_allowed": boolean},
        {**_writing, "initial_value": NUMERAL, "min_value": NUMERAL, "max_value": NUMERAL},
        ordered("min_value", "max_value"),
        ordered("min_value", "initial_value"),
        ordered("initial_value", "max_value"),
        _whole_numbers,
    ),
    "rich_text_input": interactive(
        {},
        {
            **_writing,
            "initial_value": tagged({"rich_text": RICH_TEXT}),
            "min_lines": integer(1, 100),
            "max_lines": integer(1, 100),
        },
        ordered("min_lines", "max_lines"),
    ),
    "file_input": interactive({}, {"filetypes": each(string()), "max_files": integer(1, 10)}),
}

IMAGE_ELEMENT = typed({"alt_text": string(2000)}, dict(IMAGE_SOURCE), one_image_source)

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
"""Elements that Slack's reference lists for some surfaces only; all others may stand on every surface."""


def on(surface: Surface, kinds: Mapping[str, Check]) -> Mapping[str, Check]:
    return {name: check for name, check in kinds.items() if surface in ONLY_ON.get(name, (surface,))}


def accessories(surface: Surface) -> Check:
    return tagged(on(surface, {**_pressed, **_chosen, **_pickers, "image": IMAGE_ELEMENT}))


def in_actions(surface: Surface) -> Check:
    return tagged(on(surface, {**_pressed, **_chosen, **PICKERS, **_rich_text_input}))


def in_input(surface: Surface) -> Check:
    answering = ANSWERING_MENUS if surface == "modal" else {}
    return tagged(on(surface, {**_chosen, **PICKERS, **WRITING, **answering}))


IN_CONTEXT = tagged({**text_kinds(3000), "image": IMAGE_ELEMENT})
IN_CONTEXT_ACTIONS = tagged({name: BUTTONS[name] for name in ("feedback_buttons", "icon_button")})
