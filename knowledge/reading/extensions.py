"""Marks within a line that CommonMark doesn't have: attribute lists, wiki links, what is struck out, footnotes, emoji.

Code is already out of reach here.
"""

import re

from knowledge.reading.hidden_text import STAND_IN, read_code

_VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'{}]*)"
_GIVEN = rf"(?:#[\w:./-]+|\.[A-Za-z_][\w:/.-]*|[A-Za-z_@:][\w:.@-]*={_VALUE}|-)"
_ATTRIBUTES = rf"\{{(?::[ \t]*(?:[^{{}}\n]*?)|[ \t]*(?:{_GIVEN}\s*)+)\}}"
_LIST = re.compile(_ATTRIBUTES)
_ID = re.compile(r"(?:^|[\s{:])#([\w:./-]+)")
_CLEAR_LIST = re.compile(r"\{(?:[ \t]*(?:#[\w:./-]+|\.[A-Za-z_][\w:/.-]*)[^{}\n]*|:[^{}\n]*|=\w+)\}")
_PLACED_LIST = re.compile(
    rf"(?:(?<=[)\]*_~=>\"])|(?<={STAND_IN})|[ \t]+(?=\S+[^\n{{}}]*\}}[ \t]*(?:\||$))|^[ \t>]*){_ATTRIBUTES}",
    re.MULTILINE,
)
_HEADING_ANCHOR = re.compile(r"<a\s+(?:id|name)=[\"']?([\w.:-]+)[\"']?[^>]*>\s*(?:</a>)?", re.IGNORECASE)
_FOLLOWING_LIST = re.compile(
    r"^(?P<heading> {0,3}#{1,6}[ \t][^\n]*?)(?P<end>[ \t]*\n)[ \t]*(?P<list>\{:[^{}\n]*\})[ \t]*$", re.MULTILINE
)
_SPAN = re.compile(r"(?<![!\\])\[([^\[\]\n]+)\]\{[^{}\n]*\}")

_PARAGRAPH = r"(?:[^\n]|\n(?![ \t>]*(?:\n|\Z)))"
_STRUCK = re.compile(rf"(?<![~\\])~~(?=[^\s~])((?!~~){_PARAGRAPH}){{1,3000}}?(?<=[^\s~])~~(?!~)")
_LOWERED = re.compile(r"(?<=\w)~(\w{1,10})~(?!~)")
_CRITIC = re.compile(
    r"\{(?:\+\+([^{}]{0,2000}?)\+\+|--([^{}]{0,2000}?)--|~~[^{}~]{0,2000}~>([^{}~]{0,2000})~~|==([^{}]{0,2000}?)==)\}"
)
_MARKED = re.compile(r"(?<![=\\\w])==(?=[^\s=])([^\n=]+(?:=[^\n=]+)*?)(?<=\S)==(?!=)")
_INSERTED = re.compile(r"(?<!\^)\^\^(?=\S)([^\n^]+)\^\^")
_KEYS = re.compile(r"(?<![+\w])\+\+([A-Za-z0-9_-]+(?:\+[A-Za-z0-9_-]+)*)\+\+(?![+\w])")
_WIKI = re.compile(r"(?P<embed>!?)\[\[(?P<page>[^\[\]|#\n]*)(?P<part>#[^\[\]|\n]*)?(?:\\?\|(?P<words>[^\[\]\n]*))?\]\]")
_WIKI_FILE = re.compile(r"(?:file|image|datei|fichier|category):", re.IGNORECASE)
_OUTSIDE = re.compile(r"\[(?<![\]\[!\\]\[)(?:https?|mailto):[^\s\[\]]+[ \t]+([^\[\]\n]+)\](?![(\[:])")
_WIKI_BOLD = re.compile(r"'{2,5}(?=\S)([^'\n]+(?:'[^'\n]+)*?)'{2,5}")
_FOOTNOTE = re.compile(r"[ \t]?(?<!\\)\[\^[^\]\s]{1,100}\]")
_INLINE_NOTE = re.compile(r"(?<![\\\w])\^\[([^\[\]\n]+)\]|(?<=[\w.,;:!?)])\^\[([^\[\]\n]+)\]")
_BLOCK_ID = re.compile(r"[ \t]+\^[A-Za-z0-9-]{2,40}[ \t]*$", re.MULTILINE)
_EMOJI = re.compile(r"(?<![\w:/]):(?P<name>[a-z+-][a-z0-9_+-]{0,60}):(?:\{[^{}\n]*\}|(?![\w:/]))", re.IGNORECASE)
_EMOJI_END = re.compile(r"[\w+-]:(?![\w/])")
_SHOWN_EMOJI = {
    "white_check_mark": "✅", "heavy_check_mark": "✔", "ballot_box_with_check": "☑", "x": "❌", "no_entry": "⛔",
    "heavy_multiplication_x": "✖", "warning": "⚠", "no_entry_sign": "🚫", "question": "❓", "exclamation": "❗",
    "red_circle": "🔴", "green_circle": "🟢", "yellow_circle": "🟡", "large_orange_circle": "🟠", "arrow_right": "→",
    "large_blue_circle": "🔵", "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "copyright": "©",
}  # fmt: skip
_ROLE = re.compile(rf"\{{[A-Za-z][\w:+-]*\}}({STAND_IN})")
_ROLE_TARGET = re.compile(r"(.+?)\s*<[^<>]+>$")
_DIRECTIVE = re.compile(r"(?<![:\w]):{1,2}[a-z][\w-]*\[([^\[\]\n]*)\](?:\{[^{}\n]*\})?", re.IGNORECASE)
_MACRO = re.compile(
    r"\{/?(?:info|note|warning|tip|panel|toc|color|expand|excerpt|column|section|anchor|quote|noformat|status|children|"
    r"pagetree|recently-updated)(?::[^{}\n]*)?\}",
    re.IGNORECASE,
)
_MARKS = {"==": _MARKED, "^^": _INSERTED, "''": _WIKI_BOLD}


