"""The handbook: Markdown pages from a folder, each with a digest that changes with the page.

A page may start with our front matter (id, title, owner, edition, effective, services, questions, related), which is
then validated. Its questions stand below the heading of the section that answers them, or in one list for the page.
Pages of other systems need none: the title comes from their own front matter, the first heading or the file name, and
the id from the path.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from foundation.files import BadFile, FileProblem, find_line
from knowledge.reading.files import PageFile, find_files, read_file
from knowledge.reading.front_matter import Block, find_block, find_field_line, parse_block
from knowledge.reading.markdown import read_markdown
from knowledge.reading.our_fields import is_ours, read_clear_fields, read_ours
from knowledge.reading.publication import depends_on_day, find_unpublished_field, find_unpublished_place
from knowledge.reading.titles import choose_title, list_headings

_SUFFIXES = re.compile(r"(?:\.[a-z0-9]{1,8}){1,3}$", re.IGNORECASE)
LONGEST_FRONT = 4_000  # characters that are searched for dates
_RELATED = re.compile(r"^related:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `source` is its path below the handbook's folder, with “/”.

    `text` is the body without front matter; it starts at line `first_line` of the file. `digest` changes with every
    change of the file. `owner` is a Slack user id. Owner, edition and effective date may be unknown. `headings` names
    the section that answers each of the `questions`, “” where the page doesn't say; it may be empty as a whole.
    """

    id: str
    title: str
    source: str
    text: str
    first_line: int = 1
    owner: str = ""
    edition: str = ""
    effective: date | None = None
    services: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    digest: str = ""
    headings: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """See `build_page_key`."""
        return build_page_key(self.source, self.digest, self.related)

    def list_questions(self) -> list[tuple[str, str]]:
        """Each question with the heading of the section that answers it, “” where the page doesn't say."""
        return list(zip_longest(self.questions, self.headings, fillvalue=""))


def build_page_key(source: str, digest: str, related: Sequence[str]) -> str:
    """What changes with every change of a page, that of its related pages included, which depend on other pages."""
    return "\n".join((source, digest, *related))


@dataclass(frozen=True, eq=False)
class Handbook:
    """Pages in the order of their `source`, with unique ids. A handbook equals only itself: it may have many pages."""

    pages: Sequence[Page]
    page_numbers: Mapping[str, int] | None = None  # by id, where they are known without reading the pages

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return self.page_numbers or {page.id: number for number, page in enumerate(self.pages)}

    def get(self, page_id: str) -> Page | None:
        number = self._numbers.get(page_id)
        return None if number is None else self.pages[number]

    def __iter__(self) -> Iterator[Page]:
        return iter(self.pages)

    def __len__(self) -> int:
        return len(self.pages)


@dataclass(frozen=True, slots=True)
class LeftOutPage:
    """A file that could be a page and wasn't taken. `source` is its path below the folder, with “/”; `line` counts
    from 1 and may be unknown; `reason` is a sentence or more, for the person who imports."""

    source: str
    reason: str
    line: int | None = None


@dataclass(frozen=True, eq=False)
class HandbookFolder:
    """What a folder holds: the pages taken, those left out in the order of their paths, and how many files of each kind
    weren't read, by suffix such as “.png” or by words such as “hidden folder”."""

    handbook: Handbook
    left_out: tuple[LeftOutPage, ...]
    not_read: Mapping[str, int]


class _ReadPage(NamedTuple):
    """A page as it was read, with its front matter if that is ours."""

    path: Path
    page: Page
    block: Block | None


_Problems = dict[Path, list[FileProblem]]


def read_handbook(
    folder: Path,
    *,
    strict: bool = False,
    services: Collection[str] | None = None,
    known: Mapping[str, Page] | None = None,
    today: date | None = None,
) -> Handbook:
    """The pages that `read_folder` takes. With `strict`, a page that is left out is an error like any other.

    Raises:
        BadFile: as `read_folder`; with `strict`, every problem of every page.
    """
    return read_folder(folder, strict=strict, services=services, known=known, today=today).handbook


