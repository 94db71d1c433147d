"""Headings that ask what somebody asks."""

from knowledge.index import Index
from knowledge.questions import Cue, Question, find_cue
from knowledge.terms import collect_terms

CUE_WEIGHT = 2.0  # like a word that occurs in one of eight passages


def score_heading(asked: Question, heading: str, index: Index) -> float:
    """How similar a heading and a question are, 0–1 (the F1 of their weights). The kind of thing that they ask for
    counts like a word."""
    asked_terms, heading_terms, cue = set(asked.stems), collect_terms(heading), find_cue(heading)
    same = sum(map(index.weigh_term, asked_terms & heading_terms)) + CUE_WEIGHT * (asked.cue is cue is not Cue.NONE)
    whole = sum(map(index.weigh_term, asked_terms)) + sum(map(index.weigh_term, heading_terms))
    whole += CUE_WEIGHT * ((asked.cue is not Cue.NONE) + (cue is not Cue.NONE))
    return 2 * same / whole if whole else 0.0
