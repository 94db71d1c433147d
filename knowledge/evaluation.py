"""How well the bot answers from a handbook, measured with questions whose pages are known."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.errors import UserError
from foundation.files import BadFile, FileProblem, read_text
from knowledge.answers import Answer, Outcome
from knowledge.citations import Citation
from knowledge.handbook import Handbook
from knowledge.library import Library
from knowledge.passages import split_into_passages
from knowledge.selector import Selector

DEPTH = 50  # passages per question, which gives about ten pages


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """A question and the `source` of every page that answers it; without pages, it must not be answered.

    `sections` are those that answer it, as “page.md#anchor”, if they are known: any of them is right. `before` is the
    previous question of the same conversation, if there was one.
    """

    question: str
    pages: tuple[str, ...]
    before: str = ""
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares are 0–1, over the answerable or the unanswerable questions; None without any of them.

    Recall and MRR use the rank of the first right page, counting each page once. `false_answers` is the share of
    unanswerable questions that got an answer, `false_choices` the share that got a choice of sections. `choices` is the
    share of answerable questions that got a choice, `wrong_refusals` the share that got neither. `right_page` is the
    share of answers that cite a right page.

    The last figures are over the `with_sections` questions whose sections are known. They count each section once;
    `right_section` is the share of questions answered from a right section, `section_shown` the share where a right one
    was in the answer or in the choice.
    """

    answerable: int
    unanswerable: int
    recall_at_1: float | None
    recall_at_3: float | None
    recall_at_5: float | None
    mrr_at_10: float | None
    right_page: float | None
    false_answers: float | None
    wrong_refusals: float | None
    choices: float | None
    false_choices: float | None
    with_sections: int
    section_at_1: float | None
    section_at_3: float | None
    section_at_5: float | None
    right_section: float | None
    section_shown: float | None


def read_test_questions(path: Path) -> tuple[EvaluationQuestion, ...]:
    """Questions from a JSONL file: {"question": "…", "pages": ["control/rag-status.md"]} on each line, with “before”
    for a follow-up. “sections”: ["control/rag-status.md#how-to-choose-the-colour"] may stand beside the pages or
    instead of them.

    Raises:
        BadFile: every invalid line, with its field.
    """
    rows: list[EvaluationQuestion] = []
    problems: list[FileProblem] = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if line.strip():
            found = _read_row(line)
            if isinstance(found, EvaluationQuestion):
                rows.append(found)
            else:
                problems.append(FileProblem(str(path), number, *found))
    if not rows and not problems:
        problems.append(FileProblem(str(path), None, "", "This file has no questions."))
    if problems:
        raise BadFile(problems)
    return tuple(rows)


def evaluate_answers(
    rows: Sequence[EvaluationQuestion], library: Library, selector: Selector | None = None
) -> Evaluation:
    """Search and ask every question, with the selector if one is given (see `ask_questions`)."""
    return summarize_answers(ask_questions(rows, library, selector))


