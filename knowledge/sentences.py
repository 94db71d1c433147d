"""Where sentences start and end."""

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…][\"'”’)\]*_]*(?=\s)|[。！？]")
_ABBREVIATIONS = re.compile(
    r"e\.g|i\.e|etc|vs|approx|nos?|fig|mrs?|ms|dr|prof|st|cf|al|inc|ltd|co|dept|est|max|min|incl|excl|resp|pp?|vol|[a-z]"
)
# What isn't cut in two: links, code and addresses.
_WHOLE = re.compile(
    r"!?\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\](?:\([^()]*\))?){0,1000}\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])"
    r"|(?<!`)(`+)(?!`).{1,1000}?(?<!`)\1(?!`)|<[^<>\s][^<>]*>",
    re.DOTALL,
)
_MARK = re.compile(r"[\[`<]")
_WORD_BEFORE = re.compile(r"[\w.]+$")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Spans of the sentences in `text[start:end]`, in order, without the white space in between."""
    end = len(text) if end is None else end
    here, whole = start, None
    for found in _END.finditer(text, start, end):
        if found.end() >= end or not _is_end(text, here, found):
            continue
        whole = _list_whole(text, start, end) if whole is None else whole
        if any(first < found.end() < last for first, last in whole):
            continue
        yield here, found.end()
        here = found.end()
        while here < end and text[here].isspace():
            here += 1
    if text[here:end].strip():
        yield here, end


def _list_whole(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where links, code and addresses are that have a blank, at which they could be cut."""
    spans = (found.span() for found in _WHOLE.finditer(text, start, end)) if _MARK.search(text, start, end) else ()
    return [(first, last) for first, last in spans if " " in text[first:last] or "\n" in text[first:last]]


def _is_end(text: str, start: int, found: re.Match[str]) -> bool:
    after = text[found.end() : found.end() + 20].lstrip()[:1]
    if after.islower():
        return False
    if text[found.start()] != ".":
        return True
    before = _WORD_BEFORE.search(text, start, found.start())
    word = before.group().lower() if before else ""
    return not _ABBREVIATIONS.fullmatch(word)
