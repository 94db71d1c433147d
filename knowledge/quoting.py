"""Chooses the sentences of a passage that answer a question: one short run that reads well by itself."""

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from knowledge.index import Hit, Index
from knowledge.passages import Unit
from knowledge.questions import Cue, Question
from knowledge.terms import collect_terms, extract_terms, find_synonyms

LONGEST = 600  # characters
LONGEST_LIST = 1_000  # a list or a table is quoted whole up to this
SHORTEST = 250  # shorter runs are extended, as far as their passage goes
ROOM_BEFORE = 300  # characters that a run may grow by for the sentences it refers to
LEAST = 0.1  # what a sentence adds to a run, relative to the best one, if it's to be worth its place

# How much each sign counts that a sentence answers; benchmarks/fit_sentences.py computes them.
WITH_MODEL = {
    "meaning": 10.4,
    "words": 3.3,
    "kind": 1.2,
    "verdict": 1.0,
    "number": 1.7,
    "length": 1.7,
    "definition": 2.0,
}
BY_WORDS = {"meaning": 0.0, "words": 6.7, "kind": 1.7, "verdict": 1.1, "number": 1.5, "length": 1.2, "definition": 2.0}
LONG = 300  # characters; longer sentences gain nothing more

_DEPENDENT = re.compile(
    r"(It|Its|They|Their|This|That|These|Those|Such|Both|He|She|Otherwise|However|Then|Also|So|But|And|Instead|Therefore"
    r"|Others|Neither|Either|Anything else|Everything else|The (?:former|latter|rest|others?|same)"
    r"|(?:If|When|Where|Unless|Once|Until) (?:it|they|both|(?:\w+ ){0,2}(?:such|these|those))|To \w+ (?:this|that))\b"
)
_LIMITING = re.compile(
    r"(Unless|Except|However|But|Only|Otherwise|If not|The (?:only )?exceptions?)\b|.*\b(unless|except|exceptions?)\b"
)
_IS = re.compile(r"( is | are | means | says | stands for | = )")
_VERDICT = re.compile(
    r"\b(no|not|never|cannot|must|may|can|always|only|yes|nobody|nothing|without|allowed|required|mandatory|voluntary"
    r"|unless|except|needs?|should|do|does)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Quote:
    """A run of units of one passage.

    `fit` says how well its best sentence answers, on a scale without limits; only differences matter. `cosine` is that
    sentence's similarity to the question (None without a model). `best` is its place among the units.
    `rating` orders the quotes of one question.
    """

    hit: Hit
    units: tuple[Unit, ...]
    fit: float = 0.0
    cosine: float | None = None
    best: int = 0
    rating: float = 0.0

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


def pick_quote(
    question: Question, hit: Hit, index: Index, longest: int = LONGEST, focus: Question | None = None
) -> Quote:
    """The run of sentences that answers best, of at most `longest` characters unless a single sentence is longer.

    `focus` is the question without the previous ones that it was joined with.
    """
    units = hit.passage.units
    cosines = index.score_sentences(question.text, hit.passage)
    fits = _compute_fits(focus or question, hit, cosines, index)
    first, last = _complete_run(units, *_find_best_run(units, fits, longest), longest)
    best = max(range(first, last + 1), key=fits.__getitem__)
    cosine = cosines[best] if cosines else None
    return Quote(hit, units[first : last + 1], fits[best], cosine, best - first)


def is_definition(unit: Unit, question: Question) -> bool:
    """Whether the sentence defines what the question asks about: “A risk is …”, “CPI = …”."""
    subject, verb, _ = _IS.split(unit.text, maxsplit=1) if _IS.search(unit.text[:80]) else ("", "", "")
    named = set(extract_terms(subject))
    return bool(verb) and named.issuperset(question.stems) and len(named) <= len(question.stems) + 1


def compute_coverage(stems: Sequence[str], terms: Set[str], index: Index) -> float:
    """The share, by weight, of the stems that are in `terms`; a synonym counts half. 0 without stems."""
    total = sum(map(index.weigh_term, stems))
    found = sum(index.weigh_term(stem) * _weigh_stem(stem, terms) for stem in stems)
    return found / total if total else 0.0


def _weigh_stem(stem: str, terms: Set[str]) -> float:
    if stem in terms:
        return 1.0
    return 0.0 if find_synonyms(stem).isdisjoint(terms) else 0.5


def list_signs(
    question: Question, hit: Hit, cosines: Sequence[float] | None, index: Index
) -> Sequence[Mapping[str, float]]:
    """The signs that each unit answers, each about 0–1. `cosines` are the units' similarities, None without a model.

    The words of the heading hold for all of them, so only the question's other words count.
    """
    heading = collect_terms(hit.passage.heading)
    stems = [stem for stem in question.stems if stem not in heading] or question.stems
    numbers = set(_NUMBER.findall(question.text))

    def find_signs(at: int, unit: Unit) -> Mapping[str, float]:
        return {
            "meaning": cosines[at] if cosines else 0.0,
            "words": compute_coverage(stems, collect_terms(unit.text), index),
            "kind": question.has_cue and question.is_met_by(unit.text),
            "verdict": question.wants_verdict and bool(_VERDICT.search(unit.text)),
            "number": not numbers.isdisjoint(_NUMBER.findall(unit.text)),
            "length": min(len(unit.text), LONG) / LONG,
            "definition": question.cue is Cue.DEFINITION and is_definition(unit, question),
        }

    return [find_signs(at, unit) for at, unit in enumerate(hit.passage.units)]


def _compute_fits(question: Question, hit: Hit, cosines: Sequence[float] | None, index: Index) -> list[float]:
    """How well each unit answers."""
    weights = WITH_MODEL if cosines else BY_WORDS
    signs = list_signs(question, hit, cosines, index)
    return [sum(weights[name] * value for name, value in some.items()) for some in signs]


def _find_best_run(units: tuple[Unit, ...], fits: list[float], longest: int) -> tuple[int, int]:
    """First and last unit of the run, within `longest`, that adds most: each unit its fit relative to the best one,
    less what its place costs."""
    gains = [math.exp((fit - max(fits)) / 2) - LEAST for fit in fits]
    best, found = float("-inf"), (0, 0)
    for first in range(len(units)):
        total = size = 0.0
        for last in range(first, len(units)):
            size += len(units[last].text) + 1
            if size > longest and last > first:
                break
            total += gains[last]
            if total > best:
                best, found = total, (first, last)
    return found


def _complete_run(units: tuple[Unit, ...], first: int, last: int, longest: int) -> tuple[int, int]:
    """The run with what it needs to be read: the sentence it refers to, the list it opens or belongs to, and the
    exception that follows it."""
    first = find_antecedent(units, first, last, longest + ROOM_BEFORE)
    if _opens_list(units[last]):
        last = _take_rest_of_list(units, first, last)
    first = _take_start_of_list(units, first, last)
    while last + 1 < len(units) and _measure_run(units, first, last) < SHORTEST:
        if _is_listed(units[last + 1]):
            return first, _take_rest_of_list(units, first, last)
        if _measure_run(units, first, last + 1) > longest:
            break
        last += 1
    if last + 1 < len(units) and units[last + 1].block == units[last].block and _LIMITING.match(units[last + 1].text):
        last += 1
    return first, last


def find_antecedent(units: tuple[Unit, ...], first: int, last: int, longest: int) -> int:
    """The first unit of the run, or an earlier one that it refers to."""
    while first and units[first].block == units[first - 1].block and _DEPENDENT.match(units[first].text):
        if _measure_run(units, first - 1, last) > longest:
            break
        first -= 1
    return first


def _take_rest_of_list(units: tuple[Unit, ...], first: int, last: int) -> int:
    """The last unit of the run with the rest of its list or table, as far as it fits."""
    while last + 1 < len(units) and _is_listed(units[last + 1]):
        if _measure_run(units, first, last + 1) > LONGEST_LIST:
            break
        last += 1
    return last


def _take_start_of_list(units: tuple[Unit, ...], first: int, last: int) -> int:
    """The first unit of the run, or of the list or table that it starts in, with the sentence that opens that, as far
    as it fits."""
    while first and _is_listed(units[first]) and _measure_run(units, first - 1, last) <= LONGEST_LIST:
        first -= 1
    return first


def _opens_list(unit: Unit) -> bool:
    """Whether the list or table goes on after it."""
    return _is_listed(unit) or unit.text.endswith(":")


def _is_listed(unit: Unit) -> bool:
    return unit.kind in ("item", "row")


def _measure_run(units: tuple[Unit, ...], first: int, last: int) -> int:
    return sum(len(unit.text) + 3 for unit in units[first : last + 1])
