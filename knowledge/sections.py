"""A whole section of a page, as its Markdown: what a reader gets who wants more than the quote."""

from dataclasses import dataclass

from markdown_it import MarkdownIt

from knowledge.handbook import Page
from knowledge.passages import split_into_passages
from knowledge.plain import to_plain_text

_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class HandbookSection:
    """`heading` is plain text; `markdown` is what stands below it, up to the next heading of the same or a higher
    level. Below a page's title it is only what comes before the first heading."""

    heading: str
    markdown: str


def find_section(page: Page, anchor: str) -> HandbookSection | None:
    """The section of that anchor (see Passage.anchor); None when the page has none such."""
    start = next((passage.units[0].start for passage in split_into_passages(page) if passage.anchor == anchor), None)
    if start is None:
        return None
    lines, line = page.text.splitlines(keepends=True), page.text.count("\n", 0, start)
    headings = _headings(page.text)
    here = next((one for one in reversed(headings) if one.line <= line), _Heading(-1, 0, 1, page.title))
    closing = (one.line for one in headings if one.line > here.line and (one.level <= here.level or here.level == 1))
    return HandbookSection(here.words, "".join(lines[here.end : next(closing, len(lines))]).strip("\n"))


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int
    end: int  # the first line below it
    level: int
    words: str


def _headings(text: str) -> list[_Heading]:
    tokens = _MARKDOWN.parse(text)
    return [
        _Heading(token.map[0], token.map[1], int(token.tag[1]), to_plain_text(tokens[at + 1].content))
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]
