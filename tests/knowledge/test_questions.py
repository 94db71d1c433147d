"""Parsing questions: cues, names and terms."""

import pytest

from foundation.errors import UserError
from knowledge.questions import LONGEST, Cue, parse_question
from knowledge.terms import extract_terms, split_words


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("who signs the charter?", Cue.PERSON),
        ("Which board decides", Cue.PERSON),
        ("how long does a health check take", Cue.TIME),
        ("when is a gate held", Cue.TIME),
        ("how many gates are there", Cue.NUMBER),
        ("how much contingency do I need", Cue.NUMBER),
        ("what is WSJF?", Cue.DEFINITION),
        ("What does CPI mean?", Cue.DEFINITION),
        ("how do I score a risk", Cue.NONE),
        ("template", Cue.NONE),
    ],
)
def test_question_words_give_the_cue(text: str, cue: Cue) -> None:
    assert parse_question(text).cue is cue


@pytest.mark.parametrize(
    ("question", "answer", "met"),
    [
        ("who signs it", "The sponsor signs.", True),
        ("who signs it", "It is signed in ink.", False),
        ("how long does it take", "It takes ten business days.", True),
        ("how long does it take", "It is quick and thorough.", False),
        ("how many are there", "There are six.", True),
        ("how many are there", "There are several.", False),
        ("how is it done", "Somehow.", True),
    ],
)
def test_answer_must_match_the_cue(question: str, answer: str, met: bool) -> None:
    assert parse_question(question).is_met_by(answer) is met


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200b", "\x00"])
def test_empty_question_is_rejected_with_example(text: str) -> None:
    with pytest.raises(UserError, match="Ask in a sentence"):
        parse_question(text)


def test_very_long_question_is_rejected() -> None:
    parse_question("a " * (LONGEST // 2))
    with pytest.raises(UserError, match="too long"):
        parse_question("why " * 5_000)


def test_control_characters_and_line_breaks_are_removed() -> None:
    assert parse_question("who\n signs\u202e the\x07 charter ").text == "who signs the charter"


def test_terms_are_stemmed_without_stop_words() -> None:
    assert extract_terms("Who approves the approvals of an approved change?") == ["approv", "approv", "approv", "chang"]
    assert split_words("The PMO’s 3-point RAG/WSJF e-mail") == [
        "the",
        "pmo's",
        "3",
        "point",
        "rag",
        "wsjf",
        "e",
        "mail",
    ]
    assert extract_terms("project’s project's projects project") == ["project"] * 4
    assert extract_terms("🎉 ??? 。") == []
