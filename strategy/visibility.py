"""Who may see what, and a strategy cut down to that. Somebody who may see no strategy gets an empty one.

The cut is made once, before anything is counted or written, so a hidden objective is in no list, total, weight, chart
or warning. The remaining weights are scaled to sum to 1 again: a sum of .85 would reveal that something is missing, and
how much.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from foundation.people import Person
from strategy.permissions import can_see_strategy
from strategy.records import Objective, Project, Strategy, Viewers, Visibility

EVERYBODY = Person("", "everybody", frozenset())  # has no role, and so sees what everybody may see


def can_see_objective(objective: Objective, person: Person) -> bool:
    if not can_see_strategy(person):
        return False
    if objective.visibility is Visibility.ORG:
        return True
    return _is_named(objective.viewers, person, objective.owner, objective.reviewer) or (
        objective.visibility is Visibility.GROUP and person.has_role(*objective.viewers.roles)
    )


def can_see_project(project: Project, person: Person) -> bool:
    if not can_see_strategy(person):
        return False
    if not project.confidential:
        return True
    return _is_named(project.viewers, person, project.owner, project.sponsor) or person.has_role(*project.viewers.roles)


def filter_visible(strategy: Strategy, person: Person) -> Strategy:
    """The strategy as this person may see it, without warnings. People who may see the same get the same object."""
    return filter_visible_to_all(strategy, (person,))


def filter_visible_to_all(strategy: Strategy, people: Iterable[Person]) -> Strategy:
    """What every one of the people may see, for a channel they share; without people, what everybody may see."""
    readers = tuple(people) or (EVERYBODY,)
    if not all(map(can_see_strategy, readers)):
        return _empty_strategy(strategy)
    objectives = (one for one in strategy.limited_objectives if not _is_open_to_all(can_see_objective, one, readers))
    projects = (one for one in strategy.limited_projects if not _is_open_to_all(can_see_project, one, readers))
    hidden = frozenset(one.key for one in objectives), frozenset(one.key for one in projects)
    # Most people may see the same, and a large strategy takes longer to cut than to search.
    return strategy.cuts.get(hidden, lambda: _cut_strategy(strategy, *hidden))


def _is_open_to_all(can_see: Callable[[Any, Person], bool], record: object, readers: tuple[Person, ...]) -> bool:
    return all(can_see(record, reader) for reader in readers)


def _is_named(viewers: Viewers, person: Person, *others: str | None) -> bool:
    return bool(person.id) and (person.id in viewers.people or person.id in others)


def _cut_strategy(strategy: Strategy, hidden_objectives: Collection[str], hidden_projects: Collection[str]) -> Strategy:
    objectives = tuple(one for one in strategy.objectives if one.key not in hidden_objectives)
    projects = tuple(one for one in strategy.projects if one.key not in hidden_projects)
    aims = {objective.key for objective in objectives}
    works = {project.key for project in projects}
    metrics = tuple(m for m in strategy.metrics if m.objective is None or m.objective in aims)
    measurable = {metric.key for metric in metrics}
    cut = replace(
        strategy,
        objectives=_rescale_weights(objectives, aims, whole=len(aims) == len(strategy.objectives)),
        metrics=metrics,
        history={key: measured for key, measured in strategy.history.items() if key in measurable},
        projects=projects,
        milestones=tuple(m for m in strategy.milestones if m.project in works),
        contributions=tuple(c for c in strategy.contributions if c.project in works and c.objective in aims),
        service_links=tuple(link for link in strategy.service_links if link.objective in aims),
        warnings=(),
    )
    cut.share_statuses(strategy)
    return cut


def _empty_strategy(strategy: Strategy) -> Strategy:
    """What somebody sees who sees no strategy at all: the name of the organisation and its cycle."""
    return Strategy(strategy.organisation, strategy.version, mission="", vision="", cycle=strategy.cycle)


def _rescale_weights(objectives: tuple[Objective, ...], visible: set[str], *, whole: bool) -> tuple[Objective, ...]:
    """The objectives with weights that sum to 1, and without parents that were cut."""
    if whole:
        return objectives
    total = sum((objective.weight for objective in objectives), Decimal(0)) or Decimal(1)
    return tuple(
        replace(one, weight=one.weight / total, parent=one.parent if one.parent in visible else None)
        for one in objectives
    )
