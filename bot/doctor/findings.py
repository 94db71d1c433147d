"""What the doctor found out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from foundation.errors import UserError


class Level(StrEnum):
    """A `HINT` may be ignored; what is `BROKEN` must be fixed before the bot works as it should."""

    GOOD = "good"
    HINT = "hint"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """`about` names the thing; `text` says what state it is in and, unless that is good, how to fix it."""

    level: Level
    about: str
    text: str


@dataclass(slots=True)
class Findings:
    """Collects findings while the checks run."""

    all: list[Finding] = field(default_factory=list)

    def add_good(self, about: str, text: str) -> None:
        self.all.append(Finding(Level.GOOD, about, text))

    def add_hint(self, about: str, text: str) -> None:
        self.all.append(Finding(Level.HINT, about, text))

    def add_broken(self, about: str, text: str) -> None:
        self.all.append(Finding(Level.BROKEN, about, text))

    @contextmanager
    def catching_errors(self, about: str) -> Iterator[None]:
        """Turn an expected error into findings, one for each line of its message."""
        try:
            yield
        except UserError as error:
            for line in error.message.splitlines():
                self.add_broken(about, line)
