"""What people write can be seen, and turns nothing else around."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.text import clean_text, is_visible

INVISIBLE = (
    "\u200b\u200b", "\u3164", "\u2800", "\u200d", "\ufeff", "\u00ad", "\u115f\u1160", "\uffa0", "\u0301\u0308",
    "\u034f", "\u180e", "\u2060", "\ufe0f", "\U000e0020\U000e0041",
    "\u00a0\u3000", "\u17b4", "\u202e", "\x00\x07", "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("text", INVISIBLE)
def test_text_that_nobody_sees_is_empty(text: str) -> None:
    assert clean_text(text) == ""


@pytest.mark.parametrize(
    "text", ["Budget", "預算", "الميزانية", "👩\u200d💻", "ส", "नि", "?", "12", "می\u200cخواهم", "e\u0301té"]
)
def test_text_in_any_script_is_kept(text: str) -> None:
    assert clean_text(f" {text}\u202e ") == text


def test_direction_ends_with_the_text() -> None:
    assert clean_text("Budget \u202egpj.exe") == "Budget gpj.exe"


@given(st.text())
def test_any_text_is_visible_or_empty(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned == "" or is_visible(cleaned)
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\0") & set(cleaned)
    assert clean_text(cleaned) == cleaned
