"""Questions added to a section: found at once, as if they stood in the page, and gone when they are removed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from knowledge.embedding import Encoder
from knowledge.handbook import Page
from knowledge.library import Library

LOCKS = "# Locks\n\nA lock is opened by the keeper.\n\n## When to wait\n\nBoats wait for the tide, which takes an hour."
FEES = "# Fees\n\nThe amounts are agreed in May.\n\n## Who is exempt\n\nRowing boats pay nothing."
ADDED = {("fees", "fees"): ["How expensive is a mooring?"]}


@pytest.fixture(params=["words", "meaning"])
def library(request: pytest.FixtureRequest, page: Callable[..., Page]) -> Library:
    pages = [page(FEES, id="fees", title="Fees", source="fees.md"), page(LOCKS, id="locks", title="Locks")]
    return Library.build(pages, request.getfixturevalue("encoder") if request.param == "meaning" else None)


def test_section_is_found_by_its_added_question(library: Library) -> None:
    found = library.with_questions(ADDED).search("how expensive is a mooring")[0]

    assert (found.passage.page_id, found.passage.anchor) == ("fees", "fees")
    assert found.passage.questions == ("How expensive is a mooring?",)


def test_added_question_counts_like_the_page_s_own(library: Library, page: Callable[..., Page]) -> None:
    own = replace(
        page(FEES, id="fees", title="Fees", source="fees.md"),
        questions=("How expensive is a mooring?",),
        headings=("Fees",),
    )
    like = Library.build([own, page(LOCKS, id="locks", title="Locks")], library.encoder)

    for question in ("how expensive is a mooring", "is a mooring expensive", "who opens the lock"):
        one, other = library.with_questions(ADDED).search(question), like.search(question)
        assert [hit.passage for hit in one] == [hit.passage for hit in other]
        assert [hit.score for hit in one] == pytest.approx([hit.score for hit in other], abs=1e-4)


def test_other_added_questions_replace_the_first(library: Library) -> None:
    learned = library.with_questions(ADDED)
    again = learned.with_questions({})

    assert again.search("how expensive is a mooring") == library.search("how expensive is a mooring")
    assert len({library.version, learned.version, again.version}) == 3
    assert "mooring" in learned.index.vocabulary
    assert "mooring" not in again.index.vocabulary


def test_question_of_a_section_that_is_gone_changes_nothing(library: Library) -> None:
    added = {("fees", "gone"): ["How expensive is a mooring?"], ("gone", "fees"): ["And a lock?"]}

    assert library.with_questions(added).search("mooring") == library.search("mooring")


def test_only_the_added_question_is_encoded(
    library: Library, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []
    encode = type(encoder).encode
    monkeypatch.setattr(
        type(encoder), "encode", lambda self, some, *rest: texts.extend(some) or encode(self, some, *rest)
    )

    library.with_questions(ADDED)

    assert texts == (["How expensive is a mooring?"] if library.index.has_model else [])
