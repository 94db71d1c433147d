"""The questions with known sections fit the shipped handbook: every place exists and says what is expected of it."""

import pytest

from benchmarks.answers.method_questions import (
    FILES,
    SPARE_FILE,
    Expected,
    MethodQuestion,
    judge_answer,
    read_method_questions,
    read_reworded_questions,
    read_section_texts,
)
from knowledge.answers import Answer, Outcome
from knowledge.citations import Citation
from knowledge.library import Library


@pytest.mark.parametrize("name", [*FILES, SPARE_FILE])
def test_right_sections_exist_and_say_what_is_expected(name: str, by_words: Library) -> None:
    texts = read_section_texts(by_words)
    rows = [(row.id, expected) for row in read_method_questions(name) for expected in row.answers]

    missing = [(row, place) for row, expected in rows for place in expected.sections if place not in texts]
    unsaid = [
        (row, words)
        for row, expected in rows
        for alternatives in expected.says
        for words in alternatives
        if not any(words in texts.get(place, "") for place in expected.sections)
    ]

    assert missing == []
    assert unsaid == []


def test_sets_have_five_hundred_questions_with_different_ids() -> None:
    rows = read_method_questions(*FILES, SPARE_FILE)

    assert len(read_method_questions()) >= 500
    assert len({row.id for row in rows}) == len(rows)


def test_answer_must_come_from_right_section_and_say_what_is_expected() -> None:
    roles = Citation("Roles", "roles", "roles.md", "Roles › Who decides", "who-decides", 3, "", "", "")
    expected = Expected(("roles.md#who-decides",), (("a sponsor", "two sponsors"),))
    row = MethodQuestion("1", "plain", "who?", (), (expected,), False)

    def judge(status: Outcome, text: str, *cited: Citation, nearest: tuple[Citation, ...] = ()) -> tuple[bool, ...]:
        found = judge_answer(row, Answer(status, text, 0.9, cited, nearest))
        return found.cites, found.shows, found.is_right

    assert judge(Outcome.ANSWERED, "Two  Sponsors decide.", roles) == (True, True, True)
    assert judge(Outcome.ANSWERED, "Nobody decides.", roles) == (True, True, False)
    assert judge(Outcome.ANSWERED, "A sponsor decides.") == (False, False, False)
    assert judge(Outcome.CLOSEST, "A sponsor decides.", nearest=(roles,)) == (False, True, False)


def test_reworded_questions_are_rows_of_the_sets_in_other_words() -> None:
    rows = {row.id: row for row in read_method_questions()}

    reworded = read_reworded_questions()

    assert len({one.question for one in reworded}) == len(reworded) >= 100
    assert all(one.sections == rows[one.id].sections and one.question != rows[one.id].question for one in reworded)
    assert not any(rows[one.id].held_out for one in reworded)