def read_folder(
    folder: Path,
    *,
    strict: bool = False,
    services: Collection[str] | None = None,
    known: Mapping[str, Page] | None = None,
    today: date | None = None,
) -> HandbookFolder:
    """Read every Markdown file below `folder`, in the order of their paths.

    `known` has pages that were read before, by digest, with or without their text: their front matter isn't parsed
    again.

    A page with a problem, and one that isn't in force, is left out, and the others are taken. Dates from which or until
    which pages are in force count if `today` is given. Hidden folders and links to folders are skipped. With `strict`,
    every page must start with our front matter, related pages must exist, and nothing is left out. Without it, only a
    page that `is_ours` is held to our front matter, and related pages that don't exist are dropped. With `services`, a
    page may offer only those.

    Raises:
        BadFile: the folder can't be read, or no page is left: every problem of every page.
    """
    found = find_files(folder)
    problems = {Path(problem.file): [problem] for problem in found.problems}
    read, unreadable = _read_pages(folder, found.pages, strict=strict, known=known or {}, today=today)
    problems |= unreadable | _check_pages(folder, read, strict=strict, services=services)
    taken = [one.page for one in read if one.path not in problems]
    if problems and (strict or not taken):
        raise BadFile([one for path in sorted(problems) for one in problems[path]])
    if not taken:
        raise BadFile([FileProblem(str(folder), None, "", "There are no Markdown pages (*.md) in this folder.")])
    ids = {page.id for page in taken}
    pages = tuple(replace(page, related=_keep_existing(page.related, ids)) for page in taken)
    left_out = tuple(_describe_left_out(path, folder, problems[path]) for path in sorted(problems))
    return HandbookFolder(Handbook(pages), left_out, found.not_read)


def _read_pages(
    folder: Path, paths: Iterable[Path], *, strict: bool, known: Mapping[str, Page], today: date | None
) -> tuple[list[_ReadPage], _Problems]:
    """The pages that are good by themselves, and what is wrong with the others."""
    read: list[_ReadPage] = []
    problems: _Problems = {}
    for path in paths:
        try:
            read.append(_ReadPage(path, *_read_page(read_file(path, folder), strict=strict, known=known, today=today)))
        except BadFile as error:
            problems[path] = list(error.problems)
    return read, problems


def _check_pages(
    folder: Path, read: Sequence[_ReadPage], *, strict: bool, services: Collection[str] | None
) -> _Problems:
    """What is wrong with pages beside the others: an id given twice, references to what doesn't exist."""
    ids = {one.page.id for one in read}
    first: dict[str, Path] = {}
    problems: _Problems = {}
    for path, page, block in read:
        wrong = list(_check_references(path, page, block, ids if strict else None, services))
        if (other := first.setdefault(page.id, path)) is not path:
            wrong.append(_describe_second(path, block, page.id, other.relative_to(folder).as_posix()))
        if wrong:
            problems[path] = wrong
    return problems


def _describe_left_out(path: Path, folder: Path, problems: Sequence[FileProblem]) -> LeftOutPage:
    """One record for the page. The lines of further problems stand in the reason."""
    first = problems[0].line
    reasons = [str(replace(one, line=None if one.line == first else one.line, file="")) for one in problems]
    reason = " ".join(text.removeprefix(", ").removeprefix(": ") for text in reasons)
    return LeftOutPage(path.relative_to(folder).as_posix(), reason, first)


def list_page_digests(folder: Path) -> dict[str, str] | None:
    """The digest of every page by its source, without parsing them; None if any file can't be read, or if one
    may be in force on some days only."""
    try:
        found = find_files(folder)
        files = [read_file(path, folder) for path in found.pages]
        if found.problems or any(depends_on_day(file.text[:LONGEST_FRONT]) for file in files):
            return None
        return {file.source: file.digest for file in files}
    except BadFile:
        return None


def _describe_second(path: Path, block: Block | None, page_id: str, first: str) -> FileProblem:
    if block is None:
        return FileProblem(str(path), None, "", f"{first} has the same name. Rename one of them.")
    message = f"“{page_id}” is already the ID of {first}. Give this page another."
    return FileProblem(str(path), _find_line(block, ["id"]), "id", message)


def _keep_existing(related: tuple[str, ...], known: Collection[str]) -> tuple[str, ...]:
    return tuple(page_id for page_id in related if page_id in known)


