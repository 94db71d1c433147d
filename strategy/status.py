"""Statuses of metrics, objectives and projects on a day, computed from the records alone.

The computed status and the owner's are shown side by side and neither overrides the other; where both are known and
differ, it is a mismatch. A measurement that is too old doesn't count: stale is unknown, never green.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from strategy import formulas
from strategy.formulas import Progress, WeightedProgress
from strategy.records import (
    Measurement,
    Metric,
    Mode,
    Objective,
    ProgressUpdate,
    Project,
    ProjectMilestone,
    Rag,
    RagThresholds,
    Stage,
    Strategy,
    Subject,
    SubjectKind,
)
from strategy.updates import find_latest_updates

# Red stays red whatever else is unknown. Unknown comes before amber, because it may turn out to be red.
WORST_FIRST = (Rag.RED, Rag.UNKNOWN, Rag.AMBER, Rag.GREEN)


@dataclass(frozen=True, slots=True)
class MetricStatus:
    """`progress` and `rag` come from the latest measurement; they are None and unknown once it is stale."""

    metric: Metric
    latest: Measurement | None
    progress: Progress | None
    expected: Decimal
    rag: Rag
    age: int | None  # days since the latest measurement, None when there is none
    is_stale: bool


@dataclass(frozen=True, slots=True)
class ObjectiveStatus:
    objective: Objective
    key_results: tuple[MetricStatus, ...]
    progress: WeightedProgress
    expected: Decimal
    computed_status: Rag
    update: ProgressUpdate | None  # the owner's latest

    @property
    def owner_status(self) -> Rag:
        return self.update.rag if self.update else Rag.UNKNOWN

    @property
    def has_mismatch(self) -> bool:
        return is_mismatch(self.owner_status, self.computed_status)


@dataclass(frozen=True, slots=True)
class MilestoneStatus:
    """`slip` is in days. An overdue milestone has slipped at least until today."""

    milestone: ProjectMilestone
    slip: int
    is_overdue: bool  # its forecast has passed and it hasn't been reached

    @property
    def is_done(self) -> bool:
        return self.milestone.actual is not None


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    project: Project
    milestones: tuple[MilestoneStatus, ...]
    computed_status: Rag
    update: ProgressUpdate | None

    @property
    def owner_status(self) -> Rag:
        return self.update.rag if self.update else Rag.UNKNOWN

    @property
    def has_mismatch(self) -> bool:
        return is_mismatch(self.owner_status, self.computed_status)

    @property
    def slip(self) -> int | None:
        """The worst slip ahead, in days; None when no milestone is open."""
        return max((one.slip for one in self.milestones if not one.is_done), default=None)


@dataclass(frozen=True, slots=True)
class RecordStatuses:
    """What metrics and projects have come to on one day, by key. It's the same for all who may see them."""

    metrics: dict[str, MetricStatus] = field(default_factory=dict)
    projects: dict[str, ProjectStatus] = field(default_factory=dict)  # without updates


class StrategyStatus:
    """The statuses of everything in one strategy on one day. Each is computed when it is first asked for."""

    def __init__(self, strategy: Strategy, latest: Mapping[Subject, ProgressUpdate], today: date) -> None:
        self._strategy, self._latest, self._today = strategy, latest, today
        self._shared = strategy.statuses.get(today, RecordStatuses)
        self._objectives: dict[str, ObjectiveStatus] = {}
        self._projects: dict[str, ProjectStatus] = {}

    @cached_property
    def objectives(self) -> tuple[ObjectiveStatus, ...]:
        return tuple(self.objective(one.key) for one in self._strategy.objectives)

    @cached_property
    def metrics(self) -> tuple[MetricStatus, ...]:
        return tuple(self.metric(one.key) for one in self._strategy.metrics)

    @cached_property
    def projects(self) -> tuple[ProjectStatus, ...]:
        return tuple(self.project(one.key) for one in self._strategy.projects)

    def objective(self, key: str) -> ObjectiveStatus:
        if key not in self._objectives:
            self._objectives[key] = self._compute_objective(self._strategy.objective(key))
        return self._objectives[key]

    def metric(self, key: str) -> MetricStatus:
        metric, known = self._strategy.metric(key), self._shared.metrics
        if key not in known:
            known[key] = compute_metric_status(self._strategy, metric, self._today)
        return known[key]

    def project(self, key: str) -> ProjectStatus:
        if key not in self._projects:
            self._projects[key] = self._add_update(self._strategy.project(key))
        return self._projects[key]

    def metrics_of(self, objective: str) -> tuple[MetricStatus, ...]:
        """The metrics of an objective, in their order."""
        return tuple(self.metric(one.key) for one in self._strategy.metrics_of(objective))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StrategyStatus) and self._list_all() == other._list_all()

    __hash__ = None  # type: ignore[assignment]

    def _list_all(self) -> tuple[object, ...]:
        return self.objectives, self.metrics, self.projects

    def _add_update(self, project: Project) -> ProjectStatus:
        known = self._shared.projects
        if project.key not in known:
            known[project.key] = compute_project_status(self._strategy, project, {}, self._today)
        status, update = known[project.key], self._latest.get(Subject(SubjectKind.PROJECT, project.key))
        return ProjectStatus(project, status.milestones, status.computed_status, update) if update else status

    def _compute_objective(self, objective: Objective) -> ObjectiveStatus:
        """The worst status of its key results and sub-objectives; progress is weighted over the same."""
        key_results = tuple(self.metric(one.key) for one in self._strategy.key_results(objective.key))
        below = tuple(self.objective(one.key) for one in self._strategy.children_of(objective.key))
        parts = [(one.metric.weight, one.progress.value if one.progress else None) for one in key_results]
        parts += [(one.objective.weight, one.progress.value) for one in below]
        return ObjectiveStatus(
            objective=objective,
            key_results=key_results,
            progress=formulas.compute_objective_progress(parts),
            expected=formulas.compute_expected_progress(objective.starts, objective.ends, self._today),
            computed_status=find_worst([*(one.rag for one in key_results), *(one.computed_status for one in below)]),
            update=self._latest.get(Subject(SubjectKind.OBJECTIVE, objective.key)),
        )


