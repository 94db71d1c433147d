"""Questions about the method whose sections and words are known, and what an answer makes of them.

A row of the files is {id, kind, question, before, status, answers: [{sections, says}], language}. `before` is the
conversation so far, oldest first. Each of the `answers` is right if it cites any of its sections and has all that it
must say, where “a|b” stands for either. Rows with an even number, from 0, may be fitted to; the others are held out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.answers import Answer, Outcome
from knowledge.evaluation import format_section
from knowledge.library import Library
from knowledge.passages import split_into_passages

FOLDER = Path(__file__).resolve().parent.parent.parent / "tests" / "knowledge"
FILES = ("method_1.jsonl", "method_2.jsonl")
SPARE_FILE = "method_spare.jsonl"  # all of it may be fitted to
REWORDED_FILE = "method_reworded.jsonl"  # {id, question}: another person's words for the same matter; never fitted to
SHOWN = 3  # sections in a choice


@dataclass(frozen=True, slots=True)
class Expected:
    """Any of the `sections`, and of each of `says` any alternative, normalised."""

    sections: tuple[str, ...]
    says: tuple[tuple[str, ...], ...]

    def is_said_in(self, text: str) -> bool:
        """Whether a normalised text says all of it."""
        return all(any(one in text for one in alternatives) for alternatives in self.says)


@dataclass(frozen=True, slots=True)
class MethodQuestion:
    """`before` has the previous questions, newest first; without `answers`, it must not be answered."""

    id: str
    kind: str
    question: str
    before: tuple[str, ...]
    answers: tuple[Expected, ...]
    held_out: bool

    @property
    def sections(self) -> frozenset[str]:
        """Every right section, of any answer."""
        return frozenset(section for answer in self.answers for section in answer.sections)

    @property
    def pages(self) -> frozenset[str]:
        """Every right page."""
        return frozenset(section.partition("#")[0] for section in self.sections)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer was worth. `cites` is whether every right section was cited, `shows` whether it was cited or in
    the choice of sections, `is_right` whether the answer also says all it must. Where there's nothing to answer, it's
    right to decline.
    """

    row: MethodQuestion
    status: Outcome
    cites: bool
    shows: bool
    is_right: bool

    @property
    def declines(self) -> bool:
        """Whether no answer was given."""
        return self.status is not Outcome.ANSWERED


def read_method_questions(*names: str) -> list[MethodQuestion]:
    """The rows of these files in tests/knowledge; of both sets when none is named."""
    return [_read_line(line, at) for name in names or FILES for at, line in enumerate(_read_lines(name))]


def read_reworded_questions() -> list[MethodQuestion]:
    """Rows of the sets in other words, held out."""
    rows = {row.id: row for row in read_method_questions()}
    found = map(json.loads, _read_lines(REWORDED_FILE))
    return [replace(rows[one["id"]], kind="reworded", question=one["question"], held_out=True) for one in found]


def ask_method_question(row: MethodQuestion, library: Library) -> Judgement:
    return judge_answer(row, library.ask(row.question, row.before))


def judge_answer(row: MethodQuestion, answer: Answer) -> Judgement:
    cited = {format_section(one.source, one.anchor) for one in answer.citations}
    shown = cited | {format_section(one.source, one.anchor) for one in answer.nearest[:SHOWN]}
    text = normalise_text(answer.text)
    cites = all(not cited.isdisjoint(expected.sections) for expected in row.answers)
    shows = all(not shown.isdisjoint(expected.sections) for expected in row.answers)
    says = all(expected.is_said_in(text) for expected in row.answers)
    is_answered = answer.status is Outcome.ANSWERED
    return Judgement(
        row, answer.status, cites, shows, is_answered and cites and says if row.answers else not is_answered
    )


def read_section_texts(library: Library) -> Mapping[str, str]:
    """The normalised plain text of every section of the handbook."""
    found: dict[str, str] = {}
    for passage in (part for page in library.handbook for part in split_into_passages(page)):
        place = format_section(passage.source, passage.anchor)
        found[place] = f"{found.get(place, '')} {normalise_text(passage.text)}".strip()
    return found


def normalise_text(text: str) -> str:
    """The text in lower case, with plain apostrophes and single spaces."""
    return re.sub(r"\s+", " ", text.lower().replace("’", "'"))


def _read_lines(name: str) -> Sequence[str]:
    return (FOLDER / name).read_text(encoding="utf-8").splitlines()


def _read_line(line: str, at: int) -> MethodQuestion:
    row = json.loads(line)
    return MethodQuestion(
        row["id"],
        row["kind"],
        row["question"],
        tuple(reversed(row["before"])),
        tuple(Expected(tuple(one["sections"]), tuple(map(_split_alternatives, one["says"]))) for one in row["answers"]),
        at % 2 == 1,
    )


def _split_alternatives(text: str) -> tuple[str, ...]:
    return tuple(map(normalise_text, text.split("|")))
