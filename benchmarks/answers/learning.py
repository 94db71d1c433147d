"""What learned questions do for others: every second question of a log is added to its section, as PMO staff do."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from benchmarks.answers.method_questions import Judgement, MethodQuestion, ask_method_question
from benchmarks.answers.product_ranker import build_product_ranker
from benchmarks.answers.ranked_questions import list_ranked_questions, rank_questions
from benchmarks.answers.tables import format_share, format_table
from foundation.errors import UserError
from knowledge.learned_questions import choose_learned_text
from knowledge.library import Library

Learned = Mapping[str, Sequence[str]]
"""The questions that were added to each section (“page.md#anchor”)."""


def collect_learned(log: Sequence[MethodQuestion]) -> Learned:
    """Each question with the first of its right sections. Two questions in one belong to no section."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in log:
        if len(row.answers) == 1:
            try:
                found[row.answers[0].sections[0]].append(choose_learned_text(row.question, row.before))
            except UserError:
                continue  # it makes no sense by itself, so nobody can add it
    return found


def teach_library(library: Library, learned: Learned) -> Library:
    """The library with these questions."""
    page_ids = {page.source: page.id for page in library.handbook}
    places = {section: section.partition("#") for section in learned}
    return library.with_questions(
        {(page_ids[source], anchor): learned[it] for it, (source, _, anchor) in places.items()}
    )


def format_learning(library: Library, log: Sequence[MethodQuestion], others: Sequence[MethodQuestion]) -> str:
    """Before and after: rows of `others` of whose sections any learned a question, the rest, and all."""
    learned = collect_learned(log)
    groups = {
        "section learned": [row for row in others if not row.sections.isdisjoint(learned)],
        "section learned none": [row for row in others if row.answers and row.sections.isdisjoint(learned)],
        "all with an answer": [row for row in others if row.answers],
    }
    return _format_groups(library, learned, groups)


def format_learning_of_wordings(
    library: Library, first: Sequence[MethodQuestion], second: Sequence[MethodQuestion]
) -> str:
    """Before and after: the second wordings of matters, of every other one of which the first wording was learned."""
    taught_ids = [row.id for row in second][::2]
    learned = collect_learned([row for row in first if row.id in taught_ids])
    groups = {
        "matter learned": [row for row in second if row.id in taught_ids],
        "matter not learned": [row for row in second if row.id not in taught_ids],
    }
    return _format_groups(library, learned, groups)


def _format_groups(library: Library, learned: Learned, groups: Mapping[str, Sequence[MethodQuestion]]) -> str:
    taught = teach_library(library, learned)
    rows = [
        [f"{name}, {when}", str(len(some)), *_measure_rows(some, one)]
        for name, some in groups.items()
        for when, one in (("before", library), ("after", taught))
    ]
    head = ["Questions", "Rows", "@1", "@3", "Right section shown", "Answered right"]
    count = sum(map(len, learned.values()))
    return f"{count} questions learned by {len(learned)} sections.\n\n{format_table(head, rows)}"


def format_declined(library: Library, log: Sequence[MethodQuestion], others: Sequence[MethodQuestion]) -> str:
    """What learning does to questions that must not be answered."""
    bad = [row for row in others if not row.answers]
    before, after = (
        format_share(sum(judged.declines for judged in _ask_rows(bad, one)), len(bad))
        for one in (library, teach_library(library, collect_learned(log)))
    )
    return f"Declined of {len(bad)} that the handbook doesn't answer: {before} before, {after} after."


def _measure_rows(rows: Sequence[MethodQuestion], library: Library) -> list[str]:
    ranks = rank_questions(list_ranked_questions(rows), build_product_ranker(library))
    judged = _ask_rows(rows, library)
    return [
        *(format_share(sum(rank <= most for rank in ranks), len(ranks)) for most in (1, 3)),
        format_share(sum(one.shows for one in judged), len(judged)),
        format_share(sum(one.is_right for one in judged), len(judged)),
    ]


def _ask_rows(rows: Sequence[MethodQuestion], library: Library) -> Sequence[Judgement]:
    return [ask_method_question(row, library) for row in rows]
