"""Loads the strategy and its updates, and finds what the search fields of forms offer."""

from foundation.errors import NotFound
from foundation.people import Person
from handlers.context import AppContext
from storage.store import Transaction
from strategy.permissions import find_pmo
from strategy.records import ProgressUpdate, Strategy, Subject, SubjectKind
from strategy.search import find_matching_subjects
from strategy.visibility import filter_visible_to_all

NOT_LISTED = ("not-listed", "Not listed")
NONE_KNOWN = ("none", "None that I know of")
MOST_OFFERED = 99  # 100 with the option that is always there


def load_strategy(tx: Transaction) -> Strategy:
    """The current strategy, unfiltered.

    Raises:
        NotFound: there is none yet.
    """
    strategy = tx.strategy.get_current()
    if strategy is None:
        raise NotFound(
            "There's no strategy yet. The head of the PMO can import one with `pmo strategy import`, "
            "or name its file in the organisation file."
        )
    return strategy


def load_updates(tx: Transaction) -> tuple[ProgressUpdate, ...]:
    """The updates that tell how things stand: of each subject the one written last, and that of its latest slot."""
    return tx.strategy.list_current_updates()


def get_subject_title(strategy: Strategy, subject: Subject) -> str:
    return strategy.titles[subject]


def find_projects(tx: Transaction, ctx: AppContext, person: Person, typed: str) -> list[tuple[str, str]]:
    """Keys and names of projects that match what was typed, and “Not listed”."""
    return [*_find_offered(tx, ctx, person, typed, SubjectKind.PROJECT), NOT_LISTED]


def find_objectives(tx: Transaction, ctx: AppContext, person: Person, typed: str) -> list[tuple[str, str]]:
    """Keys and names of objectives that match what was typed, and “None that I know of”."""
    return [*_find_offered(tx, ctx, person, typed, SubjectKind.OBJECTIVE), NONE_KNOWN]


def _find_offered(
    tx: Transaction, ctx: AppContext, person: Person, typed: str, kind: SubjectKind
) -> list[tuple[str, str]]:
    """What both the person and everybody in the PMO may see, because the PMO will read what is chosen."""
    strategy = tx.strategy.get_plan()
    if strategy is None:
        return []
    seen = filter_visible_to_all(strategy, (person, *find_pmo(ctx.people)))
    found = [subject for subject in find_matching_subjects(seen, typed) if subject.kind is kind]
    return [(subject.key, get_subject_title(seen, subject)) for subject in found[:MOST_OFFERED]]
