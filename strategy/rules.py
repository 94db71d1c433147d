"""The recurrence rules that are accepted: RFC 5545 over naive wall time, daily at the finest.

dateutil searches up to the year 9999 for the first date of an impossible rule, which takes seconds of CPU for a daily
one. The accepted vocabulary allows no impossible daily or weekly rule; an impossible monthly or yearly one is found
within half a second, once, when it is checked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr

from foundation.errors import InvalidInput

LONGEST_RULE = 200  # characters
MOST_REPEATS = 1000  # COUNT

LARGEST_INTERVAL = {"DAILY": 28, "WEEKLY": 53, "MONTHLY": 24, "YEARLY": 10}
COMMON = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
COARSE = COMMON | {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}
ALLOWED = {"DAILY": COMMON | {"BYDAY", "BYMONTH"}, "WEEKLY": COMMON | {"BYDAY", "BYMONTH"}}
LARGEST_NUMBER = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYSETPOS": 366}

WEEKDAY = re.compile(r"([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)")
LAST_DAY_HINT = "Months without that day are skipped. For the last day of every month, use BYMONTHDAY=-1."


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """A parsed rule. `recurrence` yields naive wall times and ignores `until`, an instant in UTC."""

    recurrence: rrule
    until: datetime | None


def check_rule(rule: str, starts: datetime) -> tuple[str, ...]:
    """Hold an RFC 5545 rule ("FREQ=WEEKLY;BYDAY=MO") to the accepted vocabulary; `starts` is naive wall time.

    Returns:
        Hints, such as that "monthly on the 31st" skips short months.

    Raises:
        InvalidInput: under "rule": it is finer than daily, can't be read, or never happens.
    """
    parts = _parse_parts(rule)
    if next(iter(compile_rule(rule, starts).recurrence), None) is None:
        raise _build_refusal("This rule never gives a date. Check its days and months against its start.")
    days = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    if not days and "BYDAY" not in parts and parts["FREQ"] == "MONTHLY":
        days = [starts.day]
    return (LAST_DAY_HINT,) if any(abs(day) > 28 for day in days) else ()


def list_due_months(rule: str, starts: datetime, first_year: int, last_year: int) -> list[tuple[int, int]]:
    """Year and month of each month in which a monthly rule is due, whether or not the month has the day.

    Empty for rules that aren't monthly, and for yearly ones without a month of their own.
    """
    parts = _parse_parts(rule)
    months = [int(one) for one in parts.get("BYMONTH", "").split(",") if one]
    every = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "YEARLY":
        if not months and not parts.keys() & {"BYDAY", "BYMONTHDAY"}:
            months = [starts.month]
        years = range(starts.year, last_year + 1, every)
        return [(year, month) for year in years if year >= first_year for month in sorted(months)]
    if parts["FREQ"] != "MONTHLY":
        return []
    begin = starts.year * 12 + starts.month - 1
    due = (divmod(number, 12) for number in range(begin, last_year * 12 + 12, every))
    return [(year, month + 1) for year, month in due if year >= first_year and (not months or month + 1 in months)]


@lru_cache(maxsize=256)
def compile_rule(rule: str, starts: datetime) -> RecurrenceRule:
    """The rule from `starts`, parsed. InvalidInput under "rule" when it is outside the accepted vocabulary."""
    parts = _parse_parts(rule)
    without_until = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    try:
        recurrence = rrulestr(without_until, dtstart=starts, cache=True)
    except (ValueError, TypeError, AttributeError) as error:
        raise _build_refusal(f"This rule can't be read: {error}.") from None
    if not isinstance(recurrence, rrule):
        raise _build_refusal("Give only one rule.")
    return RecurrenceRule(recurrence, _parse_until(parts.get("UNTIL")))


def _parse_parts(rule: str) -> Mapping[str, str]:
    """The parts of the rule, each within the accepted vocabulary."""
    if len(rule) > LONGEST_RULE:
        raise _build_refusal(f"Use at most {LONGEST_RULE} characters.")
    pairs = [part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";")]
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    if len(parts) != len(pairs) or not all(parts.values()):
        raise _build_refusal("Write a rule like FREQ=WEEKLY;BYDAY=MO, with each part once.")
    _check_frequency(parts)
    _check_numbers(parts)
    _check_weekdays(parts)
    _parse_until(parts.get("UNTIL"))
    if "COUNT" in parts and "UNTIL" in parts:
        raise _build_refusal("Use COUNT or UNTIL, not both.")
    return parts


def _check_frequency(parts: Mapping[str, str]) -> None:
    frequency = parts.get("FREQ", "")
    if frequency in ("HOURLY", "MINUTELY", "SECONDLY"):
        raise _build_refusal("Rules can't repeat more often than daily. Use FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
    if frequency not in LARGEST_INTERVAL:
        raise _build_refusal("Say how often: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
    if surplus := sorted(parts.keys() - ALLOWED.get(frequency, COARSE)):
        raise _build_refusal(f"{surplus[0]} can't be used with FREQ={frequency}. The time of day comes from the start.")


def _check_numbers(parts: Mapping[str, str]) -> None:
    _check_range(parts, "INTERVAL", LARGEST_INTERVAL[parts["FREQ"]])
    _check_range(parts, "COUNT", MOST_REPEATS)
    for name, largest in LARGEST_NUMBER.items():
        for number in parts.get(name, "1").split(","):
            sign = "[+-]?" if name != "BYMONTH" else ""
            if not re.fullmatch(sign + r"[0-9]{1,3}", number) or not 1 <= abs(int(number)) <= largest:
                raise _build_refusal(f"“{number}” isn't allowed in {name}.")


def _check_range(parts: Mapping[str, str], name: str, largest: int) -> None:
    value = parts.get(name, "1")
    if not re.fullmatch(r"[0-9]{1,4}", value) or not 1 <= int(value) <= largest:
        raise _build_refusal(f"With FREQ={parts['FREQ']}, {name} must be a whole number from 1 to {largest}.")


def _check_weekdays(parts: Mapping[str, str]) -> None:
    fine = parts["FREQ"] in ALLOWED
    for day in parts.get("BYDAY", "MO").split(","):
        found = WEEKDAY.fullmatch(day)
        if not found or (fine and found[1]):
            raise _build_refusal(f"“{day}” isn't allowed in BYDAY with FREQ={parts['FREQ']}.")
    interval = int(parts.get("INTERVAL", "1"))
    # Every seventh day is always the same weekday, and every tenth week can miss a month: such rules can be empty.
    if parts["FREQ"] == "DAILY" and "BYDAY" in parts and interval > 1:
        raise _build_refusal("BYDAY can't be used with an INTERVAL of days. Use FREQ=WEEKLY.")
    if parts["FREQ"] == "WEEKLY" and "BYMONTH" in parts and interval > 4:
        raise _build_refusal("BYMONTH can't be used with an INTERVAL above 4 weeks. Use FREQ=MONTHLY.")


def _parse_until(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _build_refusal("UNTIL must be a time in UTC, such as UNTIL=20261231T235959Z.") from None


def _build_refusal(message: str) -> InvalidInput:
    return InvalidInput({"rule": message})
