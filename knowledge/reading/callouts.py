"""Callouts, tabs and containers of site generators as plain paragraphs, line by line. Code is already out of reach."""

import re

from knowledge.reading.tags import label_words

_INDENTED = re.compile(
    r"(?P<lead>[ \t>]*)(?:(?:!!!|\?\?\?\+?)[ \t]*(?:[\w-]+(?:[ \t]+[\w-]+)*)?[ \t]*(?:\"(?P<title>.*)\")?[ \t]*$"
    r"|={3}[!+]?[ \t]*\"(?P<tab>[^\"]*)\"[ \t]*$"
    r"|\[\^[^\]\s]{1,100}\]:[ \t]*(?P<note>.*)$)"
)
_ALERT = re.compile(r"(?P<lead>[ \t]*(?:>[ \t]?)+)\[![\w -]+(?:\|[^\]\n]*)?\][+-]?[ \t]*(?P<title>.*)$", re.IGNORECASE)
_CONTAINER = re.compile(r"(?P<lead>(?:[ \t>]|[-*+][ \t])*):{3,}[ \t]*(?P<rest>.*?)[ \t]*:*[ \t]*$")
_OPENER = re.compile(
    r"(?:\{(?:[^{}]*?\btitle=\"(?P<given>[^\"]*)\")?[^{}]*\}|[\w./-]+)?[ \t]*(?:\[(?P<bracket>[^\]]*)\])?[ \t]*"
    r"(?:\{[^{}]*?(?:\btitle=\"(?P<title>[^\"]*)\")?[^{}]*\})?[ \t]*(?P<words>.*)"
)
_SLASHES = re.compile(r"(?P<lead>[ \t>]*)/{3,}(?:[ \t]+[\w-]+)?(?:[ \t]*\|[ \t]*(?P<title>.*))?[ \t]*$")
_DOCSIFY = re.compile(r"(?P<lead>[ \t]*)[!?]>[ \t]+(?=\S)")
_LEFT_OUT = re.compile(
    r"[ \t>]*(?:"
    r"\[\[?_?TOC_?\]\]?|@\[toc\].*|\{:?[ \t]*toc[^}]*\}|\$\{toc\}|__(?:NO)?TOC__|__NOEDITSECTION__"
    r"|\*\[[^\]\n]+\]:.*"  # what an abbreviation stands for
    r"|;?-+8<-+.*|\{!.*!\}|<<<[ \t]*@.*|@include\(.*\)|!!!include\(.*\)!!!"  # what is included
    r"|\[!(?:include|code)[\w-]*[ \t]*\[.*"
    r"|\\(?:newpage|pagebreak|clearpage|tableofcontents|maketitle)\b.*"
    r"|!?\[\[(?:category|kategorie|catégorie)[ \t]*:[^\]]*\]\]"
    r"|\{\||\|\}"
    r")[ \t]*$",
    re.IGNORECASE,
)
_TOC_ITEM = re.compile(
    r"[ \t]*(?:[-*+]|1\.)[ \t]+(?:toc|table of contents|this line.*|seed list.*)[ \t]*$", re.IGNORECASE
)
_TOC_MARK = re.compile(r"[ \t]*\{:?[ \t]*toc\b", re.IGNORECASE)
_DEFINITION = re.compile(r"(?P<lead> {0,3}):[ \t]{1,3}(?=\S)")
_WIKI_HEADING = re.compile(r"(={2,6})[ \t]+([^=\n]+?)[ \t]+\1[ \t]*$")
_SUSPECT = re.compile(
    r"^[ \t>]*(?:[-*+][ \t])?"
    r"(?:!!!|\?\?\?|={2,}[!+ \"]|\[|!?\[\[|:{3}|:[ \t]|///|[!?]>|\*\[|-{1,2}8<|;-+8<|\{|<<<|@|__|\\[npcmt]|\||\$)",
    re.MULTILINE,
)


def read_callouts(text: str) -> str:
    """The text with its callouts as paragraphs; titles become the start of what they are titles of."""
    if not _SUSPECT.search(text):
        return text
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if line and not line.isspace():
            lines[at] = _read_line(lines, at, line)
    return "\n".join(lines)


def _read_line(lines: list[str], at: int, line: str) -> str:
    if found := _INDENTED.match(line):
        _dedent(lines, at + 1, len(found["lead"].expandtabs(4)))
        title = found["title"] if found["title"] is not None else found["tab"]
        return found["lead"] + (label_words(title or "") if found["note"] is None else found["note"])
    if found := _ALERT.match(line):
        return found["lead"] + label_words(found["title"])
    if found := _CONTAINER.match(line):
        return found["lead"].rstrip(" \t") + _read_container_title(found["rest"])
    if found := _SLASHES.fullmatch(line):
        return found["lead"] + label_words(found["title"] or "")
    if found := _DOCSIFY.match(line):
        return found["lead"] + line[found.end() :]
    if _TOC_ITEM.match(line) and any(map(_TOC_MARK.match, lines[at + 1 : at + 2])):
        return ""
    if found := _WIKI_HEADING.fullmatch(line):
        return f"{'#' * len(found[1])} {found[2]}"
    if (found := _DEFINITION.match(line)) and at:
        return _read_definition(lines, at, found)
    return "" if _LEFT_OUT.fullmatch(line) else line


def _read_container_title(rest: str) -> str:
    found = _OPENER.fullmatch(rest)
    if not rest or not found:
        return ""
    words = found["given"] or found["bracket"] or found["title"] or found["words"] or ""
    return label_words(words)


def _read_definition(lines: list[str], at: int, found: re.Match[str]) -> str:
    """“Term”, and below it “: What it means.”"""
    before = lines[at - 1].rstrip()
    if before and before[-1] not in ".:!?|" and not before.lstrip().startswith(("|", "#", ">")):
        lines[at - 1] = before + ":"
    _dedent(lines, at + 1, 0)
    return _read_line(lines, at, lines[at][found.end() :])


def _dedent(lines: list[str], start: int, indent: int) -> None:
    """Move the lines of a callout's body, four or more blanks further in, to its own indent."""
    for at in range(start, len(lines)):
        line = lines[at].expandtabs(4) if "\t" in lines[at] else lines[at]
        if not line.strip():
            continue
        if len(line) - len(line.lstrip(" ")) < indent + 4:
            return
        lines[at] = line[4:]
