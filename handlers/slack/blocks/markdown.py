"""A page's Markdown as rich text. Its text never becomes a mention or a link; only Markdown's own links do."""

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
    """The Markdown in at most that many characters and blocks, and whether something was left out."""
    rendered: list[Block] = []
    left = characters
    for block in _iterate_blocks(SyntaxTreeNode(_MARKDOWN.parse(markdown))):
        if left <= 0 or len(rendered) == blocks:
            return rendered, True
        shorter, left = _cut_part(block, left)
        if shorter:
            rendered.append(shorter)
    return rendered, left < 0


def _iterate_blocks(root: SyntaxTreeNode) -> Iterator[Block]:
    for node in root.children:
        if node.type == "hr":
            yield divider()
        elif parts := list(_iterate_parts(node)):
            yield rich_text(*parts)


def _iterate_parts(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "heading":
        yield rich_line(*(_make_bold(run) for run in _read_inline(node)))
    elif node.type == "paragraph":
        yield rich_line(*_read_inline(node))
    elif node.type in ("bullet_list", "ordered_list"):
        yield from _iterate_lists(node, 0)
    elif node.type in ("fence", "code_block"):
        yield {"type": "rich_text_preformatted", "elements": [text_run(node.content.rstrip("\n"))]}
    elif node.type == "blockquote":
        runs = _join_paragraphs([runs for child in node.walk() for runs in _iterate_texts(child)])
        yield {"type": "rich_text_quote", "elements": runs}
    elif node.type == "table":
        yield bullet_list(_iterate_rows(node))
    elif node.type == "html_block" and (text := to_plain_text(node.content)):
        yield rich_line(text_run(text))


def _iterate_lists(node: SyntaxTreeNode, indent: int) -> Iterator[Block]:
    """A list and its nested lists, each as a separate part with its indent. Numbering continues after a nested list."""
    ordered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1)) - 1 if ordered else 0
    items: list[list[Block]] = []
    numbered = 0
    for item in node.children:
        items.append(_join_paragraphs(list(_iterate_texts(item))))
        inner = [child for child in item.children if child.type in ("bullet_list", "ordered_list")]
        if inner:
            yield bullet_list(items, ordered=ordered, indent=indent, offset=first + numbered)
            numbered, items = numbered + len(items), []
            for child in inner:
                yield from _iterate_lists(child, indent + 1)
    if items:
        yield bullet_list(items, ordered=ordered, indent=indent, offset=first + numbered)


def _iterate_texts(node: SyntaxTreeNode) -> Iterator[list[Block]]:
    """The paragraphs and code blocks directly in a node, each as its runs."""
    for child in node.children:
        if child.type == "paragraph":
            yield list(_read_inline(child))
        elif child.type in ("fence", "code_block"):
            yield [text_run(child.content.rstrip("\n"), "code")]


def _iterate_rows(table: SyntaxTreeNode) -> Iterator[list[Block]]:
    """Each row as a list item, because modals can't show tables: first cell in bold, the others with their column."""
    rows = [[list(_read_inline(cell)) for cell in row.children] for row in table.walk() if row.type == "tr"]
    names = ["".join(str(run["text"]) for run in cell) for cell in rows[0]]
    for row in rows[1:]:
        runs = [_make_bold(run) for run in row[0]]
        for name, cell in zip(names[1:], row[1:], strict=False):
            if any(str(run["text"]).strip() for run in cell):
                runs += [text_run(f"  ·  {name}: " if name else "  ·  "), *cell]
        yield runs


def _read_inline(node: SyntaxTreeNode) -> Iterator[Block]:
    """The runs of a node with inline content; a single blank if it is empty, because Slack rejects empty text."""
    found = [run for child in node.children for run in _iterate_runs(child, {})]
    yield from found or [text_run(" ")]


def _iterate_runs(node: SyntaxTreeNode, style: Mapping[str, bool], address: str = "") -> Iterator[Block]:
    if node.type in ("softbreak", "hardbreak"):
        yield _build_run(" " if node.type == "softbreak" else "\n", style, "")
    elif node.type in ("text", "code_inline"):
        if node.content:
            yield _build_run(node.content, style if node.type == "text" else {**style, "code": True}, address)
    elif node.type == "image":
        yield _build_run(node.content or "picture", style, address)
    elif node.type != "html_inline":
        inner = {**style, _STYLES[node.type]: True} if node.type in _STYLES else style
        to = str(node.attrs.get("href", "")) if node.type == "link" else address
        for child in node.children:
            yield from _iterate_runs(child, inner, to)


def _build_run(text: str, style: Mapping[str, bool], address: str) -> Block:
    run: Block = {"type": "text", "text": text}
    if len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address):
        run = {"type": "link", "url": address, "text": text}
    return run | ({"style": dict(style)} if style else {})


def _make_bold(run: Block) -> Block:
    return run | {"style": {**run.get("style", {}), "bold": True}}


def _join_paragraphs(paragraphs: list[list[Block]]) -> list[Block]:
    runs = [run for number, part in enumerate(paragraphs) for run in ([text_run("\n")] if number else []) + part]
    return runs or [text_run(" ")]


def _cut_part(part: Block, left: int) -> tuple[Block | None, int]:
    """The part cut to `left` characters (None if nothing fits), and the characters then left, −1 if it was cut."""
    if "elements" not in part:
        text = str(part.get("text", ""))
        if len(text) <= left:
            return part, left - len(text)
        return (part | {"text": shorten(text, left)} if left > 1 else None), -1
    elements: list[Block] = []
    for one in part["elements"]:
        shorter, left = _cut_part(one, left) if left > 0 else (None, -1)
        if shorter:
            elements.append(shorter)
    return (part | {"elements": elements} if elements else None), left
