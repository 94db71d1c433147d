"""Chooses the sentences of a passage that answer a question: one short run that reads well by itself."""

import re
from dataclasses import dataclass

from knowledge.index import Hit, Index
from knowledge.passages import Unit
from knowledge.questions import Cue, Question, find_cue
from knowledge.terms import extract_terms, find_synonyms

LONGEST = 700  # characters
SHORTEST = 140  # shorter runs are extended, as far as their passage goes
CUE_WEIGHT = 2.0  # like a word that occurs in one of eight passages
_DEPENDENT = re.compile(
    r"(It|Its|They|Their|This|That|These|Those|Such|Both|He|She|Otherwise|However|Then|Also|So|But|And|Instead|Therefore"
    r"|Others|Neither|Either|Anything else|Everything else|The (?:former|latter|rest|others?|same))\b"
)
_IS = re.compile(r"( is | are | means | says | stands for | = )")


@dataclass(frozen=True, slots=True)
class Quote:
    """A run of units of one passage, and how well it fits.

    `coverage` is the share, by weight, of the question's words that the run and its heading contain. `cosine` is the
    similarity of its best sentence (None without a model).
    """

    hit: Hit
    units: tuple[Unit, ...]
    relevance: float
    coverage: float
    cosine: float | None

    @property
    def text(self) -> str:
        """Plain text: paragraphs, and lines that start with “- ” for items and rows."""
        lines: list[str] = []
        for at, unit in enumerate(self.units):
            if at and unit.block == self.units[at - 1].block:
                lines[-1] += f" {unit.text}"
            else:
                lines.append(f"- {unit.text}" if unit.kind in ("item", "row") else unit.text)
        return "\n".join(lines)


def pick_quote(question: Question, hit: Hit, index: Index, longest: int = LONGEST) -> Quote:
    """The run of sentences that answers best, of at most `longest` characters unless a single sentence is longer."""
    units = hit.passage.units
    sentences = index.score_sentences(question.text, hit.passage)
    fits = _compute_fits(question, hit, sentences, index)
    first, last = _complete_run(units, *_find_best_run(units, fits, longest), longest)
    run = units[first : last + 1]
    terms = set(extract_terms(" ".join((hit.passage.section, *(unit.text for unit in run)))))
    cosine = max(sentences[first : last + 1]) if sentences else None
    return Quote(hit, run, max(fits[first : last + 1]), compute_coverage(question, terms, index), cosine)


def score_heading(question: Question, hit: Hit, index: Index) -> float:
    """How similar the hit's heading and the question are, 0–1 (the F1 of their weights). The kind of thing they ask for
    counts like a word."""
    asked_terms, heading = set(question.stems), hit.passage.section.rsplit(" › ", 1)[-1]
    heading_terms, cue = set(extract_terms(heading)), find_cue(heading)
    same = sum(map(index.weigh_term, asked_terms & heading_terms)) + CUE_WEIGHT * (question.cue is cue is not Cue.NONE)
    whole = sum(map(index.weigh_term, asked_terms)) + sum(map(index.weigh_term, heading_terms))
    whole += CUE_WEIGHT * ((question.cue is not Cue.NONE) + (cue is not Cue.NONE))
    return 2 * same / whole if whole else 0.0


def asks_same_people(question: Question, hit: Hit) -> bool:
    """Whether question and heading both ask “who” about the same thing."""
    heading = hit.passage.section.rsplit(" › ", 1)[-1]
    return question.cue is Cue.PERSON is find_cue(heading) and not set(extract_terms(heading)).isdisjoint(
        question.stems
    )


def is_definition(unit: Unit, question: Question) -> bool:
    """Whether the sentence defines what the question asks about: “A risk is …”, “CPI = …”."""
    subject, verb, _ = _IS.split(unit.text, maxsplit=1) if _IS.search(unit.text[:80]) else ("", "", "")
    named = set(extract_terms(subject))
    return bool(verb) and named.issuperset(question.stems) and len(named) <= len(question.stems) + 1


def compute_coverage(question: Question, terms: set[str], index: Index) -> float:
    """The share, by weight, of the question's words that are in `terms`; a synonym counts half. 0 without words."""
    total = sum(map(index.weigh_term, question.stems))
    found = sum(index.weigh_term(stem) * _weigh_stem(stem, terms) for stem in question.stems)
    return found / total if total else 0.0


def _weigh_stem(stem: str, terms: set[str]) -> float:
    if stem in terms:
        return 1.0
    return 0.0 if find_synonyms(stem).isdisjoint(terms) else 0.5


def _compute_fits(question: Question, hit: Hit, sentences: list[float] | None, index: Index) -> list[float]:
    """How well each unit answers, from 0 to about 1.5."""
    heading = set(extract_terms(hit.passage.section.rsplit(" › ", 1)[-1]))
    lead = compute_coverage(question, heading, index)
    fits = []
    for at, unit in enumerate(hit.passage.units):
        words = compute_coverage(question, set(extract_terms(unit.text)), index)
        meaning = max(sentences[at], 0.0) if sentences else words
        fit = (words + meaning) / 2
        if at == 0:
            fit += 0.4 * lead  # the first sentence usually answers the heading
        if question.cue is Cue.DEFINITION:
            fit += 0.4 * is_definition(unit, question)
        elif question.cue is not Cue.NONE and question.is_met_by(unit.text):
            fit += 0.15
        fits.append(fit)
    return fits


def _find_best_run(units: tuple[Unit, ...], fits: list[float], longest: int) -> tuple[int, int]:
    """First and last unit of the run, within `longest`, whose fits exceed a threshold by the greatest sum."""
    threshold = 0.6 * max(fits)
    best, found = float("-inf"), (0, 0)
    for first in range(len(units)):
        total = size = 0.0
        for last in range(first, len(units)):
            size += len(units[last].text) + 1
            if size > longest and last > first:
                break
            total += fits[last] - threshold
            if total > best:
                best, found = total, (first, last)
    return found


def _complete_run(units: tuple[Unit, ...], first: int, last: int, longest: int) -> tuple[int, int]:
    """The run with what it needs to be readable: the sentence it refers to, and the list it opens or belongs to."""
    while first and units[first].block == units[first - 1].block and _DEPENDENT.match(units[first].text):
        if _measure_run(units, first - 1, last) > longest:
            break
        first -= 1
    start = first
    while start and units[start].kind == "item" and _measure_run(units, start - 1, last) <= longest:
        start -= 1
        if units[start].kind != "item":
            break
    if units[start].kind != "item" and units[start].text.endswith(":"):
        first = start
    opens = any(unit.text.endswith(":") for unit in units[first : last + 1]) or units[last].kind == "item"
    if opens:
        last = _find_list_end(units, first, last, longest)
    while last + 1 < len(units) and _measure_run(units, first, last) < SHORTEST:
        further = _find_list_end(units, first, last + 1, longest)
        if _measure_run(units, first, further) > longest:
            break
        last = further
    return first, last


def _find_list_end(units: tuple[Unit, ...], first: int, last: int, longest: int) -> int:
    """The end of the list or table that starts at or right after `last`, as far as it fits."""
    while last + 1 < len(units) and units[last + 1].kind in ("item", "row"):
        if _measure_run(units, first, last + 1) > longest:
            break
        last += 1
    return last


def _measure_run(units: tuple[Unit, ...], first: int, last: int) -> int:
    return sum(len(unit.text) + 3 for unit in units[first : last + 1])
