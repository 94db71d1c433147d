"""Count the text in a payload."""

from collections.abc import Iterator, Mapping
from typing import Any


def count_characters(value: Any) -> int:
    """Return the number of characters in every `text` anywhere inside `value`."""
    return sum(map(len, walk_texts(value)))


def walk_texts(value: Any) -> Iterator[str]:
    """Yield every `text` anywhere inside `value`."""
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if name == "text" and isinstance(entry, str):
                yield entry
            else:
                yield from walk_texts(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from walk_texts(entry)
