"""What a question asks for is read once, from its words alone."""

from typing import get_args

import pytest

from handlers.questions.answerers import ANSWERERS
from handlers.questions.intents import (
    LONGEST,
    PATTERNS,
    HandbookQuestion,
    Intent,
    Pattern,
    RequestByNumber,
    parse_intent,
)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: next(iter(pattern.examples)))
def test_every_pattern_gives_its_examples_their_intent(pattern: Pattern) -> None:
    assert pattern.examples
    assert {text: parse_intent(text) for text in pattern.examples} == pattern.examples


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: next(iter(pattern.examples)))
def test_no_earlier_pattern_takes_an_example(pattern: Pattern) -> None:
    first = [next(other for other in PATTERNS if other.regex.fullmatch(text.casefold())) for text in pattern.examples]
    assert first == [pattern] * len(first)


@pytest.mark.parametrize("opening", ["", "Hey, can you tell me ", "and please "])
@pytest.mark.parametrize("ending", ["", "?", " now?", " at the moment"])
def test_politeness_and_the_moment_change_nothing(opening: str, ending: str) -> None:
    asked = parse_intent("is metering on track")
    assert parse_intent(f"{opening}is metering on track{ending}") == asked


@pytest.mark.parametrize(
    "text",
    [
        "who approves a change request?",
        "which projects need a steering committee?",
        "help me write a charter",
    ],
)
def test_anything_else_is_for_the_handbook(text: str) -> None:
    assert parse_intent(text) == HandbookQuestion()


def test_a_whole_story_is_for_the_handbook() -> None:
    assert parse_intent("where is PMO-1" + " " * LONGEST) == RequestByNumber(1)
    assert parse_intent("is metering on track " * 30) == HandbookQuestion()


def test_every_intent_has_an_answerer() -> None:
    assert set(ANSWERERS) == set(get_args(Intent))
    assert all(ANSWERERS.values())


def test_every_intent_has_a_pattern() -> None:
    given = {type(intent) for pattern in PATTERNS for intent in pattern.examples.values()}
    assert given | {HandbookQuestion} == set(get_args(Intent))
