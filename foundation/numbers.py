"""Numbers as people type them: “45,200”, “1 250”, “52,5”, “80 %”, “1'250.50”, “−5”.

Which sign stands between thousands and which before decimals differs by country. Most numbers can be read one way only;
one such as 45.200 can be read two ways, and then somebody has to say which is meant.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal

MOST_DIGITS = 40
_MINUS = "-−–—‐‑‒﹣－"
_BLANK = re.compile(r"[\s\u2000-\u200b\u202f\u2060'’ʼ´`]")
_PERCENT_UNIT = re.compile(r"%|\bper ?cent\b|\bpct\b|\bpercentage\b", re.IGNORECASE)
_CURRENCIES = {
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
    "¥": "JPY",
    "₹": "INR",
    "₣": "CHF",
    "₽": "RUB",
    "₩": "KRW",
    "zł": "PLN",
}


class NotANumber(ValueError):
    """The text can't be read as a number in the unit."""


class UnclearNumber(ValueError):
    """The text can be read as two numbers. The message names both, and how to type each."""


def read_number(
    text: str,
    *,
    unit: str = "",
    known: Iterable[Decimal] = (),
    is_possible: Callable[[Decimal], bool] = lambda _: True,
) -> Decimal:
    """The number that somebody typed.

    Args:
        unit: what it counts; it may be typed behind the number, a currency also before it.
        known: values of the same kind, by which a number with two readings may be understood.
        is_possible: whether a reading can be meant at all.

    Raises:
        NotANumber: it can't be read, or it names another unit.
        UnclearNumber: it has two possible readings.
    """
    readings = _list_readings(_remove_unit(_simplify(text), unit))
    if len(readings) > 1 and len(possible := [one for one in readings if is_possible(one)]) == 1:
        return possible[0]
    if len(readings) > 1 and not _is_clearly_first(readings, list(known)):
        raise UnclearNumber(_ask_which(*readings))
    return readings[0]


def is_far_from(value: Decimal, last: Decimal) -> bool:
    """Whether it's ten times the last value or more, or a tenth of it or less: perhaps a slip in the decimal sign."""
    return bool(value and last) and not abs(last) / 10 < abs(value) < abs(last) * 10


def _simplify(text: str) -> str:
    """Digits of any script as 0–9, a minus of any kind as “-”, without signs that can't be seen."""
    seen = (one for one in text if unicodedata.category(one) != "Cf")
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in seen)
    plain = "".join(digits).strip()
    return re.sub(rf"^([^\d.,]*?)[{_MINUS}]\s*", r"-\1", plain)


def _remove_unit(text: str, unit: str) -> str:
    """The bare number. A unit that is typed must be the one that is asked for."""
    found = re.fullmatch(r"(-?)([^\d.,]*?)\s*([+]?[\d.,].*?)\s*([^\d.,]*?)", text)
    if not found:
        raise NotANumber(text)
    minus, before, number, after = found.groups()
    for typed in (before, after):
        if typed.strip() and not _is_unit(typed.strip(), unit):
            raise NotANumber(text)
    return minus + number.removeprefix("+")


def _is_unit(typed: str, unit: str) -> bool:
    if typed in ("%", "٪", "％"):
        return bool(_PERCENT_UNIT.search(unit))
    names = {typed, _CURRENCIES.get(typed, typed)}  # as written: “ml” and “Ml” are far apart
    return unit in names or not names.isdisjoint(re.findall(r"[^\W\d]+|[€£$¥₹₣₽₩]", unit))


def _list_readings(text: str) -> list[Decimal]:
    """What the bare number may mean, the international form (a point before decimals) first."""
    minus, number = ("-", text[1:]) if text.startswith("-") else ("", text)
    joined, is_grouped = _join_groups(number.strip())
    if len(joined) > MOST_DIGITS or not re.fullmatch(r"[\d.,]*\d[\d.,]*", joined):
        raise NotANumber(text)
    texts = _read_separators(joined, is_grouped=is_grouped)
    if not texts:
        raise NotANumber(text)
    return [Decimal(minus + one) for one in texts]


def _join_groups(number: str) -> tuple[str, bool]:
    """Without blanks or apostrophes between thousands, and whether there were any."""
    if not _BLANK.search(number):
        return number, False
    whole, sign, rest = re.fullmatch(r"(.*?)([.,]\d*)?()", number, re.DOTALL).groups()  # type: ignore[union-attr]
    groups = _BLANK.split(whole)
    if not (1 <= len(groups[0]) <= 3 and all(re.fullmatch(r"\d{3}", one) for one in groups[1:])):
        raise NotANumber(number)
    return "".join(groups) + (sign or "") + rest, True


def _read_separators(number: str, *, is_grouped: bool) -> list[str]:
    """The readings as decimal text; none if the separators fit no form."""
    if number.isdigit():
        return [number]
    if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}", number):
        return [number.replace(",", "")]
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}", number):
        return [number.replace(".", "").replace(",", ".")]
    if not re.fullmatch(r"\d*[.,]\d*", number):
        return []
    decimal, whole = number.replace(",", "."), re.sub("[.,]", "", number)
    if is_grouped or not re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number):
        return [decimal]
    return [decimal, whole] if "." in number else [whole, decimal]


def _is_clearly_first(readings: list[Decimal], known: list[Decimal]) -> bool:
    """Whether the first reading is like the known values, and the second like none of them."""
    first, second = readings
    if first != first.to_integral_value() and all(one == one.to_integral_value() for one in known):
        return False
    near = any(not is_far_from(first, one) for one in known if one)
    return near and all(is_far_from(second, one) for one in known if one)


def _ask_which(first: Decimal, second: Decimal) -> str:
    whole, decimal = max(first, second, key=abs), min(first, second, key=abs)
    places = f"{decimal.normalize():f}"
    unclear = re.fullmatch(r"-?\d+\.\d{3}", places)
    typed = f"{places}0" if unclear else places if "." in places else f"{places}.0"
    return f"Do you mean {whole:,f} or {places}? Type {whole:f} or {typed}."
