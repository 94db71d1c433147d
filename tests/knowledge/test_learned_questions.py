"""A question that the PMO adds to a section is answered from there, and so are others like it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from foundation.errors import UserError
from knowledge.answers import Outcome
from knowledge.handbook import Page
from knowledge.learned_questions import add_learned_questions, choose_learned_text, make_learned_id
from knowledge.library import Library
from knowledge.passages import split_into_passages

MakePage = Callable[..., Page]
TEXT = """# Locks

A lock is a chamber with two gates.

## Fees

Each passage costs five crowns, payable to the keeper.

## Opening hours

The gates open at six in the morning and close at dusk.

## Notes

Ice may close the gates.

# More

## Notes

Dogs stay on board.
"""


def test_learned_question_belongs_to_its_section(page: MakePage) -> None:
    taught = add_learned_questions(page(TEXT), [("fees", "how much for my boat?"), ("notes-1", "may I bring a dog?")])

    found = {one.anchor: one.questions for one in split_into_passages(taught) if one.questions}

    assert found == {"fees": ("how much for my boat?",), "notes-1": ("may I bring a dog?",)}


def test_pages_own_questions_stay_where_they_are(page: MakePage) -> None:
    own = page(TEXT, questions=("what does it cost?",), headings=("Fees",))

    taught = add_learned_questions(own, [("opening-hours", "when can I go through?")])

    found = {one.anchor: one.questions for one in split_into_passages(taught) if one.questions}
    assert found == {"fees": ("what does it cost?",), "opening-hours": ("when can I go through?",)}


def test_question_of_lost_section_is_left_out(page: MakePage) -> None:
    taught = add_learned_questions(page(TEXT), [("tides", "when is high water?")])

    assert taught.questions == ()


def test_digest_changes_with_learned_questions_only(page: MakePage) -> None:
    plain = page(TEXT)
    one, two = ("fees", "how much?"), ("fees", "what's the price?")

    assert add_learned_questions(plain, []) is plain
    digests = {add_learned_questions(plain, some).digest for some in ([one], [two], [one, two], [two, one])}
    assert plain.digest not in digests
    assert len(digests) == 3


@pytest.mark.parametrize("asked", ["is it dear to sail through?", "Is it dear, to sail through"])
def test_learned_question_is_answered_from_its_section(page: MakePage, asked: str) -> None:
    pages = [page(TEXT, id="locks", title="Locks", source="locks.md")]
    pages += [page(f"# Page {n}\n\nSail number {n} is white.", id=f"p{n}", source=f"p{n}.md") for n in range(5)]
    before = Library.build(pages).ask(asked)
    assert "fees" not in [one.anchor for one in before.citations]

    taught = replace(add_learned_questions(pages[0], [("fees", "is it dear to sail through?")]))
    answer = Library.build([taught, *pages[1:]]).ask(asked)

    assert answer.status is Outcome.ANSWERED
    assert [one.anchor for one in answer.citations] == ["fees"]


def test_same_question_for_same_section_has_one_id() -> None:
    once = make_learned_id("locks", "fees", "How  much?")
    assert once == make_learned_id("locks", "fees", "how much?")
    assert len({once, make_learned_id("locks", "fee", "how much?"), make_learned_id("locks", "fees", "how many?")}) == 3


def test_follow_up_is_learned_with_its_previous_question() -> None:
    assert choose_learned_text("and who approves it?", ("what is a change request?",)) == (
        "who approves it? what is a change request?"
    )
    assert choose_learned_text("who  approves a change request?", ()) == "who approves a change request?"
    with pytest.raises(UserError, match="makes sense only after another one"):
        choose_learned_text("and who?", ())
