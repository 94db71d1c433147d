"""What the doctor says of one thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from foundation.errors import UserError


class Level(StrEnum):
    """`HINT` may stay as it is; `BROKEN` must be mended before the bot does what it should."""

    GOOD = "good"
    HINT = "hint"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """`about` names the thing; `words` say how it is and, unless it is good, how to mend it."""

    level: Level
    about: str
    text: str


@dataclass(slots=True)
class Findings:
    """A list that grows while somebody looks."""

    all: list[Finding] = field(default_factory=list)

    def add_good(self, about: str, words: str) -> None:
        self.all.append(Finding(Level.GOOD, about, words))

    def add_hint(self, about: str, words: str) -> None:
        self.all.append(Finding(Level.HINT, about, words))

    def add_broken(self, about: str, words: str) -> None:
        self.all.append(Finding(Level.BROKEN, about, words))

    @contextmanager
    def catching_errors(self, about: str) -> Iterator[None]:
        """What is refused meanwhile is a finding, each line of it one."""
        try:
            yield
        except UserError as refused:
            for line in refused.message.splitlines():
                self.add_broken(about, line)
