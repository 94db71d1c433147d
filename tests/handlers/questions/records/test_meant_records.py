"""A language model may say which kind of record a question asks for. It opens nothing that the asker may not see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from foundation.record_kinds import RecordKind
from knowledge.passages import Passage
from knowledge.selector import Assessment, Selection
from tests.handlers.questions.records.sample_office import SampleOffice

QUESTION = "anything burning in the portfolio?"


@dataclass(frozen=True, slots=True)
class RecordSelector:
    """Says that every question asks for this kind of record."""

    record: RecordKind

    def select(self, question: str, before: Sequence[str], candidates: Sequence[Passage]) -> Selection | None:
        return Selection(Assessment.NO, record=self.record)


def ask_with(office: SampleOffice, record: RecordKind, question: str, asker: str = "ada") -> tuple[str, object]:
    office.ctx, ctx = replace(office.ctx, selector=RecordSelector(record)), office.ctx
    try:
        heard = office.ask(question, asker)
    finally:
        office.ctx = ctx
    return heard.text, heard.record


def test_record_is_shown_that_only_the_model_recognises(office: SampleOffice) -> None:
    assert office.ask(QUESTION).record is None
    text, record = ask_with(office, RecordKind.OWN_REQUESTS, QUESTION)
    assert record is RecordKind.OWN_REQUESTS
    assert "request" in text.casefold()


@pytest.mark.parametrize("kind", RecordKind)
def test_no_kind_breaks_a_question(office: SampleOffice, kind: RecordKind) -> None:
    text, _ = ask_with(office, kind, QUESTION)
    assert text
    assert "reference" not in text


def test_model_opens_no_door(office: SampleOffice) -> None:
    """What the record's own rule keeps from this person isn't shown, and isn't refused either: the handbook answers."""
    without = office.ask(QUESTION, "ada")
    text, record = ask_with(office, RecordKind.MISSING_UPDATES, QUESTION, "ada")
    assert record is None
    assert text.splitlines()[0] == without.text.splitlines()[0]
