"""How sure is sure enough."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The lowest confidence with which a question gets an answer, and a choice of sections; 0–1."""

    answer: float
    choice: float
