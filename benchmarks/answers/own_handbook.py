"""The comparison for any handbook: a folder of Markdown pages, and questions as `pmo handbook evaluate` reads them."""

import tempfile
from pathlib import Path

from benchmarks.answers.comparison import build_rankers, format_ranks, rank_all
from benchmarks.answers.libraries import build_library, load_model, open_vectors
from benchmarks.answers.ranked_questions import RankedQuestion
from knowledge.evaluation import EvaluationQuestion, evaluate_answers, read_test_questions

KIND = "questions"


def compare_handbook(folder: Path, file: Path) -> None:
    """Print all figures. Nothing is stored but vectors, in the folder for temporary files."""
    encoder = load_model()
    assert encoder, "The model isn't installed."
    library = build_library(encoder, folder)
    rows = read_test_questions(file)
    print(f"{len(library.handbook)} pages, {len(library.index.passages)} passages; {library.thresholds}\n")
    questions = [_read_row(row) for row in rows if row.sections]
    with tempfile.TemporaryDirectory() as temporary:
        rankers = build_rankers(library, encoder, open_vectors(), Path(temporary))
        print(format_ranks(questions, rank_all(questions, rankers)), "\n")
    print(evaluate_answers(rows, library))


def _read_row(row: EvaluationQuestion) -> RankedQuestion:
    return RankedQuestion(KIND, row.question, (row.before,) if row.before else (), frozenset(row.sections))
