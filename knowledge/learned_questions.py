"""Questions that the PMO said a section answers: they are searched like those in the page's own front matter."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.errors import UserError
from knowledge.follow_ups import is_follow_up, join_with_previous
from knowledge.terms import extract_terms

FEWEST_TERMS = 2  # of a question that makes sense by itself


@dataclass(frozen=True, slots=True)
class LearnedQuestion:
    """`text` is answered by the section with this `anchor` (see Passage.anchor), say those who know. `learned_by` is a
    Slack user id. The section may have disappeared since."""

    id: str
    page_id: str
    anchor: str
    text: str
    learned_by: str
    learned_at: datetime


def normalize_question(text: str) -> str:
    """The same for questions that differ only in spaces and capitals."""
    return " ".join(text.split()).casefold()


def make_learned_id(page_id: str, anchor: str, text: str) -> str:
    """The same for the same question and section, whoever adds it."""
    return hashlib.sha256("\n".join((page_id, anchor, normalize_question(text))).encode()).hexdigest()[:32]


def choose_learned_text(question: str, follows: Sequence[str]) -> str:
    """What to learn from a question: a follow-up only together with the questions that it followed, newest first.

    Raises:
        UserError: it makes no sense by itself.
    """
    if joined := join_with_previous(question, follows):
        return joined
    if is_follow_up(question) and len(set(extract_terms(question))) < FEWEST_TERMS:
        raise UserError("This question makes sense only after another one, so no section can answer it by itself.")
    return " ".join(question.split())
