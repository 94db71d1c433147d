"""Inline Markdown as a person reads it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

References = Mapping[str, Any]  # a page's link definitions, as markdown-it collects them

LONGEST = 1_500  # characters
_MARKDOWN = MarkdownIt("commonmark")
_MARKDOWN_WITHOUT_LINKS = MarkdownIt("commonmark").disable(["link", "image"])
_CHUNK = re.compile(r"\S.{0,999}(?=\s|$)|\S{1,1000}", re.DOTALL)
_MARKUP = re.compile(r"[\[\]<>*_`\\&]")
_QUOTE_MARK = re.compile(r"(?m)^\s*>\s?")  # belongs to the block around the text
# Marks that stay text: of emphasis that goes over several sentences, and of links with a mistake in them.
_EMPHASIS = re.compile(r"(?<!\*)\*\*(?=[^\s*])|(?<=[^\s*])\*\*(?!\*)")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^\s()]*\)?|\]\([^\s()]*\)?")
_SPACE = re.compile(r"\s+")
_ANCHOR = re.compile(r"[ \t]*\{#([^\s{}]+)\}[ \t]*$")


def to_plain_text(markdown: str, references: References | None = None) -> str:
    """Inline Markdown without its markup: links keep their words, emphasis and code their content, on one line.

    `references` are the page's link definitions; without them, “[words][label]” stays as it is.
    """
    # markdown-it takes the square of the time for a wall of brackets, so long text is read in pieces.
    if len(markdown) > LONGEST:
        pieces = (to_plain_text(piece, references) for piece in _CHUNK.findall(markdown))
        return " ".join(filter(None, pieces))
    text = markdown
    if _MARKUP.search(text):
        # Every link ends with “]”. Without one, markdown-it would look for it from each “[” on, in vain.
        markdown_it = _MARKDOWN if "]" in text else _MARKDOWN_WITHOUT_LINKS
        tokens = markdown_it.parseInline(_QUOTE_MARK.sub("", text), {"references": references or {}})
        text = "".join(_read_tokens(tokens))
    return _SPACE.sub(" ", text).strip()


def _read_tokens(tokens: Sequence[Token]) -> Iterator[str]:
    """The words of the tokens. HTML tags and line breaks separate words; other markup is nothing."""
    for token in tokens:
        if token.children:
            yield from _read_tokens(token.children)
        elif token.type == "text":
            yield _remove_leftovers(token.content)
        elif token.type in ("code_inline", "image"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak", "html_inline"):
            yield " "


def _remove_leftovers(text: str) -> str:
    if "](" in text:
        text = _LINK.sub(lambda found: found[1] or "", text)
    return _EMPHASIS.sub("", text) if "**" in text else text


def split_anchor(heading: str) -> tuple[str, str]:
    """The Markdown of a heading and the anchor that its writer gave it as “{#anchor}”, or “”."""
    found = _ANCHOR.search(heading)
    return (heading[: found.start()], found[1]) if found else (heading, "")
