"""Validation of what people enter in a form. Validated values are text, numbers, booleans and tuples of text.

Dates are ISO text (2026-05-11), so that values can be stored as JSON without conversion.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import urlsplit

from foundation.errors import InvalidInput
from foundation.numbers import NotANumber, UnclearNumber, read_number
from foundation.text import clean_text
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
    """What is wrong with one value, as a sentence."""


def validate_form(
    fields: Sequence[Field], given: Mapping[str, object], today: date, *, complete: bool = True
) -> dict[str, FormValue]:
    """The values to store, without empty ones. `today` is the date in the organisation's time zone.

    With `complete=False`, for a draft, required fields may be empty.

    Raises:
        InvalidInput: with a sentence for each invalid field.
    """
    valid: dict[str, FormValue] = {}
    errors: dict[str, str] = dict.fromkeys(given.keys() - {f.key for f in fields}, "This form doesn't have this field.")
    for field in fields:
        try:
            value = _validate_field(field, given.get(field.key), today, complete)
        except _InvalidValue as error:
            errors[field.key] = str(error)
            continue
        if value is not None:
            valid[field.key] = value
    errors |= {key: message for key, message in _check_date_order(fields, valid) if key not in errors}
    if errors:
        raise InvalidInput(errors)
    return valid


def check_url(text: str) -> str:
    """The text as a web address.

    Raises:
        InvalidInput: it isn't one; the message is under the key “link”.
    """
    try:
        return _read_url(None, text)
    except _InvalidValue as error:
        raise InvalidInput({"link": str(error)}) from None


def _validate_field(field: Field, given: object, today: date, complete: bool) -> FormValue | None:
    if isinstance(given, str):
        given = clean_text(given)
    if given is None or given in ("", [], ()):
        if field.required and complete:
            raise _InvalidValue(f"“{field.label}” is required.")
        return None
    value = READERS[field.kind](field, given)
    if field.rule == "not_past" and str(value) < today.isoformat():
        raise _InvalidValue("This date is in the past. Choose today or a later date.")
    if field.kind is FieldKind.DATE and date.fromisoformat(str(value)) > today + MAX_DAYS_AHEAD:
        raise _InvalidValue("This date is more than ten years away. Check the year.")
    return value


def _check_date_order(fields: Sequence[Field], values: FormValues) -> list[tuple[str, str]]:
    labels = {field.key: field.label for field in fields}
    return [
        (field.key, f"This date is before “{labels[field.after]}”. Change one of the two.")
        for field in fields
        if field.after
        and {field.key, field.after} <= values.keys()
        and str(values[field.key]) < str(values[field.after])
    ]


def _read_text(field: Field, given: object) -> str:
    if not isinstance(given, str):
        raise _InvalidValue("Enter text.")
    usual = MAX_LONG_TEXT_LENGTH if field.kind is FieldKind.LONG_TEXT else MAX_TEXT_LENGTH
    longest = field.max_length or usual
    if len(given) > longest:
        length = f"This has {len(given):,} characters; the limit is {longest:,}."
        raise _InvalidValue(f"{length} Shorten it, or link to a document.")
    return given


def _read_choice(field: Field, given: object) -> str:
    if not isinstance(given, str) or given not in field.options:
        raise _InvalidValue("Choose one of the options.")
    return given


def _read_choices(field: Field, given: object) -> tuple[str, ...]:
    chosen = _read_list(given)
    if any(value not in field.options for value in chosen):
        raise _InvalidValue("Choose only from the options.")
    return tuple(key for key in field.options if key in chosen)


def _read_date(_: Field, given: object) -> str:
    try:
        return (given if isinstance(given, date) else date.fromisoformat(str(given))).isoformat()
    except ValueError:
        raise _InvalidValue("Enter the date like this: 2026-05-31.") from None


def _read_number(field: Field, given: object) -> int | float:
    number = _read_typed_number(field, given)
    if not field.decimals and not number.is_integer():
        raise _InvalidValue("Enter a whole number, such as 12.")
    if field.min is not None and number < field.min:
        raise _InvalidValue(f"Enter a number of at least {field.min:,.15g}.")
    if field.max is not None and number > field.max:
        raise _InvalidValue(f"Enter a number of at most {field.max:,.15g}.")
    return int(number) if number.is_integer() else number


def _read_typed_number(field: Field, given: object) -> float:
    try:
        typed = read_number(str(given), is_possible=lambda one: field.decimals or one == one.to_integral_value())
    except UnclearNumber as error:
        raise _InvalidValue(str(error)) from None
    except NotANumber:
        raise _InvalidValue(
            "Enter a number, such as 12 or 12.5." if field.decimals else "Enter a whole number, such as 12."
        ) from None
    return float(typed)


def _read_person(_: Field, given: object) -> str:
    if not isinstance(given, str) or len(given) > 40 or any(c.isspace() for c in given):
        raise _InvalidValue("Choose a person from the list.")
    return given


def _read_people(field: Field, given: object) -> tuple[str, ...]:
    people = tuple(dict.fromkeys(_read_person(field, entry) for entry in _read_list(given)))
    if len(people) > MAX_PEOPLE:
        raise _InvalidValue(f"Choose at most {MAX_PEOPLE} people.")
    return people


def _read_url(_: Field | None, given: object) -> str:
    text = str(given).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() or c in '<>"' for c in text):
        raise _InvalidValue("Enter a full web address that starts with https://.")
    if len(text) > MAX_URL_LENGTH:
        raise _InvalidValue(f"This address has more than {MAX_URL_LENGTH:,} characters. Use a shorter one.")
    return text


def _read_urls(field: Field, given: object) -> tuple[str, ...]:
    lines = given.splitlines() if isinstance(given, str) else _read_list(given)
    urls = tuple(_read_url(field, line) for line in lines if line.strip())
    if len(urls) > MAX_URLS:
        raise _InvalidValue(f"Enter at most {MAX_URLS} links.")
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


READERS: Mapping[FieldKind, Callable[[Field, object], FormValue]] = {
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
