"""Questions that are too short to be clear, and the choices to offer instead."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from knowledge.handbook import Handbook, Page
from knowledge.index import Hit
from knowledge.questions import LONGEST_OFFERED, Cue, Question, write_as_sentence
from knowledge.terms import extract_terms, split_words

TIE = 0.85  # pages with at least this share of the best page's score could be meant, too
MOST = 4
_GENERAL = frozenset(
    extract_terms("help project pmo question information info need thing stuff topic document page handbook work")
)
_ASKS = re.compile(  # such a question can be read by itself, unlike “we trained everybody, what's missing?”
    r"(what|which|who|whose|when|where|why|how|can|may|must|should|do|does|is|are|will|has|have)\b", re.IGNORECASE
)


@lru_cache(maxsize=2)  # it reads every page
def list_examples(handbook: Handbook) -> tuple[str, ...]:
    """Questions that the handbook answers, each from another folder, from the pages that others refer to most."""
    referred = Counter(page_id for page in handbook for page_id in page.related)
    pages = sorted((page for page in handbook if page.questions), key=lambda page: -referred[page.id])
    by_folder: dict[str, str] = {}
    for page in pages:
        by_folder.setdefault(page.source.rpartition("/")[0], write_as_sentence(page.questions[0]))
    return tuple(by_folder.values())[:3]


def list_choices(question: Question, hits: Sequence[Hit], handbook: Handbook) -> tuple[str, ...]:
    """Two to four questions to choose from, each from another page; none if the question is clear enough."""
    if question.stems == ("help",):
        return list_examples(handbook)
    general = _GENERAL.issuperset(question.stems)
    if not general and not _is_short(question):
        return ()
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.bm25:  # a word that no page has isn't ambiguous but unknown
            best.setdefault(hit.passage.page_id, hit)
    if not best:
        return ()
    if any(is_page_named(question, handbook.get(page_id)) for page_id in best):
        return ()
    first, *others = best.values()
    tied = [first, *(hit for hit in others if general or hit.score >= TIE * first.score)][:MOST]
    found = dict.fromkeys(_choose_option(question, hit, handbook) for hit in tied)
    return tuple(found) if len(found) > 1 else ()


def _is_short(question: Question) -> bool:
    """One or two words, or three with only one that matters, unless they ask what something is."""
    words = len(split_words(question.text))
    return words <= 2 or (words == 3 and len(question.stems) == 1 and question.cue is not Cue.DEFINITION)


def is_page_named(question: Question, page: Page | None) -> bool:
    """Whether the question is the page's title or id, apart from words such as “project”."""
    asked = set(question.stems) - _GENERAL
    return page is not None and asked in (
        set(extract_terms(page.title)) - _GENERAL,
        set(extract_terms(page.id)) - _GENERAL,
    )


def _choose_option(question: Question, hit: Hit, handbook: Handbook) -> str:
    """A question with these words, of the section or else of its page, or else a section heading with any of them, or
    else the page's title."""
    page = handbook.get(hit.passage.page_id)
    asked = set(question.stems) - _GENERAL
    heading = hit.passage.section.rsplit(" › ", 1)[-1]
    in_order = sorted(page.list_questions(), key=lambda one: one[1] != heading) if page else ()
    for text, _ in in_order:
        if _ASKS.match(text) and asked and asked <= set(extract_terms(text)) and len(text) < LONGEST_OFFERED:
            return write_as_sentence(text)
    return heading if asked & set(extract_terms(heading)) and len(heading) <= LONGEST_OFFERED else hit.passage.title
