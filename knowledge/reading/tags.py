"""Template tags, HTML and JSX: the tags go, the words that readers see stay.

Code is already out of reach here. Line ends inside tags stay, so that lines keep their numbers.
"""

import re
from functools import partial

_TEMPLATE = re.compile(
    r"\{%(?P<liquid>(?:[^%{]|%(?!\})|\{(?!%)){0,5000})%\}"
    r"|\{{2,3}(?P<mustache>(?:[^{}]|\}(?!\})|\{(?!\{)){0,5000})\}{2,3}"
    r"|<%(?P<erb>(?:[^%<]|%(?!>)|<(?!%)){0,5000})%>"
    r"|<\?(?P<php>(?:[^?]|\?(?!>)){0,5000})\?>"
    r"|\{::?/?(?P<kramdown>nomarkdown|options|comment)[^}\n]*\}"
)
_TAG_START = re.compile(r"\{%|\{\{|<%|<\?|\{:")
_IN_ADDRESS = re.compile(r"(?:\]\(<?|\]:[ \t]*<?|=[ \t]*[\"']?)[^\s()\"']*$")
_NAMED = re.compile(r"\b(content|text|message|body|caption|description|summary|title|label|heading)\s*[=:]\s*"
                    r"(?:\"([^\"]*)\"|“([^”]*)”|'((?:[^'\\]|\\.)*)')")  # fmt: skip
_QUOTED = re.compile(r"\"([^\"\n]*)\"|“([^”\n]*)”|'((?:[^'\\\n]|\\.)*)'")
_LABELS = ("title", "label", "heading")
_LINK = re.compile(r"\s*[=-]?\s*(?:link_to|button_to|mail_to)\b")
_NOTE = re.compile(r"\s*(?:note|tip|warning|info|important|caution|notice)\s*\|\s*(.*)", re.DOTALL | re.IGNORECASE)
_JOINT = "\x00"  # marks where a tag was, until the blanks around it are tidied; no text has it
_JOINTS = re.compile(rf"^[ \t]*{_JOINT}+[ \t]*|[ \t]+{_JOINT}+(?=[.,;:!?)])|{_JOINT}+", re.MULTILINE)

