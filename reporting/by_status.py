"""Objectives or projects that are in one state, as one person may see them: “which projects are red?”."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from foundation.people import People, Person
from reporting.lines import objective_line, project_line
from strategy.records import ProgressUpdate, Rag, Strategy, Subject, SubjectKind
from strategy.status import ObjectiveStatus, ProjectStatus, standing, worst
from strategy.updates import visible_updates
from strategy.visibility import visible

Line = tuple[Subject, str]  # mrkdwn


class State(StrEnum):
    """A colour is the worse of what the figures and what the owner says."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    TROUBLED = "amber or red"
    LATE = "behind"  # an open milestone has slipped; of an objective, the figures say amber or red


_COLOURS = {
    State.RED: {Rag.RED},
    State.AMBER: {Rag.AMBER},
    State.GREEN: {Rag.GREEN},
    State.TROUBLED: {Rag.RED, Rag.AMBER},
}


def in_state(
    strategy: Strategy,
    person: Person,
    kind: SubjectKind,
    state: State,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    people: People,
) -> tuple[Line, ...]:
    """Those of the kind that the person may see and that are in the state, in the order of the strategy."""
    seen = visible(strategy, person)
    stand = standing(seen, visible_updates(seen, updates), now)
    if kind is SubjectKind.PROJECT:
        projects = [one for one in stand.projects if _is_project_in(one, state)]
        return tuple((Subject(kind, one.project.key), project_line(one, people)) for one in projects)
    objectives = [one for one in stand.objectives if _is_objective_in(one, state)]
    return tuple((Subject(kind, one.objective.key), objective_line(one, people)) for one in objectives)


def _is_project_in(one: ProjectStatus, state: State) -> bool:
    if state is State.LATE:
        return (one.slip or 0) > 0
    return _worse(one) in _COLOURS[state]


def _is_objective_in(one: ObjectiveStatus, state: State) -> bool:
    if state is State.LATE:
        return one.computed in _COLOURS[State.TROUBLED]
    return _worse(one) in _COLOURS[state]


def _worse(one: ProjectStatus | ObjectiveStatus) -> Rag:
    known = [colour for colour in (one.owners, one.computed) if colour is not Rag.UNKNOWN]
    return worst(known)
