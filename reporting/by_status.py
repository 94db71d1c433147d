"""Objectives or projects with a status, as their reader may see them: “Which projects are red?”."""

from enum import StrEnum

from foundation.people import People
from reporting.lines import format_objective, format_project
from strategy.records import Rag, Subject, SubjectKind
from strategy.status import ObjectiveStatus, ProjectStatus, StrategyStatus, find_worst

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


def filter_by_status(
    statuses: StrategyStatus, kind: SubjectKind, status: StatusFilter, people: People
) -> tuple[SubjectLine, ...]:
    """The objectives or projects that match, in the order of the strategy. `statuses` are cut to their reader."""
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
