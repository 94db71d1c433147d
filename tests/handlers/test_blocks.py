"""Cards, forms, lists and the App Home: Slack takes them whatever people wrote."""

from datetime import UTC, datetime
from typing import Any

import pytest

from foundation.people import People, Person, Role
from handlers.commands import COMMANDS, HELP_LINES, CommandUse
from handlers.home.blocks.help import HelpContent, build_help_blocks, build_help_message, build_welcome_message
from handlers.home.blocks.home import build_home_view
from handlers.questions.blocks.forward import (
    build_answer_form,
    build_answered_card,
    build_forward_card,
    build_persons_answer,
    build_waiting_blocks,
)
from handlers.questions.blocks.gaps import OpenGap, build_gaps_message
from handlers.questions.blocks.history import build_history_blocks, build_question_modal
from handlers.slack.blocks.builders import build_modal, section
from knowledge.answers import Outcome
from storage.questions import AskedQuestion, Forward, Gap, QuestionPlace
from tests.workspace.filling import words
from workspace.checks import check_message, check_view

NINE = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
PEOPLE = People([Person("U01ADA", "Ada Okafor"), Person("U03WEI", "Wei Chen", frozenset({Role.PMO_STAFF}))])
HOSTILE = "<!channel> <@U04DANA> *bold* _it_ `code` <https://evil.example|click> &lt;!here&gt; :bomb:\n> quote"
TEXTS = ["Where do I park?", HOSTILE, "x" * 1000, "<" * 1000, "🚒" * 900, "\n\n \n", "a\n" * 400]


def asked(text: str, status: Outcome = Outcome.NOT_FOUND, **changes: Any) -> AskedQuestion:
    given = {"place": QuestionPlace("U01ADA", "C07ASK", "1.2", is_private=False), "asked_at": NINE, "answer": text}
    return AskedQuestion(id="Q1", text=text, status=status, **(given | changes))


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_passed_on_and_answered_fits_and_stays_text(text: str) -> None:
    question = asked(text)
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


def test_a_web_address_in_an_answer_can_be_clicked_and_ends_before_the_full_stop() -> None:
    told = build_persons_answer(
        asked("Where?"), "Wei Chen", "See https://example.org/a_(b)?c=d, and (https://example.org)."
    )
    links = [run["url"] for part in told["blocks"][1]["elements"] for run in part["elements"] if run["type"] == "link"]
    assert links == ["https://example.org/a_(b)?c=d", "https://example.org"]


@pytest.mark.parametrize(
    ("status", "forward", "said"),
    [
        (Outcome.ANSWERED, None, "answered from the handbook"),
        (Outcome.NOT_FOUND, None, "the handbook does not say"),
        (Outcome.CLARIFY, None, "could mean several things"),
        (Outcome.NOT_FOUND, Forward("U01ADA", "card"), "with the PMO"),
        (Outcome.NOT_FOUND, Forward("U01ADA", "card", "U03WEI", "At the gate."), "answered by Wei Chen"),
    ],
)
def test_a_question_shows_how_it_stands(status: Outcome, forward: Forward | None, said: str) -> None:
    question = asked("Where do I park?", status, forward=forward)
    assert said in words(build_history_blocks([question], PEOPLE))
    assert said in words(build_question_modal(question, PEOPLE))
    assert ("At the gate." in words(build_question_modal(question, PEOPLE))) is (
        forward is not None and bool(forward.answer)
    )


def test_a_question_answered_with_its_place_shows_the_place_again() -> None:
    question = asked("How long?", Outcome.ANSWERED, cited=(("Health checks", "Health checks › How long"),))
    assert "From the handbook: Health checks › How long" in words(build_question_modal(question, PEOPLE))


def test_gaps_fit_however_many_and_long_they_are() -> None:
    gaps = [OpenGap(Gap(text, number + 1, NINE, "x" * 3000), "facilities") for number, text in enumerate(TEXTS)] * 2
    told = build_gaps_message(gaps[:10], gaps[:10], 3)
    assert check_message(told) == []
    assert "once" in words(told)
    assert "twice" in words(told)
    assert "sounds like a question for facilities" in words(told)
    assert "3 that were open before are answered by now" in words(told)


def test_help_of_every_command_fits_into_a_message_and_a_window() -> None:
    everything = HelpContent(
        COMMANDS,
        {command.name: command.uses or (CommandUse(command.example, "x"),) for command in COMMANDS},
        tuple(concern.sentence for concern in HELP_LINES),
        ("How do I know whether my project is in trouble?",) * 4,
    )
    assert check_message(build_help_message(everything)) == []
    assert check_message(build_welcome_message(everything)) == []
    assert check_view(build_modal("What I can do", build_help_blocks(everything))) == []
    for command in COMMANDS:
        assert command.name in words(build_help_blocks(everything))
    assert check_message(build_help_message(HelpContent((), {}, (), ()))) == []


def test_a_home_that_is_too_full_says_so() -> None:
    view = build_home_view([[section("part")] * 30] * 5)
    assert check_view(view) == []
    assert "There is more than fits here." in words(view)
