"""Fields of what is sent to the test control, each checked; what is wrong is said with the field's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace.errors import ConfigProblem

MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """The fields of an object; `where` begins every sentence about them. Everything raises ConfigProblem."""

    given: Mapping[str, Any]
    where: str = ""

    def only(self, names: frozenset[str]) -> None:
        unknown = sorted(set(self.given) - names)
        if unknown:
            raise ConfigProblem(f"{self.where}{', '.join(unknown)} is not known; use {', '.join(sorted(names))}.")

    def text(self, name: str, default: str) -> str:
        value = self.given.get(name, default)
        if not isinstance(value, str) or not value:
            raise self.problem(name, "a text that is not empty")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.given.get(name, default)
        if not isinstance(value, bool):
            raise self.problem(name, "true or false")
        return value

    def whole(self, name: str, default: int, lowest: int = 0, highest: int = MOST) -> int:
        value = self.given.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self.problem(name, f"a whole number from {lowest} to {highest}")
        return value

    def share(self, name: str, default: float) -> float:
        value = self.given.get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            raise self.problem(name, "a number from 0 to 1")
        return value

    def problem(self, name: str, wanted: str) -> ConfigProblem:
        return ConfigProblem(f"{self.where}{name} has to be {wanted}.")
