"""Forwarded questions and a person's own questions: Slack accepts them whatever people wrote."""

from datetime import UTC, datetime
from typing import Any

import pytest

from foundation.people import People, Person, Role
from handlers.home.blocks.home import build_home_view
from handlers.questions.blocks.forward import (
    build_answer_form,
    build_answered_card,
    build_forward_card,
    build_persons_answer,
    build_waiting_blocks,
)
from handlers.questions.blocks.history import build_history_blocks, build_question_modal
from knowledge.answers import Outcome
from storage.questions import AskedQuestion, Forward, QuestionPlace
from tests.workspace.filling import read_text
from workspace.checks import check_message, check_view

NINE = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
PEOPLE = People([Person("U01ADA", "Ada Okafor"), Person("U03WEI", "Wei Chen", frozenset({Role.PMO_STAFF}))])
HOSTILE = "<!channel> <@U04DANA> *bold* _it_ `code` <https://evil.example|click> &lt;!here&gt; :bomb:\n> quote"
TEXTS = ["Where do I park?", HOSTILE, "x" * 1000, "<" * 1000, "🚒" * 900, "\n\n \n", "a\n" * 400]


def make_question(text: str, status: Outcome = Outcome.NOT_FOUND, **changes: Any) -> AskedQuestion:
    given = {"place": QuestionPlace("U01ADA", "C07ASK", "1.2", is_private=False), "asked_at": NINE, "answer": text}
    return AskedQuestion(id="Q1", text=text, status=status, **(given | changes))


@pytest.mark.parametrize("text", TEXTS)
def test_forwarded_questions_fit_and_stay_text(text: str) -> None:
    question = make_question(text)
    messages = [
        build_forward_card(question, "U01ADA"),
        build_forward_card(question, "U02BEN"),
        build_answered_card(question, "Wei Chen", (text * 4)[:2500]),
        build_persons_answer(question, "Wei Chen", (text * 4)[:2500]),
    ]
    for one in messages:
        assert check_message(one) == []
        assert len(one["text"]) <= 4000  # or it could not be edited
        assert "<!channel>" not in one["text"]
        assert "<@U04DANA>" not in one["text"]
    assert check_view(build_answer_form(question, "Ada Okafor")) == []
    assert check_view(build_question_modal(question, PEOPLE)) == []
    assert check_view(build_home_view([build_waiting_blocks([question] * 5, more=True)])) == []
    assert check_view(build_home_view([build_history_blocks([question] * 5, PEOPLE)])) == []


def test_web_address_in_answer_becomes_link() -> None:
    message = build_persons_answer(
        make_question("Where?"), "Wei Chen", "See https://example.org/a_(b)?c=d, and (https://example.org)."
    )
    links = [
        run["url"] for part in message["blocks"][1]["elements"] for run in part["elements"] if run["type"] == "link"
    ]
    assert links == ["https://example.org/a_(b)?c=d", "https://example.org"]


@pytest.mark.parametrize(
    ("status", "forward", "said"),
    [
        (Outcome.ANSWERED, None, "answered"),
        (Outcome.NOT_FOUND, None, "the handbook doesn't say"),
        (Outcome.CLARIFY, None, "could mean several things"),
        (Outcome.NOT_FOUND, Forward("U01ADA", "card"), "with the PMO"),
        (Outcome.NOT_FOUND, Forward("U01ADA", "card", "U03WEI", "At the gate."), "answered by Wei Chen"),
    ],
)
def test_question_shows_its_status(status: Outcome, forward: Forward | None, said: str) -> None:
    question = make_question("Where do I park?", status, forward=forward)
    assert said in read_text(build_history_blocks([question], PEOPLE))
    assert said in read_text(build_question_modal(question, PEOPLE))
    assert ("At the gate." in read_text(build_question_modal(question, PEOPLE))) is (
        forward is not None and bool(forward.answer)
    )


def test_answered_question_shows_its_sources() -> None:
    question = make_question("How long?", Outcome.ANSWERED, cited=(("Health checks", "Health checks › How long"),))
    assert "From the handbook: Health checks › How long" in read_text(build_question_modal(question, PEOPLE))
