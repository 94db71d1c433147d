"""What a digest says first: what is newly red, slipped, stale, unanswered, contradictory or missing, one line each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from foundation.people import People
from reporting.rendering import format_person, render_line
from reporting.snapshot import PastStatus, Snapshot
from reporting.text import LazyLines
from strategy.check_ins import MissingUpdate
from strategy.records import Objective, ProgressUpdate, Project, Rag, Strategy
from strategy.status import MetricStatus, MilestoneStatus, ObjectiveStatus, ProjectStatus, StrategyStatus

MOST_NAMED = 4  # subjects of one person in one line


class ExceptionKind(StrEnum):
    """In the order in which a digest lists them."""

    NEWLY_RED = "newly_red"
    SLIPPED = "slipped"
    OVERDUE = "overdue"
    STALE = "stale"
    UNANSWERED = "unanswered"
    MISMATCH = "mismatch"
    MISSING = "missing"
    STILL_RED = "still_red"


@dataclass(frozen=True, slots=True)
class ExceptionItem:
    """`key` names the objective, project, milestone or metric, or the person who owes updates.

    `describe` returns what the template `macro` needs. The line is written when it's read: most of many exceptions are
    only counted.
    """

    kind: ExceptionKind
    key: str
    macro: str
    describe: Callable[[], Mapping[str, object]]

    @property
    def text(self) -> str:
        """One line of mrkdwn."""
        return render_line("exceptions", self.macro, **self.describe())


def find_exceptions(
    strategy: Strategy,
    current: StrategyStatus,
    *,
    missing: Iterable[MissingUpdate],
    previous: Snapshot | None,
    people: People,
    now: datetime,
) -> tuple[ExceptionItem, ...]:
    """Everything that needs attention, the most urgent kind first."""
    found = [
        *_find_red(current, previous, people),
        *_find_milestones(current, previous, people),
        *_find_stale(strategy, current, people),
        *_find_unanswered(current, people, now),
        *_find_mismatches(current, people),
        *_find_missing(strategy, missing, people),
    ]
    order = {kind: place for place, kind in enumerate(ExceptionKind)}
    return tuple(sorted(found, key=lambda item: order[item.kind]))


def list_texts(exceptions: Iterable[ExceptionItem]) -> Sequence[str]:
    """Their lines."""
    return LazyLines(partial(getattr, one, "text") for one in exceptions)


def get_record_title(record: Objective | Project) -> str:
    return record.title if isinstance(record, Objective) else record.name


def _find_red(current: StrategyStatus, previous: Snapshot | None, people: People) -> Iterator[ExceptionItem]:
    for objective in current.objectives:
        if _is_red(objective):
            was = previous.objectives.get(objective.objective.key) if previous else None
            yield _note_red(objective.objective, objective, was, people)
    for project in current.projects:
        if _is_red(project):
            was = previous.projects.get(project.project.key) if previous else None
            yield _note_red(project.project, project, was, people)


def _is_red(status: ObjectiveStatus | ProjectStatus) -> bool:
    return Rag.RED in (status.owner_status, status.computed_status)


def _note_red(
    record: Objective | Project, status: ObjectiveStatus | ProjectStatus, was: PastStatus | None, people: People
) -> ExceptionItem:
    kind = ExceptionKind.STILL_RED if was and was.is_red else ExceptionKind.NEWLY_RED
    verb = "is still" if kind is ExceptionKind.STILL_RED else "has turned" if was else "is"
    return ExceptionItem(kind, record.key, "red", partial(_describe_red, record, status, verb, people))


def _describe_red(
    record: Objective | Project, status: ObjectiveStatus | ProjectStatus, verb: str, people: People
) -> Mapping[str, object]:
    objective = status if isinstance(status, ObjectiveStatus) else None
    return {
        "title": get_record_title(record),
        "verb": verb,
        "owner": format_person(people, record.owner),
        "owner_status": status.owner_status,
        "computed_status": status.computed_status,
        "progress": objective.progress.value if objective else None,
        "expected": objective.expected if objective else None,
        "slip": status.slip if isinstance(status, ProjectStatus) else None,
    }


def _find_milestones(current: StrategyStatus, previous: Snapshot | None, people: People) -> Iterator[ExceptionItem]:
    for project in current.projects:
        for one in project.milestones:
            if one.is_overdue:
                yield _note_milestone(ExceptionKind.OVERDUE, project.project, one, 0, people)
            elif not one.is_done and (later := _days_later(one, previous)):
                yield _note_milestone(ExceptionKind.SLIPPED, project.project, one, later, people)


def _days_later(one: MilestoneStatus, previous: Snapshot | None) -> int:
    """By how many days the forecast has moved out since the last digest; without one, since the baseline."""
    before = previous.forecasts.get(one.milestone.key) if previous else None
    return max((one.milestone.forecast - (before or one.milestone.baseline)).days, 0)


def _note_milestone(
    kind: ExceptionKind, project: Project, one: MilestoneStatus, later: int, people: People
) -> ExceptionItem:
    return ExceptionItem(kind, one.milestone.key, kind, partial(_describe_milestone, project, one, later, people))


def _describe_milestone(project: Project, one: MilestoneStatus, later: int, people: People) -> Mapping[str, object]:
    return {
        "project": project.name,
        "milestone": one.milestone.title,
        "forecast": one.milestone.forecast,
        "later": later,
        "slip": one.slip,
        "owner": format_person(people, project.owner),
    }


def _find_stale(strategy: Strategy, current: StrategyStatus, people: People) -> Iterator[ExceptionItem]:
    for one in current.metrics:
        if one.is_stale and (one.age is not None or one.expected > 0):
            yield ExceptionItem(
                ExceptionKind.STALE, one.metric.key, "stale", partial(_describe_stale, strategy, one, people)
            )


def _describe_stale(strategy: Strategy, one: MetricStatus, people: People) -> Mapping[str, object]:
    objective = strategy.objectives_by_key.get(one.metric.objective or "")
    return {
        "name": one.metric.name,
        "age": one.age,
        "cadence": one.metric.cadence,
        "owner": format_person(people, one.metric.owner),
        "objective": objective.title if objective else None,
    }


def _find_unanswered(current: StrategyStatus, people: People, now: datetime) -> Iterator[ExceptionItem]:
    latest: list[tuple[Objective | Project, ProgressUpdate | None]] = []
    latest += [(one.objective, one.update) for one in current.objectives]
    latest += [(one.project, one.update) for one in current.projects]
    for record, update in latest:
        if update and update.wants_answer:
            describe = partial(_describe_ask, record, update, people, now)
            yield ExceptionItem(ExceptionKind.UNANSWERED, record.key, "unanswered", describe)


def _describe_ask(
    record: Objective | Project, update: ProgressUpdate, people: People, now: datetime
) -> Mapping[str, object]:
    return {
        "title": get_record_title(record),
        "ask": update.ask,
        "blocker": update.blocker,
        "author": format_person(people, update.author),
        "days": (now - update.at).days,
    }


def _find_mismatches(current: StrategyStatus, people: People) -> Iterator[ExceptionItem]:
    pairs: list[tuple[Objective | Project, ObjectiveStatus | ProjectStatus]] = []
    pairs += [(one.objective, one) for one in current.objectives]
    pairs += [(one.project, one) for one in current.projects]
    for record, one in pairs:
        if one.has_mismatch and not _is_red(one):  # the line for red shows both
            describe = partial(_describe_mismatch, record, one, people)
            yield ExceptionItem(ExceptionKind.MISMATCH, record.key, "mismatch", describe)


def _describe_mismatch(
    record: Objective | Project, status: ObjectiveStatus | ProjectStatus, people: People
) -> Mapping[str, object]:
    return {
        "title": get_record_title(record),
        "owner": format_person(people, record.owner),
        "owner_status": status.owner_status,
        "computed_status": status.computed_status,
    }


def _find_missing(strategy: Strategy, missing: Iterable[MissingUpdate], people: People) -> Iterator[ExceptionItem]:
    """One line for each person who owes updates, however many."""
    owed: dict[tuple[str, str], list[MissingUpdate]] = {}
    for one in missing:
        owed.setdefault((one.reporter, one.owner), []).append(one)
    for (reporter, _), updates in owed.items():
        describe = partial(_describe_missing, strategy, updates, people)
        yield ExceptionItem(ExceptionKind.MISSING, reporter, "missing", describe)


def _describe_missing(strategy: Strategy, updates: Sequence[MissingUpdate], people: People) -> Mapping[str, object]:
    reporter, owner = updates[0].reporter, updates[0].owner
    return {
        "reporter": format_person(people, reporter),
        "owner": format_person(people, owner),
        "away": updates[0].is_owner_away,
        "delegated": reporter != owner,
        "updates": [
            (get_record_title(strategy.subject(one.subject)), one.days_overdue) for one in updates[:MOST_NAMED]
        ],
        "more": len(updates) - MOST_NAMED,
    }
