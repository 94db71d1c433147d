"""The comparison for any handbook: a folder of Markdown pages, and questions as `pmo handbook evaluate` reads them.

Each file of questions is reported by itself, under its name. Only those whose sections are known can be ranked. Every
second question of the first file is also learned, to see what becomes of the questions in the others.
"""

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.answers.comparison import SHARES, build_rankers, format_figures, format_ranks, rank_all
from benchmarks.answers.learning import teach_library
from benchmarks.answers.libraries import build_library, load_model, open_vectors
from benchmarks.answers.product_ranker import build_product_ranker
from benchmarks.answers.ranked_questions import RankedQuestion, rank_questions
from benchmarks.answers.tables import format_number, format_table
from knowledge.evaluation import Evaluation, EvaluationQuestion, check_places, evaluate_answers, read_test_questions
from knowledge.handbook import read_handbook
from knowledge.library import Library

Rows = Mapping[str, Sequence[EvaluationQuestion]]


def compare_handbook(folder: Path, files: Sequence[Path]) -> None:
    """Print all figures. Nothing is stored but vectors, in the folder for temporary files.

    Raises:
        UserError: a question names a page or a section that isn't in the handbook.
    """
    rows = {file.stem: read_test_questions(file) for file in files}
    check_places([row for some in rows.values() for row in some], read_handbook(folder))
    encoder = load_model()
    assert encoder, "The model isn't installed."
    library = build_library(encoder, folder)
    print(f"{len(library.handbook)} pages, {len(library.index.passages)} passages\n")
    questions = _list_ranked(rows)
    with tempfile.TemporaryDirectory() as temporary:
        rankers = build_rankers(library, encoder, open_vectors(), Path(temporary))
        print(f"## Rankings\n\n{format_ranks(questions, rank_all(questions, rankers))}\n")
    found = {name: evaluate_answers(some, library) for name, some in rows.items()}
    print(f"## Outcomes\n\n{library.thresholds}\n\n{format_evaluations(found)}\n")
    by_file = _list_by_file(questions)
    for some in by_file[1:]:
        print(f"## Learning\n\n{format_learning_of(by_file[0][::2], some, library)}")


def format_evaluations(found: Mapping[str, Evaluation]) -> str:
    """A line for each set of questions."""
    head = ["Questions", "Right section cited", "Right section shown", "Choice", "Wrong refusal", "False answer"]
    rows = [[name, *map(_format_share, _list_shares(one))] for name, one in found.items()]
    return format_table([*head, "False choice"], rows)


def format_learning_of(log: Sequence[RankedQuestion], others: Sequence[RankedQuestion], library: Library) -> str:
    """The ranking of others' questions before and after those of the log were learned by their sections."""
    learned: dict[str, list[str]] = defaultdict(list)
    for one in log:
        learned[min(one.right)].append(one.question)
    rankers = {"before": library, "after": teach_library(library, learned)}
    groups = {
        "section learned": [one for one in others if not one.right.isdisjoint(learned)],
        "section learned none": [one for one in others if one.right.isdisjoint(learned)],
    }
    rows = [
        [f"{some[0].kind}, {name}, {when}", str(len(some)), *format_figures(rank_questions(some, ranker))]
        for name, some in groups.items()
        if some
        for when, ranker in ((when, build_product_ranker(one)) for when, one in rankers.items())
    ]
    return format_table(["Questions", "Rows", *SHARES], rows)


def _list_by_file(questions: Sequence[RankedQuestion]) -> list[list[RankedQuestion]]:
    kinds = dict.fromkeys(one.kind for one in questions)
    return [[one for one in questions if one.kind == kind] for kind in kinds]


def _list_ranked(rows: Rows) -> list[RankedQuestion]:
    return [
        RankedQuestion(name, row.question, (row.before,) if row.before else (), frozenset(row.sections))
        for name, some in rows.items()
        for row in some
        if row.sections
    ]


def _list_shares(found: Evaluation) -> Sequence[float | None]:
    good = (found.right_section, found.section_shown, found.choices, found.wrong_refusals)
    return (*good, found.false_answers, found.false_choices)


def _format_share(share: float | None) -> str:
    return "–" if share is None else format_number(share)
