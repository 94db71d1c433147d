"""Pages cut into passages: heading sections of at most 190 words, each knowing where it stands.

Everything is a span of the page's own text, so whatever is quoted later is there word for word.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.handbook import Page
from knowledge.plain import to_plain_text
from knowledge.sentences import sentence_spans
from knowledge.words import extract_terms

LARGEST = 190  # words, about 256 word pieces: what the model reads of a text
LONGEST_UNIT = 1_500  # characters
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")  # blocks are all that is needed, and safe
_LEAVES = {"paragraph_open": "text", "fence": "code", "code_block": "code", "tr_open": "row", "html_block": "text"}
_MARKER = re.compile(r"(?:[-*+]|\d+[.)])?\s*(?:\[[ xX]\]\s+)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that is quoted: a sentence, a list item's sentence, a table row, a block of code.

    `start` and `end` count characters of the page's text. `text` is what a person reads, without markup; of a table row
    it is “First cell; column: cell; …”. `block` numbers the paragraph, item or row within its page; `depth` is that of
    the list around it, 0 outside lists.
    """

    start: int
    end: int
    text: str
    kind: str
    block: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of a page, or a part of one that is long.

    `section` is the heading path “Title › Heading”; `text` is plain; `line` counts in the file from 1; `digest` is of
    section and text, so it names the vector of this passage wherever the passage stands. `questions` are those of the
    page's own questions that this passage answers best.
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


@dataclass(frozen=True, slots=True)
class _Section:
    headings: tuple[str, ...]
    anchor: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    words: str


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, item, row or block of code: where it stands, and of rows and code what it says."""

    kind: str
    start: int
    end: int
    number: int
    depth: int
    words: str


def split_into_passages(page: Page) -> tuple[Passage, ...]:
    """The passages of a page in reading order. A page without text has none."""
    found = []
    for section in _sections(page):
        for part in _parts(page.text, section.units):
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
    return _with_questions(page, found)


def _with_questions(page: Page, passages: list[Passage]) -> tuple[Passage, ...]:
    """Each question of the page goes to the passage that shares most of its words, rare ones within the page and
    those of headings counting more; to the first passage, which sums the page up, when none shares any."""
    if not page.questions or not passages:
        return tuple(passages)
    held = [set(extract_terms(get_search_text(passage))) for passage in passages]
    headings = [set(extract_terms(passage.section.removeprefix(page.title))) for passage in passages]
    holders = Counter(term for some in held for term in some)
    given: dict[int, list[str]] = {}
    for question in page.questions:
        asked = set(extract_terms(question))
        shared = [
            sum((1.5 if term in heading else 1.0) / holders[term] for term in asked & some)
            for some, heading in zip(held, headings, strict=True)
        ]
        given.setdefault(shared.index(max(shared)), []).append(question)
    return tuple(replace(passage, questions=tuple(given.get(at, ()))) for at, passage in enumerate(passages))


def get_search_text(passage: Passage) -> str:
    """What is searched of a passage: where it stands and what it says."""
    return f"{passage.section}\n{passage.text}"


def _sections(page: Page) -> Iterator[_Section]:
    """Runs of units below one heading. The first heading of level 1 is the page's title and no part of the path."""
    trail: list[tuple[int, str]] = []
    anchors: dict[str, int] = {}
    anchor, units, seen_title = "", list[Unit](), False
    for part in _outline(page.text):
        if isinstance(part, _Block):
            units.extend(_units(page.text, part))
            continue
        if units:
            yield _Section(tuple(title for _, title in trail), anchor, tuple(units))
            units = []
        anchor = _anchor(part.words, anchors)
        if part.level == 1 and not seen_title:
            seen_title, trail = True, []
        else:
            trail = [*(pair for pair in trail if pair[0] < part.level), (part.level, part.words)]
    if units:
        yield _Section(tuple(title for _, title in trail), anchor, tuple(units))


def _outline(text: str) -> Iterator[_Heading | _Block]:
    """The headings of a page, and between them its paragraphs, items, rows and blocks of code, as they stand."""
    tokens = _MARKDOWN.parse(text)
    starts = [0, *(found.end() for found in re.finditer("\n", text)), len(text)]
    depth, header = 0, list[str]()
    for at, token in enumerate(tokens):
        if token.type in ("list_item_open", "list_item_close"):
            depth += token.nesting
        elif token.type == "heading_open":
            yield _Heading(int(token.tag[1]), to_plain_text(tokens[at + 1].content))
        elif token.type == "thead_open":
            header = _cells(tokens, at)
        elif (kind := _LEAVES.get(token.type)) and token.map and tokens[at - 1].type != "thead_open":
            start, end = _trim(text, starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)])
            words = _row(header, _cells(tokens, at)) if kind == "row" else token.content.strip("\n")
            yield _Block(kind, start, end, at, depth, words)


def _cells(tokens: list[Token], at: int) -> list[str]:
    """The plain cells of the first row at or after `at`."""
    end = next(row for row in range(at, len(tokens)) if tokens[row].type == "tr_close")
    return [to_plain_text(token.content) for token in tokens[at:end] if token.type == "inline"]


def _row(header: list[str], cells: list[str]) -> str:
    """“First cell; column: cell; …” without the empty ones; of two columns “cell: cell”."""
    if len(header) == len(cells) == 2 and all(cells):
        return ": ".join(cells)
    rest = zip(header[1:], cells[1:], strict=False)
    return "; ".join([*cells[:1], *(f"{name}: {cell}" if name else cell for name, cell in rest if cell)])


def _units(text: str, block: _Block) -> Iterator[Unit]:
    start, end, kind = block.start, block.end, block.kind
    if kind in ("row", "code"):
        if start < end and block.words:
            yield Unit(start, end, block.words, kind, block.number, block.depth)
        return
    if block.depth and (marker := _MARKER.match(text, start, end)):
        start, kind = marker.end(), "item"
    for first, last in sentence_spans(text, start, end):
        if words := to_plain_text(text[first:last]):
            yield Unit(first, last, words, kind, block.number, block.depth)


def _parts(text: str, units: tuple[Unit, ...]) -> Iterator[list[Unit]]:
    """Runs of units of at most `LARGEST` words, broken between blocks rather than within."""
    part: list[Unit] = []
    for unit in (piece for whole in units for piece in _pieces(text, whole)):
        if part and _words([*part, unit]) > LARGEST:
            kept = [one for one in part if one.block == unit.block] if part[0].block != unit.block else []
            if _words([*kept, unit]) > LARGEST:
                kept = []
            yield part[: len(part) - len(kept)]
            part = kept
        part.append(unit)
    if part:
        yield part


def _words(units: list[Unit]) -> int:
    return sum(len(unit.text.split()) for unit in units)


def _pieces(text: str, unit: Unit) -> Iterator[Unit]:
    """A unit that is longer than a passage (a wall of text, a long listing) in pieces that fit."""
    if len(unit.text) <= LONGEST_UNIT and len(unit.text.split()) <= LARGEST:
        yield unit
        return
    start = unit.start
    for found in re.finditer(r"\S{1,500}\s*", text[unit.start : unit.end]):
        end = unit.start + found.end()
        if end - start > LONGEST_UNIT // 2 or end == unit.end:
            if words := to_plain_text(text[start:end]):
                yield replace(unit, start=start, end=end, text=words)
            start = end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _anchor(heading: str, seen: dict[str, int]) -> str:
    """The fragment that renderers of Markdown give a heading; a repeated one gets -1, -2, …"""
    slug = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
    seen[slug] = seen.get(slug, -1) + 1
    return f"{slug}-{seen[slug]}" if seen[slug] else slug
