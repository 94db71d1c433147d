"""The strategy as one person may see it, as a tree with statuses: what `/pmo-strategy` shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from foundation.people import People, Person
from reporting.lines import format_metric, format_objective, format_project
from reporting.rendering import render_line
from reporting.text import LazyLines, fit_lines
from strategy import formulas
from strategy.permissions import can_see_portfolio
from strategy.portfolio import PortfolioFigures, compute_portfolio
from strategy.records import Metric, Objective, ProgressUpdate, Project, Rag, Strategy
from strategy.status import (
    MetricStatus,
    MilestoneStatus,
    ObjectiveStatus,
    ProjectStatus,
    StrategyStatus,
    compute_statuses,
)
from strategy.updates import filter_visible_updates
from strategy.visibility import filter_visible

LARGEST_TEXT = 2_800  # characters, for notifications and screen readers


@dataclass(frozen=True, slots=True)
class Branch:
    """One objective with its metrics, projects and sub-objectives.

    `line` is mrkdwn, also in its rows. It's written when it's read: of a large strategy, a message shows little.
    """

    status: ObjectiveStatus
    metrics: tuple["MetricRow", ...]
    projects: tuple["ProjectRow", ...]
    below: tuple["Branch", ...]
    people: People

    @property
    def line(self) -> str:
        return format_objective(self.status, self.people)

    @property
    def objective(self) -> Objective:
        return self.status.objective


@dataclass(frozen=True, slots=True)
class MetricRow:
    status: MetricStatus
    people: People

    @property
    def line(self) -> str:
        return format_metric(self.status, self.people)

    @property
    def short(self) -> str:
        """A shorter line for the whole tree."""
        return render_line("strategy", "metric_short", one=self.status)

    @property
    def metric(self) -> Metric:
        return self.status.metric


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """`impact` is the project's on the objective above it, 0 without one."""

    status: ProjectStatus
    impact: int
    people: People

    @property
    def line(self) -> str:
        return format_project(self.status, self.people, self.impact)

    @property
    def short(self) -> str:
        """A shorter line for the whole tree."""
        return render_line("strategy", "project_short", one=self.status)

    @property
    def milestones(self) -> tuple[MilestoneStatus, ...]:
        return self.status.milestones

    @property
    def project(self) -> Project:
        return self.status.project


@dataclass(frozen=True, slots=True)
class StrategyView:
    """`elapsed` is the share of the cycle that has passed."""

    organisation: str
    mission: str
    vision: str
    cycle: str
    starts: date
    ends: date
    elapsed: Decimal
    branches: tuple[Branch, ...]
    metrics: tuple[MetricRow, ...]  # KPIs that belong to no objective
    projects: tuple[ProjectRow, ...]  # projects that serve no objective
    counts: tuple[tuple[Rag, int], ...]  # of the objectives, by their figures
    portfolio: PortfolioFigures | None  # for leaders and the PMO

    def all_branches(self) -> tuple[Branch, ...]:
        """All branches, each before those below it."""
        return tuple(_flatten_branches(self.branches))


def build_strategy_view(
    strategy: Strategy,
    person: Person,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    people: People | None = None,
) -> StrategyView:
    """The tree for `person`, cut to what they may see."""
    seen = filter_visible(strategy, person)
    visible = filter_visible_updates(seen, updates)
    builder = _Builder(seen, compute_statuses(seen, visible, now), people or People())
    served = {contribution.project for contribution in seen.contributions if contribution.impact}
    colours = [one.computed_status for one in builder.current.objectives]
    return StrategyView(
        organisation=seen.organisation,
        mission=seen.mission,
        vision=seen.vision,
        cycle=seen.cycle.name,
        starts=seen.cycle.starts,
        ends=seen.cycle.ends,
        elapsed=formulas.compute_expected_progress(seen.cycle.starts, seen.cycle.ends, seen.find_day(now)),
        branches=builder.branches(None),
        metrics=tuple(builder.metric(one) for one in builder.current.metrics if one.metric.objective is None),
        projects=tuple(builder.project(one, 0) for one in builder.current.projects if one.project.key not in served),
        counts=tuple((colour, colours.count(colour)) for colour in Rag if colour in colours),
        portfolio=compute_portfolio(seen) if can_see_portfolio(person) else None,
    )


def format_cycle_progress(view: StrategyView) -> str:
    """The cycle's progress in one line of mrkdwn."""
    return render_line("strategy", "cycle_progress", view=view)


def format_view_text(view: StrategyView) -> str:
    """The tree as lines of mrkdwn, for notifications and screen readers."""
    lines = LazyLines(partial(getattr, one, "line") for one in view.all_branches())
    shown, more = fit_lines(lines, len(lines), LARGEST_TEXT)
    rest = [f"… and {more} more"] if more else []
    return "\n".join([render_line("strategy", "opening", view=view), *shown, *rest])


def _flatten_branches(branches: Iterable[Branch]) -> Iterable[Branch]:
    for branch in branches:
        yield branch
        yield from _flatten_branches(branch.below)


@dataclass(frozen=True, slots=True)
class _Builder:
    strategy: Strategy
    current: StrategyStatus
    people: People

    def branches(self, parent: str | None) -> tuple[Branch, ...]:
        return tuple(self.branch(objective) for objective in self.strategy.children_of(parent))

    def branch(self, objective: Objective) -> Branch:
        status = self.current.objective(objective.key)
        impacts = {c.project: c.impact for c in self.strategy.contributions_to(objective.key) if c.impact}
        serving = sorted(impacts, key=lambda key: (-impacts[key], key))
        return Branch(
            status=status,
            metrics=tuple(self.metric(one) for one in self.current.metrics_of(objective.key)),
            projects=tuple(self.project(self.current.project(key), impacts[key]) for key in serving),
            below=self.branches(objective.key),
            people=self.people,
        )

    def metric(self, status: MetricStatus) -> MetricRow:
        return MetricRow(status, self.people)

    def project(self, status: ProjectStatus, impact: int) -> ProjectRow:
        return ProjectRow(status, impact, self.people)
