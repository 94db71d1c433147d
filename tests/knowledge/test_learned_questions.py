"""A question that the PMO adds to a section is answered from there, and so are others like it."""

from collections.abc import Callable

import pytest

from foundation.errors import UserError
from knowledge.answers import Outcome
from knowledge.handbook import Page
from knowledge.learned_questions import choose_learned_text, make_learned_id
from knowledge.library import Library

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


def list_questions(library: Library) -> dict[str, tuple[str, ...]]:
    return {one.anchor: one.questions for one in library.index.passages if one.questions}


def test_learned_question_belongs_to_its_section(page: MakePage) -> None:
    learned = {("risk", "fees"): ["how much for my boat?"], ("risk", "notes-1"): ["may I bring a dog?"]}

    found = list_questions(Library.build([page(TEXT)]).with_questions(learned))

    assert found == {"fees": ("how much for my boat?",), "notes-1": ("may I bring a dog?",)}


def test_pages_own_questions_stay_where_they_are(page: MakePage) -> None:
    own = page(TEXT, questions=("what does it cost?",), headings=("Fees",))

    found = list_questions(Library.build([own]).with_questions({("risk", "opening-hours"): ["when can I go through?"]}))

    assert found == {"fees": ("what does it cost?",), "opening-hours": ("when can I go through?",)}


def test_question_of_lost_section_is_left_out(page: MakePage) -> None:
    assert (
        list_questions(Library.build([page(TEXT)]).with_questions({("risk", "tides"): ["when is high water?"]})) == {}
    )


@pytest.mark.parametrize("asked", ["is it dear to sail through?", "Is it dear, to sail through"])
def test_learned_question_is_answered_from_its_section(page: MakePage, asked: str) -> None:
    pages = [page(TEXT, id="locks", title="Locks", source="locks.md")]
    pages += [page(f"# Page {n}\n\nSail number {n} is white.", id=f"p{n}", source=f"p{n}.md") for n in range(5)]
    before = Library.build(pages)
    assert "fees" not in [one.anchor for one in before.ask(asked).citations]

    answer = before.with_questions({("locks", "fees"): ["is it dear to sail through?"]}).ask(asked)

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
