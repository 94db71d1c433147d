"""The answer to a question: the handbook's own sentences with their source, or that the handbook doesn't say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge.ambiguity import is_page_named, list_choices, list_examples
from knowledge.confidence import compute_features, estimate_confidence, get_threshold
from knowledge.follow_ups import join_with_previous
from knowledge.handbook import Handbook
from knowledge.index import Hit, Index
from knowledge.questions import Cue, Question, parse_question
from knowledge.quoting import LONGEST, Quote, asks_same_people, is_definition, pick_quote, score_heading

CLOSE = 0.03  # a second page is quoted as well if its score is this close to the first one's
# What a section's score gains:
HEADING_SHARE = 0.35  # if its heading asks the same
WHO_SHARE = 0.2  # if question and heading both ask “who”
DEFINING_SHARE = 0.15  # if the question asks for a definition, and a sentence gives one
NEAREST = 3
FAR = 0.35  # topics less similar than this don't say whom to ask
SEARCHED = 12


class Outcome(StrEnum):
    """How sure an answer is: `ANSWERED` is one answer, `CLOSEST` a choice of sections that may hold it."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    NOT_FOUND = "not_found"
    CLARIFY = "clarify"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a table in plain text, each with as many cells as there are columns; cells may be empty."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in the handbook: `page` is the title, `section` the heading path, `line` counts in the file `source`.

    `quote` is an exact piece of the page's Markdown, `text` the same in plain text: paragraphs, and lines that start
    with “- ” for list items and table rows. `owner` (a Slack user id) and `edition` may be empty. `table` has the rows
    if the quote consists of several rows of a table.
    """

    page: str
    page_id: str
    source: str
    section: str
    anchor: str
    line: int
    quote: str
    edition: str
    owner: str
    text: str = ""
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is plain text, as in a citation.

    `confidence` is 0–1. `citations` are the sources of the text, in its order. `nearest` are other sections close to
    the question; for `CLOSEST` they are the choice, best first, each with its best sentence. `services` are keys of
    services that the cited pages offer. `suggestions` are questions to offer instead of an ambiguous one. `refer_to`
    says who may know (“human resources”) if the question isn't for the handbook. `follows` are the previous questions,
    newest first, that were used to understand this one. `spelling` has the words of a misspelt question as they were
    understood. `parts` answer two questions in one, each by itself; `text` and `citations` are those of all parts.
    `question` is what a part answers, in a few words.
    """

    status: Outcome
    text: str
    confidence: float
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    services: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    refer_to: str = ""
    follows: tuple[str, ...] = ()
    spelling: tuple[str, ...] = ()
    parts: tuple["Answer", ...] = ()
    question: str = ""


def find_answer(question: str, index: Index, handbook: Handbook, before: Sequence[str] = ()) -> Answer:
    """Answer from the handbook, in its own words.

    A follow-up is read with the previous questions, newest first in `before`, if that gives a more confident answer.

    Raises:
        UserError: the question is empty or far too long.
    """
    asked = parse_question(question)
    alone, joined = _answer_reading([asked], index, handbook), join_with_previous(asked.text, before)
    if joined is None:
        return alone
    read_with = _answer_reading([parse_question(joined), asked], index, handbook)
    surer = alone.status is not Outcome.ANSWERED or read_with.confidence > alone.confidence
    return replace(read_with, follows=tuple(before)) if read_with.status is Outcome.ANSWERED and surer else alone


def _answer_reading(readings: Sequence[Question], index: Index, handbook: Handbook) -> Answer:
    """The answer to the first reading of a question; the other readings help to choose the section."""
    asked = readings[0]
    if not asked.stems:
        words = "I don't understand what this is about. Name the topic in a few words, for example:"
        return Answer(Outcome.CLARIFY, words, 0.0, suggestions=list_examples(handbook))
    hits = index.search(asked.text, SEARCHED)
    if not hits:
        return _build_not_found(asked, hits, 0.0, index, handbook)
    if suggestions := list_choices(asked, hits, handbook):
        words = "This could mean several things. Which one do you mean?"
        return Answer(Outcome.CLARIFY, words, 0.0, nearest=_list_nearest(hits, (), handbook), suggestions=suggestions)
    best = pick_quote(asked, _choose_section(readings, hits, index, handbook), index)
    sure = estimate_confidence(compute_features(asked, best, index))
    if sure < get_threshold(index.has_model):
        return _build_not_found(asked, hits, sure, index, handbook)
    return _build_answer(_add_second_quote(asked, best, hits, index), sure, hits, handbook)


