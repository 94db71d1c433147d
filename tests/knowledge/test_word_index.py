"""Search by words: the scores of BM25 as its reference library computes them, from words counted part by part."""

import bm25s
import numpy as np
import pytest

from knowledge.handbook import Handbook
from knowledge.passages import Passage, get_search_text
from knowledge.postings import CountedText, Postings, build_postings, join_postings
from knowledge.terms import extract_terms
from knowledge.word_index import WordIndex

TEXTS = ("The keeper opens locks.", "A lock waits; locks wait.", "Boats wait for tides.", "Nobody opened it.")


def build(*texts: str) -> Postings:
    return build_postings([CountedText(text.split()[1], text) for text in texts])


def assert_equal(one: Postings, other: Postings) -> None:
    for name in ("rows", "counts", "headed", "lengths", "word_first", "entry_first"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for name in ("words", "stems"):
        assert getattr(one, name).values.tobytes() == getattr(other, name).values.tobytes()


def test_scores_are_those_of_bm25s(shipped: Handbook, passages: list[Passage]) -> None:
    words = WordIndex(
        build_postings([CountedText(one.section, get_search_text(one), one.questions) for one in passages])
    )
    corpus = [extract_terms("\n".join((get_search_text(one), *one.questions, *one.questions))) for one in passages]
    reference = bm25s.BM25(k1=1.2, b=0.75)
    reference.index(corpus, show_progress=False)

    for page in shipped:
        asked = extract_terms(page.title)
        # Of one or two known words, no synonyms are searched.
        if len(asked) < 3 and all(map(words.has_term, asked)):
            np.testing.assert_allclose(words.score_texts(asked), reference.get_scores(asked), rtol=1e-4, atol=1e-5)


def test_word_of_the_questions_counts_twice() -> None:
    words = WordIndex(
        build_postings([CountedText("Locks", "Locks open.", ("Who opens a gate?",)), CountedText("", "")])
    )

    assert words.vocabulary == {"locks": 1, "open": 1, "opens": 2, "gate": 2}


def test_stem_knows_whether_a_heading_has_it() -> None:
    words = WordIndex(build_postings([CountedText("Opening hours", "Opening hours\nLocks open at noon.")]))

    assert words.is_in_heading("open")
    assert not words.is_in_heading("lock")


@pytest.mark.parametrize("cut", range(len(TEXTS) + 1))
def test_joined_parts_are_like_the_whole(cut: int) -> None:
    parts = [(build(*TEXTS[:cut]), [(0, cut, 0)]), (build(*TEXTS[cut:]), [(0, len(TEXTS) - cut, cut)])]

    assert_equal(join_postings(parts, len(TEXTS)), build(*TEXTS))


def test_words_of_removed_texts_are_gone() -> None:
    whole = build(*TEXTS)

    assert_equal(join_postings([(whole, [(0, 1, 0), (3, 4, 1)])], 2), build(TEXTS[0], TEXTS[3]))
    assert WordIndex(join_postings([], 0)).vocabulary == {}
