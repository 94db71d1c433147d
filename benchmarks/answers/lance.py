"""LanceDB's hybrid search, where it is installed. The project doesn't need it: pip install lancedb."""

import importlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.answers.baselines import CANDIDATES, Baselines, get_full_text
from benchmarks.answers.ranked_questions import Ranker

NAME = "LanceDB hybrid"
MISSING = f"{NAME}: not installed: pip install lancedb"


def is_lance_installed() -> bool:
    return find_spec("lancedb") is not None


def build_lance_ranker(baselines: Baselines, folder: Path) -> Ranker:
    """A table of the passages in this folder, searched as LanceDB does by default: its BM25 with English stems, vectors
    by cosine, and reciprocal rank fusion of both. A passage has one vector, that of its text with its questions."""
    lancedb, index = importlib.import_module("lancedb"), importlib.import_module("lancedb.index")
    rows = [
        {"row": row, "text": text, "vector": baselines.encode_question(text).tolist()}
        for row, text in enumerate(map(get_full_text, baselines.passages))
    ]
    table = lancedb.connect(str(folder)).create_table("passages", rows)
    table.create_index("text", config=index.FTS())

    def rank(question: str, before: Sequence[str]) -> Sequence[str]:
        text = " ".join((question, *before))
        search = table.search(query_type="hybrid").vector(baselines.encode_question(text)).text(text)
        found = search.distance_type("cosine").limit(CANDIDATES).to_list()
        return baselines.list_sections([row["row"] for row in found])

    return rank
