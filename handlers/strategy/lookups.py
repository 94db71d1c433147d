"""Looking things up in the strategy: as it is now, and what the search fields of forms offer."""

from datetime import UTC, datetime, time, timedelta

from foundation.errors import NotFound
from foundation.people import Person
from handlers.context import AppContext
from storage.store import Transaction
from strategy.permissions import find_pmo
from strategy.records import ProgressUpdate, Strategy, Subject, SubjectKind
from strategy.search import find_matching_subjects, list_subjects
from strategy.visibility import filter_visible_to_all

NOT_LISTED = ("not-listed", "Not listed")
NONE_KNOWN = ("none", "None that I know of")
MOST_OFFERED = 99  # with the one that is always there: 100
BEFORE_THE_CYCLE = timedelta(days=31)  # updates as old as that still count


def load_strategy(tx: Transaction) -> Strategy:
    """The strategy in force, whole.

    Raises:
        NotFound: there is none yet.
    """
    strategy = tx.strategy.current()
    if strategy is None:
        raise NotFound(
            "There is no strategy here yet. The head of the PMO brings one in with `pmo strategy import`, "
            "or names its file in the organisation file."
        )
    return strategy


def load_updates(tx: Transaction, strategy: Strategy) -> tuple[ProgressUpdate, ...]:
    """The updates of the strategy's cycle, on whatever they are."""
    begin = datetime.combine(strategy.cycle.starts, time.min, UTC)
    return tx.updates.since(begin - BEFORE_THE_CYCLE)


def get_subject_title(strategy: Strategy, subject: Subject) -> str:
    return dict(list_subjects(strategy))[subject]


def find_projects(tx: Transaction, ctx: AppContext, person: Person, typed: str) -> list[tuple[str, str]]:
    """Keys and names of projects that fit what was typed; “Not listed” is always there."""
    return [*_offered(tx, ctx, person, typed, SubjectKind.PROJECT), NOT_LISTED]


def find_objectives(tx: Transaction, ctx: AppContext, person: Person, typed: str) -> list[tuple[str, str]]:
    """Keys and names of objectives that fit what was typed."""
    return [*_offered(tx, ctx, person, typed, SubjectKind.OBJECTIVE), NONE_KNOWN]


def _offered(tx: Transaction, ctx: AppContext, person: Person, typed: str, kind: SubjectKind) -> list[tuple[str, str]]:
    """What the person may know and everybody of the PMO too: they will read what was chosen."""
    strategy = tx.strategy.current()
    if strategy is None:
        return []
    seen = filter_visible_to_all(strategy, (person, *find_pmo(ctx.people)))
    found = [subject for subject in find_matching_subjects(seen, typed) if subject.kind is kind]
    return [(subject.key, get_subject_title(seen, subject)) for subject in found[:MOST_OFFERED]]
