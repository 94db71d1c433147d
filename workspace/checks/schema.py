"""Building blocks that describe the format of a payload.

A *check* takes one value and yields its violations. Checks of objects, arrays and unions are made of other checks.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why Slack would refuse a payload.

    `pointer` is a JSON pointer into the request ("/blocks/0/text/text"; "" is all of it), `constraint` the violated
    limit. `str` gives it in Slack's format: "must be less than 3001 characters [json-pointer:/…]".
    """

    pointer: str
    code: str
    message: str
    constraint: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"

    @property
    def error(self) -> str:
        """The Web API's error code for the whole response: "invalid_blocks", "no_text", "invalid_arguments" …"""
        if self.code in _OWN_NAME:
            return self.code
        if self.pointer == "/metadata" and self.code == "wrong_type":
            return "invalid_metadata_format"
        return _BY_PLACE.get(self.pointer.split("/")[1] if self.pointer else "", "invalid_arguments")


_OWN_NAME = (
    "no_text",
    "msg_too_long",
    "msg_blocks_too_long",
    "markdown_text_conflict",
    "too_many_attachments",
    "view_too_large",
)
_BY_PLACE = {
    "blocks": "invalid_blocks",
    "attachments": "invalid_attachments",
    "chunks": "invalid_chunks",
    "metadata": "invalid_metadata_schema",
}


Check = Callable[[Any, str], Iterator[Violation]]
Rule = Callable[[Mapping[str, Any], str], Iterator[Violation]]


def pointer_to(pointer: str, key: str | int) -> str:
    """Return the pointer to a field or item of what `pointer` points to."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def wrong_type(pointer: str, wanted: str) -> Violation:
    return Violation(pointer, "wrong_type", f"must provide {wanted}", {"type": wanted})


def missing_field(pointer: str, name: str) -> Violation:
    return Violation(pointer, "missing_field", f"missing required field: {name}", {"field": name})


def unsupported_type(pointer: str, kind: Any, allowed: Iterable[str]) -> Violation:
    constraint = {"type": "enum", "expected": sorted(allowed), "got": kind}
    return Violation(pointer_to(pointer, "type"), "unsupported_type", f"unsupported type: {kind}", constraint)


def too_long(pointer: str, longest: int) -> Violation:
    return Violation(pointer, "too_long", f"must be less than {longest + 1} characters", {"max_length": longest})


def too_many(pointer: str, most: int) -> Violation:
    return Violation(pointer, "too_many_items", f"no more than {most} items allowed", {"max_items": most})


def too_few(pointer: str, fewest: int) -> Violation:
    return Violation(pointer, "too_few_items", f"must provide at least {fewest} items", {"min_items": fewest})


def accept_anything(value: Any, at: str) -> Iterator[Violation]:
    """Accept every value: the field is allowed, its content isn't checked."""
    yield from ()


def string_check(longest: int | None = None, shortest: int = 1) -> Check:
    """Check for a string of `shortest` to `longest` characters. Slack refuses empty strings nearly everywhere."""

    def check(value: Any, at: str) -> Iterator[Violation]:
        if not isinstance(value, str):
            yield wrong_type(at, "a string")
        elif len(value) < shortest:
            message = f"must be more than {shortest - 1} characters"
            yield Violation(at, "too_short", message, {"min_length": shortest})
        elif longest is not None and len(value) > longest:
            yield too_long(at, longest)

    return check


def string_matching(pattern: str, wanted: str, longest: int | None = None) -> Check:
    """Check for a string that matches all of `pattern`. `wanted` describes the format in words."""
    form = re.compile(pattern)
    inner = string_check(longest)

    def check(value: Any, at: str) -> Iterator[Violation]:
        problems = list(inner(value, at))
        yield from problems
        if not problems and not form.fullmatch(value):
            yield Violation(at, "invalid_format", f"must be {wanted}", {"pattern": pattern})

    return check


def null_or(check: Check) -> Check:
    """Accept null, and everything that `check` accepts."""

    def either(value: Any, at: str) -> Iterator[Violation]:
        if value is not None:
            yield from check(value, at)

    return either


def check_boolean(value: Any, at: str) -> Iterator[Violation]:
    if not isinstance(value, bool):
        yield wrong_type(at, "a boolean")


def integer_check(least: int | None = None, most: int | None = None) -> Check:
    def check(value: Any, at: str) -> Iterator[Violation]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield wrong_type(at, "an integer")
        elif least is not None and value < least:
            yield Violation(at, "too_small", f"must be greater than {least - 1}", {"min": least})
        elif most is not None and value > most:
            yield Violation(at, "too_large", f"must be less than {most + 1}", {"max": most})

    return check


