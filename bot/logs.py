"""How the bot logs: lines for people or, with PMO_LOG_FORMAT=json, objects for a log collector.

Nothing that people wrote is logged. Log calls name ids and causes; what an exception quotes is cut out here, because
Python's own messages quote the values that they are about.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType

from bot.settings import LogFormat
from bot.slack_connection import socket_log
from foundation.tracing import read_arrival

RELAYING_LOGGER = "bot.local_workspace"  # logs what that process says
OWN_LOGGERS = ("bot", "foundation", "handlers", "knowledge", "reporting", "servicedesk", "storage", "strategy")
_QUOTED = re.compile(
    r"""(?<!\w)(?P<mark>['"])(?P<text>(?:\\.|(?!(?P=mark)(?!\w)).)*)(?:(?P=mark)|\Z)|“[^”]*(?:”|\Z)""", re.DOTALL
)
_NAME = re.compile(r"\w{1,40}")
# Errors of these kinds quote names in the code and keys of payloads: 'NoneType', 'trigger_id'.
_ABOUT_NAMES = (AttributeError, ImportError, KeyError, NameError, TypeError)
_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class TextFormatter(logging.Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        record.message = read_message(record)
        return super().formatMessage(record)

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 (logging's name)
        return format_error(ei[1])


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger and message; the arrival that it belongs to, and a traceback, if any."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": read_message(record),
        }
        if arrival := read_arrival():
            line["arrival"] = arrival
        if record.exc_info:
            line["traceback"] = format_error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


FORMATTERS = {LogFormat.TEXT: TextFormatter, LogFormat.JSON: JsonFormatter}


def configure_logging(log_format: LogFormat) -> None:
    """Log to standard error: warnings and errors; as JSON, also the way of every arrival from Slack and back."""
    # Bolt's lower levels may contain payloads, so only our own loggers say more.
    handler = logging.StreamHandler()
    handler.setFormatter(FORMATTERS[log_format]())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    if log_format is LogFormat.JSON:
        for name in OWN_LOGGERS:
            logging.getLogger(name).setLevel(logging.INFO)
    socket_log.addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    """A lost connection that is opened again is one line, not thirty."""
    record.exc_info, record.exc_text = None, None
    return True


def read_message(record: logging.LogRecord) -> str:
    """The message. Those of other programs may contain an exception's, and so lose what they quote."""
    message = record.getMessage()
    is_own = record.name.partition(".")[0] in OWN_LOGGERS and record.name != RELAYING_LOGGER
    return message if is_own else hide_quotations(message, keep_names=True)


def format_error(error: BaseException | None) -> str:
    """The traceback of an error and of its causes, without what their messages quote."""
    return "\n\n".join(_format_one(one) for one in reversed(list(_iterate_causes(error))))


def _iterate_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _format_one(error: BaseException) -> str:
    stack = "".join(traceback.format_tb(error.__traceback__))
    is_about_names = isinstance(error, _ABOUT_NAMES) or type(error).__module__.startswith("sqlalchemy")
    message = hide_quotations(str(error), keep_names=is_about_names)
    return f"Traceback (most recent call last):\n{stack}{type(error).__name__}: {message}"


def hide_quotations(text: str, *, keep_names: bool) -> str:
    """The text with an ellipsis for all that it quotes, except, if wanted, single names."""

    def hide(found: re.Match[str]) -> str:
        return found[0] if keep_names and _NAME.fullmatch(found["text"] or "") else "“…”"

    return _QUOTED.sub(hide, text)
