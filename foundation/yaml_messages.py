"""What is wrong with YAML text, in words for the person who wrote it."""

import re
from typing import Any

from ruamel.yaml.reader import ReaderError

_FALLBACK = "This line can't be read. Check its indentation, colons, brackets and quotation marks."

# What the parser reports, and what to say instead. The text may use what the pattern found.
_MESSAGES = (
    (r"found character '(\\t)'", "Indent this line with spaces instead of tabs."),
    (r"found character '(.+)' that", "A value can't begin with “{0}”. Put it in quotation marks, such as \"{0}\"."),
    (r"found undefined alias '(.*)'", "Nothing in this file is named “&{0}”. If “*{0}” is text, "
     "put it in quotation marks."),
    (r"mapping values are not", "There's a second “: ” here. Put a value with a colon in it in quotation marks, "
     "and each field on a line of its own, indented like the others."),
    (r"sequence entries are not", "An entry of a list (“- ”) must begin on a line of its own."),
    (r"expected <block end>", "This line doesn't fit the lines above. Indent fields of the same level equally, and put "
     "quotation marks around the whole of a value or around nothing."),
    (r"expected ',' or '\]'", "A list in brackets isn't closed. Add the missing “]” or comma."),
    (r"expected ',' or '\}'", "A group of fields in braces isn't closed. Add the missing “}}” or comma."),
    (r"expected the node content, but found '([\]},])'", "A value can't begin with “{0}”. Put it in quotation marks."),
    (r"expected the node content", "Something is missing at the end of this line, such as a closing bracket."),
    (r"unexpected end of stream|unexpected document separator", "A quotation mark isn't closed. Add the missing one."),
    (r"unknown escape character|escape sequence", "A “\\” in double quotation marks has a meaning of its own. Use "
     "single quotation marks."),
    (r"could not find expected ':'", "This line isn't a field. Write it as “name: value”."),
    (r"expected (alphabetic or numeric|chomping|URI|'[!> ])|a comment or a line break|tag handle",
     "A value that begins with one of * & ! | > needs quotation marks."),
    (r"found another document", "There's a second line of “---”. A file has one document: remove the line."),
    (r"maximum depth", "The values nest too deep. Use fewer levels."),
)  # fmt: skip


def explain_syntax_error(error: Exception, text: str) -> tuple[str, int | None]:
    """The message, and the line counted from 0 where it's known."""
    if isinstance(error, ReaderError):
        sign = chr(error.character) if isinstance(error.character, int) else str(error.character)
        line = text[: text.index(sign)].count("\n") if sign in text else None
        why = f"This isn't a text file: it has the sign {name_sign(sign)}."
        return f"{why} Remove it, and save the file as UTF-8.", line
    problem = " ".join(str(part) for part in (getattr(error, "problem", None), getattr(error, "context", None)) if part)
    for pattern, message in _MESSAGES:
        if found := re.search(pattern, problem):
            return message.format(*found.groups()), _find_line(error)
    return _FALLBACK, _find_line(error)


def find_unstorable(text: str) -> str | None:
    """The first sign that a database can't keep: a NUL, or half of a pair of surrogates."""
    found = re.search("[\0\ud800-\udfff]", text)
    return found[0] if found else None


def name_sign(sign: str) -> str:
    """A sign by its number, for one that can't be seen."""
    return f"U+{ord(sign):04X}"


def _find_line(error: Any) -> int | None:
    """Where it begins: of a quotation mark or bracket that isn't closed, where it was opened."""
    problem, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    is_open = re.search(r"quoted|flow", str(getattr(error, "context", "")))
    mark = context if is_open and context else problem or context
    return int(mark.line) if mark else None