def number_check(above: float | None = None) -> Check:
    """Check for a finite number, greater than `above` if that is given."""

    def check(value: Any, at: str) -> Iterator[Violation]:
        real = isinstance(value, int | float) and not isinstance(value, bool)
        if not real or value != value or value in (float("inf"), float("-inf")):
            yield wrong_type(at, "a number")
        elif above is not None and value <= above:
            yield Violation(at, "too_small", f"must be greater than {above:g}", {"exclusive_min": above})

    return check


def one_of(*allowed: str | int) -> Check:
    def check(value: Any, at: str) -> Iterator[Violation]:
        if isinstance(value, bool) or value not in allowed:
            message = f"must be a valid enum value: {', '.join(map(str, allowed))}"
            yield Violation(at, "invalid_enum", message, {"type": "enum", "expected": list(allowed), "got": value})

    return check


def array_of(item: Check, most: int | None = None, fewest: int = 1) -> Check:
    """Check for an array of `fewest` to `most` items that each satisfy `item`."""

    def check(value: Any, at: str) -> Iterator[Violation]:
        if not isinstance(value, list | tuple):
            yield wrong_type(at, "an array")
            return
        if len(value) < fewest:
            yield too_few(at, fewest)
        if most is not None and len(value) > most:
            yield too_many(at, most)
        for index, entry in enumerate(value):
            yield from item(entry, pointer_to(at, index))

    return check


@dataclass(frozen=True, slots=True)
class ObjectCheck:
    """Checks an object with these fields and no others. The rules run only if every field is valid by itself."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]
    rules: tuple[Rule, ...] = ()

    def __call__(self, value: Any, at: str) -> Iterator[Violation]:
        if not isinstance(value, Mapping):
            yield wrong_type(at, "an object")
            return
        problems = [*self._find_missing(value, at), *self._check_present(value, at)]
        yield from problems
        if not problems:
            for rule in self.rules:
                yield from rule(value, at)

    def _find_missing(self, value: Mapping[str, Any], at: str) -> Iterator[Violation]:
        return (missing_field(at, name) for name in self.required if name not in value)

    def _check_present(self, value: Mapping[str, Any], at: str) -> Iterator[Violation]:
        for name, entry in value.items():
            check = self.required.get(name) or self.optional.get(name)
            if check is None:
                yield Violation(at, "unknown_field", f"invalid additional property: {name}", {"field": name})
            else:
                yield from check(entry, pointer_to(at, name))


def object_with(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Rule
) -> ObjectCheck:
    return ObjectCheck(dict(required), dict(optional or {}), rules)


def typed_object(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Rule
) -> ObjectCheck:
    """Check an object with a `type`. The type itself isn't checked, because the caller chose the check by it."""
    return ObjectCheck({"type": accept_anything, **required}, dict(optional or {}), rules)


def tagged_union(kinds: Mapping[str, Check]) -> Check:
    """Check an object whose `type` is one of `kinds` as that kind."""

    def check(value: Any, at: str) -> Iterator[Violation]:
        if not isinstance(value, Mapping):
            yield wrong_type(at, "an object")
        elif "type" not in value:
            yield missing_field(at, "type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield unsupported_type(at, value["type"], kinds)
        else:
            yield from kinds[value["type"]](value, at)

    return check


def at_least_one(*names: str) -> Rule:
    def rule(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
        if not any(name in value for name in names):
            yield Violation(at, "missing_field", f"must define {_list_names(names)}", {"fields": list(names)})

    return rule


def exactly_one(*names: str) -> Rule:
    def rule(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
        if sum(name in value for name in names) > 1:
            message = f"must define only one of {', '.join(f'`{name}`' for name in names)}"
            yield Violation(at, "conflicting_fields", message, {"fields": list(names)})
        yield from at_least_one(*names)(value, at)

    return rule


def require_order(low: str, high: str) -> Rule:
    """If both fields are given, `low` may not be greater than `high`. Numerals are compared as numbers."""

    def rule(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
        if low in value and high in value and float(value[low]) > float(value[high]):
            yield Violation(
                pointer_to(at, low),
                "out_of_order",
                f"`{low}` cannot be greater than `{high}`",
                {"max": value[high]},
            )

    return rule


def find_duplicates(items: Iterable[tuple[str, Any]], name: str) -> Iterator[Violation]:
    """Yield a violation for each (pointer, value) whose value occurred before."""
    seen: set[Any] = set()
    for pointer, value in items:
        if value in seen:
            yield Violation(pointer, "duplicate", f'`{name}` "{value}" already exists', {"unique": name})
        seen.add(value)


def _list_names(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"either {' or '.join(quoted)}" if len(quoted) == 2 else f"at least one of {', '.join(quoted)}"
