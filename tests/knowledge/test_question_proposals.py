"""A language model proposes questions for sections; only clean, new ones are kept."""

import json

import pytest

from knowledge.handbook import Handbook, Page
from knowledge.question_proposals import (
    ENOUGH,
    LONGEST_QUESTION,
    HandbookExcerpt,
    build_proposal_messages,
    list_excerpts,
    read_proposals,
)

SECTION = HandbookExcerpt(
    "parking", "visitors", "Parking › Visitors", "Park on the gravel.", ("where do guests park?",)
)


def read(*questions: object) -> tuple[str, ...] | None:
    return read_proposals(json.dumps({"questions": questions}), SECTION)


def test_every_section_is_listed_once_with_its_whole_text(shipped: Handbook) -> None:
    sections = list(list_excerpts(shipped))
    assert len({(one.page_id, one.anchor) for one in sections}) == len(sections)
    assert all(one.text and one.place for one in sections)
    assert {question for page in shipped for question in page.questions} == {
        question for one in sections for question in one.questions
    }


def test_long_section_is_one_section() -> None:
    page = Page("l", "Long", "l.md", "# Long\n\n" + "\n\n".join(f"Rule {n} has some more words." for n in range(200)))
    [section] = list_excerpts([page])
    assert "Rule 0 " in section.text
    assert "Rule 199 " in section.text


def test_request_has_the_section_and_nothing_else() -> None:
    content = json.loads(build_proposal_messages(SECTION)[1]["content"])
    assert content == {
        "place": "Parking › Visitors",
        "text": "Park on the gravel.",
        "known": ["where do guests park?"],
    }


def test_new_questions_are_kept_once_and_in_order() -> None:
    assert read("can visitors use  the yard?", "Can visitors use the yard?", "is the gravel free?") == (
        "Can visitors use the yard?",
        "is the gravel free?",
    )


@pytest.mark.parametrize(
    "unusable",
    [
        "",
        "park?",
        "Where do guests park?",
        "what is it?",
        "x" * (LONGEST_QUESTION + 1),
        "where is the \u202egravel?",
        1,
        None,
        ["q"],
    ],
)
def test_unusable_questions_are_dropped(unusable: object) -> None:
    assert read(unusable, "is the gravel free?") == ("is the gravel free?",)


def test_no_more_than_enough_are_kept() -> None:
    assert len(read(*(f"is gravel {number} free?" for number in range(20))) or ()) == ENOUGH


@pytest.mark.parametrize("garbage", ["", "no", "[]", '{"questions": "one?"}', '{"numbers": [1]}'])
def test_reply_in_another_form_is_none(garbage: str) -> None:
    assert read_proposals(garbage, SECTION) is None
