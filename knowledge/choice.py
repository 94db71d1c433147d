"""Chooses section and sentences together."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from knowledge import glossary
from knowledge.headings import score_heading
from knowledge.index import Hit, Index
from knowledge.passages import Passage
from knowledge.questions import Cue, Question, find_cue
from knowledge.quoting import LONGEST, Quote, compute_coverage, pick_quote
from knowledge.terms import collect_terms, split_words, stem_word

CLOSE = 0.05  # a second section is quoted as well if its rating is this close to the first one's
# What a section's score gains:
FIT_SHARE = 0.015  # for each point that its best sentence fits better
HEADING_SHARE = 0.3  # if its heading asks the same question
SAME = 0.5  # a heading that is less similar gains nothing
FOLLOWED_SHARE = 0.2  # if its heading has all words of a follow-up question
WHO_SHARE = 0.2  # if question and heading both ask “who” about the same thing
STATED_SHARE = 1.0  # if the section says that it answers this very question
SEARCHED = 30  # passages
MOST_SECTIONS = 8  # whose sentences are compared
MOST_ENCODED = 3  # the same where the sentences must be encoded first
_BRACKETS = re.compile(r"\s\([^()]*\)$")


def rank_quotes(asked: Question, index: Index, focus: Question | None = None) -> list[Quote]:
    """The best quote of each section, best first: by how well the section and its best sentence fit together.

    `focus` is what `asked` was before it was joined with the previous question: the sentences must answer that. None
    if nothing matches. The glossary answers only what something is: it mentions everything.
    """
    readings = [asked, focus] if focus else [asked]
    sections: dict[str, Hit] = {}
    for hit in index.search(asked.text, SEARCHED):
        if is_stated(asked, hit.passage):
            sections[hit.passage.section] = hit
        elif (
            hit.passage.page_id != glossary.PAGE
            or asked.cue is Cue.DEFINITION
            or stem_word(glossary.PAGE) in asked.stems
        ):
            sections.setdefault(hit.passage.section, hit)
    rated = sorted(((rate_section(readings, hit, index), hit) for hit in sections.values()), key=lambda pair: -pair[0])
    most = MOST_SECTIONS if index.has_sentences else MOST_ENCODED
    quotes = [(rating, pick_quote(asked, hit, index, focus=focus)) for rating, hit in rated[:most]]
    found = [replace(quote, rating=rating + FIT_SHARE * quote.fit) for rating, quote in quotes]
    return sorted(found, key=lambda quote: -quote.rating)


def choose_quotes(asked: Question, quotes: Sequence[Quote], index: Index) -> Sequence[Quote]:
    """The best quote and, if the next one fits about as well, that one; both are short then."""
    if len(quotes) < 2 or not index.has_model or quotes[1].rating < quotes[0].rating - CLOSE:
        return quotes[:1]
    both = [pick_quote(asked, quote.hit, index, LONGEST // 2) for quote in quotes[:2]]
    return both if sum(len(one.text) for one in both) <= LONGEST else quotes[:1]


def rate_section(readings: Sequence[Question], hit: Hit, index: Index) -> float:
    """How well a section fits a question in any of its readings; only differences matter."""
    heading = hit.passage.heading
    same = max(0.0, *(score_heading(asked, heading, index) - SAME for asked in readings)) / (1 - SAME)
    terms = collect_terms(heading)
    who = find_cue(heading) is Cue.PERSON and any(
        asked.cue is Cue.PERSON and not terms.isdisjoint(asked.stems) for asked in readings
    )
    followed = compute_coverage(readings[-1].stems, terms, index) if len(readings) > 1 else 0.0
    stated = any(is_stated(asked, hit.passage) for asked in readings)
    return hit.score + HEADING_SHARE * same + FOLLOWED_SHARE * followed + WHO_SHARE * who + STATED_SHARE * stated


def is_stated(asked: Question, passage: Passage) -> bool:
    """Whether the passage's own questions, or those that it learned, have this one, word for word.

    What ends the question in brackets may be missing: the glossary's terms stand there.
    """
    stated = _normalise_questions(passage.questions)
    return not stated.isdisjoint(_normalise_questions((asked.text, _BRACKETS.sub("", asked.text))))


@lru_cache(maxsize=2_000)
def _normalise_questions(questions: tuple[str, ...]) -> frozenset[str]:
    """Their words alone. Of a handbook, the same passages are found again and again."""
    return frozenset(" ".join(split_words(question)) for question in questions)
