"""An import says what it leaves out and what it changes, asks before it replaces a handbook, and can be undone."""

import shutil
from pathlib import Path

import pytest

from bot.cli import handbook_import
from bot.cli.installation import Installation
from tests.bot.test_cli import Pmo, pmo

__all__ = ["pmo"]


@pytest.fixture
def pages(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a page, one with a problem, and other files. Nothing is indexed."""
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_file, tmp_path / "data" / "pmo.db")
    monkeypatch.setattr(Installation, "open_handbook", lambda _: None)
    folder = tmp_path / "pages"
    (folder / ".git").mkdir(parents=True)
    (folder / "fees.md").write_text("# Fees\n\nThe depot charges three euros a day.\n")
    (folder / "bad.md").write_bytes("# Café\n".encode("latin-1"))
    (folder / "budget.rst").write_text("Budget\n")
    (folder / "logo.png").write_bytes(b"x")
    return folder


def list_kept(pmo: Pmo) -> list[str]:
    return pmo("handbook", "list").out.splitlines()


def test_first_import_lists_what_it_leaves_out_and_asks_nothing(pmo: Pmo, pages: Path) -> None:
    printed = pmo("handbook", "import", str(pages))
    assert printed.code == 0
    assert "1 page left out:\n  bad.md, line 1: This isn't UTF-8 text." in printed.out
    assert "Not read: 1 .png, 1 .rst, 1 hidden folder." in printed.out
    assert printed.out.endswith("The handbook now has 1 page.\n")


def test_import_without_a_terminal_replaces_nothing_unless_asked_to(pmo: Pmo, pages: Path) -> None:
    pmo("handbook", "import", str(pages))
    (pages / "locks.md").write_text("# Locks\n\nThe keeper opens the lock.\n")
    printed = pmo("handbook", "import", str(pages))
    assert printed.code == 1
    assert f"This would replace the handbook from {pages}. To replace it, repeat the command with --yes." in printed.err
    assert "  1 new: locks.md" in printed.out
    assert len(list_kept(pmo)) == 1
    assert pmo("handbook", "import", "--yes", str(pages)).out.endswith("The handbook now has 2 pages.\n")
    assert pmo("handbook", "import", str(pages)).code == 0  # nothing would change


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 130)])
def test_import_asks_on_a_terminal(
    pmo: Pmo, pages: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes, code: int
) -> None:
    pmo("handbook", "import", str(pages))
    (pages / "fees.md").write_text("# Fees\n\nThe depot charges four euros a day.\n")
    monkeypatch.setattr(handbook_import, "has_terminal", lambda: True)
    printed = pmo("handbook", "import", str(pages), stdin=answer)
    assert printed.code == code
    assert "  1 changed: fees.md" in printed.out
    assert len(list_kept(pmo)) == (2 if code == 0 else 1)


def test_dry_run_changes_nothing(pmo: Pmo, pages: Path) -> None:
    printed = pmo("handbook", "import", "--dry-run", str(pages))
    assert "Nothing was changed: this was a dry run." in printed.out
    assert list_kept(pmo) == ["No handbook has been imported yet. Import one with pmo handbook import FOLDER."]


def test_earlier_handbook_is_put_back(pmo: Pmo, pages: Path, tmp_path: Path) -> None:
    pmo("handbook", "import", str(pages))
    other = tmp_path / "other"
    other.mkdir()
    (other / "locks.md").write_text("# Locks\n\nThe keeper opens the lock.\n")
    assert "  1 gone: fees.md" in pmo("handbook", "import", "--yes", str(other)).out
    assert [line.endswith("(current)") for line in list_kept(pmo)] == [True, False]
    printed = pmo("handbook", "rollback")
    assert printed.out == f"Handbook 1 from {pages} is current again: 1 page.\n"
    assert [line.endswith("(current)") for line in list_kept(pmo)] == [False, True]
    assert "These pages are already the handbook." in pmo("handbook", "import", "--dry-run", str(pages)).out
    assert pmo("handbook", "rollback", "2").code == 0
    assert "There isn't a handbook number 9." in pmo("handbook", "rollback", "9").err


def test_organisations_own_folder_is_not_rolled_back(
    pmo: Pmo, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = tmp_path / "organisation.yaml"
    organisation.write_text(
        "name: Small\ntime_zone: Europe/Berlin\npeople:\n  - {id: U01ANN, name: Ann, roles: [pmo_staff]}\n"
        "channels: {triage: C01, progress: C02, stories: C03, leadership: C04}\nfiles: {handbook: pages}\n"
    )
    monkeypatch.setenv("PMO_ORGANISATION", str(organisation))
    assert pmo("handbook", "import", str(pages)).code == 0
    assert "which would replace it at the next start" in pmo("handbook", "rollback", "1").err


@pytest.mark.parametrize("name", ["front", "body"])
def test_nul_is_left_out_with_its_line(pmo: Pmo, pages: Path, name: str) -> None:
    text = {"front": '---\ntitle: "A\\0B"\n---\n# T\n\nText.\n', "body": "# T\n\nA\0B.\n"}[name]
    (pages / "nul.md").write_text(text)
    assert f"nul.md, line {2 if name == 'front' else 3}: " in pmo("handbook", "import", str(pages)).out
