"""Who answers for what: owners, sponsors and reviewers, read in both directions."""

from dataclasses import dataclass

from foundation.people import Person
from strategy.check_ins import MissingUpdate
from strategy.permissions import can_see_missing_updates
from strategy.records import Metric, Objective, Project, Strategy, Subject


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """What one person owns, sponsors and reviews, in the order of the strategy."""

    objectives: tuple[Objective, ...]
    projects: tuple[Project, ...]
    metrics: tuple[Metric, ...]
    sponsored: tuple[Project, ...]
    reviewed: tuple[Objective, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.objectives or self.projects or self.metrics or self.sponsored or self.reviewed)


def list_responsibilities(strategy: Strategy, person: str) -> Responsibilities:
    """`strategy` is cut to its reader."""
    return Responsibilities(
        objectives=tuple(one for one in strategy.objectives if one.owner == person),
        projects=tuple(one for one in strategy.projects if one.owner == person),
        metrics=tuple(one for one in strategy.metrics if one.owner == person),
        sponsored=tuple(one for one in strategy.projects if one.sponsor == person),
        reviewed=tuple(one for one in strategy.objectives if one.reviewer == person),
    )


def find_reviewer(strategy: Strategy, subject: Subject) -> str | None:
    """Who checks its owner's reports: the reviewer of an objective, the sponsor of a project."""
    record = strategy.subject(subject)
    return record.reviewer if isinstance(record, Objective) else record.sponsor


def filter_missing_updates(
    strategy: Strategy, missing: tuple[MissingUpdate, ...], person: Person
) -> tuple[MissingUpdate, ...]:
    """The missing updates that the person may know of, in the order of the strategy and never by person or lateness."""
    order = {subject: place for place, subject in enumerate(strategy.titles)}
    known = [
        one
        for one in missing
        if person.id in (one.owner, one.reporter)
        or can_see_missing_updates(person, find_reviewer(strategy, one.subject))
    ]
    return tuple(sorted(known, key=lambda one: order[one.subject]))