def compute_statuses(strategy: Strategy, updates: Iterable[ProgressUpdate], now: datetime) -> StrategyStatus:
    """The statuses of everything in `strategy` on the organisation's day. Later records don't count."""
    return StrategyStatus(strategy, find_latest_updates(updates, now), strategy.find_day(now))


def compute_metric_status(strategy: Strategy, metric: Metric, today: date) -> MetricStatus:
    measured = reversed(strategy.measurements_of(metric.key))
    latest = next((one for one in measured if one.on <= today), None)
    age = (today - latest.on).days if latest else None
    stale = age is None or age > metric.stale_after
    progress = formulas.compute_metric_progress(metric, latest.value) if latest and not stale else None
    expected = formulas.compute_expected_progress(metric.starts, metric.ends, today)
    return MetricStatus(
        metric=metric,
        latest=latest,
        progress=progress,
        expected=expected,
        rag=_compute_metric_rag(metric, progress, expected, _find_thresholds(strategy, metric)),
        age=age,
        is_stale=stale,
    )


def compute_project_status(
    strategy: Strategy, project: Project, latest: Mapping[Subject, ProgressUpdate], today: date
) -> ProjectStatus:
    """By the worst slip ahead: green without one, amber within the project's tolerance, red beyond it."""
    milestones = tuple(compute_milestone_status(one, today) for one in strategy.milestones_of(project.key))
    update = latest.get(Subject(SubjectKind.PROJECT, project.key))
    return ProjectStatus(project, milestones, _compute_project_rag(project, milestones), update)


def compute_milestone_status(milestone: ProjectMilestone, today: date) -> MilestoneStatus:
    overdue = milestone.actual is None and milestone.forecast < today
    reached = milestone.actual or (today if overdue else milestone.forecast)
    return MilestoneStatus(milestone, formulas.compute_slip(milestone.baseline, reached), overdue)


def find_worst(colours: Iterable[Rag]) -> Rag:
    """The worst of the statuses; unknown without any."""
    return min(colours, key=WORST_FIRST.index, default=Rag.UNKNOWN)


def is_mismatch(owners: Rag, computed: Rag) -> bool:
    """Whether both statuses are known and differ."""
    return Rag.UNKNOWN not in (owners, computed) and owners is not computed


def _compute_metric_rag(metric: Metric, progress: Progress | None, expected: Decimal, thresholds: RagThresholds) -> Rag:
    if progress is None:
        return Rag.UNKNOWN
    if metric.mode is Mode.MOVE:
        return formulas.compute_rag(progress.value, expected, thresholds)
    return Rag.GREEN if progress.value else Rag.RED


def _find_thresholds(strategy: Strategy, metric: Metric) -> RagThresholds:
    return strategy.objective(metric.objective).thresholds if metric.objective else RagThresholds()


def _compute_project_rag(project: Project, milestones: tuple[MilestoneStatus, ...]) -> Rag:
    if not milestones:
        return Rag.UNKNOWN
    ahead = [] if project.stage is Stage.CLOSED else [one for one in milestones if not one.is_done]
    slip = max((one.slip for one in ahead), default=0)
    if slip > project.tolerance.days:
        return Rag.RED
    return Rag.AMBER if slip > 0 else Rag.GREEN
