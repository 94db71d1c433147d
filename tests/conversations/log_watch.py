"""Watches what the bot logs while people talk to it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.logs import OWN_LOGGERS, JsonFormatter, TextFormatter

FEWEST_WORDS, MOST_WORDS = 2, 4


class LogWatch(logging.Handler):
    """Keeps the lines of both formats, and what people typed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.objects: list[dict[str, Any]] = []
        self.typed: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] != "workspace":
            self.texts.append(TextFormatter().format(record))
            self.objects.append(json.loads(JsonFormatter().format(record)))

    def note_typed(self, body: dict[str, Any]) -> None:
        """Note every few words of what somebody typed: a message, a command, the fields of a form."""
        for key, value in body.items():
            if isinstance(value, dict):
                self.note_typed(value)
            elif key in ("text", "value") and isinstance(value, str):
                words = value.split()
                for start in range(max(len(words) - MOST_WORDS, 0) + 1):
                    piece = words[start : start + MOST_WORDS]
                    if len(piece) >= FEWEST_WORDS:
                        self.typed.add(" ".join(piece))

    def list_leaks(self) -> list[str]:
        """The lines that have something in them that was typed."""
        lines = [*self.texts, *(" ".join(map(str, one.values())) for one in self.objects)]
        normal = [" ".join(line.split()) for line in lines]
        return [line for line in normal if any(piece in line for piece in self.typed)]


@contextmanager
def watch_log() -> Iterator[LogWatch]:
    """Watch all that our own loggers say, and the warnings of the others."""
    watch, loggers = LogWatch(), [logging.getLogger(name) for name in OWN_LOGGERS]
    levels = [logger.level for logger in loggers]
    logging.getLogger().addHandler(watch)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        yield watch
    finally:
        logging.getLogger().removeHandler(watch)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
