"""What is wrong with the fields of a file, in words for the person who wrote it; not what only follows from it."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

Path = tuple[str | int, ...]

_NO_DATE = "This isn't a date. Write it as 2026-12-31."
_NO_MOMENT = "This isn't a date and time. Write it as 2026-12-31T09:00."
_NO_LIST = "Expected a list. Write it as [first, second], or one entry a line, each after “- ”."
_NO_FIELDS = "Expected named fields, each as “name: value”."
_NO_NUMBER = "Expected a number."
_UNKNOWN_FIELD = "Unknown field. Check its spelling, or remove it."
_OTHER = "This value can't be used here. Compare it with the sample file."

# By pydantic's type of error. The text may use the error's own figures.
_MESSAGES = {
    "missing": "This field is missing.",
    "extra_forbidden": _UNKNOWN_FIELD,
    "date_": _NO_DATE,
    "datetime_": _NO_MOMENT,
    "decimal_max_places": "Use at most {decimal_places} decimal places.",
    "decimal_": _NO_NUMBER,
    "decimal_max_digits": "This number has too many digits. Use at most {max_digits}.",
    "decimal_whole_digits": "This number is too large. Use at most {whole_digits} digits before the point.",
    "float_": _NO_NUMBER,
    "finite_number": _NO_NUMBER,
    "int_": "Expected a whole number.",
    "bool_": "Expected true or false.",
    "greater_than": "Enter a number above {gt}.",
    "greater_than_equal": "Enter a number of at least {ge}.",
    "less_than": "Enter a number below {lt}.",
    "less_than_equal": "Enter a number of at most {le}.",
    "too_short": "Enter at least one.",
    "too_long": "This list is too long. Enter at most {max_length}.",
    "string_type": "Expected text.",
    "string_too_short": "Enter at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "list_type": _NO_LIST,
    "tuple_type": _NO_LIST,
    "set_type": _NO_LIST,
    "frozen_set_type": _NO_LIST,
    "dict_type": _NO_FIELDS,
    "mapping_type": _NO_FIELDS,
    "model_type": _NO_FIELDS,
    "model_attributes_type": _NO_FIELDS,
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong at a path. `given` is the value as read; `others` are the paths with the same mistake."""

    path: Path
    kind: str
    message: str
    given: object = None
    others: tuple[Path, ...] = ()


def list_field_errors(found: Iterable[Any], model: type[BaseModel]) -> list[FieldError]:
    """pydantic's errors without those that only follow from others."""
    errors = [_read_error(one) for one in found]
    errors = [one for one in errors if not (one.kind == "too_short" and one.given)]  # its entries are wrong, not few
    errors = list(_suggest_names(errors, model))
    suggested = {one.given for one in errors if one.kind == "misspelt"}
    errors = [one for one in errors if not (one.kind == "missing" and one.path in suggested)]
    return _join_repeated(errors)


