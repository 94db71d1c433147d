"""The handbook's own words for what people call differently: its glossary page.

A page named “glossary” holds tables with the columns “Term” and “Also called”; the latter has names with commas between
them. A question that uses one of those names is searched with the term beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.handbook import Page
from knowledge.passages import Table, list_tables
from knowledge.terms import STOP_WORDS, split_words

PAGE = "glossary"
TERM, NAMES = "term", "also called"
LONGEST_NAME = 5  # words
MOST_ADDED = 2

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms by the other names they have, both as words in lower case."""

    terms: Mapping[_Words, str] = field(default_factory=dict)

    def add_terms(self, text: str) -> str:
        """The text followed by the terms for the names in it, such as “who signs the PID (project charter)”."""
        words = split_words(text)
        found = [term for name in _list_runs(words) if (term := self.terms.get(name)) and not _has_term(words, term)]
        added = list(dict.fromkeys(found))[:MOST_ADDED]
        return f"{text} ({', '.join(added)})" if added else text


def read_glossary(page: Page | None) -> Glossary:
    """What the page has; nothing without a page."""
    tables = list_tables(page.text) if page else ()
    return Glossary({name: term for table in tables for name, term in _list_names(table)})


def _list_names(table: Table) -> Iterator[tuple[_Words, str]]:
    columns = [column.casefold() for column in table.columns]
    if TERM not in columns or NAMES not in columns:
        return
    for row in table.rows:
        term = row[columns.index(TERM)]
        for name in row[columns.index(NAMES)].split(","):
            words = tuple(split_words(name))
            is_part = set(words) <= set(split_words(term))  # “charter” says no less than “project charter”
            if 0 < len(words) <= LONGEST_NAME and not is_part and not STOP_WORDS.issuperset(words):
                yield words, term.lower() if term.istitle() or term[1:].islower() else term


def _list_runs(words: list[str]) -> Iterator[_Words]:
    """The runs of a text's words, longest first."""
    for length in range(min(LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            yield tuple(words[start : start + length])


def _has_term(words: list[str], term: str) -> bool:
    return set(split_words(term)) <= set(words)
