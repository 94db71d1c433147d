"""Evaluating a handbook: invalid question files are rejected, the shares are right."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.errors import UserError
from foundation.files import BadFile
from knowledge.evaluation import EvaluationQuestion, evaluate_answers, read_test_questions
from knowledge.handbook import Page
from knowledge.library import Library

MakePage = Callable[..., Page]


def test_questions_file_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"question": "who?", "pages": ["a.md"], "note": "kept out"}\n\n{"question": "why?", "pages": []}\n'
    )

    assert read_test_questions(path) == (EvaluationQuestion("who?", ("a.md",)), EvaluationQuestion("why?", ()))


def test_question_may_name_previous_one(tmp_path: Path, page: MakePage) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"before": "who opens a lock?", "question": "and who pays them?", "pages": ["risk.md"]}\n')

    rows = read_test_questions(path)

    assert rows == (EvaluationQuestion("and who pays them?", ("risk.md",), "who opens a lock?"),)
    text = "# Locks\n\nA lock is opened by the keeper of the lock, whom the harbour pays."
    assert evaluate_answers(rows, Library.build([page(text)])).wrong_refusals == 0


def test_invalid_lines_are_reported_with_field(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"question": "who?"}\nnot json\n[]\n{"question": " ", "pages": []}\n{"question": "a", "pages": [1]}\n'
        '{"question": "a", "pages": [], "before": 1}\n'
    )

    with pytest.raises(BadFile) as caught:
        read_test_questions(path)

    assert [(one.line, one.field) for one in caught.value.problems] == [
        (1, "pages"),
        (2, ""),
        (3, ""),
        (4, "question"),
        (5, "pages"),
        (6, "before"),
    ]


def test_file_without_questions_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("\n")

    with pytest.raises(BadFile, match="This file has no questions"):
        read_test_questions(tmp_path / "none.jsonl")


def test_evaluation_computes_shares_per_kind(page: MakePage) -> None:
    library = Library.build(
        [
            page(
                "# Locks\n\nA lock is opened by the keeper of the lock.", id="locks", title="Locks", source="locks.md"
            ),
            page("# Buoys\n\nA red buoy marks the port side.", id="buoys", title="Buoys", source="buoys.md"),
            page("# Tides\n\nTides turn twice a day, red or not.", id="tides", title="Tides", source="tides.md"),
        ]
    )
    rows = [
        EvaluationQuestion("who is the keeper that opened the lock", ("locks.md",)),
        EvaluationQuestion("what is marked by a red buoy", ("tides.md",)),
        EvaluationQuestion("zebra crossing", ()),
    ]

    found = evaluate_answers(rows, library)

    assert (found.answerable, found.unanswerable) == (2, 1)
    assert found.recall_at_1 == 0.5
    assert found.recall_at_3 == found.recall_at_5 == 1
    assert found.mrr_at_10 == 0.75
    assert found.false_answers == 0
    assert json.dumps(found.right_page) == "0.5"


def test_share_without_questions_is_unknown(page: MakePage) -> None:
    found = evaluate_answers([EvaluationQuestion("zebra crossing", ())], Library.build([page("# Locks\n\nA lock.")]))

    assert (found.recall_at_1, found.mrr_at_10, found.right_page, found.wrong_refusals) == (None, None, None, None)
    assert found.false_answers == 0


def test_unknown_page_is_rejected_by_name(page: MakePage) -> None:
    with pytest.raises(UserError, match=r"The handbook has no page risk-statuss\.md\."):
        evaluate_answers(
            [EvaluationQuestion("who?", ("risk-statuss.md",))], Library.build([page("# Locks\n\nA lock.")])
        )
