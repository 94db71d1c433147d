"""Faults on demand: make happen what can go wrong between an app and Slack."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workspace.errors import ConfigError
from workspace.json_fields import JsonFields
from workspace.records import Json

API_KINDS = frozenset({"delay", "status", "ratelimit", "lost_response", "error"})
EVENT_KINDS = frozenset({"drop_socket", "duplicate_event", "delay_event"})
KINDS = API_KINDS | EVENT_KINDS
FIELDS = frozenset(
    {"method", "event", "channel", "block", "kind", "error", "ms", "status", "retry_after", "count", "every"}
    | {"probability"}
)


@dataclass(slots=True)
class Fault:
    """A fault in calls of `method`, or in events of type `event`.

    A fault in calls may be limited to a `channel`, and to messages and views with a `block` of this type. It strikes
    all calls or events, or one in `every`, or with a `probability`, and at most `count` times.
    """

    kind: str
    method: str = "*"
    event: str = "*"
    channel: str = "*"
    block: str = "*"
    ms: int = 0
    status: int = 500
    retry_after: int = 1
    error: str = "internal_error"
    count: int | None = None
    every: int = 1
    probability: float = 1.0
    seen: int = 0
    struck: int = 0

    def applies_to(self, name: str, args: Json, dice: random.Random) -> bool:
        wanted = self.method if self.kind in API_KINDS else self.event
        if (
            wanted not in ("*", name)
            or not self._concerns(args)
            or (self.count is not None and self.struck >= self.count)
        ):
            return False
        self.seen += 1
        if self.seen % self.every or dice.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def _concerns(self, args: Json) -> bool:
        place = args.get("channel") or args.get("user_id")
        return self.channel in ("*", place) and (self.block == "*" or bool(self.find_pointers(args)))

    def find_pointers(self, args: Json) -> list[str]:
        """Return where the refused blocks are, as JSON pointers."""
        view = args.get("view")
        blocks, at = (view.get("blocks"), "/view/blocks") if isinstance(view, dict) else (args.get("blocks"), "/blocks")
        found = enumerate(blocks if isinstance(blocks, list) else ())
        return [f"{at}/{n}" for n, block in found if isinstance(block, dict) and block.get("type") == self.block]

    def to_json(self) -> Json:
        names = [*sorted(FIELDS), "seen", "struck"]
        return {name: getattr(self, name) for name in names}


class Faults:
    def __init__(self, seed: int = 1) -> None:
        self._faults: list[Fault] = []
        self._dice = random.Random(seed)  # noqa: S311  the same faults in every run; nothing secret

    def replace(self, given: Any) -> None:
        """Replace all faults. Raises ConfigError naming the invalid one."""
        if not isinstance(given, list):
            raise ConfigError("The request body must be a list of faults.")
        self._faults = [_parse_fault(index, item) for index, item in enumerate(given)]

    def for_call(self, method: str, args: Json) -> list[Fault]:
        return self._pick_faults(API_KINDS, method, args)

    def for_event(self, event: str) -> list[Fault]:
        return self._pick_faults(EVENT_KINDS, event, {})

    def _pick_faults(self, kinds: Iterable[str], name: str, args: Json) -> list[Fault]:
        return [fault for fault in self._faults if fault.kind in kinds and fault.applies_to(name, args, self._dice)]

    def to_json(self) -> list[Json]:
        return [fault.to_json() for fault in self._faults]


def _parse_fault(index: int, item: Any) -> Fault:
    where = f"Fault {index}: "
    if not isinstance(item, Mapping):
        raise ConfigError(f"{where}it must be an object.")
    wanted = JsonFields({name: value for name, value in item.items() if value is not None}, where)
    wanted.refuse_unknown(FIELDS)
    kind = wanted.text("kind", "none")
    if kind not in KINDS:
        raise wanted.error("kind", f"one of {', '.join(sorted(KINDS))}")
    return Fault(
        kind,
        method=wanted.text("method", "*"),
        event=wanted.text("event", "*"),
        channel=wanted.text("channel", "*"),
        block=wanted.text("block", "*"),
        ms=wanted.integer("ms", 0),
        status=wanted.integer("status", 500, 400, 599),
        retry_after=wanted.integer("retry_after", 1),
        error=wanted.text("error", "internal_error"),
        count=wanted.integer("count", 0) if item.get("count") is not None else None,
        every=wanted.integer("every", 1, lowest=1),
        probability=wanted.fraction("probability", 1.0),
    )
