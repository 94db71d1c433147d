"""`pmo reload` finds the running bot, validates the file first, and says what has changed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import reloading
from bot.organisation import SAMPLE
from bot.reloading import listen_for_reload_signal
from bot.running_process import FOLDER, announce_process, find_running
from tests.handbook_data import copy_data

ULLA = "  - {id: U09ULLA, name: Ulla Berg, roles: [member]}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "organisation.yaml"
    path.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    return path


@pytest.fixture
def data(handbook_data: Path, tmp_path: Path) -> Path:
    return copy_data(handbook_data, tmp_path / "data")


def build_environment(data: Path, file: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DATABASE_", "PMO_"))}
    return kept | {"PMO_DATA": str(data), "PMO_ORGANISATION": str(file), "PMO_PORT": "0"}


def reload(data: Path, file: Path) -> tuple[int, str]:
    """The exit code and what it prints."""
    words = (sys.executable, "-m", "bot", "reload")
    environment = build_environment(data, file)
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "…" not in line]
    return done.returncode, "\n".join(said)


@contextmanager
def running_bot(data: Path, file: Path) -> Iterator[subprocess.Popen[str]]:
    """A bot in a process of its own, ready to work."""
    words = (sys.executable, "-m", "bot", "run")
    with subprocess.Popen(
        words,
        env=build_environment(data, file),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Open ")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)  # it says that it stops, and somebody has to read that


def test_running_bot_takes_the_file_and_says_what_changed(data: Path, file: Path) -> None:
    with running_bot(data, file) as process:
        file.write_text(file.read_text() + "absences:\n  - {person: U02BEN, from: 2026-12-21, to: 2027-01-03}\n")
        code, said = reload(data, file)
        assert (code, said.splitlines()[0]) == (0, "Reloaded: 1 absence added.")
        assert "DATABASE_URL" in said
        assert process.stdout is not None
        assert process.stdout.readline() == "Reloaded: 1 absence added.\n"

        good = file.read_text()
        file.write_text(good.replace("Europe/London", "Europe/Nowhere", 1))
        code, said = reload(data, file)
        assert code == 1
        assert said.startswith(f"{file}, line 5: time_zone:")

        file.write_text(good + "\n# nothing new\n")
        assert reload(data, file)[1].splitlines()[0] == "Reloaded: nothing has changed."
    assert process.returncode == 0
    assert list((data / FOLDER).iterdir()) == []


def test_without_a_running_bot_it_says_how_to_start_one(data: Path, file: Path) -> None:
    code, said = reload(data, file)
    assert code == 1
    assert said.startswith(f"No PMO Assistant is running with the data folder {data}. Start it with “pmo run”")


def test_process_that_died_is_forgotten(tmp_path: Path) -> None:
    with announce_process(tmp_path, SAMPLE):
        [(file, record)] = find_running(tmp_path).items()
        assert record.pid == os.getpid()
        content = file.read_text()
    file.write_text(content)  # as a process leaves it that is killed
    assert find_running(tmp_path) == {}
    assert not file.exists()


def test_bot_on_another_machine_is_named(tmp_path: Path, file: Path) -> None:
    with announce_process(tmp_path, SAMPLE):
        [(record, _)] = find_running(tmp_path).items()
        record.write_text(json.dumps(json.loads(record.read_text()) | {"host": "other"}))
        code, said = reload(tmp_path, file)
    assert (code, said) == (1, "The PMO Assistant with this data folder runs on other. Run “pmo reload” there.")


@pytest.fixture
def handler_restored() -> Iterator[None]:
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


async def hang_up() -> None:
    os.kill(os.getpid(), signal.SIGHUP)
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.usefixtures("handler_restored")
@pytest.mark.parametrize(
    ("terminal", "before", "effect"),
    [
        ([True, True], signal.SIG_DFL, "reload"),
        ([True, False], signal.SIG_DFL, "stop"),
        ([True, False], signal.SIG_IGN, "nothing"),  # nohup
        ([False, False], signal.SIG_DFL, "reload"),
    ],
)
async def test_closed_terminal_stops_the_bot_and_other_signals_reload(
    monkeypatch: pytest.MonkeyPatch, terminal: list[bool], before: signal.Handlers, effect: str
) -> None:
    signal.signal(signal.SIGHUP, before)
    monkeypatch.setattr(reloading, "_has_terminal", iter(terminal).__next__ if terminal[0] else lambda: False)
    stopping = asyncio.Event()
    wanted = listen_for_reload_signal(stopping)
    await hang_up()
    assert (wanted.is_set(), stopping.is_set()) == (effect == "reload", effect == "stop")


async def test_system_without_the_signal_starts_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    assert not listen_for_reload_signal(asyncio.Event()).is_set()
