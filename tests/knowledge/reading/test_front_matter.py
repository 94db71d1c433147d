"""Front matter of other systems: which forms are read, and what is no front matter at all."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from foundation.files import BadFile
from knowledge.handbook import Page, read_folder, read_handbook

Write = Callable[[str, str], Path]
BODY = "Invoices are paid within 30 days.\n"


@pytest.mark.parametrize(
    "front",
    [
        '+++\ntitle = "Invoices"\nweight = 3\n[menu]\nmain = "x"\n+++\n',
        '{\n  "title": "Invoices",\n  "tags": ["money"]\n}\n',
        '---json\n{"title": "Invoices"}\n---\n',
        "Title: Invoices\nAuthor: A. Writer\n   and another\n",
        "% Invoices\n% A. Writer\n",
        "---\ntitle: Invoices\n...\n",
        "<!-- prettier-ignore -->\n---\ntitle: Invoices\n---\n",
        "\n\n---\ntitle: Invoices\n---\n",
        "\ufeff---\n\n# layout: wide\ntitle: Invoices\n---\n",
        "---\ntitle: Invoices\nid: 38\nowner: [Robin]\nstatus: Not started\ncreated: 2026-01-01T10:00\n---\n",
        "---\nid: adr-12\ntitle: Invoices\nowner: team-money\nstatus: accepted\nrelated: [[adr-11]]\n---\n",
        "---\nid: P-7\ntitle: Invoices\nedition: 3\neffective: 2026-01-01\napproved_by: the board\n---\n",
    ],
)
def test_front_matter_of_other_systems_is_read(folder: Path, write: Write, front: str) -> None:
    path = write("inv.md", f"{front}\n{BODY}")

    (page,) = read_handbook(folder)

    assert (page.title, page.text.strip()) == ("Invoices", BODY.strip())
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[page.first_line - 1 + page.text.splitlines().index(BODY.strip())] == BODY.strip()


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        ("---\n\nWelcome to the office.\n\n---\n\n# Who we are\n", "Who we are", "Welcome to the office."),
        ("---\n\nNote: the office moved.\n\n---\n", "inv", "Note: the office moved."),
        ("---\nWe are open.\n---\n", "We are open.", "We are open."),
        ("---\n# layout: wide\n---\n\n# Reviews\n\nOne hour.\n", "Reviews", "One hour."),
        ("---\n---\n\nOne hour.\n", "inv", "One hour."),
        ("Note: ask first.\nDate: Monday\n\nText.\n", "inv", "Note: ask first."),
        ("{ask} first.\n", "inv", "{ask} first."),
    ],
)
def test_page_may_begin_with_anything(folder: Path, write: Write, text: str, title: str, words: str) -> None:
    write("inv.md", text)

    (page,) = read_handbook(folder)

    assert page.title == title
    assert words in page.text


def read_one(write: Write, folder: Path, fields: str, name: str = "risk") -> Page:
    write(f"{name}.md", f"---\n{fields}\n---\n\nText.\n")
    (page,) = read_handbook(folder)
    return page


OURS = "id: risk\ntitle: Risk\nowner: U03WEI\neffective: 2026-01-01\n"


@pytest.mark.parametrize(("typed", "edition"), [("2", "2"), ("1.10", "1.10"), ("2026-04", "2026-04"), ("'3'", "3")])
def test_edition_is_taken_as_it_is_typed(folder: Path, write: Write, typed: str, edition: str) -> None:
    page = read_one(write, folder, f"{OURS}edition: {typed}")

    assert (page.id, page.edition, page.owner, page.effective) == ("risk", edition, "U03WEI", date(2026, 1, 1))


def test_one_text_stands_for_a_list(folder: Path, write: Write) -> None:
    fields = f"{OURS}edition: 1\nservices: health-check\nquestions: what is a risk?".replace("U03WEI", "[U03WEI]")

    page = read_one(write, folder, fields)

    assert (page.services, page.questions, page.owner) == (("health-check",), ("what is a risk?",), "U03WEI")


def test_page_that_is_checked_says_why(folder: Path, write: Write) -> None:
    with pytest.raises(BadFile) as refused:
        read_one(write, folder, f"{OURS}edition: [1, 2]")

    assert "line 6: edition: Expected text." in refused.value.message
    assert "A page with “id”, “edition” and “effective” is checked as one written for this bot" in refused.value.message


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ('---\ntitle: "A\\0B"\n---\n', 2),
        ('---\ntitle: A\ntags:\n  - "\\x07"\n---\n', 3),
        ('+++\ntitle = "A\\u0000B"\n+++\n', 2),
        ('{"title": "A\\ud800B"}\n', 1),
        ("# A\n\nB\x00C\n", 3),
        ("# A\n\n\nB\x1b[1mC\n", 4),
    ],
)
def test_control_characters_are_no_text(folder: Path, write: Write, front: str, line: int) -> None:
    write("good.md", "# Good\n")
    write("bad.md", f"{front}\nText.\n")

    (left_out,) = read_folder(folder).left_out

    assert left_out.line == line
    assert "This isn't a text file: it has the sign U+" in left_out.reason


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("---\ntitle: \u200b\u3164\n---\n# Budget", "Budget"),
        ("# \u2800\n\n## Budget", "Budget"),
        ("---\ntitle: Budget \u202egpj.exe\n---\n", "Budget gpj.exe"),
        ("# \u200b", "bad"),
        (
            "---\ntitle: **Budget** &amp; costs\n---\n".replace("**Budget** &amp; costs", "'**Budget** &amp; costs'"),
            "Budget & costs",
        ),
    ],
)
def test_title_is_what_people_see(folder: Path, write: Write, front: str, title: str) -> None:
    write("bad.md", f"{front}\n\nText.\n")

    (page,) = read_handbook(folder)

    assert page.title == title


@pytest.mark.parametrize(
    "front", ["---\na: " + "[" * 5000 + "\n---\n", "+++\na = " + "[" * 5000 + "\n+++\n", '{"a": ' + "[" * 5000 + "}\n"]
)
def test_deep_nesting_leaves_the_page_out(tmp_path: Path, front: str) -> None:
    (tmp_path / "good.md").write_text("# Good\n\nText.\n")
    (tmp_path / "deep.md").write_text(f"{front}\n# Deep\n\nText.\n")
    assert [one.source for one in read_folder(tmp_path).left_out] == ["deep.md"]
