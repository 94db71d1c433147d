"""What people give in a form, held to its fields. Kept values are plain: text, numbers, yes or no, tuples of text.

Dates are kept as ISO text (2026-05-11), so that a record's values go to a file or a database column as they stand.
"""

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import urlsplit

from foundation.errors import InvalidInput
from servicedesk.fields import Field, FieldKind

Value = str | int | float | bool | tuple[str, ...]
Values = Mapping[str, Value]

TEXT_LENGTH = 150
LONG_TEXT_LENGTH = 2000
URL_LENGTH = 2000
MOST_URLS = 20
MOST_PEOPLE = 50
FURTHEST = timedelta(days=3660)


class _Bad(Exception):
    """A sentence about one value."""


def validate(
    fields: Sequence[Field], given: Mapping[str, object], today: date, *, complete: bool = True
) -> dict[str, Value]:
    """The values as they are kept; empty ones are left out. `today` is the date where the organisation works.

    A draft need not be `complete`: what is missing from it is no mistake yet.

    Raises:
        InvalidInput: with a sentence under each field that cannot be accepted.
    """
    kept: dict[str, Value] = {}
    wrong: dict[str, str] = dict.fromkeys(given.keys() - {f.key for f in fields}, "This form has no such field.")
    for field in fields:
        try:
            value = _kept(field, given.get(field.key), today, complete)
        except _Bad as bad:
            wrong[field.key] = str(bad)
            continue
        if value is not None:
            kept[field.key] = value
    wrong |= {key: message for key, message in _order(fields, kept) if key not in wrong}
    if wrong:
        raise InvalidInput(wrong)
    return kept


def check_url(text: str) -> str:
    """The address, if it is one of the web.

    Raises:
        InvalidInput: under the key “link”.
    """
    try:
        return _url(None, text)
    except _Bad as bad:
        raise InvalidInput({"link": str(bad)}) from None


def _kept(field: Field, given: object, today: date, complete: bool) -> Value | None:
    if isinstance(given, str):
        given = clean(given)
    if given is None or given in ("", [], ()):
        if field.required and complete:
            raise _Bad(f"“{field.label}” is needed.")
        return None
    value = _READERS[field.kind](field, given)
    if field.rule == "not_past" and str(value) < today.isoformat():
        raise _Bad("This day is in the past. Choose today or a later day.")
    if field.kind is FieldKind.DATE and date.fromisoformat(str(value)) > today + FURTHEST:
        raise _Bad("This day is more than ten years away. Check the year.")
    return value


def _order(fields: Sequence[Field], kept: Values) -> list[tuple[str, str]]:
    labels = {field.key: field.label for field in fields}
    return [
        (field.key, f"This day is before “{labels[field.after]}”. Change one of the two.")
        for field in fields
        if field.after and field.key in kept and field.after in kept and str(kept[field.key]) < str(kept[field.after])
    ]


def clean(text: str) -> str:
    """Without space around it, control characters and halves of characters, which databases refuse."""
    kept = (c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _text(field: Field, given: object) -> str:
    if not isinstance(given, str):
        raise _Bad("Write this as text.")
    usual = LONG_TEXT_LENGTH if field.kind is FieldKind.LONG_TEXT else TEXT_LENGTH
    longest = field.max_length or usual
    if len(given) > longest:
        raise _Bad(f"This has {len(given)} characters; {longest} fit. Shorten it, or link to a document.")
    return given


def _choice(field: Field, given: object) -> str:
    if not isinstance(given, str) or given not in field.options:
        raise _Bad("Choose one of the options in the list.")
    return given


def _choices(field: Field, given: object) -> tuple[str, ...]:
    chosen = _list(given)
    if any(value not in field.options for value in chosen):
        raise _Bad("Choose only from the options in the list.")
    return tuple(key for key in field.options if key in chosen)


def _date(_: Field, given: object) -> str:
    try:
        return (given if isinstance(given, date) else date.fromisoformat(str(given))).isoformat()
    except ValueError:
        raise _Bad("Write the date as 2026-05-31.") from None


def _number(field: Field, given: object) -> int | float:
    try:
        number = float(str(given))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or isinstance(given, bool):
        raise _Bad("Write a number, such as 12 or 12.5." if field.decimals else "Write a whole number, such as 12.")
    if not field.decimals and not number.is_integer():
        raise _Bad("Write a whole number, such as 12.")
    if field.min is not None and number < field.min:
        raise _Bad(f"This is less than {field.min:,.15g}.")
    if field.max is not None and number > field.max:
        raise _Bad(f"This is more than {field.max:,.15g}.")
    return int(number) if number.is_integer() else number


def _person(_: Field, given: object) -> str:
    if not isinstance(given, str) or len(given) > 40 or any(c.isspace() for c in given):
        raise _Bad("Choose a person from the list.")
    return given


def _people(field: Field, given: object) -> tuple[str, ...]:
    people = tuple(dict.fromkeys(_person(field, entry) for entry in _list(given)))
    if len(people) > MOST_PEOPLE:
        raise _Bad(f"At most {MOST_PEOPLE} people can be named here.")
    return people


def _url(_: Field | None, given: object) -> str:
    text = str(given).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() or c in '<>"' for c in text):
        raise _Bad("Write a full web address that begins with https://.")
    if len(text) > URL_LENGTH:
        raise _Bad(f"This address is longer than {URL_LENGTH} characters.")
    return text


def _urls(field: Field, given: object) -> tuple[str, ...]:
    lines = given.splitlines() if isinstance(given, str) else _list(given)
    urls = tuple(_url(field, line) for line in lines if line.strip())
    if len(urls) > MOST_URLS:
        raise _Bad(f"At most {MOST_URLS} links fit here.")
    return urls


def _yes_no(_: Field, given: object) -> bool:
    answer = {"yes": True, "no": False}.get(given) if isinstance(given, str) else given
    if not isinstance(answer, bool):
        raise _Bad("Choose yes or no.")
    return answer


def _list(given: object) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(isinstance(entry, str) for entry in given):
        raise _Bad("Choose from the list.")
    return list(given)


def _looked_up(_: Field, given: object) -> str:
    if not isinstance(given, str) or len(given) > TEXT_LENGTH:
        raise _Bad("Choose from the list.")
    return given


_READERS: Mapping[FieldKind, Callable[[Field, object], Value]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.CHOICE: _choice,
    FieldKind.MULTI_CHOICE: _choices,
    FieldKind.DATE: _date,
    FieldKind.NUMBER: _number,
    FieldKind.PERSON: _person,
    FieldKind.PEOPLE: _people,
    FieldKind.URL: _url,
    FieldKind.URLS: _urls,
    FieldKind.YES_NO: _yes_no,
    FieldKind.PROJECT: _looked_up,
    FieldKind.OBJECTIVE: _looked_up,
}
