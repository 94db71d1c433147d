"""What the bot says to a question: the handbook's own sentences with their place, or kindly that it does not know."""

from dataclasses import dataclass
from enum import StrEnum

from foundation.errors import Refused
from knowledge.handbook import Handbook
from knowledge.index import Hit, Index
from knowledge.passages import Passage, Unit
from knowledge.words import terms

LONGEST_QUESTION = 1_000
LONGEST_ANSWER = 700


class Outcome(StrEnum):
    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    CLARIFY = "clarify"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something stands. `quote` is an exact piece of the page's Markdown; `page` is its title."""

    page: str
    page_id: str
    source: str
    section: str
    anchor: str
    quote: str
    edition: str
    owner: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is plain text: paragraphs, and lines that begin with “- ” for list items. `confidence` is 0–1.

    `nearest` are the sections closest to a question that could not be answered; `services` are keys of services the
    cited pages lead to; `suggestions` are questions to offer instead of one that is too short or ambiguous.
    """

    status: Outcome
    text: str
    confidence: float
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    services: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


def answer(question: str, index: Index, handbook: Handbook) -> Answer:
    """Answer from the handbook, in its own words.

    Raises:
        Refused: the question is empty or far too long.
    """
    asked = question.strip()
    if not asked:
        raise Refused("What would you like to know? Ask in a sentence, such as “Who approves a change request?”")
    if len(asked) > LONGEST_QUESTION:
        raise Refused(f"That is a long question. Please ask it in fewer words (up to {LONGEST_QUESTION:,} characters).")
    hits = index.search(asked, 5)
    if not hits:
        return Answer(Outcome.NOT_FOUND, "The handbook does not answer this.", 0.0)
    chosen = _best_units(asked, hits[0].passage)
    cited = _citation(hits[0].passage, chosen, handbook)
    page = handbook.get(hits[0].passage.page_id)
    lines = [f"- {unit.text}" if unit.kind == "item" else unit.text for unit in chosen]
    confidence = _coverage(asked, hits[0])
    if confidence < 0.5:
        nearest = tuple(_citation(hit.passage, hit.passage.units[:1], handbook) for hit in hits[:3])
        return Answer(Outcome.NOT_FOUND, "The handbook does not answer this.", confidence, nearest=nearest)
    return Answer(Outcome.ANSWERED, "\n".join(lines), confidence, (cited,), services=page.services if page else ())


def _coverage(question: str, hit: Hit) -> float:
    asked = set(terms(question))
    return len(asked & set(terms(f"{hit.passage.section} {hit.passage.text}"))) / len(asked)


def _best_units(question: str, passage: Passage) -> tuple[Unit, ...]:
    asked = set(terms(question))
    scores = [len(asked & set(terms(unit.text))) for unit in passage.units]
    at, chosen, size = scores.index(max(scores)), list[Unit](), 0
    for unit in passage.units[at:]:
        if chosen and size + len(unit.text) > LONGEST_ANSWER:
            break
        chosen.append(unit)
        size += len(unit.text) + 1
    return tuple(chosen)


def _citation(passage: Passage, units: tuple[Unit, ...], handbook: Handbook) -> Citation:
    page = handbook.get(passage.page_id)
    quote = page.text[units[0].start : units[-1].end] if page else ""
    owner = page.owner if page else ""
    return Citation(
        passage.title, passage.page_id, passage.source, passage.section, passage.anchor, quote, passage.edition, owner
    )
