"""The milestones of several projects in one list, by date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from strategy.records import Project
from strategy.status import MilestoneStatus, ProjectStatus


@dataclass(frozen=True, slots=True)
class DatedMilestone:
    """A milestone of a project. `on` is the day it was reached or, until then, its forecast."""

    project: Project
    status: MilestoneStatus

    @property
    def on(self) -> date:
        return self.status.milestone.actual or self.status.milestone.forecast


def list_milestones(projects: Iterable[ProjectStatus]) -> tuple[DatedMilestone, ...]:
    """All milestones of the projects, the earliest first."""
    every = (DatedMilestone(one.project, status) for one in projects for status in one.milestones)
    return tuple(sorted(every, key=lambda one: (one.on, one.project.key)))
