"""Rich text: the one format in which Slack never interprets what people wrote as markup."""

import re
from collections.abc import Iterable, Iterator, Sequence

from handlers.slack.blocks.builders import Block, shorten

LONGEST = 3000  # characters in a block; longer texts belong in a modal or on the page itself


def rich_text(*parts: Block) -> Block:
    return {"type": "rich_text", "elements": list(parts)}


def text_run(text: str, *styles: str) -> Block:
    """A run of text; `styles` are bold, italic, strike and code. Slack rejects empty text."""
    run: Block = {"type": "text", "text": text or " "}
    return run | ({"style": dict.fromkeys(styles, True)} if styles else {})


def user_run(user_id: str) -> Block:
    """A mention, which notifies the person."""
    return {"type": "user", "user_id": user_id}


def rich_line(*runs: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(runs)}


def bullet_list(items: Iterable[Sequence[Block]], *, ordered: bool = False, indent: int = 0, offset: int = 0) -> Block:
    """A list; each item is a sequence of runs."""
    block: Block = {
        "type": "rich_text_list",
        "style": "ordered" if ordered else "bullet",
        "indent": min(indent, 8),
        "elements": [rich_line(*runs) for runs in items],
    }
    return block | ({"offset": offset} if offset else {})


def quote_text(text: str) -> Block:
    return {"type": "rich_text_quote", "elements": [text_run(shorten(text, LONGEST))]}


def render_plain_text(text: str) -> Block:
    """Plain text as one block: paragraphs, and lists where lines begin with “- ”."""
    return rich_text(*_iterate_parts(shorten(text, LONGEST)))


def _iterate_parts(text: str) -> Iterator[Block]:
    lines = [one.strip() for one in text.split("\n") if one.strip()] or ["…"]
    items: list[str] = []
    for one in lines:
        if found := re.match(r"- +(?=\S)", one):
            items.append(one[found.end() :])
            continue
        if items:
            yield bullet_list([text_run(item)] for item in items)
            items = []
        yield rich_line(text_run(one))
    if items:
        yield bullet_list([text_run(item)] for item in items)
