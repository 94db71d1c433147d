"""How much text a payload carries."""

from collections.abc import Iterator, Mapping
from typing import Any


def length_of_text(value: Any) -> int:
    """Characters in every `text` anywhere inside `value`."""
    return sum(map(len, texts_in(value)))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if name == "text" and isinstance(entry, str):
                yield entry
            else:
                yield from texts_in(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from texts_in(entry)
