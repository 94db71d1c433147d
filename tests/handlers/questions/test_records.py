"""Questions for records, as people type them, are answered from the records; those about the method from the handbook.

`records.jsonl` was written before the grammar. Every third line is kept back: nothing may be fitted to it. A row is
answered rightly if the reply shows the record of the kind `record` and everything in `says`, whatever the case.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.conftest import handbook_data
from tests.handlers.questions.sample_office import Heard, SampleOffice, open_sample_office

__all__ = ["handbook_data"]

FILE = Path(__file__).with_name("records.jsonl")
METHOD = "handbook"
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def office(handbook_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleOffice]:
    data = Path(shutil.copytree(handbook_data, tmp_path_factory.mktemp("records") / "data"))
    with open_sample_office(data) as opened:
        yield opened


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
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [
        Result(row, office.ask(row["question"], row["asker"]), number % 3 == 0) for number, row in enumerate(rows, 1)
    ]


def select_results(results: Sequence[Result], *, kept_back: bool, method: bool) -> Sequence[Result]:
    return [one for one in results if one.is_kept_back is kept_back and (one.row["record"] == METHOD) is method]


@pytest.mark.parametrize(("method", "floor"), [(False, 0.95), (True, 0.95)], ids=["records", "method"])
def test_known_wordings_are_answered_rightly(results: Sequence[Result], method: bool, floor: float) -> None:
    chosen = select_results(results, kept_back=False, method=method)
    wrong = [(one.row["question"], one.heard.record, one.heard.text) for one in chosen if not one.is_right]
    assert 1 - len(wrong) / len(chosen) >= floor, wrong


@pytest.mark.parametrize(("method", "floor"), [(False, 0.85), (True, 0.85)], ids=["records", "method"])
def test_unseen_wordings_are_answered_rightly(results: Sequence[Result], method: bool, floor: float) -> None:
    chosen = select_results(results, kept_back=True, method=method)
    assert sum(one.is_right for one in chosen) / len(chosen) >= floor