def explain_field_error(found: Any) -> str:
    """One of pydantic's errors, in words for the person who wrote the file."""
    kind, given, details = str(found["type"]), found.get("input"), found.get("ctx") or {}
    if kind in ("value_error", "assertion_error"):
        return str(found["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if kind in ("enum", "literal_error"):
        return _explain_choice(given, str(details.get("expected", "")))
    if kind.startswith(("decimal_pars", "float_pars", "int_pars")) and isinstance(given, str):
        return explain_number(given, whole=kind.startswith("int"))
    if kind == "string_too_short" and details.get("min_length") == 1:
        return "This field is empty. Fill it in."
    return _find_message(kind).format(**details)


def explain_number(typed: str, *, whole: bool = False) -> str:
    """Why text isn't a number, and how to write the one that was meant."""
    if not typed.strip():
        return "This field is empty. Enter a number."
    bare = typed.strip().removesuffix("%").strip()
    if typed.strip().endswith("%") and (share := _read_decimal(bare)) is not None:
        return f"Leave out the per cent sign. A share of {bare}% is {share / 100:f}, and a value in per cent {share:f}."
    if re.fullmatch(r"-?\d+,\d+", bare):
        point, none = bare.replace(",", "."), bare.replace(",", "")
        return f"Use a point for decimals and nothing between thousands: {point} or {none}."
    return (
        f"“{typed}” isn't a {'whole ' if whole else ''}number. Write it in digits, such as {'12' if whole else '12.5'}."
    )


def _read_decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _find_message(kind: str) -> str:
    known = _MESSAGES.get(kind)
    return known or next(
        (text for start, text in _MESSAGES.items() if start[-1] == "_" and kind.startswith(start)), _OTHER
    )


def _explain_choice(given: object, expected: str) -> str:
    choices = re.findall(r"'([^']*)'|(\d+)", expected)
    names = [text or number for text, number in choices]
    listed = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)
    near = difflib.get_close_matches(_simplify(str(given)), names, 1, 0.7)
    return f"Choose {listed}." + (f" Did you mean “{near[0]}”?" if near else "")


def _simplify(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _read_error(found: Any) -> FieldError:
    noise = ("function-", "tagged-", "[key]")  # pydantic's own steps, which aren't in the file
    path = tuple(part for part in found["loc"] if not (isinstance(part, str) and part.startswith(noise)))
    return FieldError(path, str(found["type"]), explain_field_error(found), found.get("input"))


def _suggest_names(errors: Sequence[FieldError], model: type[BaseModel]) -> Iterator[FieldError]:
    """A field that has nearly the name of one that isn't given is that field, misspelt; its path is kept in `given`."""
    missing = {one.path for one in errors if one.kind == "missing"}
    for one in errors:
        name = _find_near_name(one.path, model, missing) if one.kind == "extra_forbidden" else None
        if name:
            text = f"Unknown field. Did you mean “{name}”?"
            yield replace(one, kind="misspelt", message=text, given=(*one.path[:-1], name))
        else:
            yield one


def _find_near_name(path: Path, model: type[BaseModel], missing: set[Path]) -> str | None:
    """The field that was meant: rather one that is missing than another."""
    names = list_field_names(model, path[:-1])
    first = [name for name in names if (*path[:-1], name) in missing]
    typed = _simplify(str(path[-1]))
    near = difflib.get_close_matches(typed, first, 1, 0.6) or difflib.get_close_matches(typed, names, 1, 0.7)
    return near[0] if near else None


def list_field_names(model: type[BaseModel], path: Path) -> list[str]:
    """The names of the fields that the value at a path may have."""
    kinds: list[Any] = [model]
    for part in path:
        kinds = [inner for kind in kinds for inner in _step_into(kind, part)]
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return [field.alias or name for kind in models for name, field in kind.model_fields.items()]


def _step_into(kind: Any, part: str | int) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = kind.model_fields.items()
        return [one for name, field in fields if part in (field.alias, name) for one in _list_kinds(field.annotation)]
    inner = [one for one in get_args(kind) if one is not Ellipsis]
    return _list_kinds(inner[-1]) if inner and get_origin(kind) in (tuple, list, dict) else []


def _list_kinds(annotation: Any) -> list[Any]:
    """The types that a value may have, without what only describes them."""
    if get_origin(annotation) is Annotated:
        return _list_kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [kind for one in get_args(annotation) for kind in _list_kinds(one)]
    return [] if annotation is NoneType else [annotation]


def _join_repeated(errors: Sequence[FieldError]) -> list[FieldError]:
    """The same wrong text in several places is one mistake, such as a key and what refers to it."""
    joined: dict[object, FieldError] = {}
    for one in errors:
        text = one.given if isinstance(one.given, str) and one.kind == "value_error" else one.path
        before = joined.setdefault((text, one.message), one)
        if before is not one and before.path != one.path:
            joined[text, one.message] = replace(before, others=(*before.others, one.path))
    return list(joined.values())


def set_at(value: Any, path: Path, new: object) -> bool:
    """Put `new` at a path of nested lists and dicts. Returns whether there is such a place."""
    for part in path[:-1]:
        value = _get(value, part)
    if _get(value, path[-1], _MISSING) is _MISSING:
        return False
    value[path[-1]] = new
    return True


def remove_at(value: Any, path: Path) -> bool:
    """Remove a field at a path of nested lists and dicts. Returns whether there was one."""
    for part in path[:-1]:
        value = _get(value, part)
    return isinstance(value, dict) and value.pop(path[-1], _MISSING) is not _MISSING


_MISSING = object()


def _get(value: Any, part: str | int, other: Any = None) -> Any:
    if isinstance(value, Mapping):
        return value.get(part, other)
    return value[part] if isinstance(value, list) and isinstance(part, int) and part < len(value) else other