def _read_page(
    file: PageFile, *, strict: bool, known: Mapping[str, Page], today: date | None = None
) -> tuple[Page, Block | None]:
    """The page and its front matter, if that is ours.

    Raises:
        BadFile: the page is bad, or isn't in force.
    """
    name, text = str(file.path), file.text
    if not strict and (why := find_unpublished_place(file.source)):
        raise BadFile([FileProblem(name, None, "", why)])
    block = find_block(text, name)
    if strict and (block is None or block.form != "yaml"):
        why = "The page must start with front matter between two lines of “---”."
        raise BadFile([FileProblem(name, 1, "", why)])
    front = block.text if block else ""
    # Related pages that don't exist were dropped from what is known, and may exist by now.
    if (page := known.get(file.digest)) and not _RELATED.search(front) and not depends_on_day(front):
        end = block.end if block and page.first_line > 1 else 0
        return replace(page, text=read_markdown(text[end:], file.source)), block if _has_checked_fields(page) else None
    fields = parse_block(block, name) if block else {}
    if block is None or fields is None:
        return _make_page(file, {}, read_markdown(text, file.source), 1), None
    if found := None if strict else find_unpublished_field(fields, today):
        raise BadFile([FileProblem(name, find_field_line(block, found[0]), found[0], found[1])])
    body, first_line = read_markdown(text[block.end :], file.source), text.count("\n", 0, block.end) + 1
    if not strict and not is_ours(fields):
        return _make_page(file, fields, body, first_line), None
    ours = read_ours(block, fields, name, strict=strict)
    given = ours.model_dump() | _flatten_questions(ours.questions)
    return Page(source=file.source, text=body, first_line=first_line, digest=file.digest, **given), block


def _has_checked_fields(page: Page) -> bool:
    """Whether a page that was read before has fields of ours that refer to something."""
    return bool(page.services or page.questions or page.id != _make_slug(page.source))


def _make_page(file: PageFile, fields: Mapping[str, object], body: str, first_line: int) -> Page:
    """A page of another system. Fields of ours are taken where their meaning is clear."""
    title = choose_title(fields, body, file.source)
    page = Page(_make_slug(file.source), title, file.source, body, first_line, digest=file.digest)
    return replace(page, **read_clear_fields(fields))


def _flatten_questions(given: tuple[str, ...] | dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    by_heading = given if isinstance(given, dict) else {"": given}
    pairs = [(heading, question) for heading, some in by_heading.items() for question in some]
    headings = tuple(heading for heading, _ in pairs) if isinstance(given, dict) else ()
    return {"questions": tuple(question for _, question in pairs), "headings": headings}


def _make_slug(source: str) -> str:
    """The path as an id: “guides/Getting started.md” → “guides/getting-started”."""
    folder, _, name = source.lower().rpartition("/")
    stem = f"{folder}/{_SUFFIXES.sub('', name)}"
    return re.sub(r"[^\w/]+", "-", stem).strip("-/") or "page"


def _check_references(
    path: Path, page: Page, block: Block | None, known: Collection[str] | None, services: Collection[str] | None
) -> Sequence[FileProblem]:
    """Problems that show only when all pages are known. Only pages with our front matter have these fields."""
    found: list[tuple[list[str | int], str]] = []
    if block and path.stem != page.id:
        found.append((["id"], f"The ID must be the file's name without its ending, “{path.stem}”."))
    existing = {page.title, *(words for _, words in list_headings(page.text))} if page.headings else set()
    for heading in dict.fromkeys(page.headings):
        if heading not in existing:
            found.append((["questions", heading], "The page has no such heading. Copy one from the page."))
    for at, other in enumerate(page.related):
        if known is not None and (other not in known or other == page.id):
            found.append((["related", at], f"There's no other page with the ID “{other}”."))
    for at, key in enumerate(page.services):
        if services is not None and key not in services:
            found.append(
                (["services", at], f"Service “{key}” doesn't exist. Available services: {', '.join(sorted(services))}.")
            )
    return [
        FileProblem(str(path), _find_line(block, where), ".".join(map(str, where)), message) for where, message in found
    ]


def _find_line(block: Block | None, where: Sequence[str | int]) -> int | None:
    return find_line(block.text, where, first_line=block.line) if block else None
