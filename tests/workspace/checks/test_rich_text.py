"""Rich text at every level of nesting."""

from typing import Any

import pytest

from tests.workspace.checks.payloads import messages_of, rich, rich_section, text
from workspace.checks import check_blocks

LINK = {"type": "link", "url": "https://example.org/handbook", "text": "Handbook"}
INLINE: list[dict[str, Any]] = [
    text(style={"bold": True, "code": False}),
    LINK,
    {"type": "user", "user_id": "U03WEI"},
    {"type": "usergroup", "usergroup_id": "S01PMO"},
    {"type": "channel", "channel_id": "C07ASK", "style": {"highlight": True}},
    {"type": "team", "team_id": "T00MERIDIAN"},
    {"type": "broadcast", "range": "here"},
    {"type": "emoji", "name": "wave", "skin_tone": 2},
    {"type": "date", "timestamp": 1_790_000_000, "format": "{date_short}", "fallback": "21 Sep 2026"},
    {"type": "color", "value": "#2eb67d"},
]


def bullets(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items), **more}


def part(kind: str, *inline: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": f"rich_text_{kind}", "elements": list(inline), **more}


@pytest.mark.parametrize("kind", ["section", "quote"])
def test_inline_elements_are_accepted_in_sections_and_quotes(kind: str) -> None:
    assert check_blocks([rich(part(kind, *INLINE))], "message") == []


@pytest.mark.parametrize(
    "block",
    [
        rich(),
        rich(rich_section()),
        rich(part("quote"), part("preformatted")),
        rich(bullets(rich_section(text()), indent=0, offset=0)),
        rich(rich_section({"type": "date", "timestamp": 0, "format": "{date}"})),
        rich(bullets(rich_section(text()), indent=8, offset=3, border=1)),
        rich(bullets(rich_section(*INLINE), style="ordered")),
        rich(part("preformatted", text("a = 1"), LINK, border=0, language="python")),
        rich(rich_section(text()), bullets(rich_section(text())), part("quote", text())),
    ],
)
def test_rich_text_is_accepted(block: dict[str, Any]) -> None:
    assert check_blocks([block], "home") == []


INSIDE = "/blocks/0/elements/0"
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("text without a part around it", rich(text()), f"unsupported type: text [json-pointer:{INSIDE}/type]"),
    (
        "empty text",
        rich(rich_section(text(""))),
        f"must be more than 0 characters [json-pointer:{INSIDE}/elements/0/text]",
    ),
    ("unknown inline", rich(rich_section({"type": "image"})), "unsupported type: image"),
    ("unknown style", rich(rich_section(text(style={"loud": True}))), "invalid additional property: loud"),
    ("style that is no flag", rich(rich_section(text(style={"bold": "yes"}))), "must provide a boolean"),
    ("highlighted text", rich(rich_section(text(style={"highlight": True}))), "invalid additional property: highlight"),
    ("list in a list", rich(bullets(bullets(rich_section(text())))), "unsupported type: rich_text_list"),
    ("text in a list", rich(bullets(text())), "unsupported type: text"),
    ("empty list", rich(bullets()), f"must provide at least 1 items [json-pointer:{INSIDE}/elements]"),
    ("list without style", rich(part("list", rich_section(text()))), "missing required field: style"),
    ("style on a section", rich(part("section", text(), style="bullet")), "invalid additional property: style"),
    ("indented too far", rich(bullets(rich_section(text()), indent=9)), "must be less than 9"),
    ("thick border", rich(part("quote", text(), border=2)), "must be a valid enum value"),
    ("person in code", rich(part("preformatted", {"type": "user", "user_id": "U01ADA"})), "unsupported type: user"),
    ("link to a script", rich(rich_section({"type": "link", "url": "javascript:x"})), "must be a valid URL"),
    ("whole workspace", rich(rich_section({"type": "broadcast", "range": "all"})), "must be a valid enum value"),
    ("date without format", rich(rich_section({"type": "date", "timestamp": 1})), "missing required field: format"),
    ("colour by name", rich(rich_section({"type": "color", "value": "green"})), "must be a hexadecimal colour"),
]


@pytest.mark.parametrize(("block", "complaint"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_invalid_rich_text_gets_the_right_code(block: dict[str, Any], complaint: str) -> None:
    problems = messages_of(check_blocks([block], "message"))
    assert len(problems) == 1
    assert complaint in problems[0]