def _choose_section(readings: Sequence[Question], hits: Sequence[Hit], index: Index, handbook: Handbook) -> Hit:
    """The hit whose heading asks the same question, or whose text defines the thing.

    It comes from the page that the question names, if any. Otherwise it comes from the first hit's page if meaning or
    a previous question ranked that page, and from any page if only words did.
    """
    question = readings[0]

    def fit(hit: Hit) -> float:
        defining = question.cue is Cue.DEFINITION and any(is_definition(unit, question) for unit in hit.passage.units)
        headed = sum(score_heading(reading, hit, index) for reading in readings)
        who = asks_same_people(question, hit)
        return hit.score + HEADING_SHARE * headed + WHO_SHARE * who + DEFINING_SHARE * defining

    pages = {hit.passage.page_id for hit in hits}
    named = {page_id for page_id in pages if is_page_named(question, handbook.get(page_id))}
    if not named:
        named = {hits[0].passage.page_id} if index.has_model or len(readings) > 1 else pages
    return max((hit for hit in hits if hit.passage.page_id in named), key=fit)


def _build_answer(quotes: Sequence[Quote], sure: float, hits: Sequence[Hit], handbook: Handbook) -> Answer:
    citations = tuple(_cite_quote(each, handbook) for each in quotes)
    pages = [handbook.get(cited.page_id) for cited in citations]
    services = dict.fromkeys(key for page in pages if page for key in page.services)
    text = "\n\n".join(each.text for each in quotes)
    nearest = _list_nearest(hits, [each.hit for each in quotes], handbook)
    return Answer(Outcome.ANSWERED, text, sure, citations, nearest, tuple(services))


def _add_second_quote(question: Question, best: Quote, hits: Sequence[Hit], index: Index) -> list[Quote]:
    """The best quote and, if another page fits about as well, a quote from it; both are short then."""
    rival = next((hit for hit in hits if hit.passage.page_id != best.hit.passage.page_id), None)
    if rival is None or not index.has_model or rival.score < hits[0].score - CLOSE:
        return [best]
    second = pick_quote(question, rival, index, LONGEST // 2)
    if second.relevance < best.relevance - CLOSE or estimate_confidence(
        compute_features(question, second, index)
    ) < get_threshold(index.has_model):
        return [best]
    first = pick_quote(question, best.hit, index, LONGEST // 2)
    return [first, second] if len(first.text) + len(second.text) <= LONGEST else [best]


def _build_not_found(question: Question, hits: Sequence[Hit], sure: float, index: Index, handbook: Handbook) -> Answer:
    text, ask = "The handbook doesn't say.", ""
    if hits:
        topic, closeness = index.find_out_of_scope(question.text, hits[0].passage)
        nearer = closeness > max([FAR, *(hit.cosine or 0.0 for hit in hits)])
        ask = topic.refer_to if nearer else ""
    if ask:
        text += f" It sounds like a question for {ask}."
    return Answer(Outcome.NOT_FOUND, text, sure, nearest=_list_nearest(hits, (), handbook), refer_to=ask)


def _list_nearest(hits: Sequence[Hit], used: Sequence[Hit], handbook: Handbook) -> tuple[Citation, ...]:
    """The best sections that aren't in use, each once."""
    seen = {hit.passage.section for hit in used}
    found: list[Citation] = []
    for hit in hits:
        if hit.passage.section not in seen and len(found) < NEAREST:
            seen.add(hit.passage.section)
            found.append(_cite_quote(Quote(hit, hit.passage.units[:1], 0.0, 0.0, None), handbook))
    return tuple(found)


def _cite_quote(found: Quote, handbook: Handbook) -> Citation:
    passage = found.hit.passage
    page = handbook.get(passage.page_id)
    if page is None:
        raise LookupError(f"Page {passage.page_id} is in the index but not in the handbook.")
    return Citation(
        page=page.title,
        page_id=page.id,
        source=page.source,
        section=passage.section,
        anchor=passage.anchor,
        line=passage.line,
        quote=page.text[found.units[0].start : found.units[-1].end],
        edition=page.edition,
        owner=page.owner,
        text=found.text,
    )