_BALANCED = r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*+\})*+\})*+\}"
_ATTRIBUTE = rf"(?:[\w:@.$*\[\]()#-]+(?:\s*=(?:\s*(?:\"[^\"]*\"|'[^']*'|{_BALANCED})|[^\s\"'=<>`{{}}]*))?|{_BALANCED})"
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>[A-Za-z][\w.:-]*)(?P<rest>(?:\s+{_ATTRIBUTE}|(?<=[\"'}}]){_ATTRIBUTE})*+)\s*/?>"
    r"|<!DOCTYPE\b[^>\n]*>|</?>",
    re.IGNORECASE,
)
_INLINE_TAGS = re.compile(
    r"a|abbr|b|big|bdi|bdo|cite|code|em|font|i|ins|kbd|mark|q|samp|small|span|strong|sub|sup|time|tt|u|var|wbr|nobr|nowiki",
    re.IGNORECASE,
)
_BLOCK_TAG = (
    r"address|article|aside|blockquote|body|caption|center|col|colgroup|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure"
    r"|footer|form|header|html|iframe|legend|li|main|menu|nav|ol|option|p|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
    r"|h[1-6]|img|br|hr|a|span|b|strong|em|i|svg|picture|source|button|center"
)
_HTML_BLOCK = re.compile(
    rf"^[ \t]*</?(?:{_BLOCK_TAG}|[A-Z]\w*)(?=[\s/>])[^\n]*(?:\n(?![ \t]*(?:\n|\Z))[^\n]*)*", re.MULTILINE
)
_ESCAPED_BREAK = re.compile(r"&lt;/?br\s*/?&gt;", re.IGNORECASE)
_DEEP = re.compile(r"^(?: {4}|\t| {1,3}\t)[ \t]*", re.MULTILINE)
_HEADING = re.compile(r"<h([1-6])\b([^<>]*)>((?:(?!<h[1-6]\b).){0,3000}?)</h\1\s*>", re.DOTALL | re.IGNORECASE)
_HEADING_ID = re.compile(r"\b(?:id|name)\s*=\s*[\"']?([\w.:-]+)")
_LABEL_TAGS = re.compile(
    r"<(summary|dt|legend|figcaption)\b[^<>]*>((?:(?!<(?:summary|dt|legend|figcaption)\b).){0,3000}?)</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_ITEM = re.compile(r"^[ \t]*<li\b[^>]*>[ \t]*", re.MULTILINE | re.IGNORECASE)
_COMPONENT_WORDS = re.compile(
    r"\b(title|label|heading|description|caption|summary|text)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
)

_IMPORT = re.compile(r"^import\s+(?:[\w*{}$,\s]{1,500}?\sfrom\s+)?[\"'][^\"'\n]+[\"'];?[ \t]*$", re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(?:default|const|let|var|function|async|class)\b", re.MULTILINE)
_EXPRESSION = re.compile(_BALANCED)
_LITERAL = re.compile(r"\{\s*(?:\"([^\"]*)\"|'([^']*)')\s*\}")


def label_words(words: str) -> str:
    """A callout's title, as the start of what follows."""
    words = words.strip().strip("*").strip()
    if not any(map(str.isalnum, words)):
        return ""
    return f"**{words}**" if words[-1] in ".:!?…" else f"**{words}:**"


def remove_template_tags(text: str) -> str:
    """The text without tags of Liquid, Nunjucks, Jinja, Hugo, Handlebars, ERB and PHP."""
    if not _TAG_START.search(text):
        return text
    return tidy_joints(_TEMPLATE.sub(_read_template_tag, text))


def _read_template_tag(found: re.Match[str]) -> str:
    lines = "\n" * found[0].count("\n")
    if _IN_ADDRESS.search(found.string, max(0, found.start() - 300), found.start()):
        return lines
    body = found["liquid"] or found["mustache"] or found["erb"] or ""
    return _JOINT + _find_words(body) + lines


def _find_words(body: str) -> str:
    """The words that a tag shows: of parameters that name them, of a link, or a quoted sentence."""
    if note := _NOTE.fullmatch(body):
        return " ".join(note[1].split())
    named = [(found[1], found[2] or found[3] or found[4] or "") for found in _NAMED.finditer(body)]
    if named:
        return " ".join(label_words(words) if name in _LABELS else words for name, words in named if _has_words(words))
    quoted = [found[1] or found[2] or found[3] or "" for found in _QUOTED.finditer(body)]
    if _LINK.match(body):
        return quoted[0] if quoted else ""
    return " ".join(words for words in quoted if _is_sentence(words))


def _has_words(text: str) -> bool:
    return any(map(str.isalpha, text)) and "{{" not in text


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= 3 and text.rstrip()[-1] in ".!?"


def tidy_joints(text: str) -> str:
    """Remove the marks where tags were, with the blanks that they leave before a sign or at the start of a line."""
    return _JOINTS.sub("", text) if _JOINT in text else text


def remove_html(text: str, *, is_mdx: bool) -> str:
    """The text without tags of HTML and of components. Headings, items and labels become Markdown."""
    if "<" not in text and "&lt;" not in text:
        return text
    text = _ESCAPED_BREAK.sub(" ", text)
    text = _HTML_BLOCK.sub(lambda found: _DEEP.sub("", found[0]), text)
    text = _HEADING.sub(_read_heading, text)
    text = _LABEL_TAGS.sub(_read_label, text)
    text = _ITEM.sub("- ", text)
    return _TAG.sub(partial(_read_tag, is_mdx=is_mdx), text)


def _read_heading(found: re.Match[str]) -> str:
    words = " ".join(_TAG.sub("", found[3]).split())
    anchor = _HEADING_ID.search(found[2])
    before = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()]
    mark = "#" * int(found[1]) + " " if not _TAG.sub("", before).strip() else ""
    return f"{mark}{words}{f' {{#{anchor[1]}}}' if anchor and mark else ''}" + "\n" * found[0].count("\n")


def _read_label(found: re.Match[str]) -> str:
    words = " ".join(_TAG.sub("", found[2]).split())
    return label_words(words) + " " + "\n" * found[0].count("\n")


def _read_tag(found: re.Match[str], *, is_mdx: bool) -> str:
    lines = "\n" * found[0].count("\n")
    name = found["name"] or ""
    if name[:1].isupper() and not found["close"]:
        words = [(one[1], one[2] or one[3] or "") for one in _COMPONENT_WORDS.finditer(found["rest"])]
        shown = [label_words(text) if key in _LABELS else text for key, text in words if _has_words(text)]
        return " ".join(shown) + lines
    return lines or ("" if _INLINE_TAGS.fullmatch(name) or not name else " ")


def remove_scripts(text: str) -> str:
    """The text without imports and exports of JavaScript."""
    text = _IMPORT.sub(lambda found: "\n" * found[0].count("\n"), text)
    while export := _EXPORT.search(text):
        end = _find_export_end(text, export.end())
        text = text[: export.start()] + "\n" * text.count("\n", export.start(), end) + text[end:]
    return text


def remove_expressions(text: str) -> str:
    """The text of an MDX page without its expressions in braces; a quoted text in braces is text."""
    text = _LITERAL.sub(lambda found: found[1] or found[2] or "", text)
    kept = re.compile(rf"(?P<anchor>[ \t]\{{#[\w.:-]+\}}[ \t]*$)|{_BALANCED}", re.MULTILINE)
    return tidy_joints(kept.sub(lambda found: found["anchor"] or _JOINT + "\n" * found[0].count("\n"), text))


def _find_export_end(text: str, start: int) -> int:
    """The end of the line on which all brackets are closed again."""
    depth = 0
    for found in re.compile(r"[\[({]|[\])}]|\n|\Z").finditer(text, start):
        if found[0] in ("\n", "") and depth <= 0:
            return found.start()
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(found[0], 0)
    return len(text)


def is_component_page(text: str, source: str) -> bool:
    """Whether a page is MDX: by its name, or because it imports components."""
    return source.lower().endswith(".mdx") or bool(_IMPORT.search(text))
