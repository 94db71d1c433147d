"""What people may write into a form, and what they are told."""

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


def _refusal(kind, value, **more):
    with pytest.raises(InvalidInput) as refusal:
        _one(kind, value, **more)
    return refusal.value.fields["it"]


def test_a_complete_form_is_kept_as_plain_values():
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


def test_every_missing_field_is_named_under_itself():
    with pytest.raises(InvalidInput) as refusal:
        validate_form(FORM, {"title": " "}, TODAY)
    required = {field.key for field in FORM if field.required}
    assert refusal.value.fields == {key: f"“{_label(key)}” is needed." for key in required}


def _label(key):
    return next(field.label for field in FORM if field.key == key)


def test_a_draft_may_have_gaps_but_no_mistakes():
    assert validate_form(FORM, {"title": "Later"}, TODAY, complete=False) == {"title": "Later"}
    with pytest.raises(InvalidInput):
        validate_form(FORM, {"stage": "later"}, TODAY, complete=False)


def test_a_need_by_date_in_the_past_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        validate_form(FORM, health_check(need_by="2026-05-10"), TODAY)
    assert refusal.value.fields == {"need_by": "This day is in the past. Choose today or a later day."}
    assert validate_form(FORM, health_check(need_by="2026-05-11"), TODAY)["need_by"] == "2026-05-11"


def test_dates_in_the_wrong_order_are_refused():
    form = [field for field in CATALOGUE.list_form_fields("capacity-building") if field.kind is FieldKind.DATE]
    with pytest.raises(InvalidInput) as refusal:
        validate_form(form, {"from_date": "2026-06-02", "to_date": "2026-06-01"}, TODAY)
    assert refusal.value.fields == {"to_date": "This day is before “Earliest date”. Change one of the two."}
    assert validate_form(form, {"from_date": "2026-06-01", "to_date": "2026-06-01"}, TODAY)


def test_a_field_that_the_form_does_not_have_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        validate_form(FORM, health_check(salary="much"), TODAY)
    assert refusal.value.fields == {"salary": "This form has no such field."}


@pytest.mark.parametrize(
    ("kind", "value", "more", "sentence"),
    [
        ("text", "x" * 151, {}, "This has 151 characters; 150 fit. Shorten it, or link to a document."),
        ("text", "x" * 41, {"max_length": 40}, "This has 41 characters; 40 fit. Shorten it, or link to a document."),
        ("text", 12, {}, "Write this as text."),
        ("choice", "c", {"options": {"a": "A"}}, "Choose one of the options in the list."),
        ("multi_choice", ["a", "c"], {"options": {"a": "A"}}, "Choose only from the options in the list."),
        ("multi_choice", "a", {"options": {"a": "A"}}, "Choose from the list."),
        ("date", "31.05.2026", {}, "Write the date as 2026-05-31."),
        ("date", "20260531T10", {}, "Write the date as 2026-05-31."),
        ("date", "2062-05-31", {}, "This day is more than ten years away. Check the year."),
        ("number", "many", {"decimals": True}, "Write a number, such as 12 or 12.5."),
        ("number", "many", {}, "Write a whole number, such as 12."),
        ("number", "1.5", {}, "Write a whole number, such as 12."),
        ("number", "inf", {}, "Write a whole number, such as 12."),
        ("number", True, {}, "Write a whole number, such as 12."),
        ("number", "0", {"min": 1}, "This is less than 1."),
        ("number", "7", {"max": 6}, "This is more than 6."),
        ("person", "Wei Chen", {}, "Choose a person from the list."),
        ("url", "javascript:alert(1)", {}, "Write a full web address that begins with https://."),
        ("url", "example.org", {}, "Write a full web address that begins with https://."),
        ("url", "https://", {}, "Write a full web address that begins with https://."),
        ("url", "https://[oops", {}, "Write a full web address that begins with https://."),
        ("url", "https://a.example/<b>", {}, "Write a full web address that begins with https://."),
        ("urls", "https://a.example\nnone", {}, "Write a full web address that begins with https://."),
        ("yes_no", "perhaps", {}, "Choose yes or no."),
        ("project", "p" * 151, {}, "Choose from the list."),
    ],
)
def test_what_cannot_be_accepted_is_told_in_a_sentence(kind, value, more, sentence):
    assert _refusal(kind, value, **more) == sentence


@pytest.mark.parametrize(
    ("kind", "value", "more", "kept"),
    [
        ("text", "  a\x00b\r\n", {}, "ab"),
        ("text", "👩\u200d💻 a\u00a0b \ud800", {}, "👩\u200d💻 a\u00a0b"),
        ("number", "12", {}, 12),
        ("number", "12.5", {"decimals": True}, 12.5),
        ("number", 3.0, {}, 3),
        ("date", date(2026, 6, 1), {}, "2026-06-01"),
        ("multi_choice", ["b", "a"], {"options": {"a": "A", "b": "B"}}, ("a", "b")),
        ("yes_no", "no", {}, False),
        ("yes_no", False, {"required": True}, False),
        ("number", 0, {"required": True}, 0),
        ("url", " https://example.org/a?b=c ", {}, "https://example.org/a?b=c"),
        ("project", "not-listed", {}, "not-listed"),
    ],
)
def test_what_is_kept_is_plain(kind, value, more, kept):
    value = _one(kind, value, **more)
    assert value == kept
    assert type(value) is type(kept)


def test_a_deliverable_is_linked_by_a_web_address():
    with pytest.raises(InvalidInput) as refusal:
        check_url("file:///etc/passwd")
    assert refusal.value.fields == {"link": "Write a full web address that begins with https://."}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3),
)


@given(st.sampled_from(list(FieldKind)), anything)
def test_whatever_is_sent_is_kept_or_refused_in_a_sentence(kind, value):
    options = {"a": "A"} if "choice" in kind else {}
    try:
        kept = _one(kind, value, options=options)
    except InvalidInput as refusal:
        kept = refusal.fields["it"]
    assert kept is None or isinstance(kept, str | int | float | bool | tuple)
