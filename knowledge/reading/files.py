"""The files of a handbook's folder: which are pages, and how many of each kind aren't read."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from foundation.files import BadFile, FileProblem, read_text
from knowledge.reading.characters import explain_forbidden, find_forbidden, remove_unseen

_PAGE = re.compile(
    r".+\.(?:md|markdown|mdown|mkdn?|mdwn|mdte?xt|mdx|qmd|rmd)"
    r"(?:\.(?:erb|liquid|njk|j2|jinja2?|ejs|hbs|mustache|tmpl|tpl|eex))?",
    re.IGNORECASE,
)
MOST_PAGES = 20_000
READING = 2  # grows when pages are read otherwise than before, so that all are read again
_SKIPPED_FOLDERS = ("node_modules",)


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the handbook: its path, its path below the handbook's folder, and its text with “\\n” alone."""

    path: Path
    source: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{READING}\n{self.source}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The Markdown files of a folder in the order of their paths, what is wrong with others, and how many of each kind
    weren't read, by suffix such as “.png” or by words such as “hidden folder”."""

    pages: tuple[Path, ...]
    problems: tuple[FileProblem, ...]
    not_read: Mapping[str, int]


def is_page_name(name: str) -> bool:
    """Whether a file holds Markdown by its name: “a.md”, “a.mdx”, “a.html.md.erb”."""
    return bool(_PAGE.fullmatch(name))


def find_files(folder: Path) -> FoundFiles:
    """The Markdown files below a folder. Hidden files, hidden folders and links to folders are only counted.

    Raises:
        BadFile: it isn't a folder, or has more than `MOST_PAGES` pages.
    """
    if not folder.is_dir():
        why = "This is a file, not a folder." if folder.exists() else "This folder doesn't exist."
        raise BadFile([FileProblem(str(folder), None, "", f"{why} Give a folder of Markdown pages.")])
    root, found, problems, not_read = folder.resolve(), list[Path](), list[FileProblem](), Counter[str]()
    for here, folders, names in os.walk(folder):
        for name in folders:
            not_read.update(_describe_unread_folder(Path(here, name)))
        folders[:] = [name for name in folders if not _describe_unread_folder(Path(here, name))]
        for name in names:
            path = Path(here, name)
            if not _is_text(name):
                not_read["unreadable name"] += 1
            elif name.startswith(".") or not is_page_name(name):
                not_read["hidden file" if name.startswith(".") else path.suffix.lower() or "without an ending"] += 1
            elif problem := _find_problem(path, root):
                problems.append(FileProblem(str(path), None, "", problem))
            else:
                found.append(path)
    if len(found) > MOST_PAGES:
        problem = f"There are more than {MOST_PAGES:,} pages in this folder. Give a smaller folder."
        raise BadFile([FileProblem(str(folder), None, "", problem)])
    found.sort(key=lambda path: path.relative_to(folder).as_posix())
    return FoundFiles(tuple(found), tuple(problems), dict(not_read))


def _is_text(name: str) -> bool:
    return find_forbidden(name) is None


def _describe_unread_folder(path: Path) -> list[str]:
    if not _is_text(path.name):
        return ["unreadable name"]
    if path.is_symlink():
        return ["link to a folder"]
    return ["hidden folder"] if path.name.startswith(".") else [name for name in _SKIPPED_FOLDERS if name == path.name]


def _find_problem(path: Path, root: Path) -> str | None:
    """Why a file is rejected. Links may point to files inside the folder (mounted volumes do), but never outside."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "The target of this link doesn't exist. Remove the link."
    if not target.is_relative_to(root):
        return "This link leads out of the folder. Replace it with the page itself."
    return None if target.is_file() else "This isn't a regular file. Remove it."


def read_file(path: Path, folder: Path) -> PageFile:
    """The file's text.

    Raises:
        BadFile: it can't be read, is too large or isn't text.
    """
    text = remove_unseen(read_text(path).replace("\r\n", "\n").replace("\r", "\n"))
    at = find_forbidden(text)
    if at is not None:
        raise BadFile([FileProblem(str(path), text.count("\n", 0, at) + 1, "", explain_forbidden(text[at]))])
    return PageFile(path, path.relative_to(folder).as_posix(), text)
