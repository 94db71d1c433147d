"""Takes what writers hid out of a page, and puts its code out of reach of all other rules.

Comments and code can hold each other's marks, so both are found in one pass: whichever opens first, counts.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from knowledge.reading.indented_code import IndentedCode

_FIRST = 0xF0000  # stand-ins are characters for private use, which no text has
_MOST = 65_000
STAND_IN = f"[{chr(_FIRST)}-{chr(_FIRST + _MOST)}]"
_STAND_IN = re.compile(STAND_IN)
_GONE = "script|style|svg|iframe|noscript|template|math|object|audio|video|del|s|strike|ref"
# Two patterns, because the second is far quicker when it isn't tied to the start of a line.
_LINE_OPENING = re.compile(
    r"^(?P<lead>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*)(?P<fence>`{3,}(?=[^`\n]*$)|~{3,}(?=[^~\n]*$))(?P<info>.*)$"
    r"|^(?P<indent>(?: {4}|\t| {1,3}\t)[ \t]*)(?=\S)"
    r"|^[ \t]*\[(?:\/\/|comment|_comment|#)\]:[ \t]*(?P<definition>#|<>)",
    re.MULTILINE | re.IGNORECASE,
)
_OPENING = re.compile(
    r"[`<{%](?:(?<=`)(?P<ticks>`*)"
    r"|(?<=<)(?P<comment>!--)"
    r"|(?<=<)(?P<pre>(?:pre|textarea)\b)"
    rf"|(?<=<)(?P<gone>{_GONE})(?=[\s>])"
    r"|(?<=\{)%-?\s*(?P<liquid>raw|verbatim|comment)\b[^%\n]*%\}"
    r"|(?<=\{)(?P<note>/\*|\{!--|\{-?\s*/\*|::comment|#(?=[\s\-]|[^\s{}]*\s[^{}=]*#\})|>>)"
    r"|(?<=%)(?P<percent>%))",
    re.IGNORECASE,
)
_NOTE_ENDS = {"/*": "*/}", "{!--": "--}}", "::comment": "{:/comment}", "#": "#}", ">>": "<<}"}
_ENDS = {start: re.compile(re.escape(end)) for start, end in _NOTE_ENDS.items()}
_HUGO_END = re.compile(r"\*/\s*-?\}\}")
_CONTAINER = re.compile(
    r"\s*(?:\{(?:[\w-]+:)?(?:note|warning|tip|important|caution|attention|danger|error|hint|admonition|seealso|topic|sidebar"
    r"|dropdown|card|grid|tab-set|tab-item|details|margin|epigraph|pull-quote|div|versionadded|versionchanged|deprecated)\}"
    r"|ad-[\w-]+)(?P<title>.*)",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n[ \t>]*(?=\n)")
_NEXT_ROW = re.compile(r"[ \t]*\n[ \t]*\|")
_QUOTE = re.compile(r"[\s>]*")


class _Hider:
    """One pass over a page. Line ends that are taken out within a paragraph follow at its end, so that the paragraph
    stays one and what comes after it stays on its line."""

    def __init__(self, text: str, codes: list[str]) -> None:
        self._text, self._codes = text, codes
        self._out: list[str] = []
        self._line = ""  # what stands on the last line so far
        self._owed = 0
        self._indented = IndentedCode(text)
        self._next_line, self._next = _LINE_OPENING.search(text), _OPENING.search(text)
        self._missing: set[str] = set()  # patterns that nothing further on matches

    def run(self) -> str:
        text, at = self._text, 0
        while found := self._find_opening(at):
            self._keep(text[at : found.start()])
            at = max(self._handle(found), found.start() + 1)
        self._keep(text[at:])
        return "".join(self._out) + "\n" * self._owed

    def _find_opening(self, at: int) -> re.Match[str] | None:
        """The first of comment, code and the like from there on."""
        if self._next_line and self._next_line.start() < at:
            self._next_line = _LINE_OPENING.search(self._text, at)
        if self._next and self._next.start() < at:
            self._next = _OPENING.search(self._text, at)
        if self._next_line and (not self._next or self._next_line.start() <= self._next.start()):
            return self._next_line
        return self._next

    def _handle(self, found: re.Match[str]) -> int:
        """Write what becomes of it; the place where reading goes on."""
        kind = found.lastgroup or ""
        return _HANDLERS["fence" if kind == "info" else kind](self, found)

    def _keep(self, piece: str) -> None:
        if self._owed and (blank := _BLANK_LINE.search(piece)):
            piece = piece[: blank.start()] + "\n" * self._owed + piece[blank.start() :]
            self._owed = 0
        self._out.append(piece)
        _, line_end, last = piece.rpartition("\n")
        self._line = last if line_end else self._line + last

    def _drop(self, start: int, end: int) -> int:
        """Leave out a piece of the text but for its line ends."""
        lines = self._text.count("\n", start, end)
        if _QUOTE.fullmatch(self._line):
            if self._is_between_rows(end):
                self._owed += lines + 1
                return self._text.index("\n", end) + 1
            self._keep("\n" * lines)
            return self._skip_blanks(end)
        self._owed += lines
        following = self._text[end : end + 1]
        if self._line.endswith(" ") and following in tuple(".,;:!?)"):
            self._out[-1], self._line = self._out[-1].rstrip(" "), self._line.rstrip(" ")
        return self._skip_blanks(end) if self._line.endswith(" ") and following in (" ", "\n", "") else end

    def _skip_blanks(self, at: int) -> int:
        while self._text[at : at + 1] in (" ", "\t"):
            at += 1
        return at

    def _is_between_rows(self, end: int) -> bool:
        """Whether only this stands between two rows of a table, so that an empty line would end it."""
        before = "".join(self._out[-20:]).rstrip(" \t").rpartition("\n")[0].rpartition("\n")[2].lstrip()
        return before.startswith("|") and bool(_NEXT_ROW.match(self._text, end))

    def _find_end(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        """The first match from there; a page of openings without an end is searched once."""
        found = None if pattern.pattern in self._missing else pattern.search(self._text, start)
        if found is None:
            self._missing.add(pattern.pattern)
        return found

    def _hide(self, code: str) -> str:
        """A stand-in for code; the code itself if there is too much of it."""
        if len(self._codes) >= _MOST:
            return code
        self._codes.append(code)
        return chr(_FIRST + len(self._codes) - 1)

    def _hide_lines(self, start: int, end: int) -> int:
        """Hide every line by itself, so that whole blocks can be moved to the left."""
        if self._owed:
            self._keep("\n" * self._owed)
            self._owed = 0
        for line in self._text[start:end].splitlines(keepends=True):
            words = line.strip(" \t\n")
            if words:
                before = line[: line.index(words[0])]
                self._keep(before + self._hide(words) + line[len(before) + len(words) :].lstrip(" \t"))
            else:
                self._keep(line)
        return end

    def _handle_fence(self, found: re.Match[str]) -> int:
        closing = _find_fence_end(found["fence"], len(found["lead"]) + 3).search(self._text, found.end())
        end = closing.end() if closing else len(self._text)
        container = _CONTAINER.fullmatch(found["info"])
        if not container:
            return self._hide_lines(found.start(), end)
        last = closing.start() if closing else len(self._text)
        title = container["title"].strip()
        inner = _Hider(self._text[found.end() : last], self._codes).run()
        self._keep(found["lead"] + (f"**{title}:**" if title else "") + inner)
        return end

    def _handle_indent(self, found: re.Match[str]) -> int:
        end = self._text.find("\n", found.end())
        end = len(self._text) if end < 0 else end
        if self._indented.is_code(found.start()):
            return self._hide_lines(found.start(), end)
        self._keep(found[0])
        return found.end()

    def _handle_ticks(self, found: re.Match[str]) -> int:
        before = self._text[found.start() - 1 : found.start()]
        closing = _find_ticks(len(found[0])).match(self._text, found.end()) if before not in ("\\", "`") else None
        if not closing:
            self._keep(found[0])
            return found.end()
        code = self._text[found.start() : closing.end()]
        self._keep(self._hide(code.replace("\n", " ")))
        self._owed += code.count("\n")
        return closing.end()

    def _handle_comment(self, found: re.Match[str]) -> int:
        return self._drop(found.start(), self._find_comment_end(found.start()))

    def _find_comment_end(self, start: int) -> int:
        """A comment that isn't closed goes to the end of the page if it begins a line, as in a browser, and otherwise
        to the end of its paragraph."""
        text = self._text
        if short := re.compile(r"<!--?-?>").match(text, start):
            return short.end()
        closing = _COMMENT_END.search(text, start + 4)
        if not closing:
            return len(text) if _QUOTE.fullmatch(self._line) else self._find_paragraph_end(start)
        end = closing.end()
        for _ in range(text.count("<!--", start + 4, end)):  # the end of a comment that holds another
            outer = _COMMENT_END.search(text, end, self._find_paragraph_end(end))
            if not outer or text.find("<!--", end, outer.start()) >= 0:
                break
            end = outer.end()
        return end

    def _find_paragraph_end(self, start: int) -> int:
        blank = _BLANK_LINE.search(self._text, start)
        return blank.start() if blank else len(self._text)

    def _handle_pre(self, found: re.Match[str]) -> int:
        closing = self._find_end(_PRE_END, found.end())
        return self._hide_lines(found.start(), closing.end() if closing else self._find_paragraph_end(found.start()))

    def _handle_gone(self, found: re.Match[str]) -> int:
        closing = self._find_end(_find_tag_end(found["gone"].lower()), found.end())
        single = re.compile(r"[^<>]*/>").match(self._text, found.end())
        if single:
            return self._drop(found.start(), single.end())
        if not closing:
            self._keep(found[0])
            return found.end()
        return self._drop(found.start(), closing.end())

    def _handle_liquid(self, found: re.Match[str]) -> int:
        kind = found["liquid"]
        closing = self._find_end(_find_liquid_end(kind.lower()), found.end())
        if not closing:
            return self._drop(found.start(), found.end())
        if kind.lower() == "comment":
            return self._drop(found.start(), closing.end())
        inner = self._text[found.end() : closing.start()]
        if "`" in inner or "\n" in inner:
            self._keep(_Hider(inner, self._codes).run())
        elif inner.strip():
            self._keep(self._hide(f"`{inner.strip()}`"))
        return closing.end()

    def _handle_note(self, found: re.Match[str]) -> int:
        closing = self._find_end(_ENDS.get(found["note"].lower(), _HUGO_END), found.end())
        if not closing:
            self._keep(found[0])
            return found.end()
        return self._drop(found.start(), closing.end())

    def _handle_percent(self, found: re.Match[str]) -> int:
        """Obsidian's comments: within a line, or a block between lines of “%%”."""
        is_block = _QUOTE.fullmatch(self._line)
        end = self._text.find("%%", found.end(), None if is_block else self._find_paragraph_end(found.end()))
        if end < 0:
            self._keep("%%")
            return found.end()
        return self._drop(found.start(), end + 2)

    def _handle_definition(self, found: re.Match[str]) -> int:
        end = self._text.find("\n", found.end())
        return self._drop(found.start(), len(self._text) if end < 0 else end)


