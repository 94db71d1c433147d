"""Rich text: the one form in which Slack reads nothing into what others wrote."""

import re
from collections.abc import Iterable, Iterator, Sequence

from handlers.slack.blocks.builders import Block, cut

LONGEST = 3000  # characters in a block: more is for a modal, or for the page itself


def rich(*parts: Block) -> Block:
    return {"type": "rich_text", "elements": list(parts)}


def words(text: str, *styles: str) -> Block:
    """A run of text; `styles` are bold, italic, strike and code. Slack takes no empty text."""
    run: Block = {"type": "text", "text": text or " "}
    return run | ({"style": dict.fromkeys(styles, True)} if styles else {})


def person(user_id: str) -> Block:
    """A mention: it notifies the person."""
    return {"type": "user", "user_id": user_id}


def line(*runs: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(runs)}


def bullets(items: Iterable[Sequence[Block]], *, ordered: bool = False, indent: int = 0, offset: int = 0) -> Block:
    """A list; each item is a sequence of runs."""
    made: Block = {
        "type": "rich_text_list",
        "style": "ordered" if ordered else "bullet",
        "indent": min(indent, 8),
        "elements": [line(*runs) for runs in items],
    }
    return made | ({"offset": offset} if offset else {})


def quoted(text: str) -> Block:
    return {"type": "rich_text_quote", "elements": [words(cut(text, LONGEST))]}


def spoken(text: str) -> Block:
    """Plain text of paragraphs, and of lines that begin with “- ”, as one block."""
    return rich(*_parts(cut(text, LONGEST)))


def _parts(text: str) -> Iterator[Block]:
    lines = [one.strip() for one in text.split("\n") if one.strip()] or ["…"]
    items: list[str] = []
    for one in lines:
        if found := re.match(r"- +(?=\S)", one):
            items.append(one[found.end() :])
            continue
        if items:
            yield bullets([words(item)] for item in items)
            items = []
        yield line(words(one))
    if items:
        yield bullets([words(item)] for item in items)
