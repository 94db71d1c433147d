"""The checks that Slack's client makes before it submits a modal."""

import pytest

from workspace.view_inputs import find_input_errors


def find_error(element, state, *, optional=False):
    block = {"type": "input", "block_id": "b", "optional": optional, "element": {"action_id": "a", **element}}
    return find_input_errors({"blocks": [block]}, {"b": {"a": state}}).get("b")


def text(value, **limits):
    return find_error({"type": "plain_text_input", **limits}, {"value": value})


def number(value, **limits):
    return find_error({"type": "number_input", "is_decimal_allowed": False, **limits}, {"value": value})


@pytest.mark.parametrize(
    "element",
    ["plain_text_input", "static_select", "datepicker", "checkboxes", "multi_users_select", "rich_text_input"],
)
def test_required_fields_must_be_filled_in(element):
    assert find_error({"type": element}, {}) == "Please complete this required field."
    assert find_error({"type": element}, {}, optional=True) is None


def test_blank_text_counts_as_empty():
    assert text("  \n") == "Please complete this required field."


def test_text_lengths_are_checked():
    assert text("abcd", min_length=5) == "Must be at least 5 characters."
    assert text("abcde", min_length=5, max_length=5) is None
    assert text("abcdef", max_length=5) == "Must be at most 5 characters."


def test_number_bounds_are_checked():
    assert number("ten") == "Must be a number."
    assert number("NaN") == "Must be a number."
    assert number("1.5") == "Must be a whole number."
    assert number("1.5", is_decimal_allowed=True) is None
    assert number("0", min_value="1") == "Must be 1 or more."
    assert number("11", max_value="10") == "Must be 10 or less."
    assert number("10", min_value="1", max_value="10") is None


@pytest.mark.parametrize(
    ("element", "field", "good", "bad", "problem"),
    [
        ("email_text_input", "value", "ada@example.com", "ada@", "Must be a valid email address."),
        ("url_text_input", "value", "https://example.com/a", "example", "Must be a valid URL."),
        ("datepicker", "selected_date", "2026-02-28", "2026-02-30", "Must be a valid date."),
        ("timepicker", "selected_time", "23:59", "24:00", "Must be a valid time."),
    ],
)
def test_emails_urls_dates_and_times_are_checked(element, field, good, bad, problem):
    assert find_error({"type": element}, {field: good}) is None
    assert find_error({"type": element}, {field: bad}) == problem


def test_too_many_selected_items_are_refused():
    element = {"type": "multi_users_select", "max_selected_items": 2}
    assert find_error(element, {"selected_users": ["U1", "U2"]}) is None
    assert find_error(element, {"selected_users": ["U1", "U2", "U3"]}) == "Must have at most 2 selected."


def test_a_missing_field_counts_as_empty():
    block = {"type": "input", "block_id": "b", "element": {"type": "plain_text_input", "action_id": "a"}}
    assert "b" in find_input_errors({"blocks": [block, {"type": "divider"}]}, {})
