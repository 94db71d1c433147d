"""What a page is called: by its front matter, its first heading or its file's name."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from foundation.text import is_visible
from knowledge.plain_text import split_anchor, to_plain_text
from knowledge.reading.characters import remove_unseen

LONGEST = 150
_HEADING = re.compile(
    r"^ {0,3}(?P<fence>`{3,}+(?=[^`\n]*$)|~{3,}+)[^\n]*\n(?s:.*?)(?:^ {0,3}(?P=fence)|\Z)"
    r"|^ {0,3}(?P<marks>#{1,6})[ \t]+(?P<words>.+?)[ \t]*$"
    r"|^ {0,3}(?P<underlined>[^\s>#|+*-][^\n]*)\n {0,3}(?P<line>=+|-+)[ \t]*$",
    re.MULTILINE,
)
_CLOSING = re.compile(r"(?:^|[ \t]+)#+$")
_SUFFIXES = re.compile(r"(?:\.[a-z0-9]{1,8}){1,3}$", re.IGNORECASE)
_NOISE = re.compile(r"^\d{4}-\d\d-\d\d-|[ _-][0-9a-f]{32}$")  # a post's date; the key in an export's file name
_NAMES = ("title", "page_title", "linktitle", "sidebar_label", "nav_title", "name")


def list_headings(text: str) -> Iterator[tuple[int, str]]:
    """Level and plain words of each heading that isn't in code, in order."""
    for found in _HEADING.finditer(text):
        if found["fence"]:
            continue
        level = len(found["marks"]) if found["marks"] else 1 if found["line"][0] == "=" else 2
        words, _ = split_anchor(_CLOSING.sub("", found["words"]) if found["marks"] else found["underlined"])
        yield level, to_plain_text(words)


def choose_title(fields: Mapping[str, object], text: str, source: str) -> str:
    """The first of these that somebody can see: a title in the front matter, the page's first heading (of the first
    level if it has one), another name in the front matter, the file's name."""
    names = {str(key).lower(): value for key, value in fields.items()}
    given = [_read_title(names.get(name)) for name in _NAMES]
    headings = list(list_headings(text))
    found = (
        given[0],
        *(words for level, words in headings if level == 1),
        *(words for _, words in headings),
        *given[1:],
    )
    candidates = (*(remove_unseen(title).strip()[:LONGEST].strip() for title in found), _read_name(source))
    return next((title for title in candidates if is_visible(title)), source)


def _read_title(value: object) -> str:
    return to_plain_text(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _read_name(source: str) -> str:
    path = PurePosixPath(source)
    name = _SUFFIXES.sub("", path.name)
    if name.lower() in ("readme", "index", "_index") and path.parent.name:
        name = path.parent.name
    return _NOISE.sub("", remove_unseen(name)).replace("-", " ").replace("_", " ").strip()[:LONGEST]
