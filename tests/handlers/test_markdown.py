"""A section of the handbook in a window: everything a page may hold, and no more than fits."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.questions.blocks.handbook_section import build_section_modal
from handlers.slack.blocks.markdown import render_markdown
from knowledge.handbook import Page, read_handbook
from knowledge.passages import split_into_passages
from knowledge.sections import find_section
from tests.workspace.filling import words
from workspace.checks import check_blocks, check_view

SHIPPED = Path(__file__).parents[2] / "knowledge" / "handbook"


def parts(markdown: str) -> list[dict[str, Any]]:
    blocks, is_cut = render_markdown(markdown, 9000, 60)
    assert check_blocks(blocks, "modal") == []
    assert not is_cut
    return [part for block in blocks for part in block.get("elements", [block])]


def shown(markdown: str) -> list[tuple[str, str]]:
    return [(part["type"].removeprefix("rich_text_"), words(part).replace("\n", "")) for part in parts(markdown)]


def test_paragraphs_lists_quotes_code_and_rules_keep_their_form() -> None:
    markdown = "One\nline.\n\n- a\n- b\n\n1. x\n2. y\n\n> said\n\n```\nif:\n```\n\n---\n\n### Deeper\n"
    assert shown(markdown) == [
        ("section", "One line."),
        ("list", "ab"),
        ("list", "xy"),
        ("quote", "said"),
        ("preformatted", "if:"),
        ("divider", ""),
        ("section", "Deeper"),
    ]


def test_emphasis_becomes_style_and_not_signs() -> None:
    [part] = parts("A **bold** and *soft* and ~~old~~ and `code` word")
    styles = {run["text"]: set(run.get("style", {})) for run in part["elements"]}
    assert styles["bold"] == {"bold"}
    assert styles["soft"] == {"italic"}
    assert styles["old"] == {"strike"}
    assert styles["code"] == {"code"}


def test_a_list_within_a_list_is_indented_and_the_outer_one_goes_on_counting() -> None:
    found = parts("1. one\n   - inner\n2. two\n")
    assert [(part["style"], part["indent"], part.get("offset", 0)) for part in found] == [
        ("ordered", 0, 0),
        ("bullet", 1, 0),
        ("ordered", 0, 1),
    ]


def test_a_table_is_a_list_because_windows_take_none() -> None:
    [part] = parts("| days | what | who |\n|---|---|---|\n| 1–2 | read | reviewer |\n| 3 | | team |\n")
    told = ["".join(run["text"] for run in row["elements"]) for row in part["elements"]]
    assert told == ["1–2  ·  what: read  ·  who: reviewer", "3  ·  who: team"]
    assert part["elements"][0]["elements"][0]["style"] == {"bold": True}


def test_links_lead_where_they_say_and_nowhere_else() -> None:
    [part] = parts(
        "[a](https://example.org/x) [b](javascript:alert(1)) [c](../other.md) <mailto:pmo@example.org> ![d](x.png)"
    )
    shown = [(run["type"], run["text"].strip(), run.get("url")) for run in part["elements"] if run["text"].strip()]
    assert shown == [
        ("link", "a", "https://example.org/x"),
        ("text", "[b](javascript:alert(1))", None),
        ("text", "c", None),
        ("link", "mailto:pmo@example.org", "mailto:pmo@example.org"),
        ("text", "d", None),
    ]


def test_what_slack_would_read_as_markup_stays_text() -> None:
    for text in ("<!channel> <@U04DANA> @channel :bomb:", "So: <!channel> <@U04DANA> &lt;!here&gt; <b>bold</b> :bomb:"):
        [part] = parts(text)
        assert {run["type"] for run in part["elements"]} == {"text"}
        assert "<@U04DANA>" in words(part)


def test_a_long_section_is_cut_with_a_word_about_the_rest() -> None:
    page = Page("long", "Long", "long.md", "# Long\n\n" + "A sentence of some length. " * 2000)
    view = build_section_modal(page, "Long", page.text, "Wei Chen", "")
    assert check_view(view) == []
    assert "The section is longer than fits here. The whole stands in long.md." in words(view)
    many = "\n\n".join(f"Paragraph {number}." for number in range(500))
    assert check_view(build_section_modal(page, "Long", many, "", "")) == []


def test_an_edition_that_changed_since_is_told() -> None:
    page = Page("new", "New", "new.md", "# New\n\nText.\n", edition="2.0")
    assert "The answer was taken from edition 1.0" in words(build_section_modal(page, "New", "Text.", "", "1.0"))
    assert "The answer was taken" not in words(build_section_modal(page, "New", "Text.", "", "2.0"))


def test_every_section_of_the_shipped_handbook_can_be_read_whole() -> None:
    for page in read_handbook(SHIPPED):
        for anchor in {passage.anchor for passage in split_into_passages(page)}:
            found = find_section(page, anchor)
            assert found is not None
            view = build_section_modal(page, found.heading, found.markdown, "Wei Chen", page.edition)
            assert check_view(view) == []
            assert "longer than fits" not in words(view)


@pytest.mark.parametrize(
    ("anchor", "heading", "markdown"),
    [
        ("top", "Top", "Intro."),
        ("one", "One", "First.\n\n### Deep\n\nDeeper."),
        ("deep", "Deep", "Deeper."),
        ("two", "Two", "Second."),
    ],
)
def test_a_section_ends_where_the_next_of_its_rank_begins(anchor: str, heading: str, markdown: str) -> None:
    text = "Top\n===\n\nIntro.\n\n## One\n\nFirst.\n\n### Deep\n\nDeeper.\n\n## Two\n\nSecond.\n"
    found = find_section(Page("p", "Top", "p.md", text), anchor)
    assert found is not None
    assert (found.heading, found.markdown) == (heading, markdown)


def test_a_page_without_headings_is_one_section_and_an_unknown_one_is_none() -> None:
    page = Page("p", "Notes", "notes.md", "Just words.\n")
    found = find_section(page, "")
    assert found is not None
    assert (found.heading, found.markdown) == ("Notes", "Just words.")
    assert find_section(page, "nowhere") is None


MARKS = ["# h\n", "- item\n", "  - in\n", "> q\n", "```\n", "|a|b|\n|-|-|\n|c|d|\n", "\n", "**", "[x](", "<b>", "1. "]
pieces = st.sampled_from([*MARKS, "text "])


@settings(max_examples=200)
@given(st.lists(pieces | st.text(max_size=20), max_size=30), st.integers(1, 60))
def test_whatever_somebody_wrote_slack_takes_it(written: list[str], characters: int) -> None:
    for limit in (characters, 9000):
        blocks, _ = render_markdown("".join(written), limit, 60)
        if blocks:
            assert check_blocks(blocks, "modal") == []
