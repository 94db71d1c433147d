"""The messages of one channel in order, and its threads."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field

from workspace.records import Json


@dataclass(slots=True)
class Timeline:
    """`roots` are the timestamps shown in the channel, `threads` those of the replies under each root.

    Timestamps have a fixed width, so they sort as text. Every lookup is a bisection, never a scan.
    """

    by_ts: dict[str, Json] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    threads: dict[str, list[str]] = field(default_factory=dict)

    def add(self, message: Json) -> None:
        ts = message["ts"]
        self.by_ts[ts] = message
        thread_ts = message.get("thread_ts")
        if thread_ts and thread_ts != ts:
            _insert(self.threads.setdefault(thread_ts, []), ts)
        if not thread_ts or thread_ts == ts or message.get("subtype") == "thread_broadcast":
            _insert(self.roots, ts)

    def remove(self, ts: str) -> Json | None:
        message = self.by_ts.pop(ts, None)
        if message is not None:
            _delete(self.roots, ts)
            _delete(self.threads.get(message.get("thread_ts", ""), []), ts)
        return message

    def latest(self) -> Json | None:
        return self.by_ts[self.roots[-1]] if self.roots else None

    def count_after(self, ts: str) -> int:
        return len(self.roots) - bisect_right(self.roots, ts)

    def slice_between(self, stamps: list[str], oldest: str, latest: str, *, inclusive: bool) -> list[str]:
        """Return the part of `stamps` after `oldest` and before `latest`. An empty string means no bound."""
        left, right = (bisect_left, bisect_right) if inclusive else (bisect_right, bisect_left)
        start = left(stamps, oldest) if oldest else 0
        end = right(stamps, latest) if latest else len(stamps)
        return stamps[start:end]


def _insert(stamps: list[str], ts: str) -> None:
    if not stamps or ts > stamps[-1]:
        stamps.append(ts)
    else:
        insort(stamps, ts)


def _delete(stamps: list[str], ts: str) -> None:
    index = bisect_left(stamps, ts)
    if index < len(stamps) and stamps[index] == ts:
        del stamps[index]
