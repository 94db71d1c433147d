"""How sure the bot may be that a quote answers a question: a logistic over a few signs, calibrated on questions.

The weights are data (confidence.json); benchmarks/fit_confidence.py says how they came about.
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
from knowledge.words import extract_terms

MANY = 4  # words shared with a passage, from which more say nothing more
WEIGHTS = Path(__file__).with_name("confidence.json")


def compute_features(question: Question, quote: Quote, index: Index) -> dict[str, float]:
    """What is looked at, each about 0–1.

    `unknown`: the weight of the question's words that the handbook nowhere has. `names`: it names something that the
    passage does not. `unmet`: the quote lacks the kind of thing that is asked for. `live`: it asks how things stand
    today. `elsewhere`: how near it is to what others answer. Without a model `bm25`: what the words score of what they
    could, and `shared`: how many of them the passage has. With one `cosine` and `sentence`: how near the passage and
    the quote's best sentence are in meaning.
    """
    passage = quote.hit.passage
    total = sum(map(index.weigh_term, question.stems)) or 1.0
    held = set(extract_terms(get_search_text(passage)))
    found = {
        "unknown": sum(index.weigh_term(stem) for stem in question.stems if not index.knows_term(stem)) / total,
        "names": 1.0 if question.names - held else 0.0,
        "unmet": 0.0 if question.is_met_by(quote.text) else 1.0,
        "live": 1.0 if question.is_live else 0.0,
        "elsewhere": index.find_out_of_scope(question.text, passage)[1],
    }
    if quote.hit.cosine is None or quote.cosine is None:
        shared = len(held.intersection(question.stems))
        return found | {"bm25": quote.hit.bm25 / total, "shared": min(shared, MANY) / MANY}
    return found | {"cosine": quote.hit.cosine, "sentence": quote.cosine}


def estimate_confidence(found: Mapping[str, float]) -> float:
    """How likely it is, 0–1, that the handbook answers the question."""
    weights = _weights("cosine" in found)
    total = weights["bias"] + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def get_threshold(has_model: bool) -> float:
    """The confidence from which an answer is given."""
    return _weights(has_model)["bar"]


@cache
def _weights(has_model: bool) -> dict[str, float]:
    return dict(json.loads(WEIGHTS.read_text(encoding="utf-8"))["meaning" if has_model else "words"])
