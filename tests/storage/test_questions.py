"""Questions are recorded, grouped, and answered by one person only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from foundation.errors import Conflict
from knowledge.answers import Answer, Outcome
from knowledge.citations import Citation
from storage.database import Database
from storage.questions import QuestionPlace, Questions
from storage.store import Store
from storage.tables.questions import QuestionRow

NINE = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
ADA = QuestionPlace("U01ADA", "C07ASK", "1789376400.000100", is_private=False)
NOT_FOUND = Answer(Outcome.NOT_FOUND, "I did not find it.", 0.1)
ANSWERED = Answer(
    Outcome.ANSWERED, "Ten days.", 0.9, (Citation("Checks", "c", "c.md", "Checks › Time", "time", 3, "Ten.", "1", ""),)
)


@pytest.fixture
def questions(database: Database) -> Iterator[Questions]:
    with Store(database).transaction(NINE) as tx:
        yield tx.questions


def ask(questions: Questions, number: int, text: str, answer: Answer = NOT_FOUND, where: QuestionPlace = ADA) -> str:
    questions.record(f"Q{number}", where, text, answer, NINE + timedelta(minutes=number))
    return f"Q{number}"


def test_question_is_recorded_once(questions: Questions) -> None:
    ask(questions, 1, "How long?", ANSWERED)
    ask(questions, 1, "Something else?")
    found = questions.get("Q1")
    assert found is not None
    assert (found.text, found.place, found.status) == ("How long?", ADA, Outcome.ANSWERED)
    assert (found.answer, found.cited, found.asked_at) == (
        "Ten days.",
        (("Checks", "Checks › Time"),),
        NINE.replace(minute=1),
    )
    assert questions.get("Q2") is None


def test_answer_of_earlier_version_is_readable(questions: Questions) -> None:
    ask(questions, 1, "How long?", ANSWERED)
    questions._session.execute(update(QuestionRow).values(answer={"text": "Old.", "citations": [{"page": "Checks"}]}))
    found = questions.get("Q1")
    assert found is not None
    assert (found.answer, found.cited) == ("Old.", (("Checks", ""),))


def test_choice_of_sections_is_recorded_with_its_places(questions: Questions) -> None:
    nearest = (Citation("Checks", "c", "c.md", "Checks › Time", "time", 3, "Ten.", "1", "", "Ten days."),)
    ask(questions, 1, "How long?", Answer(Outcome.CLOSEST, "", 0.3, nearest=nearest))
    found = questions.get("Q1")
    assert found is not None
    assert (found.answer, found.cited) == ("Ten days.", (("Checks", "Checks › Time"),))


def test_own_questions_come_newest_first(questions: Questions) -> None:
    for number in range(1, 5):
        ask(questions, number, f"Question {number}?")
    ask(questions, 5, "Ben's?", where=QuestionPlace("U02BEN"))
    assert [one.id for one in questions.find_latest("U01ADA", 3)] == ["Q4", "Q3", "Q2"]


def test_question_is_forwarded_and_answered_once(questions: Questions) -> None:
    ask(questions, 1, "Where do I park?")
    assert questions.forward("Q1", "U02BEN", "card", NINE)
    assert not questions.forward("Q1", "U01ADA", "other", NINE)
    assert [one.id for one in questions.find_waiting(5)] == ["Q1"]
    questions.answer("Q1", "U03WEI", "At the gate.", NINE)
    with pytest.raises(Conflict, match="Someone else has already answered"):
        questions.answer("Q1", "U05EMEKA", "Nowhere.", NINE)
    with pytest.raises(Conflict):
        questions.answer("Q99", "U05EMEKA", "Nowhere.", NINE)
    found = questions.get("Q1")
    assert found is not None
    assert found.forward is not None
    assert (found.forward.forwarded_by, found.forward.card) == ("U02BEN", "card")
    assert (found.forward.answered_by, found.forward.answer) == ("U03WEI", "At the gate.")
    assert list(questions.find_waiting(5)) == []


def test_gaps_are_grouped_by_meaning(questions: Questions) -> None:
    ask(questions, 1, "How do I get a parking permit?")
    ask(questions, 2, "Who paints the walls?")
    ask(questions, 3, "Where are the bicycles?")
    ask(questions, 4, "parking permits: how do I get them?")
    ask(questions, 5, "How long?", ANSWERED)
    gaps = questions.find_gaps(NINE, 10)
    assert [(gap.text, gap.times) for gap in gaps] == [
        ("parking permits: how do I get them?", 2),
        ("Where are the bicycles?", 1),
        ("Who paints the walls?", 1),
    ]
    assert gaps[0].latest == NINE.replace(minute=4)
    assert len(questions.find_gaps(NINE, 1)) == 1
    assert [gap.times for gap in questions.find_gaps(NINE.replace(minute=2), 10)] == [1, 1, 1]


def test_gap_shows_answer_of_the_pmo(questions: Questions) -> None:
    ask(questions, 1, "How do I get a parking permit?")
    ask(questions, 2, "Parking permit?")
    questions.forward("Q1", "U01ADA", "card", NINE)
    questions.answer("Q1", "U03WEI", "At the gate.", NINE)
    [gap] = questions.find_gaps(NINE, 10)
    assert (gap.times, gap.answer) == (2, "At the gate.")


def test_latest_rating_counts(questions: Questions) -> None:
    ask(questions, 1, "How long?", ANSWERED)
    questions.rate("Q1", "U01ADA", False, NINE)
    assert [gap.text for gap in questions.find_unhelpful(NINE, 10)] == ["How long?"]
    questions.rate("Q1", "U01ADA", True, NINE)
    assert list(questions.find_unhelpful(NINE, 10)) == []
    questions.rate("Q1", "U02BEN", False, NINE)
    assert [gap.times for gap in questions.find_unhelpful(NINE, 10)] == [1]


def test_previous_question_depends_on_place(questions: Questions) -> None:
    ben = QuestionPlace("U02BEN", ADA.channel, ADA.thread_ts, is_private=False)
    read_with = Answer(Outcome.ANSWERED, "Ten days.", 0.9, follows=("How long?", "What is it?"))
    ask(questions, 1, "How long?")
    ask(questions, 2, "And who?", read_with, where=ben)
    ask(questions, 3, "Why?", where=QuestionPlace("U01ADA", "C07ASK", "1789376400.000900", is_private=False))
    ask(questions, 4, "Secret?", where=QuestionPlace("U01ADA", "C07ASK"))
    assert questions.find_previous(ADA, NINE) == ("And who?", "How long?")
    assert questions.find_previous(QuestionPlace("U01ADA", "C07ASK", is_private=False), NINE) == ("Why?",)
    assert questions.find_previous(QuestionPlace("U01ADA", "C07ASK", is_private=True), NINE) == ("Secret?",)
    assert questions.find_previous(QuestionPlace("U02BEN", "C07ASK", is_private=True), NINE) == ()
    assert questions.find_previous(ADA, NINE + timedelta(minutes=3)) == ()
