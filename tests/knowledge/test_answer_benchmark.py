"""The comparison of rankings counts what it says, and learned questions reach their section."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.answers.baselines import fuse_ranks, fuse_scores
from benchmarks.answers.learning import collect_learned, teach_library
from benchmarks.answers.method_questions import Expected, MethodQuestion
from benchmarks.answers.own_handbook import compare_handbook
from benchmarks.answers.product_ranker import build_product_ranker
from benchmarks.answers.ranked_questions import (
    RankedQuestion,
    compute_rank_figures,
    list_ranked_questions,
    rank_questions,
)
from benchmarks.answers.tables import format_share, format_table
from foundation.errors import UserError
from knowledge.evaluation import format_section
from knowledge.library import Library

SECTION = "control/escalation.md#what-to-do-when-nobody-answers"
OTHER = "control/change-control.md#when-to-re-baseline"
ROW = MethodQuestion("A1", "plain", "zorble wumpus of the frobnitz?", (), (Expected((SECTION,), ()),), held_out=False)


def test_rank_is_that_of_the_first_right_section() -> None:
    asked = RankedQuestion("plain", "Who decides?", (), frozenset(("b.md#", "c.md#")))

    assert rank_questions([asked], lambda question, before: ["a.md#", "c.md#", "b.md#"]) == [2]


def test_sections_after_the_tenth_do_not_count() -> None:
    asked = RankedQuestion("plain", "Who decides?", (), frozenset(["10.md#"]))

    figures = compute_rank_figures(rank_questions([asked], lambda question, before: [f"{at}.md#" for at in range(12)]))

    assert (figures.at_10, figures.mrr) == (0, 0)


def test_figures_are_shares_of_all_questions() -> None:
    figures = compute_rank_figures([1, 2, 4, float("inf")])

    assert (figures.at_1, figures.at_3, figures.at_5, figures.at_10) == (0.25, 0.5, 0.75, 0.75)
    assert figures.mrr == pytest.approx((1 + 1 / 2 + 1 / 4) / 4)


def test_two_questions_in_one_are_ranked_for_each_answer() -> None:
    double = replace(ROW, kind="double", answers=(Expected((SECTION,), ()), Expected((OTHER,), ())))

    assert [one.right for one in list_ranked_questions([double])] == [{SECTION}, {OTHER}]


def test_weighted_fusion_adds_halves_scaled_over_the_best() -> None:
    fused = fuse_scores(np.array([4, 2, 0], dtype=np.float32), np.array([0.2, 0.6, 0.4], dtype=np.float32))

    assert fused.tolist() == pytest.approx([0.5, 0.75, 0.25])


def test_rank_fusion_ignores_passages_without_a_word_of_the_question() -> None:
    fused = fuse_ranks(np.array([3, 0], dtype=np.float32), np.array([0.1, 0.9], dtype=np.float32))

    assert fused.tolist() == pytest.approx([1 / 61 + 1 / 62, 1 / 61])


def test_learned_question_leads_to_its_section(by_words: Library) -> None:
    learned = collect_learned([ROW])

    first, *_ = build_product_ranker(teach_library(by_words, learned))(ROW.question, ())

    assert first == SECTION
    assert SECTION not in build_product_ranker(by_words)(ROW.question, ())[:1]


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("what happens if the board says no to us?", "what is a stage gate?"),
        ("and who approves it?", "how does change control work?"),
        ("how long does a health check take?", "who signs the project charter?"),
    ],
)
def test_product_ranks_first_what_it_cites_in_a_conversation(by_meaning: Library, question: str, before: str) -> None:
    cited, *_ = by_meaning.ask(question, [before]).citations

    first, *_ = build_product_ranker(by_meaning)(question, [before])

    assert first == format_section(cited.source, cited.anchor)


def test_questions_on_another_handbook_are_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "parking.md").write_text("# Parking\n\nA permit costs nothing.\n", encoding="utf-8")
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Who decides?", "sections": ["roles.md#sponsor"]}\n', encoding="utf-8")

    with pytest.raises(UserError, match=r"no page roles\.md"):
        compare_handbook(pages, [questions])

    assert capsys.readouterr().out == ""


def test_two_questions_in_one_are_not_learned() -> None:
    double = replace(ROW, answers=(Expected((SECTION,), ()), Expected((OTHER,), ())))

    assert collect_learned([double]) == {}


def test_table_is_markdown_with_figures_to_the_right() -> None:
    assert (
        format_table(["Ranking", "@1"], [["BM25", format_share(1, 2)]])
        == "| Ranking | @1 |\n| --- | ---: |\n| BM25 | .50 |"
    )
