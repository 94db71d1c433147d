"""Says on standard error what is taking time: a bar on a terminal, plain lines elsewhere.

Only the standard library is imported at the top: this has to work while the rest of the program is still loading.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

ANNOUNCE_AFTER = 0.6  # seconds; a step that is over sooner needs no announcement
REPEAT_AFTER = 5.0  # seconds between two lines about the same step

Advance = Callable[[int, int], None]
AdvanceStage = Callable[[str, int, int], None]


@contextmanager
def show_progress(text: str) -> Iterator[Advance]:
    """Show that `text` is under way for as long as the context lasts.

    Call the function it gives with (done, total) to show how far it is; if the total isn't known, don't call it.
    Contexts must not be nested: a terminal has one bar at a time.
    """
    display: _Display = _Bar(text) if sys.stderr.isatty() else _Lines(text)
    is_over = threading.Event()
    ticker = threading.Thread(target=_keep_showing, args=(display, is_over), name="progress", daemon=True)
    ticker.start()
    try:
        yield display.advance
    finally:
        is_over.set()
        ticker.join()
        display.close()


@contextmanager
def show_stages() -> Iterator[AdvanceStage]:
    """Show one stage of a piece of work after the other: call the function it gives with (text, done, total)."""
    with ExitStack() as stack:
        current, advance = "", None

        def advance_stage(text: str, done: int, total: int) -> None:
            nonlocal current, advance
            if advance is None or text != current:
                stack.close()
                current, advance = text, stack.enter_context(show_progress(text))
            advance(done, total)

        yield advance_stage


class _Display(Protocol):
    def advance(self, done: int, total: int) -> None: ...

    def show(self) -> None: ...

    def close(self) -> None: ...


def _keep_showing(display: _Display, is_over: threading.Event) -> None:
    wait = ANNOUNCE_AFTER
    while not is_over.wait(wait):
        display.show()
        wait = REPEAT_AFTER


class _Lines:
    """A line when the step has taken a moment, and another every few seconds."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._count = ""
        self._began = time.monotonic()
        self._is_announced = False

    def advance(self, done: int, total: int) -> None:
        self._count = f" {done:,} of {total:,}" if total else ""

    def show(self) -> None:
        waited = f" ({time.monotonic() - self._began:.0f} s)" if self._is_announced else ""
        self._is_announced = True
        print(_format_line(f"{self._text} …{self._count or waited}"), file=sys.stderr, flush=True)  # noqa: T201 (progress is for the terminal, not for the log)

    def close(self) -> None:
        pass


def _format_line(text: str) -> str:
    """The line, as the log's lines are; the settings aren't read yet when the first one comes."""
    if os.environ.get("PMO_LOG_FORMAT") != "json":
        return text
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": moment, "level": "INFO", "logger": __name__, "message": text}, ensure_ascii=False)


class _Bar:
    """A bar that is gone when the step is over; without a total it only shows that something is happening."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._latest: tuple[int, int | None] = (0, None)
        self._shown: tuple[Progress, TaskID] | None = None

    def advance(self, done: int, total: int) -> None:
        self._latest = (done, total)
        if self._shown:
            bar, task = self._shown
            bar.update(task, completed=done, total=total)

    def show(self) -> None:
        if self._shown:
            return
        from rich.console import Console
        from rich.progress import Progress

        bar = Progress(console=Console(stderr=True), transient=True)
        done, total = self._latest
        self._shown = bar, bar.add_task(self._text, completed=done, total=total)
        bar.start()

    def close(self) -> None:
        if self._shown:
            self._shown[0].stop()