_PRE_END = re.compile(r"</(?:pre|textarea)\s*>", re.IGNORECASE)
_COMMENT_END = re.compile(r"--!?>")
_HANDLERS: dict[str, Callable[[_Hider, re.Match[str]], int]] = {
    "fence": _Hider._handle_fence,
    "indent": _Hider._handle_indent,
    "ticks": _Hider._handle_ticks,
    "comment": _Hider._handle_comment,
    "pre": _Hider._handle_pre,
    "gone": _Hider._handle_gone,
    "liquid": _Hider._handle_liquid,
    "note": _Hider._handle_note,
    "percent": _Hider._handle_percent,
    "definition": _Hider._handle_definition,
}


@lru_cache(maxsize=64)
def _find_fence_end(fence: str, indent: int) -> re.Pattern[str]:
    return re.compile(rf"^[ \t>]{{0,{indent}}}{re.escape(fence)}{re.escape(fence[0])}*[ \t]*$", re.MULTILINE)


@lru_cache(maxsize=64)
def _find_tag_end(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}\s*>", re.IGNORECASE)


@lru_cache(maxsize=64)
def _find_liquid_end(name: str) -> re.Pattern[str]:
    return re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}", re.IGNORECASE)


@lru_cache(maxsize=64)
def _find_ticks(count: int) -> re.Pattern[str]:
    """The rest of a code span, within its paragraph."""
    others = rf"(?<!`)`{{1,{count - 1}}}+(?!`)|`{{{count + 1},}}+" if count > 1 else "`{2,}+"
    return re.compile(rf"(?:[^`\n]|\n(?![ \t]*(?:\n|\Z))|{others})*?(?<!`)`{{{count}}}(?!`)")


def hide_code(text: str, codes: list[str]) -> str:
    """The text without comments, with a stand-in for each piece of code. `codes` is filled with the code."""
    return _Hider(_STAND_IN.sub("", text), codes).run()


def restore_code(text: str, codes: list[str]) -> str:
    """The text with its code."""
    return _STAND_IN.sub(lambda found: codes[ord(found[0]) - _FIRST], text) if codes else text


def read_code(stand_in: str, codes: list[str]) -> str:
    """The words of the code span that it stands for."""
    return codes[ord(stand_in) - _FIRST].strip("`").strip()
