"""Evaluating a handbook: invalid question files are rejected, the shares are right."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.errors import UserError
from foundation.files import BadFile
from knowledge.answers import Answer, Outcome
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


def test_evaluation_counts_sections(page: MakePage) -> None:
    text = "# Locks\n\nHow locks work.\n\n## Opening\n\nThe keeper opens it.\n\n## Fees\n\nA passage costs 5 crowns."
    library = Library.build([page(text, id="locks", title="Locks", source="locks.md")])
    rows = [
        EvaluationQuestion("who opens a lock?", ("locks.md",), sections=("locks.md#opening", "locks.md#locks")),
        EvaluationQuestion("what does a passage cost in crowns?", ("locks.md",), sections=("locks.md#opening",)),
        EvaluationQuestion("what are the fees?", ("locks.md",)),
    ]

    found = evaluate_answers(rows, library)

    assert (found.answerable, found.with_sections) == (3, 2)
    assert found.recall_at_1 == 1
    assert found.section_at_1 == 0.5
    assert (found.right_section, found.section_shown) == (0.5, 0.5)


def test_choice_shows_right_section_without_answering(page: MakePage, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library.build([page("# Locks\n\n## Opening\n\nThe keeper opens a lock.", source="locks.md")])
    choice = Answer(Outcome.CLOSEST, "", 0.2, nearest=library.ask("who opens a lock?").citations)
    monkeypatch.setattr(Library, "ask", lambda *_: choice)
    row = EvaluationQuestion("who opens a lock?", ("locks.md",), sections=("locks.md#opening",))

    found = evaluate_answers([row, EvaluationQuestion("zebra?", ())], library)

    assert (found.right_section, found.section_shown) == (0, 1)
    assert (found.choices, found.false_choices) == (1, 1)
    assert (found.wrong_refusals, found.false_answers) == (0, 0)


def test_sections_name_their_pages(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"question": "who?", "sections": ["a.md#x", "a.md#y", "b.md#"]}\n'
        '{"question": "why?", "pages": ["c.md"], "sections": ["a.md#x"]}\n'
    )

    assert read_test_questions(path) == (
        EvaluationQuestion("who?", ("a.md", "b.md"), sections=("a.md#x", "a.md#y", "b.md#")),
        EvaluationQuestion("why?", ("c.md",), sections=("a.md#x",)),
    )


@pytest.mark.parametrize("sections", ['"a.md#x"', '["a.md"]', "[1]"])
def test_invalid_sections_are_rejected(tmp_path: Path, sections: str) -> None:
    (tmp_path / "bad.jsonl").write_text(f'{{"question": "who?", "pages": ["a.md"], "sections": {sections}}}\n')

    with pytest.raises(BadFile, match="sections: Expected a list of sections"):
        read_test_questions(tmp_path / "bad.jsonl")


def test_unknown_section_is_rejected_by_name(page: MakePage) -> None:
    library = Library.build([page("# Locks\n\nA lock.", source="locks.md")])
    row = EvaluationQuestion("who?", ("locks.md",), sections=("locks.md#keeper",))

    with pytest.raises(UserError, match=r"The handbook has no section locks\.md#keeper"):
        evaluate_answers([row], library)


def test_share_without_questions_is_unknown(page: MakePage) -> None:
    found = evaluate_answers([EvaluationQuestion("zebra crossing", ())], Library.build([page("# Locks\n\nA lock.")]))

    assert (found.recall_at_1, found.mrr_at_10, found.right_page, found.wrong_refusals) == (None, None, None, None)
    assert found.false_answers == 0


def test_unknown_page_is_rejected_by_name(page: MakePage) -> None:
    with pytest.raises(UserError, match=r"The handbook has no page risk-statuss\.md\."):
        evaluate_answers(
            [EvaluationQuestion("who?", ("risk-statuss.md",))], Library.build([page("# Locks\n\nA lock.")])
        )
