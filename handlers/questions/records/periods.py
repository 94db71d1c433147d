"""When: the days that a question speaks of, such as “since Monday”, “this month” or “before Christmas”."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.easter import easter
from dateutil.parser import ParserError, parse
from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "few": 3, "couple of": 2}
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = rf"(?:{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in _MONTHS)}|sept)"
_VERBS = "(?:may|march|mar)"  # months only after a preposition
_AFTER_PREPOSITION = r"(?:(?<=in )|(?<=since )|(?<=by )|(?<=before )|(?<=until )|(?<=of ))"
_UNIT = r"(?:week|month|quarter|year)"
_NTH = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_DATE = rf"(?:the )?(?:{_NTH}(?: of)? {_MONTH}|{_MONTH} {_NTH})(?: \d{{4}})?|\d{{4}}-\d\d-\d\d"
_POINT = "|".join(
    (
        rf"(?P<date>{_DATE})",
        rf"(?:last |this |next |on )?(?P<weekday>{'|'.join(_WEEKDAYS)})",
        r"(?P<feast>christmas|xmas|easter|new year)",
        rf"(?P<month>(?!{_VERBS}\b){_MONTH}|{_AFTER_PREPOSITION}{_VERBS})(?: (?P<year>\d{{4}}))?",
        r"(?P<near>today|yesterday|tomorrow)",
        rf"(?P<span>(?:last|this|next) {_UNIT})",
        rf"(?:the )?(?P<end>end of (?:the |this )?{_UNIT})",
    )
)
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})"
_SIDE = rf"(?P<side>next|coming|last|past|previous) (?:{_COUNT} )?(?P<unit>day|week|month|quarter|year)s?"
# All words that speak of time, for telling whether a question speaks of anything else.
TIME_WORDS = frozenset(
    f"""{" ".join((*_MONTHS, *(month[:3] for month in _MONTHS), *_WEEKDAYS, *_NUMBERS))} christmas xmas easter year
    today yesterday tomorrow next last this past coming previous current day days week weeks month months quarter
    quarters years since before until during end date""".split()
)
_SPAN = re.compile(rf"\b(?:(?:in |over |within |during )?(?:the )?{_SIDE}|(?P<this>this|current) (?P<which>{_UNIT}))\b")
_SINCE = re.compile(rf"\b(?:since|from|after) (?:\w+ ){{0,4}}?(?:{_POINT})\b")
_BEFORE = re.compile(rf"\b(?:before|by|until|till|up to) (?:{_POINT})\b")
_AT = re.compile(rf"\b(?:in |on |over |at |during |for )?(?:{_POINT})\b")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` to `end`, both included. `is_open`: it goes on until today, or begins today."""

    start: date
    end: date

    def contains(self, day: date) -> bool:
        return self.start <= day <= self.end


def find_period(text: str, today: date, *, is_past: bool = False) -> Period | None:
    """The first period in a text in lower case. A day or month without a year is the next one or, with `is_past`,
    the last one."""
    if found := _SINCE.search(text):
        start = _read_point(found, today, is_past=True)
        return Period(start.start, max(today, start.start)) if start else None
    if found := _BEFORE.search(text):
        end = _read_point(found, today, is_past=False)
        return Period(today, max(today, end.end)) if end else None
    if found := _SPAN.search(text):
        return _read_span(found, today)
    if found := _AT.search(text):
        return _read_point(found, today, is_past=is_past)
    return None


def find_whole(unit: str, day: date) -> Period:
    """The week, month, quarter or year that the day is in."""
    if unit == "week":
        start = day - timedelta(days=day.weekday())
        return Period(start, start + 6 * DAY)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return Period(start, start + relativedelta(months=months) - DAY)


def _read_span(found: re.Match[str], today: date) -> Period:
    if unit := found["which"]:
        return find_whole(unit, today)
    is_past, unit = found["side"] in ("last", "past", "previous"), found["unit"]
    if found["count"] is None and unit != "day" and found["side"] != "past":
        return find_whole(unit, today + (-1 if is_past else 1) * _build_step(unit, 1))
    step = _build_step(unit, _NUMBERS.get(found["count"] or "a") or int(found["count"]))
    return Period(today - step, today) if is_past else Period(today, today + step)


def _build_step(unit: str, count: int) -> relativedelta:
    return relativedelta(months=3 * count) if unit == "quarter" else relativedelta(**{f"{unit}s": count})  # type: ignore[arg-type]


def _read_point(found: re.Match[str], today: date, *, is_past: bool) -> Period | None:
    if text := found["date"]:
        return _read_date(text, today, is_past=is_past)
    if weekday := found["weekday"]:
        ahead = (_WEEKDAYS.index(weekday) - today.weekday()) % 7
        return _read_day(today + timedelta(days=ahead - 7 if is_past else ahead or 7))
    if found["feast"]:
        return _read_day(_find_feast(found["feast"], today))
    if found["month"]:
        return _read_month(found["month"], found["year"], today, is_past=is_past)
    if found["near"]:
        return _read_day(today + {"yesterday": -1, "today": 0, "tomorrow": 1}[found["near"]] * DAY)
    unit = (found["span"] or found["end"]).split()[-1]
    side = {"last": -1, "next": 1}.get((found["span"] or "").split(" ")[0], 0)
    return find_whole(unit, today + side * _build_step(unit, 1))


def _read_day(day: date) -> Period:
    return Period(day, day)


def _read_date(text: str, today: date, *, is_past: bool) -> Period | None:
    try:
        day = parse(text.removeprefix("the ").replace(" of ", " "), default=parse(f"{today.year}-01-01")).date()
    except (ParserError, OverflowError):
        return None
    if not re.search(r"\d{4}", text):
        day = _choose_year(day, today, is_past=is_past)
    return _read_day(day)


def _choose_year(day: date, today: date, *, is_past: bool) -> date:
    if is_past and day > today:
        return day - relativedelta(years=1)
    return day + relativedelta(years=1) if not is_past and day < today - 183 * DAY else day


def _read_month(name: str, year: str | None, today: date, *, is_past: bool) -> Period:
    month = [one[:3] for one in _MONTHS].index(name[:3]) + 1
    start = date(int(year) if year else today.year, month, 1)
    if year is None:
        start = _choose_year(start, today, is_past=is_past)
    return find_whole("month", start)


def _find_feast(name: str, today: date) -> date:
    days = [_name_feast(name, today.year + more) for more in (0, 1)]
    return next(day for day in days if day >= today)


def _name_feast(name: str, year: int) -> date:
    if name == "easter":
        return easter(year)
    return date(year, 12, 25) if name in ("christmas", "xmas") else date(year, 12, 31)
