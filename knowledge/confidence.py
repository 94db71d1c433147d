"""How likely a quote is to answer a question: a logistic regression over a few features.

The weights are data (confidence.json); benchmarks/fit_confidence.py computes them.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from knowledge.index import Index
from knowledge.passages import get_search_text
from knowledge.questions import Question
from knowledge.quoting import Quote
from knowledge.terms import extract_terms

MANY = 4  # shared words; more of them add nothing
WEIGHTS = Path(__file__).with_name("confidence.json")


def compute_features(question: Question, quote: Quote, index: Index) -> dict[str, float]:
    """The features, each about 0–1.

    - `unknown`: the share, by weight, of the question's words that the handbook never uses.
    - `names`: the question names something that the passage doesn't.
    - `unmet`: the quote lacks the kind of thing that the question asks for.
    - `live`: the question asks for the current status.
    - `out_of_scope`: its similarity to topics that others answer.
    - without a model, `bm25`: the score of its words as a share of the possible score; `shared`: how many of them the
      passage has.
    - with a model, `cosine` and `sentence`: the similarity of the passage and of the quote's best sentence.
    """
    passage = quote.hit.passage
    total = sum(map(index.weigh_term, question.stems)) or 1.0
    terms = set(extract_terms(get_search_text(passage)))
    found = {
        "unknown": sum(index.weigh_term(stem) for stem in question.stems if not index.knows_term(stem)) / total,
        "names": 1.0 if question.names - terms else 0.0,
        "unmet": 0.0 if question.is_met_by(quote.text) else 1.0,
        "live": 1.0 if question.is_live else 0.0,
        "out_of_scope": index.find_out_of_scope(question.text, passage)[1],
    }
    if quote.hit.cosine is None or quote.cosine is None:
        shared = len(terms.intersection(question.stems))
        return found | {"bm25": quote.hit.bm25 / total, "shared": min(shared, MANY) / MANY}
    return found | {"cosine": quote.hit.cosine, "sentence": quote.cosine}


def estimate_confidence(features: Mapping[str, float]) -> float:
    """The probability, 0–1, that the handbook answers the question."""
    weights = _load_weights("cosine" in features)
    total = weights["bias"] + sum(weights[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def get_threshold(has_model: bool) -> float:
    """The lowest confidence with which an answer is given."""
    return _load_weights(has_model)["threshold"]


@cache
def _load_weights(has_model: bool) -> dict[str, float]:
    return dict(json.loads(WEIGHTS.read_text(encoding="utf-8"))["meaning" if has_model else "words"])
