"""Log lines for people and for collectors; neither quotes what people wrote."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.logs import FORMATTERS, JsonFormatter, TextFormatter, format_error
from bot.settings import LogFormat
from foundation.tracing import follow_arrival

WORDS = "nobody told the narwhals"


def build_record(message: str, name: str = "bot.engine.worker", *, with_error: bool = False) -> logging.LogRecord:
    info = sys.exc_info() if with_error else None
    return logging.LogRecord(name, logging.WARNING, __file__, 1, message, (), info)


def catch(error: Exception) -> Exception:
    """The error as it is once it was raised."""
    try:
        raise error
    except Exception as raised:
        return raised


def test_json_line_has_the_arrival_it_belongs_to() -> None:
    record = build_record("Stored event:message")
    record.created = 1_789_376_401.5
    with follow_arrival("event:Ev1"):
        line = JsonFormatter().format(record)
    assert json.loads(line) == {
        "time": "2026-09-14T09:00:01.500+00:00",
        "level": "WARNING",
        "logger": "bot.engine.worker",
        "message": "Stored event:message",
        "arrival": "event:Ev1",
    }
    assert "arrival" not in json.loads(JsonFormatter().format(record))


def test_text_line_is_as_before() -> None:
    assert (
        TextFormatter()
        .format(build_record("The disk is full."))
        .endswith(" WARNING bot.engine.worker: The disk is full.")
    )


def test_every_format_has_a_formatter() -> None:
    assert set(FORMATTERS) == set(LogFormat)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"invalid literal for int() with base 10: {WORDS!r}"),
        ValueError(f"invalid literal for int() with base 10: {'it isn’t ' + WORDS!r}"),
        ValueError(f'expected a date, not "{WORDS}"'),
        ValueError(f"cut off: '{WORDS}"),
        KeyError(WORDS),
        KeyError(f"it's {WORDS}"),
        RuntimeError(f"“{WORDS}” can't be read"),
        RuntimeError({"text": WORDS}),
    ],
)
@pytest.mark.parametrize("log_format", LogFormat)
def test_tracebacks_hide_what_messages_quote(error: Exception, log_format: LogFormat) -> None:
    try:
        raise RuntimeError("No.") from error
    except RuntimeError:
        line = FORMATTERS[log_format]().format(build_record("It failed", with_error=True))
    assert "narwhals" not in line
    assert type(error).__name__ in line
    assert "RuntimeError: No." in line
    assert "test_tracebacks_hide" in line


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (KeyError("trigger_id"), "KeyError: 'trigger_id'"),
        (AttributeError("'NoneType' object has no attribute 'get'"), "'NoneType' object has no attribute 'get'"),
        (ValueError("it isn't there, and they don't know"), "ValueError: it isn't there, and they don't know"),
    ],
)
def test_tracebacks_show_names_in_the_code(error: Exception, shown: str) -> None:
    assert shown in format_error(catch(error))


@pytest.mark.parametrize("log_format", LogFormat)
@pytest.mark.parametrize("logger", ["slack_bolt", "asyncio", "bot.local_workspace"])
def test_messages_of_others_hide_what_they_quote(log_format: LogFormat, logger: str) -> None:
    message = f"Failed to run a listener (error: KeyError({WORDS!r}))"
    line = FORMATTERS[log_format]().format(build_record(message, logger))
    assert "Failed to run a listener" in line
    assert "narwhals" not in line


def test_reason_for_no_start_is_an_object_too(tmp_path: Path) -> None:
    given = {"PMO_LOG_FORMAT": "json", "PMO_DATA": str(tmp_path), "PMO_ORGANISATION": str(tmp_path / "nowhere.yaml")}
    command = [sys.executable, "-m", "bot", "run"]
    ended = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, timeout=60, check=False)
    line = [json.loads(line) for line in ended.stderr.splitlines()][-1]
    assert (ended.returncode, line["level"]) == (1, "CRITICAL")
    assert "nowhere.yaml: There's no such file" in line["message"]
