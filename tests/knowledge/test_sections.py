"""Finding a whole section of a page."""

import pytest

from knowledge.handbook import Page
from knowledge.sections import find_section


@pytest.mark.parametrize(
    ("anchor", "heading", "markdown"),
    [
        ("top", "Top", "Intro."),
        ("one", "One", "First.\n\n### Deep\n\nDeeper."),
        ("deep", "Deep", "Deeper."),
        ("two", "Two", "Second."),
    ],
)
def test_section_ends_at_next_heading_of_its_level(anchor: str, heading: str, markdown: str) -> None:
    text = "Top\n===\n\nIntro.\n\n## One\n\nFirst.\n\n### Deep\n\nDeeper.\n\n## Two\n\nSecond.\n"
    found = find_section(Page("p", "Top", "p.md", text), anchor)
    assert found is not None
    assert (found.heading, found.markdown) == (heading, markdown)


def test_page_without_headings_is_one_section() -> None:
    page = Page("p", "Notes", "notes.md", "Just words.\n")
    found = find_section(page, "")
    assert found is not None
    assert (found.heading, found.markdown) == ("Notes", "Just words.")
    assert find_section(page, "nowhere") is None