def read_extensions(text: str, codes: list[str]) -> str:
    """The text with the words of its extensions, and the anchor of each heading, if given, as “{#anchor}” behind it."""
    text = _CRITIC.sub(lambda found: found[1] or found[3] or found[4] or "", text) if "{" in text else text
    text = _EMOJI.sub(_read_emoji, text) if _EMOJI_END.search(text) else text
    if "~" in text:
        text = _LOWERED.sub(r"\1", _STRUCK.sub(lambda found: "\n" * found[0].count("\n"), text))
    text = _read_links(text, codes) if "[" in text or "{" in text else text
    text = _read_lists(text)
    for mark, pattern in _MARKS.items():
        text = pattern.sub(r"\1", text) if mark in text else text
    text = _KEYS.sub(lambda found: found[1].replace("-", " ").title(), text) if "++" in text else text
    return _BLOCK_ID.sub("", text) if "^" in text else text


def _read_links(text: str, codes: list[str]) -> str:
    text = _ROLE.sub(lambda found: _read_role(read_code(found[1], codes)), text) if "{" in text and codes else text
    text = _WIKI.sub(_read_wiki_link, text) if "[[" in text else text
    text = _OUTSIDE.sub(r"\1", text)
    text = _DIRECTIVE.sub(r"\1", text) if ":" in text else text
    if "^" in text:
        text = _FOOTNOTE.sub("", _INLINE_NOTE.sub(lambda found: f" ({found[1] or found[2]})", text))
    return text


def _read_role(code: str) -> str:
    found = _ROLE_TARGET.fullmatch(code)
    return found[1] if found else code


def _read_wiki_link(found: re.Match[str]) -> str:
    page, part, words = found["page"].strip(), (found["part"] or "").lstrip("#").strip(), (found["words"] or "").strip()
    if found["embed"] or _WIKI_FILE.match(page):
        return ""
    if words:
        return words.rpartition("|")[2]
    if part.startswith("^"):
        part = ""
    page = page.rpartition("/")[2] or page
    return ", ".join(filter(None, (page, part.replace("#", ", "))))


def _read_lists(text: str) -> str:
    """Attribute lists go; the anchor of a heading stays at its end."""
    if "{" not in text and not _HEADING_ANCHOR.search(text):
        return text
    text = _FOLLOWING_LIST.sub(lambda found: f"{found['heading']} {found['list']}{found['end']}", text)
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if ("{" in line or "<a" in line or "<A" in line) and _is_heading(lines, at):
            lines[at] = _read_heading(line)
    text = "\n".join(lines)
    text = _SPAN.sub(r"\1", text)
    text = _CLEAR_LIST.sub(lambda found: found[0] if _is_anchor(found) else "", text)
    text = _PLACED_LIST.sub(lambda found: found[0] if _is_anchor(found) else "", text)
    return _MACRO.sub("", text)


def _is_heading(lines: list[str], at: int) -> bool:
    following = lines[at + 1] if at + 1 < len(lines) else ""
    is_underlined = bool(re.fullmatch(r" {0,3}(?:=+|-+)[ \t]*", following)) and bool(following.strip())
    return is_underlined or bool(re.match(r" {0,3}#{1,6}[ \t]", lines[at]))


def _read_heading(line: str) -> str:
    lists = [found[0] for found in _LIST.finditer(line)]
    given = [found[1] for found in map(_ID.search, lists) if found] + _HEADING_ANCHOR.findall(line)
    words = _HEADING_ANCHOR.sub("", _LIST.sub("", line)).rstrip()
    words = re.sub(r"[ \t]+#+$", "", words)
    return f"{words} {{#{given[0]}}}" if given else words


def _is_anchor(found: re.Match[str]) -> bool:
    """Whether it is the one that `_read_heading` wrote."""
    start = found.string.rfind("\n", 0, found.start()) + 1
    end = found.string.find("\n", found.end())
    line = found.string[start : end if end >= 0 else len(found.string)]
    after = found.string[end + 1 :].partition("\n")[0] if end >= 0 else ""
    return bool(re.fullmatch(r"[ \t]*\{#[^\s{}]+\}", found[0])) and _is_heading([line, after], 0)


def _read_emoji(found: re.Match[str]) -> str:
    return _SHOWN_EMOJI.get(found["name"].lower(), "")
