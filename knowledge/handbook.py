"""The handbook: Markdown pages from a folder, validated, each with a digest that changes with the page.

A page may start with our front matter (id, title, owner, edition, effective, services, questions, related), which is
then validated. Its questions stand below the heading of the section that answers them, or in one list for the page.
Pages from other sources need none: the title comes from their own front matter, the first heading or the file name, and
the id from the path.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from foundation.files import BadFile, FileProblem, Strict, find_line, match_pattern, parse_yaml
from knowledge.plain_text import to_plain_text
from knowledge.reading.files import PageFile, find_files, read_file

_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|\Z)", re.DOTALL)
_RELATED = re.compile(r"^related:", re.MULTILINE)
_UNCLOSED = re.compile(r"\A---[ \t]*\n[\w-]+:(?:\s|\Z)")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_OURS = {"owner", "edition", "effective", "services", "questions", "related"}


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


_NO_ID = "Expected lowercase letters and digits, with words joined by “-”."


_PageQuestions = Annotated[tuple[str, ...], Tag("tagged-page")]
_SectionQuestions = Annotated[dict[str, tuple[str, ...]], Tag("tagged-sections")]


def _find_form(value: object) -> str:
    return "tagged-sections" if isinstance(value, Mapping) else "tagged-page"


class _Ours(Strict):
    id: Annotated[str, match_pattern("[a-z0-9]+(-[a-z0-9]+)*", _NO_ID)] = Field(max_length=80)
    title: str = Field(min_length=1, max_length=150)
    owner: str = Field(min_length=1, max_length=40)
    edition: str = Field(min_length=1, max_length=20)
    effective: date
    services: tuple[str, ...] = ()
    questions: Annotated[_PageQuestions | _SectionQuestions, Discriminator(_find_form)] = ()
    related: tuple[str, ...] = ()


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


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


def read_handbook(
    folder: Path,
    *,
    strict: bool = False,
    services: Collection[str] | None = None,
    known: Mapping[str, Page] | None = None,
) -> Handbook:
    """The pages that `read_folder` takes. With `strict`, a page that is left out is an error like any other.

    Raises:
        BadFile: as `read_folder`; with `strict`, every problem of every page.
    """
    return read_folder(folder, strict=strict, services=services, known=known).handbook


def read_folder(
    folder: Path,
    *,
    strict: bool = False,
    services: Collection[str] | None = None,
    known: Mapping[str, Page] | None = None,
) -> HandbookFolder:
    """Read every Markdown file below `folder`, in the order of their paths.

    `known` has pages that were read before, by digest, with or without their text: their front matter isn't parsed
    again.

    A page with a problem is left out, and the others are taken. Hidden folders and links to folders are skipped. With
    `strict`, every page must start with our front matter, related pages must exist, and nothing is left out. Without
    it, front matter is validated only if it has an `id` and another of our fields, and related pages that don't exist
    are dropped. With `services`, a page may offer only those.

    Raises:
        BadFile: the folder can't be read, or no page is left: every problem of every page.
    """
    found = find_files(folder)
    problems: dict[Path, list[FileProblem]] = {Path(problem.file): [problem] for problem in found.problems}
    read: list[tuple[Path, Page, str]] = []
    for path in found.pages:
        try:
            read.append((path, *_read_page(read_file(path, folder), strict=strict, known=known or {})))
        except BadFile as error:
            problems[path] = list(error.problems)
    ids = {page.id for _, page, _ in read}
    first: dict[str, Path] = {}
    for path, page, front in read:
        wrong = list(_check_references(path, page, front, ids if strict else None, services))
        if (other := first.setdefault(page.id, path)) is not path:
            line = find_line(front, ["id"], first_line=2) if front else None
            message = f"“{page.id}” is already the ID of {other.relative_to(folder)}. Give this page another."
            wrong.append(FileProblem(str(path), line, "id", message))
        if wrong:
            problems[path] = wrong
    taken = [page for path, page, _ in read if path not in problems]
    if problems and (strict or not taken):
        raise BadFile([one for path in sorted(problems) for one in problems[path]])
    if not taken:
        raise BadFile([FileProblem(str(folder), None, "", "There are no Markdown pages (*.md) in this folder.")])
    ids = {page.id for page in taken}
    pages = tuple(replace(page, related=_keep_existing(page.related, ids)) for page in taken)
    left_out = tuple(_describe_left_out(path, folder, problems[path]) for path in sorted(problems))
    return HandbookFolder(Handbook(pages), left_out, found.not_read)


def _describe_left_out(path: Path, folder: Path, problems: Sequence[FileProblem]) -> LeftOutPage:
    """One record for the page. The lines of further problems stand in the reason."""
    first = problems[0].line
    reasons = [str(replace(one, line=None if one.line == first else one.line, file="")) for one in problems]
    reason = " ".join(text.removeprefix(", ").removeprefix(": ") for text in reasons)
    return LeftOutPage(path.relative_to(folder).as_posix(), reason, first)


def list_page_digests(folder: Path) -> dict[str, str] | None:
    """The digest of every page by its source, without parsing them; None if any file can't be read."""
    try:
        found = find_files(folder)
        files = (read_file(path, folder) for path in found.pages)
        return None if found.problems else {file.source: file.digest for file in files}
    except BadFile:
        return None


