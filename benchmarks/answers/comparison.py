"""The product's ranking beside others over the same passages."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.answers.baselines import Baselines
from benchmarks.answers.lance import MISSING, NAME, build_lance_ranker, is_lance_installed
from benchmarks.answers.product_ranker import build_product_ranker, build_search_ranker
from benchmarks.answers.ranked_questions import RankedQuestion, Ranker, compute_rank_figures, rank_questions
from benchmarks.answers.tables import format_number, format_table
from knowledge.embedding import Encoder
from knowledge.library import Library
from knowledge.passages import split_into_passages
from knowledge.vectors import VectorStore

SHARES = ("@1", "@3", "@5", "@10", "MRR")
Ranks = Mapping[str, Sequence[float]]
"""By ranking, the rank of each question's right section."""


def build_rankers(library: Library, encoder: Encoder, store: VectorStore, folder: Path) -> dict[str, Ranker]:
    """All rankings, by name. `folder` is for LanceDB, which is left out where it isn't installed."""
    passages = [passage for page in library.handbook for passage in split_into_passages(page)]
    baselines = Baselines(passages, encoder, store)
    rankers = {
        "Product, as asked": build_product_ranker(library),
        "Product, search alone": build_search_ranker(library),
        **baselines.build_rankers(),
    }
    if not is_lance_installed():
        print(MISSING)
        return rankers
    return rankers | {NAME: build_lance_ranker(baselines, folder)}


def rank_all(questions: Sequence[RankedQuestion], rankers: Mapping[str, Ranker]) -> Ranks:
    return {name: rank_questions(questions, ranker) for name, ranker in rankers.items()}


def format_ranks(questions: Sequence[RankedQuestion], ranks: Ranks) -> str:
    """A line for each kind and ranking, with the even rows and the odd ones side by side."""
    kinds = dict.fromkeys(one.kind for one in questions)
    groups = {kind: [at for at, one in enumerate(questions) if one.kind == kind] for kind in kinds}
    if len(groups) > 1:
        groups["all"] = list(range(len(questions)))
    halves = [half for half in (False, True) if any(one.held_out == half for one in questions)]
    head = ["Ranking", *(f"{'odd' if half else 'even'} {share}" for half in halves for share in SHARES)]
    return "\n\n".join(
        f"{kind}: {_describe_sizes(questions, places, halves)}\n\n{format_table(head, rows)}"
        for kind, places in groups.items()
        for rows in [_format_kind(questions, places, halves, ranks)]
    )


def _describe_sizes(questions: Sequence[RankedQuestion], places: Sequence[int], halves: Iterable[bool]) -> str:
    return " and ".join(str(sum(questions[at].held_out == half for at in places)) for half in halves)


def _format_kind(
    questions: Sequence[RankedQuestion], places: Sequence[int], halves: Sequence[bool], ranks: Ranks
) -> list[list[str]]:
    picked = [[at for at in places if questions[at].held_out == half] for half in halves]
    return [
        [name, *(text for some in picked for text in format_figures([found[at] for at in some]))]
        for name, found in ranks.items()
    ]


def format_figures(ranks: Sequence[float]) -> list[str]:
    """The shares of SHARES."""
    if not ranks:
        return ["–"] * len(SHARES)
    found = compute_rank_figures(ranks)
    shares = [format_number(share) for share in (found.at_1, found.at_3, found.at_5, found.at_10)]
    return [*shares, format_number(found.mrr, 3)]
