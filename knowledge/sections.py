"""A whole section of a page as Markdown, for readers who want more than the quote."""

from dataclasses import dataclass

from markdown_it import MarkdownIt

from knowledge.handbook import Handbook, Page
from knowledge.index import Index
from knowledge.passages import split_into_passages
from knowledge.plain_text import References, split_anchor, to_plain_text

_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class HandbookSection:
    """`heading` is plain text; `markdown` is everything below it, up to the next heading of the same or a higher
    level. Below a page's title it is only the text before the first heading."""

    heading: str
    markdown: str


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """Where a section is. `section` is its heading path, which starts with the page's title."""

    page_id: str
    anchor: str
    page: str
    section: str


def search_sections(question: str, index: Index, limit: int) -> tuple[SectionPlace, ...]:
    """The sections closest to a question, best first, each once; several passages may belong to one section."""
    found: dict[tuple[str, str], SectionPlace] = {}
    for hit in index.search(question, limit * 3):
        one = hit.passage
        found.setdefault((one.page_id, one.anchor), SectionPlace(one.page_id, one.anchor, one.title, one.section))
    return tuple(found.values())[:limit]


def find_place(handbook: Handbook, page_id: str, anchor: str) -> SectionPlace | None:
    """The place of a section, if the handbook still has it."""
    page = handbook.get(page_id)
    passages = split_into_passages(page) if page else ()
    section = next((passage.section for passage in passages if passage.anchor == anchor), None)
    return SectionPlace(page_id, anchor, page.title, section) if page and section else None


def find_section(page: Page, anchor: str) -> HandbookSection | None:
    """The section with this anchor (see Passage.anchor), if the page has one."""
    start = next((passage.units[0].start for passage in split_into_passages(page) if passage.anchor == anchor), None)
    if start is None:
        return None
    lines, line = page.text.splitlines(keepends=True), page.text.count("\n", 0, start)
    headings = _list_headings(page.text)
    for one in headings:
        lines[one.line] = _remove_anchor(lines[one.line])
    here = next((one for one in reversed(headings) if one.line <= line), _Heading(-1, 0, 1, page.title))
    closing = (one.line for one in headings if one.line > here.line and (one.level <= here.level or here.level == 1))
    return HandbookSection(here.words, "".join(lines[here.end : next(closing, len(lines))]).strip("\n"))


def _remove_anchor(line: str) -> str:
    words, anchor = split_anchor(line)
    return f"{words}\n" if anchor else line


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int
    end: int  # the first line below it
    level: int
    words: str


def _list_headings(text: str) -> list[_Heading]:
    environment: dict[str, References] = {}
    tokens = _MARKDOWN.parse(text, environment)
    references = environment.get("references")
    return [
        _Heading(
            token.map[0],
            token.map[1],
            int(token.tag[1]),
            to_plain_text(split_anchor(tokens[at + 1].content)[0], references),
        )
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]
