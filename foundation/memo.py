"""Remembering what takes long to compute."""

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Remembers what was computed last, by key, so that a few results are shared by all who need them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[K, V] = {}

    def get(self, key: K, compute: Callable[[], V]) -> V:
        """What is remembered, or else what `compute` returns."""
        # Two threads may compute the same at once; one of the two equal results stays.
        found = self._known.get(key)
        if found is None:
            found = compute()
            while len(self._known) >= self._most:
                self._known.pop(next(iter(self._known)), None)
            self._known[key] = found
        return found
