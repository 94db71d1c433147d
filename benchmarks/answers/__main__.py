"""`make bench-answers`: print the tables of benchmarks/README.md, section “Answers”.

python -m benchmarks.answers                        # the shipped handbook and the repository's own questions
python -m benchmarks.answers FOLDER QUESTIONS.jsonl # another handbook; see own_handbook.py
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.answers.calibration_curve import format_curve, measure_curve
from benchmarks.answers.comparison import build_rankers, format_ranks, rank_all
from benchmarks.answers.learning import format_learning
from benchmarks.answers.libraries import build_library, load_model, open_vectors
from benchmarks.answers.method_questions import SPARE_FILE, ask_method_question, read_method_questions
from benchmarks.answers.outcomes import format_outcomes
from benchmarks.answers.own_handbook import compare_handbook
from benchmarks.answers.ranked_questions import list_ranked_questions
from knowledge.embedding import Encoder
from knowledge.library import Library


def main() -> None:
    if len(sys.argv) == 3:
        compare_handbook(Path(sys.argv[1]), Path(sys.argv[2]))
        return
    encoder = load_model()
    assert encoder, "The model isn't installed."
    library = build_library(encoder)
    print(f"{len(library.handbook)} pages, {len(library.index.passages)} passages\n")
    rows = read_method_questions()
    print_rankings(library, encoder)
    print(f"## Outcomes\n\n{format_outcomes([ask_method_question(row, library) for row in rows])}\n")
    print(f"## Calibration\n\n{library.thresholds}\n\n{format_curve(measure_curve(rows, library))}\n")
    log = [row for row in rows if not row.held_out] + read_method_questions(SPARE_FILE)
    others = [row for row in rows if row.held_out]
    print(f"## Learning\n\n{format_learning(library, log, others)}\n")
    bare = build_library(encoder, with_questions=False)
    print(f"## Learning, without the pages' own questions\n\n{format_learning(bare, log, others)}")


def print_rankings(library: Library, encoder: Encoder) -> None:
    """The rankings of all questions with an answer."""
    questions = list_ranked_questions(read_method_questions())
    with tempfile.TemporaryDirectory() as folder:
        rankers = build_rankers(library, encoder, open_vectors(), Path(folder))
        print(f"## Rankings\n\n{format_ranks(questions, rank_all(questions, rankers))}\n")


if __name__ == "__main__":
    main()
