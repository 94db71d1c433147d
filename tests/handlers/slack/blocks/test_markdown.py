"""A page's Markdown as rich text that Slack accepts."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.slack.blocks.markdown import render_markdown
from tests.samples import scale
from tests.workspace.filling import read_text
from workspace.checks import check_blocks


def parts(markdown: str) -> list[dict[str, Any]]:
    blocks, is_cut = render_markdown(markdown, 9000, 60)
    assert check_blocks(blocks, "modal") == []
    assert not is_cut
    return [part for block in blocks for part in block.get("elements", [block])]


def render_text(markdown: str) -> list[tuple[str, str]]:
    return [(part["type"].removeprefix("rich_text_"), read_text(part).replace("\n", "")) for part in parts(markdown)]


def test_block_markup_keeps_its_form() -> None:
    markdown = "One\nline.\n\n- a\n- b\n\n1. x\n2. y\n\n> said\n\n```\nif:\n```\n\n---\n\n### Deeper\n"
    assert render_text(markdown) == [
        ("section", "One line."),
        ("list", "ab"),
        ("list", "xy"),
        ("quote", "said"),
        ("preformatted", "if:"),
        ("divider", ""),
        ("section", "Deeper"),
    ]


def test_emphasis_becomes_style() -> None:
    [part] = parts("A **bold** and *soft* and ~~old~~ and `code` word")
    styles = {run["text"]: set(run.get("style", {})) for run in part["elements"]}
    assert styles["bold"] == {"bold"}
    assert styles["soft"] == {"italic"}
    assert styles["old"] == {"strike"}
    assert styles["code"] == {"code"}


def test_nested_list_keeps_outer_numbering() -> None:
    found = parts("1. one\n   - inner\n2. two\n")
    assert [(part["style"], part["indent"], part.get("offset", 0)) for part in found] == [
        ("ordered", 0, 0),
        ("bullet", 1, 0),
        ("ordered", 0, 1),
    ]


def test_table_becomes_list() -> None:
    [part] = parts("| days | what | who |\n|---|---|---|\n| 1–2 | read | reviewer |\n| 3 | | team |\n")
    texts = ["".join(run["text"] for run in row["elements"]) for row in part["elements"]]
    assert texts == ["1–2  ·  what: read  ·  who: reviewer", "3  ·  who: team"]
    assert part["elements"][0]["elements"][0]["style"] == {"bold": True}


def test_only_web_links_become_links() -> None:
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


def test_slack_markup_stays_text() -> None:
    for text in ("<!channel> <@U04DANA> @channel :bomb:", "So: <!channel> <@U04DANA> &lt;!here&gt; <b>bold</b> :bomb:"):
        [part] = parts(text)
        assert {run["type"] for run in part["elements"]} == {"text"}
        assert "<@U04DANA>" in read_text(part)


MARKS = ["# h\n", "- item\n", "  - in\n", "> q\n", "```\n", "|a|b|\n|-|-|\n|c|d|\n", "\n", "**", "[x](", "<b>", "1. "]
pieces = st.sampled_from([*MARKS, "text "])


@settings(max_examples=scale(200))
@given(st.lists(pieces | st.text(max_size=20), max_size=30), st.integers(1, 60))
def test_slack_accepts_any_markdown(written: list[str], characters: int) -> None:
    for limit in (characters, 9000):
        blocks, _ = render_markdown("".join(written), limit, 60)
        if blocks:
            assert check_blocks(blocks, "modal") == []
