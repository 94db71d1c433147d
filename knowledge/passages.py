"""Pages split into passages: sections, or parts of them, of at most 190 words, with their place in the handbook.

Everything is a span of the page's own text, so every quote is word for word.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt

from knowledge.handbook import Page
from knowledge.plain_text import References, split_anchor, to_plain_text
from knowledge.sentences import sentence_spans
from knowledge.terms import extract_terms

LARGEST = 190  # words, about 256 tokens: the model reads no more of a text
LONGEST_UNIT = 1_500  # characters
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")  # blocks are enough
_LEAVES = {"paragraph_open": "text", "fence": "code", "code_block": "code", "tr_open": "row", "html_block": "text"}
_MARKER = re.compile(r"(?:[-*+]|\d+[.)])?\s*(?:\[[ xX]\]\s+)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing to quote: a sentence, a sentence of a list item, a table row or a code block.

    `start` and `end` count characters of the page's text. `text` is what a person reads, without markup; for a table
    row it is “First cell; column: cell; …”. `block` numbers the paragraph, item or row within its page; `depth` is
    that of the list around it, 0 outside lists.
    """

    start: int
    end: int
    text: str
    kind: str
    block: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of a page, or a part of a long one.

    `section` is the heading path “Title › Heading”; `text` is plain text; `line` counts from 1 in the file. `digest`
    covers section and text, so it identifies the passage's vector wherever the passage moves. `questions` are those of
    the page that this passage answers best.
    """

    page_id: str
    title: str
    section: str
    anchor: str
    text: str
    source: str
    line: int
    edition: str
    digest: str
    units: tuple[Unit, ...]
    questions: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The last step of the heading path; the page's title above its first heading."""
        return self.section.rsplit(" › ", 1)[-1]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a table in plain text, each with as many cells as there are columns; cells may be empty."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Section:
    headings: tuple[str, ...]
    anchor: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    words: str
    anchor: str  # given by its writer, or “”


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, item, row or code block: its place, and for rows and code its text."""

    kind: str
    start: int
    end: int
    number: int
    depth: int
    words: str


class _Source:
    """A page's text with its Markdown tokens and link definitions."""

    def __init__(self, text: str) -> None:
        environment: dict[str, References] = {}
        self.text = text
        self.tokens = _MARKDOWN.parse(text, environment)
        self._references = environment.get("references", {})

    def to_plain(self, markdown: str) -> str:
        return to_plain_text(markdown, self._references)


def split_into_passages(page: Page) -> tuple[Passage, ...]:
    """The passages of a page in reading order. A page without text has none."""
    source = _Source(page.text)
    found = []
    for section in _split_sections(source, page.title):
        for part in _split_parts(source, section.units):
            path = " › ".join((page.title, *section.headings))
            text = "\n".join(unit.text for unit in part)
            digest = hashlib.sha256(f"{path}\n{text}".encode()).hexdigest()
            line = page.first_line + page.text.count("\n", 0, part[0].start)
            found.append(
                Passage(
                    page.id,
                    page.title,
                    path,
                    section.anchor,
                    text,
                    page.source,
                    line,
                    page.edition,
                    digest,
                    tuple(part),
                )
            )
    return _assign_questions(page, found)


def _assign_questions(page: Page, passages: list[Passage]) -> tuple[Passage, ...]:
    """Give each of the page's questions to the passage, of its section if known, that shares most of its words.

    Words that are rare within the page and words of headings count more. A question that shares no words goes to the
    first passage, which sums up the section or the page.
    """
    if not page.questions or not passages:
        return tuple(passages)
    terms = [set(extract_terms(get_search_text(passage))) for passage in passages]
    headings = [set(extract_terms(passage.section.removeprefix(page.title))) for passage in passages]
    holders = Counter(term for some in terms for term in some)
    assigned: dict[int, list[str]] = {}
    for question, stated in page.list_questions():
        asked = set(extract_terms(question))

        def count_shared(at: int, asked: set[str] = asked) -> float:
            return sum((1.5 if term in headings[at] else 1.0) / holders[term] for term in asked & terms[at])

        rows = [at for at, passage in enumerate(passages) if stated and passage.heading == stated]
        assigned.setdefault(max(rows or range(len(passages)), key=count_shared), []).append(question)
    return tuple(replace(passage, questions=tuple(assigned.get(at, ()))) for at, passage in enumerate(passages))


def get_search_text(passage: Passage) -> str:
    """The text of a passage that is searched: its heading path and its words."""
    return f"{passage.section}\n{passage.text}"


def get_sentence_text(passage: Passage, unit: Unit) -> str:
    """The text of a unit that is searched: its words after the last two headings, which it often leaves out."""
    return ". ".join((*passage.section.split(" › ")[-2:], unit.text))


def _split_sections(source: _Source, page_title: str) -> Iterator[_Section]:
    """Runs of units below one heading. The first level-1 heading isn't a part of the path if it is the page's title."""
    trail: list[tuple[int, str]] = []
    anchors: dict[str, int] = {}
    anchor, units, seen_title = "", list[Unit](), False
    for part in _read_outline(source):
        if isinstance(part, _Block):
            units.extend(_split_units(source, part))
            continue
        if units:
            yield _Section(tuple(title for _, title in trail), anchor, tuple(units))
            units = []
        anchor = _make_anchor(part, anchors)
        if part.level == 1 and not seen_title and _is_title(part.words, page_title):
            seen_title, trail = True, []
        else:
            trail = [*(pair for pair in trail if pair[0] < part.level), (part.level, part.words)]
    if units:
        yield _Section(tuple(title for _, title in trail), anchor, tuple(units))


