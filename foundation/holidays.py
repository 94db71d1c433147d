"""Public holidays of a country or a region, from the `holidays` library."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from foundation.errors import UserError

if TYPE_CHECKING:
    from holidays import HolidayBase


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """`days` knows every holiday of any year; `weekend` holds weekdays, Monday is 0."""

    days: Container[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})


@lru_cache(maxsize=32)
def find_holidays(code: str) -> PublicHolidays:
    """The holidays of a country or a region by its ISO codes: “GB”, “GB-ENG”. None at all for an empty code.

    Raises:
        UserError: no holidays are known for the code.
    """
    if not code:
        return PublicHolidays()
    found = _look_up(code, ())
    return PublicHolidays(found, frozenset(found.weekend))


def list_holidays(code: str, years: Iterable[int]) -> frozenset[date]:
    """The same holidays as a set of days, for these years."""
    return frozenset(_look_up(code, tuple(years)))


def _look_up(code: str, years: tuple[int, ...]) -> "HolidayBase":
    import holidays

    country, _, subdivision = code.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None, years=years or None)
    except NotImplementedError:
        raise UserError(f"No public holidays are known for “{code}”. Use ISO codes such as GB or GB-ENG.") from None
