"""Numbers are read as people of many countries type them, and asked about where they can be read two ways."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.numbers import NotANumber, UnclearNumber, is_far_from, read_number


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("1 250", "", "1250"),
        ("1\u2009250", "", "1250"),
        ("1'250.50", "", "1250.5"),
        ("1.250,50", "", "1250.5"),
        ("1,250.50", "", "1250.5"),
        ("1.234.567", "", "1234567"),
        ("0,250", "", "0.25"),
        ("1 250,125", "", "1250.125"),
        ("\u20135", "", "-5"),
        ("\u22125", "", "-5"),
        ("80 %", "per cent", "80"),
        ("80%", "%", "80"),
        ("€5", "EUR", "5"),
        ("-$ 1,250.00", "USD", "-1250"),
        ("5 GBP", "GBP", "5"),
        ("\u0661\u0662", "", "12"),
        ("12\u200b", "", "12"),
    ],
)
def test_number_is_read(typed: str, unit: str, value: str) -> None:
    assert read_number(typed, unit=unit) == Decimal(value)


@pytest.mark.parametrize("typed", ["", "x", "80%", "€5", "1 25", "12 5", "1,2,3", "1e5", "--5", "5-", "NaN", "."])
def test_text_without_a_number_of_that_unit_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber):
        read_number(typed, unit="homes")


@pytest.mark.parametrize("typed", ["45.200", "1.250", "1,250"])
def test_two_readings_are_asked_about(typed: str) -> None:
    with pytest.raises(UnclearNumber, match=r"Do you mean [\d,]+ or [\d.]+\? Type \d+ or [\d.]+\."):
        read_number(typed)


@given(st.decimals(-1_000_000, 1_000_000, places=2))
def test_forms_of_many_countries_are_read_alike(value: Decimal) -> None:
    english = f"{value:,}"
    for text in (f"{value}", english, english.translate(str.maketrans(",.", ".,")), f"{value}".replace(".", ",")):
        assert read_number(text) == value


@given(st.integers(1, 999), st.integers(0, 999))
def test_answer_to_the_question_is_taken(whole: int, rest: int) -> None:
    with pytest.raises(UnclearNumber) as asked:
        read_number(f"{whole}.{rest:03}")
    first, second = str(asked.value).partition("Type ")[2].rstrip(".").split(" or ")
    assert {read_number(first), read_number(second)} == {Decimal(f"{whole}{rest:03}"), Decimal(f"{whole}.{rest:03}")}


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(typed: str) -> None:
    with contextlib.suppress(NotANumber, UnclearNumber):
        assert read_number(typed, unit="EUR").is_finite()


def test_ten_times_is_far() -> None:
    assert is_far_from(Decimal(540), Decimal(54))
    assert is_far_from(Decimal("5.4"), Decimal(54))
    assert not is_far_from(Decimal(100), Decimal(54))
    assert not is_far_from(Decimal(0), Decimal(54))