def _read_outline(source: _Source) -> Iterator[_Heading | _Block]:
    """The headings, paragraphs, items, rows and code blocks of a page, in order."""
    text, tokens = source.text, source.tokens
    starts = [0, *(found.end() for found in re.finditer("\n", text)), len(text)]
    depth, header = 0, list[str]()
    for at, token in enumerate(tokens):
        if token.type in ("list_item_open", "list_item_close"):
            depth += token.nesting
        elif token.type == "heading_open":
            words, anchor = split_anchor(tokens[at + 1].content)
            yield _Heading(int(token.tag[1]), source.to_plain(words), anchor)
        elif token.type == "thead_open":
            header = _read_cells(source, at)
        elif (kind := _LEAVES.get(token.type)) and token.map and tokens[at - 1].type != "thead_open":
            start, end = _trim_span(text, starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)])
            words = _format_row(header, _read_cells(source, at)) if kind == "row" else token.content.strip("\n")
            yield _Block(kind, start, end, at, depth, words)


def read_table(text: str, start: int, end: int) -> Table | None:
    """The rows that lie within `text[start:end]`, if there are any; all must belong to one table."""
    first, last = text.count("\n", 0, start), text.count("\n", 0, end)
    for table, lines in _iterate_tables(text):
        rows = [row for row, line in zip(table.rows, lines, strict=True) if first <= line <= last]
        if rows:
            return Table(table.columns, tuple(rows))
    return None


def list_tables(text: str) -> tuple[Table, ...]:
    """The tables of a page's text, in order."""
    return tuple(table for table, _ in _iterate_tables(text))


def _iterate_tables(text: str) -> Iterator[tuple[Table, list[int]]]:
    """Each table with the line of each of its rows."""
    source = _Source(text)
    header, rows, lines = list[str](), list[tuple[str, ...]](), list[int]()
    for at, token in enumerate(source.tokens):
        if token.type == "thead_open":
            header, rows, lines = _read_cells(source, at), [], []
        elif token.type == "tr_open" and token.map and source.tokens[at - 1].type != "thead_open":
            rows.append(tuple(_read_cells(source, at)))
            lines.append(token.map[0])
        elif token.type == "table_close":
            yield Table(tuple(header), tuple(rows)), lines


def _read_cells(source: _Source, at: int) -> list[str]:
    """The plain text of each cell of the first row at or after token `at`."""
    tokens = source.tokens
    end = next(row for row in range(at, len(tokens)) if tokens[row].type == "tr_close")
    return [source.to_plain(token.content) for token in tokens[at:end] if token.type == "inline"]


def _format_row(header: list[str], cells: list[str]) -> str:
    """“First cell; column: cell; …” without empty cells; with two columns “cell: cell”."""
    if len(header) == len(cells) == 2 and all(cells):
        return ": ".join(cells)
    rest = zip(header[1:], cells[1:], strict=False)
    return "; ".join([*cells[:1], *(f"{name}: {cell}" if name else cell for name, cell in rest if cell)])


def _split_units(source: _Source, block: _Block) -> Iterator[Unit]:
    text = source.text
    start, end, kind = block.start, block.end, block.kind
    if kind in ("row", "code"):
        if start < end and block.words:
            yield Unit(start, end, block.words, kind, block.number, block.depth)
        return
    if block.depth and (marker := _MARKER.match(text, start, end)):
        start, kind = marker.end(), "item"
    for first, last in sentence_spans(text, start, end):
        if words := source.to_plain(text[first:last]):
            yield Unit(first, last, words, kind, block.number, block.depth)


def _split_parts(source: _Source, units: tuple[Unit, ...]) -> Iterator[list[Unit]]:
    """Runs of units of at most `LARGEST` words, split between blocks where possible."""
    part: list[Unit] = []
    for unit in (piece for whole in units for piece in _split_long_unit(source, whole)):
        if part and _count_words([*part, unit]) > LARGEST:
            carried = [one for one in part if one.block == unit.block] if part[0].block != unit.block else []
            if _count_words([*carried, unit]) > LARGEST:
                carried = []
            yield part[: len(part) - len(carried)]
            part = carried
        part.append(unit)
    if part:
        yield part


def _count_words(units: list[Unit]) -> int:
    return sum(len(unit.text.split()) for unit in units)


def _split_long_unit(source: _Source, unit: Unit) -> Iterator[Unit]:
    """A unit that is longer than a passage (a wall of text, a long listing), in pieces that fit."""
    if len(unit.text) <= LONGEST_UNIT and len(unit.text.split()) <= LARGEST:
        yield unit
        return
    text, start = source.text, unit.start
    for found in re.finditer(r"\S{1,500}\s*", text[unit.start : unit.end]):
        end = unit.start + found.end()
        if end - start > LONGEST_UNIT // 2 or end == unit.end:
            if words := source.to_plain(text[start:end]):
                yield replace(unit, start=start, end=end, text=words)
            start = end


def _trim_span(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _is_title(heading: str, title: str) -> bool:
    """Whether a heading says no more than the page's title, which may be a shortened heading."""
    return not heading or (
        heading.casefold().startswith(title.casefold().strip()) and len(title) in (len(heading), 150)
    )


def _make_anchor(heading: _Heading, seen: dict[str, int]) -> str:
    """The fragment that Markdown renderers give a heading; a repeated one gets -1, -2, …"""
    slug = heading.anchor or re.sub(r"[^\w\- ]", "", heading.words.lower()).strip().replace(" ", "-")
    seen[slug] = seen.get(slug, -1) + 1
    return f"{slug}-{seen[slug]}" if seen[slug] else slug
