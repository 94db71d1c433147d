"""Whether an indented line is code, or belongs to a list or a callout above it."""

import re

_MARKER = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_CALLOUT = re.compile(r"(?:!{3}|\?{3}\+?|={3}[!+]?|/{3,}|\[\^[^\]\n]+\]:|:[ \t])")
_FARTHEST = 200  # lines to look back


class IndentedCode:
    """Asks about the lines of one page, in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._code_ends_at = -1  # the end of the last line that is code

    def is_code(self, start: int) -> bool:
        """Whether the line that starts there, with four or more blanks, is code."""
        text, end = self._text, self._find_line_end(start)
        if self._code_ends_at >= 0 and not text[self._code_ends_at : start].strip():
            self._code_ends_at = end
            return True
        lines = text[max(0, start - 20_000) : start].split("\n")[-_FARTHEST:-1]
        if lines and lines[-1].strip():
            return False  # it continues a paragraph
        found = _measure(text[start:end]) >= _find_base(lines, _measure(text[start:end])) + 4
        if found:
            self._code_ends_at = end
        return found

    def _find_line_end(self, start: int) -> int:
        end = self._text.find("\n", start)
        return len(self._text) if end < 0 else end


def _find_base(lines: list[str], indent: int) -> int:
    """Where the text of the innermost list item or callout starts that holds a line with this indent."""
    at = len(lines) - 1
    while at >= 0:
        line = lines[at]
        if line.strip() and _measure(line) < indent:
            words = line.lstrip(" \t")
            if marker := _MARKER.match(line):
                return min(_measure(line) + len(marker[0].lstrip()), indent)
            if _CALLOUT.match(words):
                return _measure(line) + 4
            if words.startswith("<") and not words.startswith("<!--"):
                return indent  # indented HTML goes on
            indent = _measure(line)
            if not indent:
                return 0
        at -= 1
    return 0


def _measure(line: str) -> int:
    """The blanks before a line, with tabs to the next fourth column."""
    count = 0
    for character in line:
        if character not in " \t":
            break
        count += 4 - count % 4 if character == "\t" else 1
    return count
