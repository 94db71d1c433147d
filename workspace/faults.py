"""Faults on demand: what can go wrong between an app and Slack, made to happen."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workspace.errors import ConfigProblem
from workspace.records import Json
from workspace.wanted import Wanted

API_KINDS = frozenset({"delay", "status", "ratelimit", "lost_response", "error"})
EVENT_KINDS = frozenset({"drop_socket", "duplicate_event", "delay_event"})
KINDS = API_KINDS | EVENT_KINDS
FIELDS = frozenset({"method", "event", "kind", "ms", "status", "retry_after", "error", "count", "every", "probability"})


@dataclass(slots=True)
class Fault:
    """Strikes calls of `method` (or events of type `event`): all of them, one in `every`, with a `probability`,
    and at most `count` times."""

    kind: str
    method: str = "*"
    event: str = "*"
    ms: int = 0
    status: int = 500
    retry_after: int = 1
    error: str = "internal_error"
    count: int | None = None
    every: int = 1
    probability: float = 1.0
    seen: int = 0
    struck: int = 0

    def strikes(self, name: str, dice: random.Random) -> bool:
        wanted = self.method if self.kind in API_KINDS else self.event
        if wanted not in ("*", name) or (self.count is not None and self.struck >= self.count):
            return False
        self.seen += 1
        if self.seen % self.every or dice.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def shown(self) -> Json:
        names = [*sorted(FIELDS), "seen", "struck"]
        return {name: getattr(self, name) for name in names}


class Faults:
    def __init__(self, seed: int = 1) -> None:
        self._faults: list[Fault] = []
        self._dice = random.Random(seed)  # noqa: S311  the same faults in every run, nothing secret

    def replace(self, given: Any) -> None:
        """Take these faults instead of the former ones. Raises ConfigProblem naming the one that is wrong."""
        if not isinstance(given, list):
            raise ConfigProblem("Send a list of faults.")
        self._faults = [_fault(index, item) for index, item in enumerate(given)]

    def for_call(self, method: str) -> list[Fault]:
        return self._struck(API_KINDS, method)

    def for_event(self, event: str) -> list[Fault]:
        return self._struck(EVENT_KINDS, event)

    def _struck(self, kinds: Iterable[str], name: str) -> list[Fault]:
        return [fault for fault in self._faults if fault.kind in kinds and fault.strikes(name, self._dice)]

    def shown(self) -> list[Json]:
        return [fault.shown() for fault in self._faults]


def _fault(index: int, item: Any) -> Fault:
    where = f"Fault {index}: "
    if not isinstance(item, Mapping):
        raise ConfigProblem(f"{where}it has to be an object.")
    wanted = Wanted({name: value for name, value in item.items() if value is not None}, where)
    wanted.only(FIELDS)
    kind = wanted.text("kind", "none")
    if kind not in KINDS:
        raise wanted.problem("kind", f"one of {', '.join(sorted(KINDS))}")
    return Fault(
        kind,
        method=wanted.text("method", "*"),
        event=wanted.text("event", "*"),
        ms=wanted.whole("ms", 0),
        status=wanted.whole("status", 500, 400, 599),
        retry_after=wanted.whole("retry_after", 1),
        error=wanted.text("error", "internal_error"),
        count=wanted.whole("count", 0) if item.get("count") is not None else None,
        every=wanted.whole("every", 1, lowest=1),
        probability=wanted.share("probability", 1.0),
    )
