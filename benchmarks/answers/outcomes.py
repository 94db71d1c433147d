"""What people got to read: the outcomes of `Library.ask` for questions whose sections and words are known."""

from collections.abc import Callable, Sequence

from benchmarks.answers.method_questions import Judgement
from benchmarks.answers.tables import format_share, format_table
from knowledge.answers import Outcome

Check = Callable[[Judgement], bool]

ANSWERABLE: dict[str, Check] = {
    "Answered right": lambda one: one.is_right,
    "Right section cited": lambda one: one.cites and one.status is Outcome.ANSWERED,
    "Right section shown": lambda one: one.shows and one.status in (Outcome.ANSWERED, Outcome.CLOSEST),
    "Answered from another section": lambda one: one.status is Outcome.ANSWERED and not one.cites,
    "Choice of sections": lambda one: one.status is Outcome.CLOSEST,
    "Wrong refusal": lambda one: one.status in (Outcome.NOT_FOUND, Outcome.CLARIFY),
}
UNANSWERABLE: dict[str, Check] = {
    "Declined": lambda one: one.declines,
    "of these with a choice": lambda one: one.status is Outcome.CLOSEST,
    "False answer": lambda one: not one.declines,
}


def format_outcomes(judged: Sequence[Judgement]) -> str:
    """Two tables: of the questions with an answer, and of those without."""
    good = [one for one in judged if one.row.answers]
    bad = [one for one in judged if not one.row.answers]
    return "\n\n".join(
        _format_kinds(some, checks) for some, checks in ((good, ANSWERABLE), (bad, UNANSWERABLE)) if some
    )


def _format_kinds(judged: Sequence[Judgement], checks: dict[str, Check]) -> str:
    kinds = dict.fromkeys(one.row.kind for one in judged)
    groups = {kind: [one for one in judged if one.row.kind == kind] for kind in kinds}
    if len(groups) > 1:
        groups["all"] = list(judged)
    rows = [
        [
            f"{kind}, {half}",
            str(len(some)),
            *(format_share(sum(map(check, some)), len(some)) for check in checks.values()),
        ]
        for kind, group in groups.items()
        for half, some in split_halves(group).items()
    ]
    return format_table(["Questions", "Rows", *checks], rows)


def split_halves(judged: Sequence[Judgement]) -> dict[str, list[Judgement]]:
    """Even rows, which constants may have been fitted to, and odd rows, which are held out; only those that exist."""
    halves = {
        "even": [one for one in judged if not one.row.held_out],
        "odd": [one for one in judged if one.row.held_out],
    }
    return {name: some for name, some in halves.items() if some}
