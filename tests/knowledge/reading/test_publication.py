"""Pages that aren't in force are left out, with the reason."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from foundation.files import BadFile
from knowledge.handbook import list_page_digests, read_folder

Write = Callable[[str, str], Path]
TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    "fields",
    [
        "draft: true",
        "draft: 'yes'",
        "published: false",
        "publish: false",
        "search: false",
        "search:\n  exclude: true",
        "unlisted: true",
        "hidden: true",
        "archived: true",
        "status: Draft",
        "status: superseded by ADR-14",
        "build:\n  render: never",
        "expiryDate: 2026-11-01",
        "valid-until: '2026-10-31T12:00:00'",
        "publishDate: 2026-11-03",
        "robots: noindex, nofollow",
        "permalink: false",
    ],
)
def test_page_that_is_not_in_force_is_left_out(folder: Path, write: Write, fields: str) -> None:
    write("limits.md", "---\ntitle: Limits\n---\nA manager signs up to 20,000 euros.\n")
    write("limits-new.md", f"---\ntitle: New limits\n{fields}\n---\nA manager signs up to 90,000 euros.\n")

    found = read_folder(folder, today=TODAY)

    assert [page.source for page in found.handbook] == ["limits.md"]
    (left_out,) = found.left_out
    assert (left_out.source, left_out.line) == ("limits-new.md", 3)
    assert left_out.reason.startswith(fields.partition(":")[0])


@pytest.mark.parametrize("form", ["+++\ndraft = true\n+++\n", '{"draft": true}\n', "Title: Limits\nStatus: draft\n"])
def test_drafts_are_known_in_all_forms(folder: Path, write: Write, form: str) -> None:
    write("limits.md", f"{form}\nText.\n")

    with pytest.raises(BadFile, match="draft"):
        read_folder(folder)


@pytest.mark.parametrize(
    "fields",
    ["draft: false", "published: true", "published: 2026-01-01", "search: true", "status: Not started",
     "status: accepted", "expiryDate: 2027-01-01", "publishDate: 2026-11-02", "hidden: false",
     "search:\n  boost: 2", "unlisted:"],
)  # fmt: skip
def test_page_in_force_is_taken(folder: Path, write: Write, fields: str) -> None:
    write("limits.md", f"---\ntitle: Limits\n{fields}\n---\nText.\n")

    assert read_folder(folder, today=TODAY).left_out == ()


@pytest.mark.parametrize(
    "source", ["_drafts/a.md", "docs/_includes/a.md", "_partial.md.erb", "docs/_note.mdx", "_sidebar.md"]
)
def test_parts_and_drafts_are_known_by_their_place(folder: Path, write: Write, source: str) -> None:
    write("_index.md", "# Welcome\n")
    write("_posts/2026-01-01-news.md", "Text.\n")
    write(source, "# No\n")

    found = read_folder(folder)

    assert [page.title for page in found.handbook] == ["Welcome", "news"]
    assert [one.source for one in found.left_out] == [source]


def test_folder_with_dates_is_always_read(folder: Path, write: Write) -> None:
    write("limits.md", "---\nexpires: 2026-11-01\n---\nText.\n")

    assert list_page_digests(folder) is None
