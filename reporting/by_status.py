"""Objectives or projects with a status, as one person may see them: “Which projects are red?”."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from foundation.people import People, Person
from reporting.lines import format_objective, format_project
from strategy.records import ProgressUpdate, Rag, Strategy, Subject, SubjectKind
from strategy.status import ObjectiveStatus, ProjectStatus, StrategyStatus, compute_statuses, find_worst
from strategy.updates import filter_visible_updates
from strategy.visibility import filter_visible

SubjectLine = tuple[Subject, str]  # mrkdwn


class StatusFilter(StrEnum):
    """Statuses that people ask for. A colour matches the worse of the computed and the owner's status."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    TROUBLED = "amber or red"
    LATE = "behind"  # an open milestone has slipped, or an objective's figures are amber or red


_COLOURS = {
    StatusFilter.RED: {Rag.RED},
    StatusFilter.AMBER: {Rag.AMBER},
    StatusFilter.GREEN: {Rag.GREEN},
    StatusFilter.TROUBLED: {Rag.RED, Rag.AMBER},
}


def find_by_status(
    strategy: Strategy,
    person: Person,
    kind: SubjectKind,
    status: StatusFilter,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    people: People,
) -> tuple[SubjectLine, ...]:
    """The objectives or projects that match and that the person may see, in the order of the strategy."""
    seen = filter_visible(strategy, person)
    return filter_by_status(compute_statuses(seen, filter_visible_updates(seen, updates), now), kind, status, people)


def filter_by_status(
    statuses: StrategyStatus, kind: SubjectKind, status: StatusFilter, people: People
) -> tuple[SubjectLine, ...]:
    """The same from statuses that are already cut to their reader."""
    if kind is SubjectKind.PROJECT:
        projects = [one for one in statuses.projects if _matches_project(one, status)]
        return tuple((Subject(kind, one.project.key), format_project(one, people)) for one in projects)
    objectives = [one for one in statuses.objectives if _matches_objective(one, status)]
    return tuple((Subject(kind, one.objective.key), format_objective(one, people)) for one in objectives)


def _matches_project(one: ProjectStatus, status: StatusFilter) -> bool:
    if status is StatusFilter.LATE:
        return (one.slip or 0) > 0
    return _worse_status(one) in _COLOURS[status]


def _matches_objective(one: ObjectiveStatus, status: StatusFilter) -> bool:
    if status is StatusFilter.LATE:
        return one.computed_status in _COLOURS[StatusFilter.TROUBLED]
    return _worse_status(one) in _COLOURS[status]


def _worse_status(one: ProjectStatus | ObjectiveStatus) -> Rag:
    known = [colour for colour in (one.owner_status, one.computed_status) if colour is not Rag.UNKNOWN]
    return find_worst(known)
