"""Long steps say what they are doing: lines in a file or pipe, a bar on a terminal."""

import io
import json
import sys
import time

import pytest

from bot import progress
from bot.progress import show_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "ANNOUNCE_AFTER", 0.01)
    monkeypatch.setattr(progress, "REPEAT_AFTER", 0.02)


def wait_for_lines(capsys: pytest.CaptureFixture[str], number: int) -> list[str]:
    lines: list[str] = []
    deadline = time.monotonic() + 10
    while len(lines) < number and time.monotonic() < deadline:
        time.sleep(0.01)
        lines += capsys.readouterr().err.splitlines()
    return lines


def test_long_step_repeats_its_count(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress("Reading the handbook") as advance:
        assert wait_for_lines(capsys, 1)[0] == "Reading the handbook …"
        advance(1200, 3000)
        assert "Reading the handbook … 1,200 of 3,000" in wait_for_lines(capsys, 3)


def test_lines_are_objects_where_the_log_is_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMO_LOG_FORMAT", "json")
    with show_progress("Reading the handbook"):
        line = json.loads(wait_for_lines(capsys, 1)[0])
    assert (line["level"], line["message"]) == ("INFO", "Reading the handbook …")


def test_short_step_stays_silent(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "ANNOUNCE_AFTER", 60.0)
    with show_progress("Reading the handbook"):
        pass
    assert capsys.readouterr().err == ""


def test_step_that_fails_stops_its_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="broken"), show_progress("Reading the handbook"):
        raise ValueError("broken")
    capsys.readouterr()
    time.sleep(0.05)
    assert capsys.readouterr().err == ""


def test_terminal_shows_one_bar_and_clears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with show_progress("Reading the handbook") as advance:
        deadline = time.monotonic() + 10
        advance(1, 4)
        while "Reading the handbook" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
        advance(2, 4)
    assert "Reading the handbook" in terminal.getvalue()
    assert terminal.getvalue().rstrip("\n").endswith("\x1b[2K")  # the line has been erased
