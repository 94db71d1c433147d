"""An import by hand refuses what is probably a mistake, and says how to go on if it isn't."""

import shutil
from pathlib import Path

import pytest

from bot.doctor.database import check_database
from bot.doctor.findings import Findings
from bot.organisation import SAMPLE as ORGANISATION
from bot.organisation import read_organisation
from bot.settings import Settings
from strategy.files import SAMPLE
from tests.bot.test_cli import Pmo, pmo
from tests.storage.cast import NOW

__all__ = ["pmo"]


@pytest.fixture
def file(tmp_path: Path, migrated_file: Path) -> Path:
    """The sample strategy, in a file of one's own."""
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_file, tmp_path / "data" / "pmo.db")
    path = tmp_path / "strategy.yaml"
    path.write_text(SAMPLE.read_text())
    return path


def find_hints(tmp_path: Path) -> list[str]:
    found = Findings()
    check_database(found, Settings(PMO_DATA=tmp_path / "data"), NOW, read_organisation(ORGANISATION))
    return [one.text for one in found.all if one.about == "strategy"]


def test_unknown_owner_is_refused_with_the_line(pmo: Pmo, file: Path, tmp_path: Path) -> None:
    text = file.read_text().replace("owner: U02BEN", "owner: U02BENN", 1)
    file.write_text(text)
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "U02BENN" in one)
    printed = pmo("strategy", "import", str(file))
    assert printed.code == 1
    assert f"{file}, line {line}: objectives.0.owner: The organisation file doesn't list U02BENN." in printed.err
    assert "add --allow-unknown-people" in printed.err
    assert pmo("strategy", "versions").out.startswith("There's no strategy yet")
    assert pmo("strategy", "import", "--allow-unknown-people", str(file)).code == 0
    assert "names people whom the organisation file doesn't list: U02BENN." in find_hints(tmp_path)[0]


def test_other_content_needs_another_version(pmo: Pmo, file: Path, tmp_path: Path) -> None:
    assert pmo("strategy", "import", str(file)).code == 0
    assert find_hints(tmp_path) == []
    assert "Nothing has changed." in pmo("strategy", "import", str(file)).out
    file.write_text(file.read_text().replace("Safe water, every day", "Safe water every day", 1))
    printed = pmo("strategy", "import", str(file))
    assert printed.code == 1
    assert "with other content. Give the file a new version, or add --replace." in printed.err
    assert pmo("strategy", "import", "--replace", str(file)).code == 0
    assert "was imported with different content" in find_hints(tmp_path)[0]
