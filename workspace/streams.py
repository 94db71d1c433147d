"""Streamed messages: text and tasks that the app appends to a message."""

from dataclasses import dataclass, field

from workspace.block_ids import add_missing_ids
from workspace.clock import MessageClock
from workspace.errors import ApiError
from workspace.records import Json

STREAM_SECONDS = 5 * 60
TASK_FIELDS = ("title", "status", "details", "output", "sources")


@dataclass(slots=True)
class Stream:
    """What has been streamed into one message so far. The first content fixes `mode` as `text` or `chunks`."""

    started: float
    display: str
    mode: str = ""
    parts: list[Json] = field(default_factory=list)
    plan_title: str = ""

    def append(self, markdown: str, chunks: list[Json]) -> None:
        """Append text or checked chunks. Raises ApiError `streaming_mode_mismatch` for content of the other mode."""
        mode = "text" if markdown else "chunks" if chunks else ""
        if mode and self.mode and mode != self.mode:
            raise ApiError("streaming_mode_mismatch")
        self.mode = self.mode or mode
        if markdown:
            self._add_text(markdown)
        for chunk in chunks:
            self._append_chunk(chunk)

    def _append_chunk(self, chunk: Json) -> None:
        if chunk["type"] == "markdown_text":
            self._add_text(chunk["text"])
        elif chunk["type"] == "task_update":
            self._update_task(chunk)
        elif chunk["type"] == "plan_update":
            self.plan_title = chunk["title"]
        else:
            self.parts.extend(add_missing_ids(chunk["blocks"]))

    def _add_text(self, text: str) -> None:
        if not self.parts or self.parts[-1]["type"] != "markdown":
            self.parts.extend(add_missing_ids([{"type": "markdown", "text": ""}]))
        self.parts[-1]["text"] += text

    def _update_task(self, chunk: Json) -> None:
        card = next((part for part in self.parts if part.get("task_id") == chunk["id"]), None)
        if card is None:
            card = {"type": "task_card", "task_id": chunk["id"]}
            self.parts.append(card)
        card |= {name: _as_rich_text(name, chunk[name]) for name in TASK_FIELDS if chunk.get(name)}

    def text(self) -> str:
        return "\n".join(part["text"] for part in self.parts if part["type"] == "markdown")

    def blocks(self) -> list[Json]:
        """Return the parts as blocks: each task in its place, or all tasks together in one plan."""
        parts = [part for part in self.parts if part["type"] != "markdown" or part["text"]]
        tasks = [part for part in parts if part["type"] == "task_card"]
        if self.display != "plan" or not (tasks or self.plan_title):
            return [dict(part) for part in parts]
        plan = {"type": "plan", "title": self.plan_title or "Plan", "tasks": [dict(task) for task in tasks]}
        return [plan, *(dict(part) for part in parts if part["type"] != "task_card")]


def _as_rich_text(name: str, value: object) -> object:
    """Details and output arrive as text or rich text; a task card holds rich text."""
    if name not in ("details", "output") or not isinstance(value, str):
        return value
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
    return {"type": "rich_text", "elements": [section]}


class Streams:
    """The open streams, by channel and ts. Like Slack, the workspace ends each after some minutes."""

    def __init__(self, clock: MessageClock) -> None:
        self._clock = clock
        self._open: dict[tuple[str, str], Stream] = {}

    def new_stream(self, display: str) -> Stream:
        return Stream(self._clock.now(), display)

    def save(self, channel: str, ts: str, stream: Stream) -> None:
        self._open[channel, ts] = stream

    def find(self, channel: str, ts: str) -> Stream:
        """Return an open stream. Raises ApiError `message_not_in_streaming_state`."""
        stream = self._open.get((channel, ts))
        if stream is None or self._clock.now() - stream.started > STREAM_SECONDS:
            raise ApiError("message_not_in_streaming_state")
        return stream

    def close(self, channel: str, ts: str) -> None:
        self._open.pop((channel, ts), None)
