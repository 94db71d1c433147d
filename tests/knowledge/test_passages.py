"""Splitting pages: sections with heading paths, and units that are exact spans of the page."""

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.handbook import Handbook, Page
from knowledge.passages import LARGEST, LONGEST_UNIT, split_into_passages
from knowledge.plain_text import to_plain_text
from knowledge.sentences import sentence_spans

MakePage = Callable[..., Page]

RISK = """# Risk

A risk is uncertain. It is scored.

## How to score

Multiply **probability** by `impact`, e.g. 3 by 4. See [the register](register.md).

| Score | Who acts |
|---|---|
| ≥ 15 | the sponsor |
| 8–14 | the manager |

### Steps

Do this:

1. Name it. Keep it short.
2. Score it:
   - probability,
   - impact.

```
score = p * i
```

## How to score

Again.
"""


def test_passage_has_heading_path_and_anchor(page: MakePage) -> None:
    passages = split_into_passages(page(RISK))

    assert [(one.section, one.anchor) for one in passages] == [
        ("Risk", "risk"),
        ("Risk › How to score", "how-to-score"),
        ("Risk › How to score › Steps", "steps"),
        ("Risk › How to score", "how-to-score-1"),
    ]


def test_passage_has_line_in_file(page: MakePage) -> None:
    passages = split_into_passages(page(RISK, first_line=12))

    file = "\n" * 11 + RISK
    assert [file.splitlines()[one.line - 1][:12] for one in passages] == [
        "A risk is un",
        "Multiply **p",
        "Do this:",
        "Again.",
    ]


def test_tables_lists_and_code_become_text(page: MakePage) -> None:
    units = [unit for one in split_into_passages(page(RISK)) for unit in one.units]

    assert [(unit.kind, unit.text) for unit in units] == [
        ("text", "A risk is uncertain."),
        ("text", "It is scored."),
        ("text", "Multiply probability by impact, e.g. 3 by 4."),
        ("text", "See the register."),
        ("row", "≥ 15: the sponsor"),
        ("row", "8–14: the manager"),
        ("text", "Do this:"),
        ("item", "Name it."),
        ("item", "Keep it short."),
        ("item", "Score it:"),
        ("item", "probability,"),
        ("item", "impact."),
        ("code", "score = p * i"),
        ("text", "Again."),
    ]


def test_row_of_wide_table_names_columns(page: MakePage) -> None:
    text = "# T\n\n| Gate | Who | When |\n|---|---|---|\n| G1 | board | |\n| G2 | sponsor | May |\n"

    (passage,) = split_into_passages(page(text))

    assert [unit.text for unit in passage.units] == ["G1; Who: board", "G2; Who: sponsor; When: May"]


def test_long_section_is_split_between_paragraphs(page: MakePage) -> None:
    paragraph = " ".join(["word"] * 79) + " end."
    text = "# Risk\n\n" + "\n\n".join([paragraph] * 5)

    passages = split_into_passages(page(text))

    assert [len(one.units) for one in passages] == [2, 2, 1]
    assert {one.section for one in passages} == {"Risk"}


@pytest.mark.parametrize(
    "text", ["x" * 20_000, "word " * 5_000, "- " + "item " * 3_000, "```\n" + "code\n" * 3_000 + "```"]
)
def test_passage_fits_into_model(page: MakePage, text: str) -> None:
    for passage in split_into_passages(page(text)):
        assert len(passage.text.split()) <= 2 * LARGEST
        assert all(len(unit.text) <= LONGEST_UNIT for unit in passage.units)


@pytest.mark.parametrize(
    "piece", ["[", "**", "<!--", "`", "_a", "![", "> ", "- ", "| a ", "<a", "\\*", "[a](", "# ", "a. "]
)
def test_page_of_only_markup_is_split_quickly(page: MakePage, piece: str) -> None:
    began = time.process_time()

    split_into_passages(page(piece * 30_000))
    split_into_passages(page("| a | b |\n|---|---|\n" + f"| {piece} | 1 |\n" * 5_000))

    assert time.process_time() - began < 5


