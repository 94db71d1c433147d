"""Words for time mean days, counted from today."""

from datetime import date

import pytest

from handlers.questions.records.periods import Period, find_period

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2026-11-23", "2026-11-23"),
        ("due this week", "2026-11-23", "2026-11-29"),
        ("what happened last week", "2026-11-16", "2026-11-22"),
        ("due this month", "2026-11-01", "2026-11-30"),
        ("next month", "2026-12-01", "2026-12-31"),
        ("in the next two weeks", "2026-11-23", "2026-12-07"),
        ("in the last 10 days", "2026-11-13", "2026-11-23"),
        ("since monday", "2026-11-16", "2026-11-23"),
        ("since the 1st of november", "2026-11-01", "2026-11-23"),
        ("since 16 november", "2026-11-16", "2026-11-23"),
        ("since october", "2026-10-01", "2026-11-23"),
        ("since 2026-11-03", "2026-11-03", "2026-11-23"),
        ("since my holiday on 9 november", "2026-11-09", "2026-11-23"),
        ("before christmas", "2026-11-23", "2026-12-25"),
        ("before the end of the month", "2026-11-23", "2026-11-30"),
        ("by friday", "2026-11-23", "2026-11-27"),
        ("in december", "2026-12-01", "2026-12-31"),
        ("in march", "2027-03-01", "2027-03-31"),
        ("this quarter", "2026-10-01", "2026-12-31"),
    ],
)
def test_period_is_found(text: str, start: str, end: str) -> None:
    assert find_period(text, MONDAY) == Period(date.fromisoformat(start), date.fromisoformat(end))


def test_month_in_the_past_is_the_last_one() -> None:
    december = Period(date(2025, 12, 1), date(2025, 12, 31))
    assert find_period("what changed in december", MONDAY, is_past=True) == december


@pytest.mark.parametrize("text", ["who owns it", "the plan may change", "second sponsor"])
def test_other_words_are_no_period(text: str) -> None:
    assert find_period(text, MONDAY) is None
