"""What people can enter in a form, and how errors are explained."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidInput
from servicedesk.catalogue import read_catalogue
from servicedesk.fields import Field, FieldKind
from servicedesk.forms import check_url, validate_form
from tests.servicedesk.cast import health_check

CATALOGUE = read_catalogue()
TODAY = date(2026, 5, 11)
FORM = CATALOGUE.list_form_fields("health-check")


def _one(kind, value, **more):
    return validate_form([Field(key="it", label="It", kind=kind, **more)], {"it": value}, TODAY).get("it")


def _error(kind, value, **more):
    with pytest.raises(InvalidInput) as error:
        _one(kind, value, **more)
    return error.value.fields["it"]


def test_complete_form_becomes_plain_values():
    given = health_check(
        need_by="2026-06-30",
        links="https://a.example/plan\n\nhttps://b.example/",
        watchers=["U01ADA", "U01ADA"],
        concerns="  ",
    )
    kept = validate_form(FORM, given, TODAY)
    assert kept["need_by"] == "2026-06-30"
    assert kept["links"] == ("https://a.example/plan", "https://b.example/")
    assert kept["watchers"] == ("U01ADA",)
    assert "concerns" not in kept


def test_each_missing_field_gets_its_error():
    with pytest.raises(InvalidInput) as error:
        validate_form(FORM, {"title": " "}, TODAY)
    required = {field.key for field in FORM if field.required}
    assert error.value.fields == {key: f"“{_label(key)}” is required." for key in required}


@pytest.mark.parametrize("title", ["\u200b\u200b", "\u3164", "\u2800\u00a0", "\u0301"])
def test_title_that_nobody_sees_is_missing(title):
    with pytest.raises(InvalidInput) as error:
        validate_form(FORM, health_check(title=title), TODAY)
    assert error.value.fields == {"title": f"“{_label('title')}” is required."}


def test_title_turns_nothing_around():
    assert validate_form(FORM, health_check(title="Budget \u202egpj.exe"), TODAY)["title"] == "Budget gpj.exe"


def _label(key):
    return next(field.label for field in FORM if field.key == key)


def test_draft_can_be_incomplete_but_not_invalid():
    assert validate_form(FORM, {"title": "Later"}, TODAY, complete=False) == {"title": "Later"}
    with pytest.raises(InvalidInput):
        validate_form(FORM, {"stage": "later"}, TODAY, complete=False)


def test_past_needed_by_date_is_rejected():
    with pytest.raises(InvalidInput) as error:
        validate_form(FORM, health_check(need_by="2026-05-10"), TODAY)
    assert error.value.fields == {"need_by": "This date is in the past. Choose today or a later date."}
    assert validate_form(FORM, health_check(need_by="2026-05-11"), TODAY)["need_by"] == "2026-05-11"


def test_dates_in_wrong_order_are_rejected():
    form = [field for field in CATALOGUE.list_form_fields("capacity-building") if field.kind is FieldKind.DATE]
    with pytest.raises(InvalidInput) as error:
        validate_form(form, {"from_date": "2026-06-02", "to_date": "2026-06-01"}, TODAY)
    assert error.value.fields == {"to_date": "This date is before “Earliest date”. Change one of the two."}
    assert validate_form(form, {"from_date": "2026-06-01", "to_date": "2026-06-01"}, TODAY)


def test_unknown_field_is_rejected():
    with pytest.raises(InvalidInput) as error:
        validate_form(FORM, health_check(salary="much"), TODAY)
    assert error.value.fields == {"salary": "This form doesn't have this field."}


@pytest.mark.parametrize(
    ("kind", "value", "more", "sentence"),
    [
        ("text", "x" * 151, {}, "This has 151 characters; the limit is 150. Shorten it, or link to a document."),
        (
            "text",
            "x" * 41,
            {"max_length": 40},
            "This has 41 characters; the limit is 40. Shorten it, or link to a document.",
        ),
        ("text", 12, {}, "Enter text."),
        ("choice", "c", {"options": {"a": "A"}}, "Choose one of the options."),
        ("multi_choice", ["a", "c"], {"options": {"a": "A"}}, "Choose only from the options."),
        ("multi_choice", "a", {"options": {"a": "A"}}, "Choose from the list."),
        ("date", "31.05.2026", {}, "Enter the date like this: 2026-05-31."),
        ("date", "20260531T10", {}, "Enter the date like this: 2026-05-31."),
        ("date", "2062-05-31", {}, "This date is more than ten years away. Check the year."),
        ("number", "many", {"decimals": True}, "Enter a number, such as 12 or 12.5."),
        ("number", "many", {}, "Enter a whole number, such as 12."),
        ("number", "1.5", {}, "Enter a whole number, such as 12."),
        ("number", "inf", {}, "Enter a whole number, such as 12."),
        ("number", True, {}, "Enter a whole number, such as 12."),
        ("number", "0", {"min": 1}, "Enter a number of at least 1."),
        ("number", "7", {"max": 6}, "Enter a number of at most 6."),
        ("person", "Wei Chen", {}, "Choose a person from the list."),
        ("url", "javascript:alert(1)", {}, "Enter a full web address that starts with https://."),
        ("url", "example.org", {}, "Enter a full web address that starts with https://."),
        ("url", "https://", {}, "Enter a full web address that starts with https://."),
        ("url", "https://[oops", {}, "Enter a full web address that starts with https://."),
        ("url", "https://a.example/<b>", {}, "Enter a full web address that starts with https://."),
        ("urls", "https://a.example\nnone", {}, "Enter a full web address that starts with https://."),
        ("yes_no", "perhaps", {}, "Choose yes or no."),
        ("project", "p" * 151, {}, "Choose from the list."),
    ],
)
def test_invalid_value_is_explained(kind, value, more, sentence):
    assert _error(kind, value, **more) == sentence


@pytest.mark.parametrize(
    ("kind", "value", "more", "kept"),
    [
        ("text", "  a\x00b\r\n", {}, "ab"),
        ("text", "👩\u200d💻 a\u00a0b \ud800", {}, "👩\u200d💻 a\u00a0b"),
        ("number", "12", {}, 12),
        ("number", "12.5", {"decimals": True}, 12.5),
        ("number", 3.0, {}, 3),
        ("number", "1 250", {}, 1250),
        ("number", "52,5", {"decimals": True}, 52.5),
        ("date", date(2026, 6, 1), {}, "2026-06-01"),
        ("multi_choice", ["b", "a"], {"options": {"a": "A", "b": "B"}}, ("a", "b")),
        ("yes_no", "no", {}, False),
        ("yes_no", False, {"required": True}, False),
        ("number", 0, {"required": True}, 0),
        ("url", " https://example.org/a?b=c ", {}, "https://example.org/a?b=c"),
        ("project", "not-listed", {}, "not-listed"),
    ],
)
def test_valid_values_are_plain(kind, value, more, kept):
    value = _one(kind, value, **more)
    assert value == kept
    assert type(value) is type(kept)


def test_deliverable_link_must_be_a_web_address():
    with pytest.raises(InvalidInput) as error:
        check_url("file:///etc/passwd")
    assert error.value.fields == {"link": "Enter a full web address that starts with https://."}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3),
)


@given(st.sampled_from(list(FieldKind)), anything)
def test_any_value_is_accepted_or_explained(kind, value):
    options = {"a": "A"} if "choice" in kind else {}
    try:
        kept = _one(kind, value, options=options)
    except InvalidInput as error:
        kept = error.fields["it"]
    assert kept is None or isinstance(kept, str | int | float | bool | tuple)