@pytest.mark.parametrize("text", ["", "\n\n", "# Only a title", "---", "<!-- nothing -->", "# A\n\n## B\n\n### C"])
def test_page_without_text_has_no_passages(page: MakePage, text: str) -> None:
    assert split_into_passages(page(text)) == ()


def test_digest_does_not_depend_on_position(page: MakePage) -> None:
    here = split_into_passages(page("# Risk\n\nOne.\n\n## Two\n\nThree."))
    there = split_into_passages(page("# Risk\n\nChanged.\n\nMuch.\n\n## Two\n\nThree.", first_line=30))

    assert here[1].digest == there[1].digest
    assert here[0].digest != there[0].digest


def test_question_goes_to_passage_with_its_words(page: MakePage) -> None:
    questions = ("How do I score a risk?", "Which steps are there?", "Who is Emeka?")

    passages = split_into_passages(page(RISK, questions=questions))

    assert [one.questions for one in passages] == [
        ("Who is Emeka?",),
        ("How do I score a risk?",),
        ("Which steps are there?",),
        (),
    ]


def test_question_goes_to_stated_section(page: MakePage) -> None:
    texts = [text for text in RISK.splitlines() if text.startswith("## ")]
    heading = texts[-1].removeprefix("## ")

    passages = split_into_passages(page(RISK, questions=("How do I score a risk?",), headings=(heading,)))

    assert [one.heading for one in passages if one.questions] == [heading]


PIECES = st.sampled_from(
    ["# A", "## B c", "- item one. Two", "  - nested", "1. first", "| a | b |", "|---|---|", "| 1 | x *y* |", "```",
     "A sentence. Another one!", "> quoted", "<b>html</b>", "", "    code", "[link](x)", "e.g. this", "…", "漢字。次。"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("\n".join) | st.text(max_size=300))
def test_units_are_exact_spans_in_order(text: str) -> None:
    units = [unit for one in split_into_passages(Page("p", "P", "p.md", text)) for unit in one.units]

    assert all(0 <= unit.start < unit.end <= len(text) for unit in units)
    assert all(text[unit.start : unit.end].strip() for unit in units)
    assert all(one.start <= two.start for one, two in pairwise(units))
    for unit in units:
        if unit.kind in ("text", "item"):
            assert unit.text == to_plain_text(text[unit.start : unit.end])


def test_splitting_loses_no_text(shipped: Handbook) -> None:
    for page in shipped:
        kept = " ".join(unit.text for one in split_into_passages(page) for unit in one.units)
        for heading in ("## ", "# ", "|---"):
            assert heading not in kept
        for line in page.text.splitlines():
            if line and not line.startswith(("#", "|", "-", " ", "`")) and not line[0].isdigit():
                assert to_plain_text(line)[:60] in kept


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Cost, e.g. 3.5 %, vs. plan. Next.", ["Cost, e.g. 3.5 %, vs. plan.", "Next."]),
        ("He said “stop.” Then left.", ["He said “stop.”", "Then left."]),
        ("Within 2 days. 3 people agree.", ["Within 2 days.", "3 people agree."]),
        ("See J. Smith. End", ["See J. Smith.", "End"]),
        ("完了。次へ。", ["完了。", "次へ。"]),
        ("  spaced   ", ["spaced"]),
        ("", []),
    ],
)
def test_sentences_end_where_readers_expect(text: str, sentences: list[str]) -> None:
    assert [text[start:end].strip() for start, end in sentence_spans(text)] == sentences


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**bold** and *thin* and __both__ and _one_", "bold and thin and both and one"),
        ("`code` [link](http://x.y) ![picture](a.png)", "code link picture"),
        ("<http://a.b> &amp; <br> 3 < 4", "http://a.b & 3 < 4"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        (r"escaped \*star\*", "escaped *star*"),
        ("two\n  lines", "two lines"),
    ],
)
def test_plain_text_has_no_markup(markdown: str, words: str) -> None:
    assert to_plain_text(markdown) == words
