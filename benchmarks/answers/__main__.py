"""`make bench-answers`: print the tables of benchmarks/README.md, section “Answers”.

python -m benchmarks.answers                          # the shipped handbook and the repository's own questions
python -m benchmarks.answers FOLDER QUESTIONS.jsonl … # another handbook; see own_handbook.py
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.answers.calibration_curve import format_curve, measure_curve
from benchmarks.answers.comparison import build_rankers, format_ranks, rank_all
from benchmarks.answers.learning import format_declined, format_learning, format_learning_of_wordings
from benchmarks.answers.libraries import build_library, load_model, open_vectors
from benchmarks.answers.method_questions import (
    SPARE_FILE,
    MethodQuestion,
    ask_method_question,
    read_method_questions,
    read_reworded_questions,
)
from benchmarks.answers.outcomes import format_outcomes
from benchmarks.answers.own_handbook import compare_handbook
from benchmarks.answers.ranked_questions import list_ranked_questions
from knowledge.embedding import Encoder
from knowledge.library import Library


def main() -> None:
    if len(sys.argv) > 2:
        folder, *files = map(Path, sys.argv[1:])
        compare_handbook(folder, files)
        return
    encoder = load_model()
    assert encoder, "The model isn't installed."
    library = build_library(encoder)
    print(f"{len(library.handbook)} pages, {len(library.index.passages)} passages\n")
    rows = read_method_questions()
    bare = build_library(encoder, with_questions=False)
    print_rankings("Rankings", library, encoder, rows)
    print_rankings("Rankings, without the pages' own questions", bare, encoder, rows)
    reworded = read_reworded_questions()
    print_rankings("Rankings of the same matters in other words", library, encoder, reworded)
    for some in (rows, reworded):
        print(f"## Outcomes\n\n{format_outcomes([ask_method_question(row, library) for row in some])}\n")
    print(f"## Calibration\n\n{library.thresholds}\n\n{format_curve(measure_curve(rows, library))}\n")
    print_learning("Learning", library)
    print_learning("Learning, without the pages' own questions", bare)


def print_learning(title: str, library: Library) -> None:
    """From every second row of the sets, and from every second matter that was put in other words, too."""
    rows = read_method_questions()
    log = [row for row in rows if not row.held_out] + read_method_questions(SPARE_FILE)
    others = [row for row in rows if row.held_out]
    print(f"## {title}\n\n{format_learning(library, log, others)}\n\n{format_declined(library, log, others)}\n")
    print(format_learning_of_wordings(library, rows, read_reworded_questions()), "\n")


def print_rankings(title: str, library: Library, encoder: Encoder, rows: Sequence[MethodQuestion]) -> None:
    """The rankings of all questions with an answer."""
    questions = list_ranked_questions(rows)
    with tempfile.TemporaryDirectory() as folder:
        rankers = build_rankers(library, encoder, open_vectors(), Path(folder))
        print(f"## {title}\n\n{format_ranks(questions, rank_all(questions, rankers))}\n")


if __name__ == "__main__":
    main()
