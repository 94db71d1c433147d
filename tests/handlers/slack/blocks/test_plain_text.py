"""Messages as text: everything that a person reads, and no markup."""

import pytest

from foundation.people import People, Person
from handlers.slack.blocks.builders import Block, actions, build_message, button, context, header, section
from handlers.slack.blocks.plain_text import join_messages, read_message_text
from handlers.slack.blocks.rich_text import bullet_list, quote_text, rich_line, rich_text, text_run, user_run

PEOPLE = People([Person("U01ADA", "Ada Okafor")])


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (
            section("*Bold* and _italic_: a_b_c, 2 * 3 &amp; <https://x.org|a link>"),
            "Bold and italic: a_b_c, 2 * 3 & a link",
        ),
        (section("Asked by <@U01ADA>"), "Asked by @Ada Okafor"),
        (section("*Place*\n>Above 3 &gt; 2\n&gt; as typed"), "Place\nAbove 3 > 2\n> as typed"),
        (section("📖 Page", accessory=button("Read the section", "question.read", "x")), "📖 Page [Read the section]"),
        ({"type": "section", "fields": [{"type": "mrkdwn", "text": "*Owner*"}]}, "Owner"),
        (header("A title"), "A title"),
        (context("Small _print_"), "Small print"),
        (actions([button("Yes", "a", "1"), button("No", "b", "2")]), "[Yes] [No]"),
        ({"type": "divider"}, ""),
        (rich_text(rich_line(user_run("U01ADA"), text_run(" says *this*"))), "@Ada Okafor says *this*"),
        (rich_text(quote_text("quoted"), bullet_list([[text_run("one")], [text_run("two")]])), "quoted\n- one\n- two"),
        (rich_text(bullet_list([[text_run("first")]], ordered=True, indent=1, offset=2)), "  3. first"),
        (
            {"type": "table", "rows": [[{"type": "raw_text", "text": "Who"}, {"type": "raw_text", "text": "When"}]]},
            "Who | When",
        ),
        (
            {
                "type": "table",
                "rows": [[rich_text(rich_line(text_run("bold", "bold"))), {"type": "raw_number", "value": 3}]],
            },
            "bold | 3",
        ),
        ({"type": "markdown", "text": "# Title"}, "# Title"),
        ({"type": "image", "alt_text": "A chart of leakage", "image_url": "https://x.org/a.png"}, "A chart of leakage"),
        (
            {
                "type": "context_actions",
                "elements": [
                    {
                        "type": "feedback_buttons",
                        "positive_button": {"text": {"type": "plain_text", "text": "Helpful"}, "value": "yes"},
                        "negative_button": {"text": {"type": "plain_text", "text": "Not helpful"}, "value": "no"},
                    }
                ],
            },
            "[Helpful] [Not helpful]",
        ),
    ],
)
def test_block_reads_as_it_looks(block: Block, text: str) -> None:
    assert read_message_text(build_message("unused", [block]), PEOPLE) == text


def test_text_is_read_only_without_blocks() -> None:
    assert join_messages([{"text": "*One*"}, build_message("fallback", [section("Two")])], PEOPLE) == "One\n\nTwo"
