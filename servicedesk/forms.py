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

FormValue = str | int | float | bool | tuple[str, ...]
FormValues = Mapping[str, FormValue]

MAX_TEXT_LENGTH = 150
MAX_LONG_TEXT_LENGTH = 2000
MAX_URL_LENGTH = 2000
MAX_URLS = 20
MAX_PEOPLE = 50
MAX_DAYS_AHEAD = timedelta(days=3660)


class _InvalidValue(Exception):
    """A sentence about one value."""


def validate_form(
    fields: Sequence[Field], given: Mapping[str, object], today: date, *, complete: bool = True
) -> dict[str, FormValue]:
    """The values as they are kept; empty ones are left out. `today` is the date where the organisation works.

    A draft need not be `complete`: what is missing from it is no mistake yet.

    Raises:
        InvalidInput: with a sentence under each field that cannot be accepted.
    """
    kept: dict[str, FormValue] = {}
    wrong: dict[str, str] = dict.fromkeys(given.keys() - {f.key for f in fields}, "This form has no such field.")
    for field in fields:
        try:
            value = _validate_field(field, given.get(field.key), today, complete)
        except _InvalidValue as bad:
            wrong[field.key] = str(bad)
            continue
        if value is not None:
            kept[field.key] = value
    wrong |= {key: message for key, message in _check_date_order(fields, kept) if key not in wrong}
    if wrong:
        raise InvalidInput(wrong)
    return kept


def check_url(text: str) -> str:
    """The address, if it is one of the web.

    Raises:
        InvalidInput: under the key “link”.
    """
    try:
        return _read_url(None, text)
    except _InvalidValue as bad:
        raise InvalidInput({"link": str(bad)}) from None


def _validate_field(field: Field, given: object, today: date, complete: bool) -> FormValue | None:
    if isinstance(given, str):
        given = clean_text(given)
    if given is None or given in ("", [], ()):
        if field.required and complete:
            raise _InvalidValue(f"“{field.label}” is needed.")
        return None
    value = _READERS[field.kind](field, given)
    if field.rule == "not_past" and str(value) < today.isoformat():
        raise _InvalidValue("This day is in the past. Choose today or a later day.")
    if field.kind is FieldKind.DATE and date.fromisoformat(str(value)) > today + MAX_DAYS_AHEAD:
        raise _InvalidValue("This day is more than ten years away. Check the year.")
    return value


def _check_date_order(fields: Sequence[Field], kept: FormValues) -> list[tuple[str, str]]:
    labels = {field.key: field.label for field in fields}
    return [
        (field.key, f"This day is before “{labels[field.after]}”. Change one of the two.")
        for field in fields
        if field.after and field.key in kept and field.after in kept and str(kept[field.key]) < str(kept[field.after])
    ]


def clean_text(text: str) -> str:
    """Without space around it, control characters and halves of characters, which databases refuse."""
    kept = (c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _read_text(field: Field, given: object) -> str:
    if not isinstance(given, str):
        raise _InvalidValue("Write this as text.")
    usual = MAX_LONG_TEXT_LENGTH if field.kind is FieldKind.LONG_TEXT else MAX_TEXT_LENGTH
    longest = field.max_length or usual
    if len(given) > longest:
        raise _InvalidValue(f"This has {len(given)} characters; {longest} fit. Shorten it, or link to a document.")
    return given


def _read_choice(field: Field, given: object) -> str:
    if not isinstance(given, str) or given not in field.options:
        raise _InvalidValue("Choose one of the options in the list.")
    return given


def _read_choices(field: Field, given: object) -> tuple[str, ...]:
    chosen = _read_list(given)
    if any(value not in field.options for value in chosen):
        raise _InvalidValue("Choose only from the options in the list.")
    return tuple(key for key in field.options if key in chosen)


def _read_date(_: Field, given: object) -> str:
    try:
        return (given if isinstance(given, date) else date.fromisoformat(str(given))).isoformat()
    except ValueError:
        raise _InvalidValue("Write the date as 2026-05-31.") from None


def _read_number(field: Field, given: object) -> int | float:
    try:
        number = float(str(given))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or isinstance(given, bool):
        raise _InvalidValue(
            "Write a number, such as 12 or 12.5." if field.decimals else "Write a whole number, such as 12."
        )
    if not field.decimals and not number.is_integer():
        raise _InvalidValue("Write a whole number, such as 12.")
    if field.min is not None and number < field.min:
        raise _InvalidValue(f"This is less than {field.min:,.15g}.")
    if field.max is not None and number > field.max:
        raise _InvalidValue(f"This is more than {field.max:,.15g}.")
    return int(number) if number.is_integer() else number


def _read_person(_: Field, given: object) -> str:
    if not isinstance(given, str) or len(given) > 40 or any(c.isspace() for c in given):
        raise _InvalidValue("Choose a person from the list.")
    return given


def _read_people(field: Field, given: object) -> tuple[str, ...]:
    people = tuple(dict.fromkeys(_read_person(field, entry) for entry in _read_list(given)))
    if len(people) > MAX_PEOPLE:
        raise _InvalidValue(f"At most {MAX_PEOPLE} people can be named here.")
    return people


def _read_url(_: Field | None, given: object) -> str:
    text = str(given).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() or c in '<>"' for c in text):
        raise _InvalidValue("Write a full web address that begins with https://.")
    if len(text) > MAX_URL_LENGTH:
        raise _InvalidValue(f"This address is longer than {MAX_URL_LENGTH} characters.")
    return text


def _read_urls(field: Field, given: object) -> tuple[str, ...]:
    lines = given.splitlines() if isinstance(given, str) else _read_list(given)
    urls = tuple(_read_url(field, line) for line in lines if line.strip())
    if len(urls) > MAX_URLS:
        raise _InvalidValue(f"At most {MAX_URLS} links fit here.")
    return urls


def _read_yes_no(_: Field, given: object) -> bool:
    answer = {"yes": True, "no": False}.get(given) if isinstance(given, str) else given
    if not isinstance(answer, bool):
        raise _InvalidValue("Choose yes or no.")
    return answer


def _read_list(given: object) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(isinstance(entry, str) for entry in given):
        raise _InvalidValue("Choose from the list.")
    return list(given)


def _read_key(_: Field, given: object) -> str:
    if not isinstance(given, str) or len(given) > MAX_TEXT_LENGTH:
        raise _InvalidValue("Choose from the list.")
    return given


_READERS: Mapping[FieldKind, Callable[[Field, object], FormValue]] = {
    FieldKind.TEXT: _read_text,
    FieldKind.LONG_TEXT: _read_text,
    FieldKind.CHOICE: _read_choice,
    FieldKind.MULTI_CHOICE: _read_choices,
    FieldKind.DATE: _read_date,
    FieldKind.NUMBER: _read_number,
    FieldKind.PERSON: _read_person,
    FieldKind.PEOPLE: _read_people,
    FieldKind.URL: _read_url,
    FieldKind.URLS: _read_urls,
    FieldKind.YES_NO: _read_yes_no,
    FieldKind.PROJECT: _read_key,
    FieldKind.OBJECTIVE: _read_key,
}
