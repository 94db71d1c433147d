"""Text that people wrote is shown as typed, never becomes markup and fits its place."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from foundation.people import People
from reporting import numbers
from reporting.rendering import format_person, render_line
from reporting.text import escape, fit_lines, fit_one_line, split_text

ENTITY = re.compile(r"&(amp|lt|gt);")
nasty = st.text(alphabet="ab1 *_~`:<>&!@#|\n’+-", max_size=60)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Fish & chips", "Fish &amp; chips"),
        ("<!channel> <@U04DANA> <https://evil.example|click>", None),
        ("2 < 3 > 1", "2 &lt; 3 &gt; 1"),
        ("at 10:30:15 sharp", "at 10:30:15 sharp"),
        ("snake_case_name", "snake_case_name"),
        ("already &amp; escaped", "already &amp;amp; escaped"),
    ],
)
def test_markup_is_escaped_and_text_stays(typed: str, shown: str | None) -> None:
    assert "<" not in escape(typed)
    if shown is not None:
        assert escape(typed) == shown


@pytest.mark.parametrize("typed", ["*bold*", "_slanted_", "~struck~", "`code`", ":large_green_circle:"])
def test_text_cannot_add_formatting_or_status_emoji(typed: str) -> None:
    assert not re.search(r"\*|~|`|(?<!\w)_|_(?!\w)|:\w+:", escape(typed))


@given(nasty)
def test_no_typed_text_leaves_markup(typed: str) -> None:
    shown = escape(typed)
    assert not re.search(r"[<>*~`]", shown)
    assert "&" not in ENTITY.sub("", shown)
    assert not re.search(r":[\w+-]*[a-z_][\w+-]*:", shown)


@given(st.text(max_size=200), st.integers(1, 50))
def test_one_line_stays_within_its_limit(text: str, limit: int) -> None:
    line = fit_one_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line


@given(st.lists(st.text(max_size=30), max_size=20), st.integers(0, 10), st.integers(0, 200))
def test_lines_that_do_not_fit_are_counted(lines: list[str], most: int, characters: int) -> None:
    kept, more = fit_lines(lines, most, characters)
    assert len(kept) + more == len(lines)
    assert len(kept) <= most
    assert sum(map(len, kept)) <= characters


@given(nasty.map(escape), st.integers(6, 30))
def test_pieces_fit_and_never_cut_an_entity(text: str, size: int) -> None:
    found = split_text(text, size)
    assert all(0 < len(piece) <= size for piece in found)
    assert all("&" not in ENTITY.sub("", piece) for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_template_values_are_escaped() -> None:
    line = render_line("digest", "story", title="<!here> & *so on*", text="`x`\n<@U04DANA>", author=Markup("<@U02BEN>"))
    assert line == ":star: *&lt;!here&gt; &amp; ∗so on∗* — <@U02BEN>: ˋxˋ &lt;@U04DANA&gt;"


def test_unlisted_people_are_mentioned(people: People) -> None:
    assert format_person(people, "U02BEN") == "Ben Castellanos"
    assert format_person(people, "U99NEW") == "<@U99NEW>"
    assert not isinstance(format_person(people, "U99|<!channel>"), Markup)


def test_numbers_are_easy_to_read() -> None:
    assert numbers.format_number(Decimal("45200.00")) == "45,200"
    assert numbers.format_number(Decimal("-0.504")) == "−0.5"
    assert numbers.format_number(Decimal("-0.001")) == "0"
    assert numbers.format_percent(Decimal("0.685")) == "69%"
    assert numbers.format_days(1) == "1 day"
    assert numbers.format_date(date(2026, 11, 3)) == "3 November 2026"


def test_change_has_sign_and_unit() -> None:
    assert numbers.format_change(Decimal(5), Decimal(3)) == "+2"
    assert numbers.format_change(Decimal(3), Decimal(5), "days", 0) == "−2 days"
    assert numbers.format_change(Decimal(3), Decimal(3)) == "unchanged"
    assert numbers.format_change(Decimal(3), None) == ""
    assert numbers.format_point_change(Decimal("0.52"), Decimal("0.47")) == "+5 points"
