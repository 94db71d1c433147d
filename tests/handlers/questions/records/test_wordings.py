"""Questions for records, as people type them, are answered from the records; those about the method from the handbook.

`records.jsonl` was written before the grammar. Every third line is kept back: nothing may be fitted to it. A row is
answered rightly if the reply shows the record of the kind `record` and everything in `says`, whatever the case.
Questions on the method (tests/knowledge/method_*.jsonl, without the rows held out) must not be taken for records.
`more_records.jsonl` was written later, with follow-ups and questions that ask for two things, and was fitted to.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.answers.method_questions import read_method_questions
from tests.handlers.questions.records.sample_office import Heard, SampleOffice

METHOD = "handbook"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row. `is_kept_back`: nothing was fitted to it."""

    row: Row
    heard: Heard
    is_kept_back: bool

    @property
    def is_right(self) -> bool:
        text = self.heard.text.casefold()
        return self.is_right_kind and all(words.casefold() in text for words in self.row["says"])

    @property
    def is_right_kind(self) -> bool:
        wanted, record = self.row["record"], self.heard.record
        if self.heard.reply is None:  # refused with a reason, which `says` has words of
            return bool(self.row["says"])
        return record is None if wanted == METHOD else record is not None and record.value == wanted


@pytest.fixture(scope="module")
def results(office: SampleOffice) -> Sequence[Result]:
    return [
        Result(row, ask_row(office, row), number % 3 == 0) for number, row in enumerate(read_rows("records.jsonl"), 1)
    ]


def read_rows(name: str) -> list[Row]:
    return [json.loads(line) for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()]


def ask_row(office: SampleOffice, row: Row) -> Heard:
    return office.ask(row["question"], row["asker"], before=tuple(row.get("before", ())))


def select_results(results: Sequence[Result], *, kept_back: bool, method: bool) -> Sequence[Result]:
    return [one for one in results if one.is_kept_back is kept_back and (one.row["record"] == METHOD) is method]


@pytest.mark.parametrize(("method", "floor"), [(False, 0.98), (True, 0.98)], ids=["records", "method"])
def test_known_wordings_are_answered_rightly(results: Sequence[Result], method: bool, floor: float) -> None:
    chosen = select_results(results, kept_back=False, method=method)
    wrong = [(one.row["question"], one.heard.record, one.heard.text) for one in chosen if not one.is_right]
    assert 1 - len(wrong) / len(chosen) >= floor, wrong


@pytest.mark.parametrize(("method", "floor"), [(False, 0.93), (True, 0.95)], ids=["records", "method"])
def test_unseen_wordings_are_answered_rightly(results: Sequence[Result], method: bool, floor: float) -> None:
    chosen = select_results(results, kept_back=True, method=method)
    assert sum(one.is_right for one in chosen) / len(chosen) >= floor


def test_questions_on_method_are_not_taken_for_records(office: SampleOffice) -> None:
    rows = [row for row in read_method_questions() if row.answers and not row.before and not row.held_out]
    heard = [(row.question, office.ask(row.question)) for row in rows]
    taken = [(question, one.record, one.text) for question, one in heard if one.reply is None or one.record]
    assert 1 - len(taken) / len(rows) >= 0.98, taken


def test_follow_ups_and_double_questions_are_answered_rightly(office: SampleOffice) -> None:
    rows = read_rows("more_records.jsonl")
    wrong = [row["question"] for row in rows if not Result(row, ask_row(office, row), False).is_right]
    assert 1 - len(wrong) / len(rows) >= 0.98, wrong
