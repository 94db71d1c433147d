"""What people read is plain English. Phrases that once crept in stay out."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.quality.sources import ROOT, iterate_strings, list_modules, locate

# A phrase, and what to write instead. The handbook may say whom a project tells what: it is about people.
BANNED = {
    r"\b[Aa] word with it\b": "Comment (optional)",
    r"\bhave to do with\b": "involving you",
    r"\bif it stays\b(?! open)": "if this keeps happening",
    r"\bnothing of (?:a|it|the) (?:broken )?(?:file|is taken)": "the file is rejected as a whole",
    r"\b(?:goes|go|went) on (?:with|from there)\b": "resume, continue",
    r"\bgave it to\b": "assigned it to",
    r"\b(?:was|is) to be delivered\b": "delivery was due",
    r"\blooked at again\b": "review on",
    r"\bstumble[ds]?\b": "failed; retrying",
    r"\bnot kept any ?more\b": "I no longer have that",
    r"\bAsk on\b": "To follow up, reply in the thread",
    r"\b(?:is|are|was|were|be|been) told\b": "say who hears what, or “reported”, “shown”, “notified”",
    r"\bis no (?:date|day|time zone|number|service|person|link|address|file|channel|metric|measure)\b": "isn't a …",
    r"\bmade anew\b|\banew\b": "again",
    r"\bstands? (?:still|there|here|under|below|above|in the|nowhere)\b": "is",
    r"\bnot (?:\w+ )?any more\b": "no longer",
    r"\bof the house\b": "the project's",
    r"\bin force\b(?= (?:is|was) (?:none|no))": "there is no current …",
    r"\bnobody hears of it\b": "nobody is notified",
    r"\bask for (?:it )?of whom\b": "who is asked",
    r"\bmeasures? of which\b": "metrics whose",
    r"\d %(?!\})": "62%, without a space",
    r"\bset-up\b": "setup (noun), set up (verb)",
    r"\b[Ll]ower-case\b": "lowercase",
    r"\bas seen\b": "acknowledge",
    r"\b(?:user|channel|member|Slack) ids?\b": "ID, in capitals",
    r"\bnobody to tell\b": "nobody to notify",
}
GOOD_IN_HANDBOOK = {r"\b(?:is|are|was|were|be|been) told\b", r"\bhave to do with\b", r"\blooked at again\b"}
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs",
    "knowledge",
    "workspace/README.md",
    "benchmarks/README.md",
)


def test_texts_hold_no_banned_phrase() -> None:
    found = [
        f"{place}: “{match[0]}” → {instead}"
        for place, text in _iterate_texts()
        for pattern, instead in BANNED.items()
        if not (pattern in GOOD_IN_HANDBOOK and place.startswith("knowledge/handbook/"))
        for match in re.finditer(pattern, text)
    ]
    assert found == []


def test_checker_finds_a_banned_phrase() -> None:
    assert any(re.search(pattern, "A word with it") for pattern in BANNED)
    assert sum(1 for _ in _iterate_texts()) > 5_000


def _iterate_texts() -> Iterator[tuple[str, str]]:
    """Every text that a person may read, with its place: strings in code, templates, sample files, pages, documents."""
    for path in list_modules():
        yield from ((locate(path, line), text) for line, text in iterate_strings(path))
    for path in _list_text_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield locate(path, number), line


def _list_text_files() -> Iterator[Path]:
    for name in DOCUMENTS:
        path = ROOT / name
        yield from [path] if path.is_file() else sorted(path.rglob("*.md"))
    for folder, pattern in (
        ("bot", "*.yaml"),
        ("reporting", "*.j2"),
        ("reporting", "*.yaml"),
        ("servicedesk", "*.yaml"),
        ("strategy", "*.yaml"),
        ("workspace/static/js", "*.js"),
    ):
        yield from sorted((ROOT / folder).rglob(pattern))
