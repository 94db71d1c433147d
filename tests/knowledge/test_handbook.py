"""Reading a folder of pages: which are read, and that all problems are reported at once."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from foundation.files import BadFile
from knowledge.handbook import Handbook, read_folder, read_handbook

Write = Callable[[str, str], Path]

PAGE = """---
id: health-check
title: Project health checks
owner: U03WEI
edition: "1.0"
effective: 2026-09-01
services: [health-check]
questions:
  - How do I know whether my project is in trouble?
related: [rag-status]
---
# Project health checks

A short, independent review.
"""
RAG = PAGE.replace("health-check\ntitle", "rag-status\ntitle").replace("[rag-status]", "[health-check]")


def test_page_has_all_its_front_matter(folder: Path, write: Write) -> None:
    write("services/health-check.md", PAGE)
    write("control/rag-status.md", RAG)

    page = read_handbook(folder, strict=True).get("health-check")

    assert page is not None
    assert (page.title, page.owner, page.edition, page.effective) == (
        "Project health checks",
        "U03WEI",
        "1.0",
        date(2026, 9, 1),
    )
    assert page.services == ("health-check",)
    assert page.questions == ("How do I know whether my project is in trouble?",)
    assert page.related == ("rag-status",)
    assert page.source == "services/health-check.md"
    assert page.text.startswith("# Project health checks")
    assert PAGE.splitlines()[page.first_line - 1] == "# Project health checks"


def test_questions_may_stand_below_their_headings(folder: Path, write: Write) -> None:
    questions = (
        'questions:\n  Project health checks:\n    - "what is it?"\n  When to have one:\n    - when?\n    - how often\n'
    )
    text = PAGE.replace("questions:\n  - How do I know whether my project is in trouble?\n", questions)
    write("health-check.md", f"{text}\n## When to *have* one\n\nTwice a year.\n")

    page = read_handbook(folder).get("health-check")

    assert page is not None
    assert page.questions == ("what is it?", "when?", "how often")
    assert page.headings == ("Project health checks", "When to have one", "When to have one")


def test_question_below_missing_heading_is_reported(folder: Path, write: Write) -> None:
    write("health-check.md", PAGE.replace("  - How do I know", "  Who pays:\n    - How do I know"))

    with pytest.raises(BadFile) as refused:
        read_handbook(folder)

    assert str(refused.value).endswith(
        "health-check.md, line 9: questions.Who pays: The page has no such heading. Copy one from the page."
    )


def test_pages_are_ordered_by_path(folder: Path, write: Write) -> None:
    for name in ("b/two.md", "a/one.md", "c.md"):
        write(name, f"# {name}")

    assert [page.source for page in read_handbook(folder)] == ["a/one.md", "b/two.md", "c.md"]


def test_change_affects_only_digest_of_its_page(folder: Path, write: Write) -> None:
    write("a.md", "# A\n\nOne.")
    write("b.md", "# B\n\nOne.")
    before = {page.id: page.digest for page in read_handbook(folder)}

    write("b.md", "# B\n\nTwo.")
    after = {page.id: page.digest for page in read_handbook(folder)}

    assert before["a"] == after["a"]
    assert before["b"] != after["b"]


def test_all_problems_are_reported_with_lines(folder: Path, write: Write) -> None:
    write("one.md", PAGE.replace("effective: 2026-09-01", "effective: soon").replace("id: health-check", "id: one"))
    write("two.md", PAGE.replace("id: health-check", "id: three").replace("[rag-status]", "[nowhere]"))
    write("four.md", "---\ntitle: [unclosed\n---\n# Four\n")

    with pytest.raises(BadFile) as caught:
        read_handbook(folder, strict=True, services=["quality-review"])

    found = {(Path(one.file).name, one.line, one.field) for one in caught.value.problems}
    assert ("one.md", 6, "effective") in found
    assert ("two.md", 2, "id") in found
    assert ("two.md", 10, "related.0") in found
    assert ("two.md", 7, "services.0") in found
    assert any(name == "four.md" and line for name, line, _ in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# No front matter\n", "must start with front matter"),
        (PAGE.replace("owner: U03WEI\n", ""), "owner: This field is missing."),
        (PAGE.replace("owner:", "ovner:"), "ovner: Unknown field."),
        (PAGE.replace("id: health-check", "id: Health Check"), "id: Expected lowercase letters and digits"),
        ("---\ntitle: X\n# never closed\n", "The front matter isn't closed"),
    ],
)
def test_strict_page_needs_valid_front_matter(folder: Path, write: Write, text: str, words: str) -> None:
    write("health-check.md", text)

    with pytest.raises(BadFile, match=words):
        read_handbook(folder, strict=True)


def test_unclosed_front_matter_is_rejected(folder: Path, write: Write) -> None:
    write("theirs.md", "---\ntitle: X\n\nText.\n")

    with pytest.raises(BadFile, match=r"theirs\.md, line 1: The front matter isn't closed"):
        read_handbook(folder)


def test_file_instead_of_folder_is_rejected(folder: Path, write: Write) -> None:
    write("one.md", "# One")

    with pytest.raises(BadFile, match=r"one\.md: This is a file, not a folder"):
        read_handbook(folder / "one.md")


def test_second_page_with_an_id_is_left_out(folder: Path, write: Write) -> None:
    write("a/health-check.md", PAGE.replace("[rag-status]", "[]"))
    write("b/health-check.md", PAGE.replace("[rag-status]", "[]"))

    found = read_folder(folder)

    assert [page.source for page in found.handbook] == ["a/health-check.md"]
    (left_out,) = found.left_out
    assert (left_out.source, left_out.line) == ("b/health-check.md", 2)
    assert left_out.reason == "id: “health-check” is already the ID of a/health-check.md. Give this page another."


@pytest.mark.parametrize(
    ("source", "text", "title"),
    [
        ("guides/Getting started.md", "# Welcome to *us*\n\nText.", "Welcome to us"),
        ("guides/Getting started.md", "Text without any heading.", "Getting started"),
        ("guides/README.md", "Text without any heading.", "guides"),
        ("a.md", "---\ntitle: Given\nowner: {team: a}\ndraft: false\n---\n# Other", "Given"),
        ("a.md", "---\ntitle: 2026\n---\nText", "2026"),
        ("a.markdown", "---\nA rule, and no front matter at all.\n", "a"),
        ("a.MD", "---\n---\n# Empty front matter", "Empty front matter"),
    ],
)
def test_foreign_page_needs_no_front_matter(folder: Path, write: Write, source: str, text: str, title: str) -> None:
    write(source, text)

    (page,) = read_handbook(folder)

    assert page.title == title
    assert (page.owner, page.edition, page.effective, page.services) == ("", "", None, ())


def test_foreign_pages_get_ids_from_paths(folder: Path, write: Write) -> None:
    write("one/README.md", "# One")
    write("two/README.md", "# Two")

    assert [page.id for page in read_handbook(folder)] == ["one/readme", "two/readme"]


def test_invalid_foreign_front_matter_is_rejected_with_line(folder: Path, write: Write) -> None:
    write("a.md", "---\ntitle: A\nlist: [1, 2\n---\n# A")

    with pytest.raises(BadFile, match=r"a\.md, line \d+: Not valid YAML"):
        read_handbook(folder)


def test_missing_related_page_is_dropped(folder: Path, write: Write) -> None:
    write("health-check.md", PAGE)

    page = read_handbook(folder).get("health-check")

    assert page is not None
    assert page.related == ()


def test_hidden_folders_and_other_files_are_skipped(folder: Path, write: Write) -> None:
    for name in (".git/a.md", ".hidden.md", "node_modules/x/readme.md", "notes.txt", "b/.obsidian/c.md"):
        write(name, "# No")
    write("yes.md", "# Yes")

    found = read_folder(folder)

    assert [page.id for page in found.handbook] == ["yes"]
    assert found.not_read == {"hidden folder": 2, "hidden file": 1, "node_modules": 1, ".txt": 1}


def test_bad_pages_are_left_out_with_their_reasons(folder: Path, write: Write) -> None:
    write("good.md", "# Good\n\nText.")
    write("open.md", "---\ntitle: X\n\nText.\n")
    write("health-check.md", PAGE.replace("2026-09-01", "soon").replace("title: ", "titel: "))

    found = read_folder(folder)

    assert [page.title for page in found.handbook] == ["Good"]
    assert [(one.source, one.line) for one in found.left_out] == [("health-check.md", 3), ("open.md", 1)]
    assert "titel: Unknown field." in found.left_out[0].reason
    assert "line 6: effective: " in found.left_out[0].reason


@pytest.mark.parametrize("name", ["a.mdx", "a.md.erb", "a.html.md.erb", "a.Rmd", "a.qmd", "a.mdown", "a.md.njk"])
def test_markdown_is_read_under_all_its_names(folder: Path, write: Write, name: str) -> None:
    write(name, "# Budget\n\nText.")

    assert [page.title for page in read_handbook(folder)] == ["Budget"]


def test_links_may_not_leave_the_folder(folder: Path, write: Write, tmp_path: Path) -> None:
    write("..data/page.md", "# Mounted")
    (folder / "page.md").symlink_to(folder / "..data" / "page.md")
    assert [page.title for page in read_handbook(folder)] == ["Mounted"]

    (tmp_path / "secret.md").write_text("# Secret")
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "gone.md").symlink_to(tmp_path / "nothing.md")
    found = read_folder(folder)
    assert [page.title for page in found.handbook] == ["Mounted"]
    assert [(one.source, one.reason.split(".")[0]) for one in found.left_out] == [
        ("gone.md", "The target of this link doesn't exist"),
        ("out.md", "This link leads out of the folder"),
    ]


def test_files_that_are_not_text_are_rejected(folder: Path) -> None:
    (folder / "image.md").write_bytes(b"\x89PNG\xff\xfe")
    (folder / "null.md").write_bytes(b"# A\n\nB\0C")
    (folder / "large.md").write_bytes(b"a" * 5_000_001)
    os.mkfifo(folder / "pipe.md")

    with pytest.raises(BadFile) as caught:
        read_handbook(folder)

    assert {Path(one.file).name for one in caught.value.problems} == {"image.md", "null.md", "large.md", "pipe.md"}


@pytest.mark.parametrize("name", ["nowhere", "file.md", "empty"])
def test_folder_without_pages_is_rejected(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.md").write_text("# A")
    (tmp_path / "empty").mkdir()

    with pytest.raises(BadFile, match="folder"):
        read_handbook(tmp_path / name)


def test_line_endings_and_byte_order_mark_are_removed(folder: Path) -> None:
    (folder / "health-check.md").write_bytes(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode())

    page = read_handbook(folder).get("health-check")

    assert page is not None
    assert page.text == "# Project health checks\n\nA short, independent review.\n"


def test_shipped_handbook_is_valid(shipped: Handbook) -> None:
    assert len(shipped) >= 60
    assert all(page.owner and page.effective and page.questions for page in shipped)
    assert all(page.text.startswith(f"# {page.title}\n") for page in shipped)
