"""A section of the handbook in a modal: as much of it as fits."""

from pathlib import Path

from handlers.questions.blocks.handbook_section import build_section_modal
from knowledge.handbook import Page, read_handbook
from knowledge.passages import split_into_passages
from knowledge.sections import find_section
from tests.workspace.filling import read_text
from workspace.checks import check_view

SHIPPED = Path(__file__).parents[4] / "knowledge" / "handbook"


def test_long_section_is_cut_with_note() -> None:
    page = Page("long", "Long", "long.md", "# Long\n\n" + "A sentence of some length. " * 2000)
    view = build_section_modal(page, "Long", page.text, "Wei Chen", "")
    assert check_view(view) == []
    assert "This section is too long to show in full. Read the rest in long.md." in read_text(view)
    many = "\n\n".join(f"Paragraph {number}." for number in range(500))
    assert check_view(build_section_modal(page, "Long", many, "", "")) == []


def test_modal_notes_changed_edition() -> None:
    page = Page("new", "New", "new.md", "# New\n\nText.\n", edition="2.0")
    assert "The answer quoted edition 1.0" in read_text(build_section_modal(page, "New", "Text.", "", "1.0"))
    assert "The answer quoted" not in read_text(build_section_modal(page, "New", "Text.", "", "2.0"))


def test_shipped_sections_fit_into_modal() -> None:
    for page in read_handbook(SHIPPED):
        for anchor in {passage.anchor for passage in split_into_passages(page)}:
            found = find_section(page, anchor)
            assert found is not None
            view = build_section_modal(page, found.heading, found.markdown, "Wei Chen", page.edition)
            assert check_view(view) == []
            assert "too long to show" not in read_text(view)
