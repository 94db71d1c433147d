"""Parse JSON that arrives over the network and may contain anything."""

import json
from math import isfinite
from typing import Any

MAX_DEPTH = 100  # levels of lists and objects


def parse_json(text: str | bytes) -> Any:
    """Parse the text. Raises ValueError if it is not JSON in UTF-8, holds NaN or infinity, or is nested too deeply.

    An unpaired surrogate (`"\\ud83d"`) becomes �, because it could be neither stored nor sent.
    """
    try:
        value = json.loads(
            text.decode() if isinstance(text, bytes) else text,
            parse_constant=_reject_constant,
            parse_float=_parse_finite,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return _clean(value, MAX_DEPTH)


def _reject_constant(constant: str) -> float:
    raise ValueError(f"{constant} isn't valid JSON")


def _parse_finite(digits: str) -> float:
    number = float(digits)
    return number if isfinite(number) else _reject_constant(digits)


def _clean(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not isinstance(value, list | dict):
        return value
    if not levels:
        raise ValueError("nested too deeply")
    if isinstance(value, list):
        return [_clean(item, levels - 1) for item in value]
    return {_clean(name, levels): _clean(item, levels - 1) for name, item in value.items()}