def _keep_existing(related: tuple[str, ...], known: Collection[str]) -> tuple[str, ...]:
    return tuple(page_id for page_id in related if page_id in known)


def _read_page(file: PageFile, *, strict: bool, known: Mapping[str, Page]) -> tuple[Page, str]:
    """The page and the text of its front matter, if that is ours."""
    path, text, digest = file.path, file.text, file.digest
    found = _FRONT.match(text)
    front = (found.group(1) or "") if found else ""
    body = text[found.end() :] if found else text
    first_line = text.count("\n", 0, found.end()) + 1 if found else 1
    if not found and _UNCLOSED.match(text):
        raise BadFile([FileProblem(str(path), 1, "", "The front matter isn't closed. Add a line “---” after it.")])
    if strict and not found:
        why = "The page must start with front matter between two lines of “---”."
        raise BadFile([FileProblem(str(path), 1, "", why)])
    # Related pages that don't exist were dropped from what is known, and may exist by now.
    if (page := known.get(digest)) and not _RELATED.search(front):
        return replace(page, text=body), front if page.owner else ""
    extra = _read_foreign_fields(front, path) if front.strip() else {}
    if strict or ("id" in extra and not _OURS.isdisjoint(extra)):
        fields = parse_yaml(front, _Ours, name=str(path), first_line=2)
        given = fields.model_dump() | _flatten_questions(fields.questions)
        return Page(source=file.source, text=body, first_line=first_line, digest=digest, **given), front
    title = _choose_title(extra.get("title"), body, path)
    return Page(_make_slug(file.source), title, file.source, body, first_line, digest=digest), ""


def _flatten_questions(given: tuple[str, ...] | dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    by_heading = given if isinstance(given, dict) else {"": given}
    pairs = [(heading, question) for heading, some in by_heading.items() for question in some]
    headings = tuple(heading for heading, _ in pairs) if isinstance(given, dict) else ()
    return {"questions": tuple(question for _, question in pairs), "headings": headings}


def _read_foreign_fields(front: str, path: Path) -> dict[str, object]:
    return dict(parse_yaml(front, _Foreign, name=str(path), first_line=2).model_extra or {})


def _choose_title(given: object, body: str, path: Path) -> str:
    heading = _HEADING.search(body)
    name = path.parent.name if path.stem.lower() in ("readme", "index", "_index") else path.stem
    plain = str(given).strip() if isinstance(given, str | int | float) else ""
    title = plain or (heading.group(1) if heading else "") or name.replace("-", " ").replace("_", " ").strip()
    return re.sub(r"[*_`]|\[|\]\([^)]*\)", "", title)[:150] or path.name


def _make_slug(source: str) -> str:
    """The path as an id: “guides/Getting started.md” → “guides/getting-started”."""
    stem = source.rsplit(".", 1)[0].lower()
    return re.sub(r"[^\w/]+", "-", stem).strip("-/") or "page"


def _check_references(
    path: Path, page: Page, front: str, known: Collection[str] | None, services: Collection[str] | None
) -> Sequence[FileProblem]:
    """Problems that show only when all pages are known. Only pages with our front matter have these fields."""
    found: list[tuple[list[str | int], str]] = []
    if front and path.stem != page.id:
        found.append((["id"], f"The ID must be the file's name without its ending, “{path.stem}”."))
    existing = {page.title, *map(to_plain_text, _HEADING.findall(page.text))}
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
        FileProblem(str(path), find_line(front, where, first_line=2), ".".join(map(str, where)), message)
        for where, message in found
    ]
