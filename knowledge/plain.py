"""Inline Markdown as a person reads it."""

import html
import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<!--.*?-->", re.DOTALL), " "),
    (re.compile(r"!\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\[[^\]]*\]"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), " "),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?<![\w*\\])\*(?=\S)([^*]+?)(?<=[^\s\\])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_\\])_(?=\S)([^_]+?)(?<=[^\s\\])_(?![\w_])"), r"\1"),
    (re.compile(r"(`+)(.+?)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?m)^\s*>\s?"), ""),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])"), r"\1"),
)
LONGEST = 1_500  # characters
_CHUNK = re.compile(r"\S.{0,999}(?=\s|$)|\S{1,1000}", re.DOTALL)
_MARKUP = re.compile(r"[\[\]<>*_`\\]")
_SPACE = re.compile(r"\s+")


def to_plain_text(markdown: str) -> str:
    """Inline Markdown without its markup: links keep their words, emphasis and code their content, on one line."""
    if len(markdown) > LONGEST:  # a wall of brackets or asterisks must not take the time of its square
        return " ".join(filter(None, map(to_plain_text, _CHUNK.findall(markdown))))
    text = markdown
    if _MARKUP.search(text):
        for pattern, replacement in _RULES:
            text = pattern.sub(replacement, text)
    return _SPACE.sub(" ", html.unescape(text)).strip()
