"""Answers whose sentences a language model selected, where there is one and it replies in time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from knowledge.answers import Answer, Outcome, Source, build_answer, build_choice, read_spelling
from knowledge.choice import rank_quotes
from knowledge.double_questions import split_question
from knowledge.follow_ups import is_follow_up, join_with_previous
from knowledge.index import Hit, Index
from knowledge.questions import parse_question
from knowledge.quoting import LONGEST, Quote, find_antecedent
from knowledge.selector import MOST_SECTIONS, Assessment, Selection, Selector, UnitRun


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question and those before it, newest first."""

    question: str
    before: Sequence[str]


def select_answer(
    answer: Answer, typed: Conversation, readings: Sequence[Conversation], source: Source, selector: Selector
) -> Answer:
    """The answer that was found, unless the selector has better sentences or says that they don't answer.

    The selector gets the words that people typed; the handbook is searched with those of all readings. It may take
    seconds, so this mustn't be called in a transaction.
    """
    joined, texts = _prepare_search(readings, source)
    if answer.status is Outcome.CLARIFY and not joined:
        return answer
    thread = tuple(typed.before) if joined else ()
    hits = _search_candidates([*joined, *texts], source.index)
    asked = parse_question(typed.question).text
    selection = selector.select(asked, thread, [hit.passage for hit in hits]) if hits else None
    if selection is None:
        return answer
    selected = [_quote_run(run, hits) for run in selection.runs]
    found = _apply_selection(answer, selection, selected, [*joined, *texts][0], source)
    record = None if selection.assessment is Assessment.YES else selection.record
    return replace(found, spelling=answer.spelling, follows=answer.follows or thread, record=record)


def _prepare_search(readings: Sequence[Conversation], source: Source) -> tuple[list[str], list[str]]:
    """What to search for: follow-ups with the questions before them, and the questions alone and in parts."""
    joined, texts = list[str](), list[str]()
    for reading in readings:
        text = source.glossary.add_terms(read_spelling(parse_question(reading.question).text, source.index).text)
        texts += dict.fromkeys([text, *split_question(text)])
        if is_follow_up(text) and (whole := join_with_previous(text, reading.before)):
            joined.append(whole)
    return joined, texts


def _search_candidates(readings: Sequence[str], index: Index) -> list[Hit]:
    """The best passages of all readings, by turns."""
    found: dict[tuple[str, str, int], Hit] = {}
    for hits in zip_longest(*(index.search(text, MOST_SECTIONS) for text in readings)):
        for hit in filter(None, hits):
            found.setdefault((hit.passage.page_id, hit.passage.anchor, hit.passage.units[0].start), hit)
    return list(found.values())[:MOST_SECTIONS]


def _quote_run(run: UnitRun, hits: Sequence[Hit]) -> Quote:
    """The run with the sentence that it refers to or that opens its list."""
    units, hit = run.passage.units, next(hit for hit in hits if hit.passage is run.passage)
    first = find_antecedent(units, run.first, run.last, LONGEST)
    if first and units[first].kind in ("item", "row") and units[first - 1].text.endswith(":"):
        first -= 1
    return Quote(hit, units[first : run.last + 1], best=run.best - first)


def _apply_selection(
    answer: Answer, selection: Selection, selected: Sequence[Quote], text: str, source: Source
) -> Answer:
    """What the asker gets, from a valid reply: an answer, a choice, or what they would get without it."""
    ranked = rank_quotes(parse_question(text), source.index)
    match selection.assessment:
        case Assessment.YES:
            sure = max(answer.confidence, source.thresholds.answer)
            return build_answer(selected, ranked, sure, source.handbook)
        case Assessment.UNSURE if selected or answer.status is Outcome.ANSWERED:
            return build_choice([*selected, *ranked], answer.confidence, source.handbook)
        case Assessment.NO if answer.status is Outcome.ANSWERED:
            return build_choice(ranked, answer.confidence, source.handbook)
        case _:
            return answer
