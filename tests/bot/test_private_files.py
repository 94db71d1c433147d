"""Only the user who runs the bot reads what it creates; what was there before keeps its mode."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bot.conftest import write_parking_page
from tests.handbook_data import copy_data
from tests.journeys.conftest import running_bot

FOLDER, FILE = 0o700, 0o600


@pytest.fixture(autouse=True)
def usual_umask() -> None:
    """Everybody may read what is created, unless the bot sees to it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def read_modes(folder: Path) -> Mapping[str, int]:
    """The permissions of the folder and of everything in it, by path."""
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


def run_pmo(data: Path, *words: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DATABASE_"))}
    command = [sys.executable, "-m", "bot", *words]
    subprocess.run(command, env=environment | {"PMO_DATA": str(data)}, check=True, capture_output=True, timeout=120)


def find_open(modes: Mapping[str, int], folder: Path) -> dict[str, int]:
    """What somebody else may use."""
    return {name: mode for name, mode in modes.items() if mode != (FOLDER if (folder / name).is_dir() else FILE)}


def test_new_data_is_private(tmp_path: Path, model_folder: Path) -> None:
    data = tmp_path / "data"
    run_pmo(data, "handbook", "list")
    [model] = model_folder.glob("*.onnx")
    (data / "model").mkdir(FOLDER)
    (data / "model" / model.name).symlink_to(model)
    write_parking_page(tmp_path / "pages")
    run_pmo(data, "handbook", "import", "--yes", str(tmp_path / "pages"))
    modes = read_modes(data)
    assert {".", "pmo.db", "model/index"} <= modes.keys()
    assert any(name.endswith(".npy") for name in modes)
    assert find_open(modes, data).keys() <= {f"model/{model.name}"}


def test_running_bot_creates_private_files_and_changes_no_others(handbook_data: Path, tmp_path: Path) -> None:
    data = copy_data(handbook_data, tmp_path / "data")
    data.chmod(0o750)
    (data / "pmo.db").chmod(0o640)
    before = read_modes(data)
    with running_bot(data):
        after = read_modes(data)
    assert {name: after[name] for name in before} == before
    created = {name: mode for name, mode in after.items() if name not in before}
    assert {"pmo.db.lock", "workspace", "workspace/manifest.json"} <= created.keys()
    # SQLite's own files have the mode of the database.
    assert find_open(created, data) == {"pmo.db-wal": 0o640, "pmo.db-shm": 0o640}
