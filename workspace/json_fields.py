"""Checked reading of the fields sent to the test-control API. Errors name the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace.errors import ConfigError

MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class JsonFields:
    """The fields of an object. Every error message starts with `where`; every method raises ConfigError."""

    given: Mapping[str, Any]
    where: str = ""

    def refuse_unknown(self, names: frozenset[str]) -> None:
        unknown = sorted(set(self.given) - names)
        if unknown:
            raise ConfigError(f"{self.where}unknown field {', '.join(unknown)}. Use {', '.join(sorted(names))}.")

    def text(self, name: str, default: str) -> str:
        value = self.given.get(name, default)
        if not isinstance(value, str) or not value:
            raise self.error(name, "text that isn't empty")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.given.get(name, default)
        if not isinstance(value, bool):
            raise self.error(name, "true or false")
        return value

    def integer(self, name: str, default: int, lowest: int = 0, highest: int = MOST) -> int:
        value = self.given.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self.error(name, f"a whole number from {lowest} to {highest}")
        return value

    def fraction(self, name: str, default: float) -> float:
        value = self.given.get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            raise self.error(name, "a number from 0 to 1")
        return value

    def error(self, name: str, wanted: str) -> ConfigError:
        return ConfigError(f"{self.where}{name} must be {wanted}.")
