"""A page's Markdown as rich text. Nothing in it becomes a mention, a call, or a link that its writer did not make."""

import re
from collections.abc import Iterator, Mapping

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from handlers.slack.blocks.builders import Block, divider, shorten
from handlers.slack.blocks.rich_text import bullet_list, rich_line, rich_text, text_run
from knowledge.plain_text import to_plain_text

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
_ADDRESS = re.compile(r"(https?://[^\s/?#]+\S*|mailto:\S+)", re.IGNORECASE)
LONGEST_ADDRESS = 3000


def render_markdown(markdown: str, characters: int, blocks: int) -> tuple[list[Block], bool]:
    """At most so many characters and blocks of it, and whether something was left out."""
    made: list[Block] = []
    left = characters
    for block in _blocks(SyntaxTreeNode(_MARKDOWN.parse(markdown))):
        if left <= 0 or len(made) == blocks:
            return made, True
        shorter, left = _within(block, left)
        if shorter:
            made.append(shorter)
    return made, left < 0


def _blocks(root: SyntaxTreeNode) -> Iterator[Block]:
    for node in root.children:
        if node.type == "hr":
            yield divider()
        elif parts := list(_parts(node)):
            yield rich_text(*parts)


def _parts(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "heading":
        yield rich_line(*(_bold(run) for run in _inline(node)))
    elif node.type == "paragraph":
        yield rich_line(*_inline(node))
    elif node.type in ("bullet_list", "ordered_list"):
        yield from _list(node, 0)
    elif node.type in ("fence", "code_block"):
        yield {"type": "rich_text_preformatted", "elements": [text_run(node.content.rstrip("\n"))]}
    elif node.type == "blockquote":
        runs = _joined([runs for child in node.walk() for runs in _texts(child)])
        yield {"type": "rich_text_quote", "elements": runs}
    elif node.type == "table":
        yield bullet_list(_rows(node))
    elif node.type == "html_block" and (text := to_plain_text(node.content)):
        yield rich_line(text_run(text))


def _list(node: SyntaxTreeNode, indent: int) -> Iterator[Block]:
    """A list and the lists within it, each with its indent. An outer list keeps counting after an inner one."""
    ordered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1)) - 1 if ordered else 0
    items: list[list[Block]] = []
    numbered = 0
    for item in node.children:
        items.append(_joined(list(_texts(item))))
        inner = [child for child in item.children if child.type in ("bullet_list", "ordered_list")]
        if inner:
            yield bullet_list(items, ordered=ordered, indent=indent, offset=first + numbered)
            numbered, items = numbered + len(items), []
            for child in inner:
                yield from _list(child, indent + 1)
    if items:
        yield bullet_list(items, ordered=ordered, indent=indent, offset=first + numbered)


def _texts(node: SyntaxTreeNode) -> Iterator[list[Block]]:
    """The paragraphs and pieces of code directly in a node, each as its runs."""
    for child in node.children:
        if child.type == "paragraph":
            yield list(_inline(child))
        elif child.type in ("fence", "code_block"):
            yield [text_run(child.content.rstrip("\n"), "code")]


def _rows(table: SyntaxTreeNode) -> Iterator[list[Block]]:
    """A modal takes no table: each row is an item, its first cell bold, the others after their column's name."""
    rows = [[list(_inline(cell)) for cell in row.children] for row in table.walk() if row.type == "tr"]
    names = ["".join(str(run["text"]) for run in cell) for cell in rows[0]]
    for row in rows[1:]:
        runs = [_bold(run) for run in row[0]]
        for name, cell in zip(names[1:], row[1:], strict=False):
            if any(str(run["text"]).strip() for run in cell):
                runs += [text_run(f"  ·  {name}: " if name else "  ·  "), *cell]
        yield runs


def _inline(node: SyntaxTreeNode) -> Iterator[Block]:
    """The runs of a node that holds inline content; a single blank when it is empty."""
    found = [run for child in node.children for run in _runs(child, {})]
    yield from found or [text_run(" ")]


def _runs(node: SyntaxTreeNode, style: Mapping[str, bool], address: str = "") -> Iterator[Block]:
    if node.type in ("softbreak", "hardbreak"):
        yield _run(" " if node.type == "softbreak" else "\n", style, "")
    elif node.type in ("text", "code_inline"):
        if node.content:
            yield _run(node.content, style if node.type == "text" else {**style, "code": True}, address)
    elif node.type == "image":
        yield _run(node.content or "picture", style, address)
    elif node.type != "html_inline":
        inner = {**style, _STYLES[node.type]: True} if node.type in _STYLES else style
        to = str(node.attrs.get("href", "")) if node.type == "link" else address
        for child in node.children:
            yield from _runs(child, inner, to)


def _run(text: str, style: Mapping[str, bool], address: str) -> Block:
    made: Block = {"type": "text", "text": text}
    if len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address):
        made = {"type": "link", "url": address, "text": text}
    return made | ({"style": dict(style)} if style else {})


def _bold(run: Block) -> Block:
    return run | {"style": {**run.get("style", {}), "bold": True}}


def _joined(paragraphs: list[list[Block]]) -> list[Block]:
    runs = [run for number, part in enumerate(paragraphs) for run in ([text_run("\n")] if number else []) + part]
    return runs or [text_run(" ")]


def _within(part: Block, left: int) -> tuple[Block | None, int]:
    """The part cut to `left` characters, None when nothing of it is left; and the rest of them, −1 when it was cut."""
    if "elements" not in part:
        text = str(part.get("text", ""))
        if len(text) <= left:
            return part, left - len(text)
        return (part | {"text": shorten(text, left)} if left > 1 else None), -1
    kept: list[Block] = []
    for one in part["elements"]:
        shorter, left = _within(one, left) if left > 0 else (None, -1)
        if shorter:
            kept.append(shorter)
    return (part | {"elements": kept} if kept else None), left
