"""Public holidays by country and region."""

from datetime import date

import pytest

from foundation.errors import UserError
from foundation.holidays import find_holidays, list_holidays

EASTER_MONDAY = date(2026, 4, 6)


def test_region_has_its_own_holidays() -> None:
    assert EASTER_MONDAY in list_holidays("GB-ENG", [2026])
    assert EASTER_MONDAY not in list_holidays("GB-SCT", [2026])


def test_calendar_knows_holidays_of_every_year() -> None:
    assert date(2031, 12, 25) in find_holidays("GB-ENG").days


def test_no_code_means_no_holidays() -> None:
    assert date(2026, 12, 25) not in find_holidays("").days


@pytest.mark.parametrize("code", ["XX-YY", "XX", "GB-NOWHERE"])
def test_unknown_code_is_refused_with_an_example(code: str) -> None:
    with pytest.raises(UserError, match=f"No public holidays are known for “{code}”.*GB-ENG"):
        find_holidays(code)
