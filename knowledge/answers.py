"""The answer to a question: the handbook's own sentences with their source, a choice of sections, or that the handbook
doesn't say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from foundation.record_kinds import RecordKind
from knowledge.ambiguity import list_choices, list_examples
from knowledge.choice import choose_quotes, is_stated, rank_quotes
from knowledge.citations import Citation, cite_quote, list_nearest
from knowledge.confidence import compute_features, estimate_confidence, list_known_terms
from knowledge.double_questions import split_question
from knowledge.follow_ups import is_follow_up, join_with_previous
from knowledge.glossary import Glossary
from knowledge.handbook import Handbook
from knowledge.index import Index
from knowledge.questions import Question, parse_question
from knowledge.quoting import Quote, compute_coverage
from knowledge.spelling import Corrected, correct_spelling
from knowledge.terms import stem_word
from knowledge.thresholds import Thresholds

NEAREST = 3
UNSURE = "I'm not sure that the handbook answers this."
COVERED = 0.6  # the share of its own words that a question needs in what answers it together with the previous one
FEWEST = 3  # words with meaning; of fewer, most may be there by chance
STATED = 1.0  # the confidence in a section that says that it answers the question
FAR = 0.35  # topics less similar than this don't say whom to ask


class Outcome(StrEnum):
    """How sure an answer is: `ANSWERED` is one answer, `CLOSEST` a choice of sections that may hold it."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    NOT_FOUND = "not_found"
    CLARIFY = "clarify"


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is plain text, as in a citation.

    `confidence` is 0–1. `citations` are the sources of the text, in its order. `nearest` are other sections close to
    the question; for `CLOSEST` they are the choice, best first, each with its best sentence. `services` are keys of
    services that the cited pages offer. `suggestions` are questions to offer instead of an ambiguous one. `refer_to`
    says who may know (“human resources”) if the question isn't for the handbook. `follows` are the previous questions,
    newest first, that were used to understand this one. `spelling` has the words of a misspelt question as they were
    understood. `parts` answer two questions in one, each by itself; `text` and `citations` are those of all parts.
    `question` is what a part answers, in a few words. `record` is the kind of record that a language model takes the
    question to ask for.
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
    record: RecordKind | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What answers come from."""

    index: Index
    handbook: Handbook
    thresholds: Thresholds
    glossary: Glossary


def find_answer(question: str, source: Source, before: Sequence[str] = ()) -> Answer:
    """Answer from the handbook, in its own words.

    Misspelt words are corrected first, and the glossary's terms added. A question is also read with the previous ones,
    newest first in `before`; that counts if it gives a more confident answer, and if the words make it a follow-up or
    the answer has most of them. Two questions in one get two answers, if two
    sections answer them.

    Raises:
        UserError: the question is empty or far too long.
    """
    read = read_spelling(parse_question(question).text, source.index)
    answer = _answer_each_part(source.glossary.add_terms(read.text), source, before)
    return replace(answer, spelling=read.words) if read.words else answer


def read_spelling(text: str, index: Index) -> Corrected:
    """The question as the handbook spells it."""
    return correct_spelling(text, index.vocabulary, lambda word: index.knows_term(stem_word(word)), index.english)


def answer_in_context(text: str, source: Source, before: Sequence[str]) -> Answer:
    """The answer to one question in English, rightly spelt: read alone or, if that is surer, with the previous ones,
    newest first in `before`; `follows` says which."""
    alone, joined = _answer_reading(text, source), join_with_previous(text, before)
    focus, is_sure = parse_question(text), is_follow_up(text)
    if joined is None or alone.confidence == STATED or (len(focus.stems) < FEWEST and not is_sure):
        return alone
    read_with = _answer_reading(joined, source, focus, 0.0 if is_sure else COVERED)
    surer = alone.status is not Outcome.ANSWERED or read_with.confidence > alone.confidence
    return replace(read_with, follows=tuple(before)) if read_with.status is Outcome.ANSWERED and surer else alone


def _answer_each_part(text: str, source: Source, before: Sequence[str]) -> Answer:
    whole = answer_in_context(text, source, before)
    first, *others = split_question(text)
    if not others or whole.confidence == STATED:
        return whole
    parts = [replace(answer_in_context(first, source, before), question=first)]
    parts += [replace(answer_in_context(other, source, (first, *before)), question=other) for other in others]
    answered = [part for part in parts if part.status is Outcome.ANSWERED]
    sections = {part.citations[0].section for part in answered}
    if len(sections) < 2 and (whole.status is Outcome.ANSWERED or not answered):
        return whole
    return _join_parts(parts)


def _join_parts(parts: Sequence[Answer]) -> Answer:
    return Answer(
        Outcome.ANSWERED,
        "\n\n".join(part.text for part in parts),
        min(part.confidence for part in parts),
        tuple(cited for part in parts for cited in part.citations),
        services=tuple(dict.fromkeys(key for part in parts for key in part.services)),
        parts=tuple(parts),
    )


def _answer_reading(text: str, source: Source, focus: Question | None = None, least_covered: float = 0.0) -> Answer:
    """The answer to a text. `focus` is what it was before it was joined with the previous question; what answers must
    have `least_covered` of its words."""
    asked, index, handbook = parse_question(text), source.index, source.handbook
    if not asked.stems:
        words = "I don't understand what this is about. Name the topic in a few words, for example:"
        return Answer(Outcome.CLARIFY, words, 0.0, suggestions=list_examples(handbook))
    quotes = rank_quotes(asked, index, focus)
    if not quotes or (focus and _compute_covered(focus, quotes[0], index) < least_covered):
        return _build_not_found(asked, (), 0.0, source)
    if is_stated(asked, quotes[0].hit.passage):
        return build_answer(choose_quotes(asked, quotes, index), quotes, STATED, handbook)
    if suggestions := list_choices(asked, [quote.hit for quote in quotes], handbook):
        words = "This could mean several things. Which one do you mean?"
        nearest = list_nearest(quotes, (), handbook, NEAREST)
        return Answer(Outcome.CLARIFY, words, 0.0, nearest=nearest, suggestions=suggestions)
    sure = estimate_confidence(compute_features(asked, quotes, index))
    if sure >= source.thresholds.answer:
        return build_answer(choose_quotes(asked, quotes, index), quotes, sure, handbook)
    if sure >= source.thresholds.choice:
        return build_choice(quotes, sure, handbook)
    return _build_not_found(asked, quotes, sure, source)


def _compute_covered(question: Question, quote: Quote, index: Index) -> float:
    return compute_coverage(question.stems, list_known_terms(quote.hit.passage), index)


def build_answer(quotes: Sequence[Quote], others: Sequence[Quote], sure: float, handbook: Handbook) -> Answer:
    citations = tuple(cite_quote(each, handbook) for each in quotes)
    text = "\n\n".join(each.text for each in quotes)
    nearest = list_nearest(others, quotes, handbook, NEAREST)
    return Answer(Outcome.ANSWERED, text, sure, citations, nearest, _list_services(citations, handbook))


def build_choice(quotes: Sequence[Quote], sure: float, handbook: Handbook) -> Answer:
    nearest = list_nearest(quotes, (), handbook, NEAREST)
    services = _list_services(nearest[:1], handbook)
    return Answer(Outcome.CLOSEST, UNSURE, sure, nearest=nearest, services=services)


def _list_services(citations: Sequence[Citation], handbook: Handbook) -> tuple[str, ...]:
    pages = [handbook.get(cited.page_id) for cited in citations]
    return tuple(dict.fromkeys(key for page in pages if page for key in page.services))


def _build_not_found(asked: Question, quotes: Sequence[Quote], sure: float, source: Source) -> Answer:
    text, ask = "The handbook doesn't say.", ""
    if quotes:
        topic, closeness = source.index.find_out_of_scope(asked.text, quotes[0].hit.passage)
        nearer = closeness > max([FAR, *(quote.hit.cosine or 0.0 for quote in quotes)])
        ask = topic.refer_to if nearer else ""
    if ask:
        text += f" It sounds like a question for {ask}."
    nearest = list_nearest(quotes, (), source.handbook, NEAREST)
    return Answer(Outcome.NOT_FOUND, text, sure, nearest=nearest, refer_to=ask)
