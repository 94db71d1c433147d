"""How likely a quote is to answer a question: a logistic regression over a few features.

The weights are data (confidence.json); benchmarks/fit_confidence.py computes them.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from knowledge.headings import score_heading
from knowledge.index import Index
from knowledge.passages import Passage, get_search_text
from knowledge.questions import Question
from knowledge.quoting import Quote, compute_coverage
from knowledge.terms import extract_terms

LONG = 8  # words
MOST_LEAD = 0.3
MANY = 4  # shared words; more of them add nothing
WEIGHTS = Path(__file__).with_name("confidence.json")


def compute_features(question: Question, quotes: Sequence[Quote], index: Index) -> dict[str, float]:
    """The features of the best quote, each about 0–1. `quotes` has the others after it.

    - `unknown`: the share, by weight, of the question's words that the handbook never uses.
    - `missing`: the share that neither the passage nor the questions it answers have.
    - `out_of_scope`: its similarity to topics that others answer.
    - `length`: how many words with meaning the question has: a longer one says more surely what it's about.
    - `lead`: by how much its rating exceeds that of the next section.
    - without a model, `bm25`: the score of its words as a share of the possible score; `shared`: how many of them the
      passage has; `heading`: how similar its heading is.
    - with a model, `cosine` and `sentence`: the similarity of the passage, with its questions, and of the quote's best
      sentence.
    """
    quote = quotes[0]
    passage, hit = quote.hit.passage, quote.hit
    total = sum(map(index.weigh_term, question.stems)) or 1.0
    known = list_known_terms(passage)
    found = {
        "unknown": sum(index.weigh_term(stem) for stem in question.stems if not index.knows_term(stem)) / total,
        "missing": 1 - compute_coverage(question.stems, known, index),
        "out_of_scope": index.find_out_of_scope(question.text, passage)[1],
        "length": min(len(question.stems), LONG) / LONG,
        "lead": min(MOST_LEAD, quote.rating - max((other.rating for other in quotes[1:]), default=0.0)),
    }
    if hit.cosine is None or quote.cosine is None:
        shared = min(len(known.intersection(question.stems)), MANY) / MANY
        heading = score_heading(question, passage.heading, index)
        return found | {"bm25": hit.bm25 / total, "shared": shared, "heading": heading}
    return found | {"cosine": hit.cosine, "sentence": quote.cosine}


def list_known_terms(passage: Passage) -> set[str]:
    """The words, as stems, of a passage and of the questions that it answers."""
    return set(extract_terms(get_search_text(passage))).union(*map(extract_terms, passage.questions))


def estimate_confidence(features: Mapping[str, float]) -> float:
    """The probability, 0–1, that the quote answers the question."""
    weights = _load_weights("cosine" in features)
    total = weights["bias"] + sum(weights[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def _load_weights(has_model: bool) -> dict[str, float]:
    return dict(json.loads(WEIGHTS.read_text(encoding="utf-8"))["meaning" if has_model else "words"])
