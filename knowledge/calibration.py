"""How sure is sure enough, in one handbook: the larger it is, the more it seems to know about anything.

The confidence of questions that no project handbook answers (background.txt) shows how much that is.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from knowledge.choice import rank_quotes
from knowledge.confidence import compute_features, estimate_confidence
from knowledge.index import Index
from knowledge.questions import parse_question
from knowledge.thresholds import Thresholds

FILE = Path(__file__).with_name("background.txt")
ANSWER, ANSWER_BY_WORDS = 0.52, 0.345  # at least
CHOICE, LEAST_CHOICE, MOST_CHOICE = 0.2, 0.05, 0.2
SMALL = 300  # passages; a smaller handbook doesn't seem to know about everything
# The share of background questions that would get an answer, or a choice of sections, lies below:
FALSE_ANSWERS, FALSE_CHOICES = 0.06, 0.1
STEP = 4  # where sentences must be encoded first, every fourth question is enough


def calibrate_thresholds(index: Index) -> Thresholds:
    """The thresholds for this index."""
    least = ANSWER if index.has_model else ANSWER_BY_WORDS
    if len(index.passages) < SMALL:
        return Thresholds(least, CHOICE)
    questions = load_background_questions()[:: 1 if index.has_sentences else STEP]
    found = sorted(_estimate(question, index) for question in questions)

    def exceed(share: float) -> float:
        return found[int((1 - share) * len(found))]

    return Thresholds(max(least, exceed(FALSE_ANSWERS)), min(MOST_CHOICE, max(LEAST_CHOICE, exceed(FALSE_CHOICES))))


@cache
def load_background_questions() -> Sequence[str]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _estimate(text: str, index: Index) -> float:
    question = parse_question(text)
    quotes = rank_quotes(question, index)
    return estimate_confidence(compute_features(question, quotes, index)) if quotes else 0.0
