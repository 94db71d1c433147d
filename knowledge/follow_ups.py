"""Follow-up questions: “and who approves it?”, “what about agile projects?”."""

import re
from collections.abc import Sequence

from knowledge.questions import LONGEST, Cue, find_cue
from knowledge.terms import extract_terms

REMEMBERED = 2  # previous questions that a follow-up is read with
FEW = 3  # words with meaning; a question with more is complete by itself
_OPENING = re.compile(r"(?:(?:and|but|so|then|also|ok(?:ay)?|thanks?|thx)\b[\s,.]*)+", re.IGNORECASE)
_ABOUT = re.compile(r"(?:what|how) about\b\s*", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(who|whose|what|when|where|why|how|which|do|does|did|is|are|was|can|could|may|must|should|will|would|has|have"
    r"|need)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(it|its|they|them|their|those|these|this|that|ones?|there)\b", re.IGNORECASE)


def is_follow_up(question: str) -> bool:
    """Whether it makes sense only together with the previous question, as far as its words show."""
    bare = _strip_opening(question)
    count = len(set(extract_terms(bare)))
    if _find_topic(question) or (count <= FEW and (bare != question.strip() or _POINTING.search(bare))):
        return True
    return count <= 1 and bool(_ASKING.match(bare)) and find_cue(bare) is not Cue.DEFINITION


def join_with_previous(question: str, before: Sequence[str]) -> str | None:
    """The question joined with the previous ones, newest first in `before`; None without them, or if it gets too long.

    The topic of “what about agile?” counts twice, because it replaces the previous topic.
    """
    if not before:
        return None
    topic = _find_topic(question)
    joined = " ".join([topic, topic, *before] if topic else [_strip_opening(question), *before])
    return joined if len(joined) <= LONGEST else None


def _strip_opening(question: str) -> str:
    opening = _OPENING.match(question.strip())
    return question.strip()[opening.end() :] if opening else question.strip()


def _find_topic(question: str) -> str:
    """The topic of a question that only names another topic; empty for a complete question."""
    bare = _strip_opening(question)
    if about := _ABOUT.match(bare):
        return bare[about.end() :].strip()
    return bare if bare != question.strip() and not _ASKING.match(bare) else ""
