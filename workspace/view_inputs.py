"""The checks that Slack's client makes before it submits a modal; the app never sees a form that fails them."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from workspace.records import Json

REQUIRED = "Please complete this required field."
VALUE_FIELDS = (
    "value",
    "selected_option",
    "selected_options",
    "selected_date",
    "selected_time",
    "selected_date_time",
    "selected_user",
    "selected_users",
    "selected_conversation",
    "selected_conversations",
    "selected_channel",
    "selected_channels",
    "rich_text_value",
    "files",
)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"https?://[^\s/]+\.?[^\s]*", re.IGNORECASE)


def find_input_errors(view: Json, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors by block_id, in the wording of Slack's client."""
    found = {}
    for block in view["blocks"]:
        if block.get("type") == "input":
            state = values.get(block["block_id"], {}).get(block["element"]["action_id"]) or {}
            problem = next(_check_input(block, state), None)
            if problem:
                found[block["block_id"]] = problem
    return found


def entered_value(state: Mapping[str, Any]) -> Any:
    """Return what was entered (text, an option, a list…), or None."""
    for name in VALUE_FIELDS:
        if state.get(name) not in (None, "", [], {}):
            return state[name]
    return None


def _check_input(block: Json, state: Mapping[str, Any]) -> Iterator[str]:
    element, value = block["element"], entered_value(state)
    if value is None or (isinstance(value, str) and not value.strip()):
        if not block.get("optional"):
            yield REQUIRED
        return
    check = CHECKS.get(element["type"])
    if check:
        yield from check(element, value)


def _check_text(element: Json, value: Any) -> Iterator[str]:
    shortest, longest, length = element.get("min_length"), element.get("max_length"), len(str(value))
    if shortest is not None and length < shortest:
        yield f"Must be at least {shortest} characters."
    if longest is not None and length > longest:
        yield f"Must be at most {longest} characters."


def _check_number(element: Json, value: Any) -> Iterator[str]:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        yield "Must be a number."
        return
    if not number.is_finite():
        yield "Must be a number."
        return
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        yield "Must be a whole number."
    lowest, highest = element.get("min_value"), element.get("max_value")
    if lowest is not None and number < Decimal(str(lowest)):
        yield f"Must be {lowest} or more."
    if highest is not None and number > Decimal(str(highest)):
        yield f"Must be {highest} or less."


def _check_email(element: Json, value: str) -> Iterator[str]:
    if not EMAIL.fullmatch(str(value).strip()):
        yield "Must be a valid email address."


def _check_url(element: Json, value: str) -> Iterator[str]:
    if not URL.fullmatch(str(value).strip()):
        yield "Must be a valid URL."


def _check_date(element: Json, value: str) -> Iterator[str]:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        yield "Must be a valid date."


def _check_time(element: Json, value: str) -> Iterator[str]:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(value)):
        yield "Must be a valid time."


def _check_selected(element: Json, value: Any) -> Iterator[str]:
    most = element.get("max_selected_items")
    if most is not None and isinstance(value, list) and len(value) > most:
        yield f"Must have at most {most} selected."


CHECKS = {
    "plain_text_input": _check_text,
    "number_input": _check_number,
    "email_text_input": _check_email,
    "url_text_input": _check_url,
    "datepicker": _check_date,
    "timepicker": _check_time,
    "multi_static_select": _check_selected,
    "multi_external_select": _check_selected,
    "multi_users_select": _check_selected,
    "multi_conversations_select": _check_selected,
    "multi_channels_select": _check_selected,
}
