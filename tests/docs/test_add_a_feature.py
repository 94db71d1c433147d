"""The tutorial works: its steps are applied to a copy of the project, and its test passes there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TUTORIAL = ROOT / "docs/add-a-feature.md"
STEP = re.compile(r"(Create|Edit) `([^`\n]+)`[^`]*(?:`[^`\n]+`[^`]*)*?\n```(python|diff)\n(.*?)```", re.DOTALL)
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".pmo", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info", "build", "docs"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with every step of the tutorial applied."""
    copy = Path(shutil.copytree(ROOT, tmp_path / "project", ignore=LEFT_OUT))
    for verb, name, text in iterate_steps(TUTORIAL.read_text(encoding="utf-8")):
        if verb == "Create":
            create_file(copy / name, text)
        else:
            apply_diff(copy / name, text)
    return copy


def test_tutorial_adds_a_working_command(project: Path, pytestconfig: pytest.Config) -> None:
    created = [name for verb, name, _ in iterate_steps(TUTORIAL.read_text(encoding="utf-8")) if verb == "Create"]
    tests = [name for name in created if name.startswith("tests/")]
    cache = pytestconfig.rootpath / ".pytest_cache"  # remembers the handbook's vectors, which take long to compute
    run(project, "ruff", "check", "--no-cache", ".")
    run(project, "ruff", "format", "--no-cache", "--check", *created)
    run(project, "pytest", "-o", f"cache_dir={cache}", *tests, "tests/bot/test_manifest.py")
    assert len(tests) == 1
    assert len(created) >= 4


def iterate_steps(text: str) -> Iterator[tuple[str, str, str]]:
    """The verb, the file and the code of each step."""
    for verb, name, kind, code in STEP.findall(text):
        assert (verb, kind) in {("Create", "python"), ("Edit", "diff")}, f"{verb} {name}: {kind}"
        yield verb, name, code


def create_file(file: Path, text: str) -> None:
    assert not file.exists(), f"{file} exists already"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def apply_diff(file: Path, diff: str) -> None:
    """Replace each part's unchanged and removed lines, which must occur once, by its unchanged and added ones."""
    for part in re.split(r"^@@.*\n", diff, flags=re.MULTILINE):
        replace_once(file, part.splitlines(keepends=True))


def replace_once(file: Path, lines: list[str]) -> None:
    before = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
    after = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file.name} doesn't contain these lines once:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")


def run(folder: Path, module: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
