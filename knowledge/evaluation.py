"""How well the bot answers from a handbook, measured with questions whose pages are known."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.errors import UserError
from foundation.files import BadFile, FileProblem, read_text
from knowledge.answers import Outcome
from knowledge.library import Library

DEPTH = 50  # passages per question, which gives about ten pages


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """A question and the `source` of every page that answers it; without pages, it must not be answered.

    `before` is the previous question of the same conversation, if there was one.
    """

    question: str
    pages: tuple[str, ...]
    before: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares are 0–1, over the answerable or the unanswerable questions; None without any of them.

    Recall and MRR use the rank of the first right page, counting each page once. `false_answers` is the share of
    unanswerable questions that got an answer, `wrong_refusals` the share of answerable ones that got none,
    `right_page` the share of answers that cite a right page.
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


def read_test_questions(path: Path) -> tuple[EvaluationQuestion, ...]:
    """Questions from a JSONL file: {"question": "…", "pages": ["control/rag-status.md"]} on each line, with “before”
    for a follow-up.

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


def evaluate_answers(rows: Sequence[EvaluationQuestion], library: Library) -> Evaluation:
    """Search and ask every question.

    Raises:
        UserError: a row names a page that isn't in the handbook.
    """
    known = {page.source for page in library.handbook}
    if unknown := sorted({page for row in rows for page in row.pages} - known):
        named = ", ".join(unknown[:5])
        raise UserError(f"The handbook has no page {named}. Name a file such as control/rag-status.md.")
    good = [row for row in rows if row.pages]
    bad = [row for row in rows if not row.pages]
    ranks = [_find_rank(row, library) for row in good]
    cited = [_list_cited(row, library) for row in good]
    given = [(row, pages) for row, pages in zip(good, cited, strict=True) if pages]
    return Evaluation(
        answerable=len(good),
        unanswerable=len(bad),
        recall_at_1=_compute_share([rank <= 1 for rank in ranks]),
        recall_at_3=_compute_share([rank <= 3 for rank in ranks]),
        recall_at_5=_compute_share([rank <= 5 for rank in ranks]),
        mrr_at_10=_compute_share([1 / rank if rank <= 10 else 0 for rank in ranks]),
        right_page=_compute_share([not pages.isdisjoint(row.pages) for row, pages in given]),
        false_answers=_compute_share([bool(_list_cited(row, library)) for row in bad]),
        wrong_refusals=_compute_share([not pages for pages in cited]),
    )


def _read_row(line: str) -> EvaluationQuestion | tuple[str, str]:
    """The row, or the invalid field and why."""
    try:
        value: Any = json.loads(line)
    except ValueError as error:
        return "", f"Not valid JSON: {error}."
    if not isinstance(value, dict):
        return "", "Expected an object with “question” and “pages”."
    question, pages = value.get("question"), value.get("pages")
    if not isinstance(question, str) or not question.strip():
        return "question", "Expected the text of a question."
    if not isinstance(pages, list) or not all(isinstance(page, str) for page in pages):
        return "pages", 'Expected a list of pages, such as ["control/rag-status.md"]; [] if nothing answers it.'
    before = value.get("before", "")
    if not isinstance(before, str):
        return "before", "Expected the text of the previous question."
    return EvaluationQuestion(question, tuple(pages), before)


def _find_rank(row: EvaluationQuestion, library: Library) -> float:
    pages = dict.fromkeys(hit.passage.source for hit in library.search(row.question, DEPTH))
    return next((rank for rank, page in enumerate(pages, start=1) if page in row.pages), float("inf"))


def _list_cited(row: EvaluationQuestion, library: Library) -> set[str]:
    """The pages that an answer cites; none without an answer."""
    try:
        found = library.ask(row.question, (row.before,) if row.before else ())
    except UserError:
        return set()
    return {one.source for one in found.citations} if found.status is Outcome.ANSWERED else set()


def _compute_share(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