def summarize_answers(asked: Sequence["AskedRow"]) -> Evaluation:
    good = [one for one in asked if one.row.pages]
    bad = [one for one in asked if not one.row.pages]
    placed = [one for one in good if one.row.sections]
    return Evaluation(
        answerable=len(good),
        unanswerable=len(bad),
        recall_at_1=_compute_share([one.page_rank <= 1 for one in good]),
        recall_at_3=_compute_share([one.page_rank <= 3 for one in good]),
        recall_at_5=_compute_share([one.page_rank <= 5 for one in good]),
        mrr_at_10=_compute_share([1 / one.page_rank if one.page_rank <= 10 else 0 for one in good]),
        right_page=_compute_share([one.cites_page for one in good if one.is_answered]),
        false_answers=_compute_share([one.is_answered for one in bad]),
        wrong_refusals=_compute_share([not (one.is_answered or one.has_choice) for one in good]),
        choices=_compute_share([one.has_choice for one in good]),
        false_choices=_compute_share([one.has_choice for one in bad]),
        with_sections=len(placed),
        section_at_1=_compute_share([one.section_rank <= 1 for one in placed]),
        section_at_3=_compute_share([one.section_rank <= 3 for one in placed]),
        section_at_5=_compute_share([one.section_rank <= 5 for one in placed]),
        right_section=_compute_share([one.cites_section for one in placed]),
        section_shown=_compute_share([one.cites_section or one.offers_section for one in placed]),
    )


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row with what was found: the ranks of the first right page and section, and the answer, if there was one."""

    row: EvaluationQuestion
    page_rank: float
    section_rank: float
    answer: Answer | None

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and self.answer.status is Outcome.ANSWERED

    @property
    def has_choice(self) -> bool:
        return self.answer is not None and self.answer.status is Outcome.CLOSEST

    @property
    def cites_page(self) -> bool:
        return any(one.source in self.row.pages for one in self._get_citations())

    @property
    def cites_section(self) -> bool:
        return any(format_section(one.source, one.anchor) in self.row.sections for one in self._get_citations())

    @property
    def offers_section(self) -> bool:
        nearest = self.answer.nearest if self.answer and self.has_choice else ()
        return any(format_section(one.source, one.anchor) in self.row.sections for one in nearest)

    def _get_citations(self) -> Sequence[Citation]:
        return self.answer.citations if self.answer and self.is_answered else ()


def ask_questions(
    rows: Sequence[EvaluationQuestion], library: Library, selector: Selector | None = None
) -> Sequence[AskedRow]:
    """Each row with what search and the answer make of it.

    Raises:
        UserError: a row names a page or a section that isn't in the handbook.
    """
    check_places(rows, library.handbook)
    return [_ask_question(row, library, selector) for row in rows]


def check_places(rows: Sequence[EvaluationQuestion], handbook: Handbook) -> None:
    """Refuse questions about another handbook.

    Raises:
        UserError: a row names a page or a section that isn't in the handbook.
    """
    known = {page.source: page for page in handbook}
    pages = {page for row in rows for page in row.pages}
    sections = {section for row in rows for section in row.sections}
    if unknown := sorted((pages | {section.partition("#")[0] for section in sections}) - set(known)):
        named = ", ".join(unknown[:5])
        raise UserError(f"The handbook has no page {named}. Name a file such as control/rag-status.md.")
    named_pages = [known[source] for source in {section.partition("#")[0] for section in sections}]
    existing = {format_section(part.source, part.anchor) for page in named_pages for part in split_into_passages(page)}
    if unknown := sorted(sections - existing):
        some = ", ".join(unknown[:5])
        raise UserError(
            f"The handbook has no section {some}. Name one such as control/rag-status.md#how-to-choose-the-colour."
        )


def format_section(source: str, anchor: str) -> str:
    """A section as test questions name it: “page.md#anchor”, “page.md#” for the text above the first heading."""
    return f"{source}#{anchor}"


def _read_row(line: str) -> EvaluationQuestion | tuple[str, str]:
    """The row, or the invalid field and why."""
    try:
        value: Any = json.loads(line)
    except ValueError as error:
        return "", f"Not valid JSON: {error}."
    if not isinstance(value, dict):
        return "", "Expected an object with “question” and “pages”."
    question, sections = value.get("question"), value.get("sections", [])
    if not isinstance(question, str) or not question.strip():
        return "question", "Expected the text of a question."
    if not isinstance(sections, list) or not all(isinstance(one, str) and "#" in one for one in sections):
        return (
            "sections",
            'Expected a list of sections, such as ["control/rag-status.md#how-to-choose-the-colour"].',
        )
    pages = value.get("pages", [one.partition("#")[0] for one in sections] or None)
    if not isinstance(pages, list) or not all(isinstance(page, str) for page in pages):
        return "pages", 'Expected a list of pages, such as ["control/rag-status.md"]; [] if nothing answers it.'
    before = value.get("before", "")
    if not isinstance(before, str):
        return "before", "Expected the text of the previous question."
    if sections and not pages:
        return "sections", "A question that must not be answered has no sections."
    return EvaluationQuestion(question, tuple(dict.fromkeys(pages)), before, tuple(sections))


def _ask_question(row: EvaluationQuestion, library: Library, selector: Selector | None) -> AskedRow:
    found = [hit.passage for hit in library.search(row.question, DEPTH)]
    page_rank = _find_rank([one.source for one in found], row.pages)
    section_rank = _find_rank([format_section(one.source, one.anchor) for one in found], row.sections)
    try:
        answer = library.ask(row.question, (row.before,) if row.before else (), selector)
    except UserError:
        return AskedRow(row, page_rank, section_rank, None)
    return AskedRow(row, page_rank, section_rank, answer)


def _find_rank(found: Sequence[str], right: Collection[str]) -> float:
    """The rank of the first right one, counting each once; infinite if none was found."""
    places = enumerate(dict.fromkeys(found), start=1)
    return next((rank for rank, place in places if place in right), float("inf"))


def _compute_share(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
