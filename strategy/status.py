"""How it stands: statuses of metrics, objectives and projects on a day, from the records alone.

Computed and owner's status stand side by side; neither overrides the other, and where both are known and differ it is
a mismatch. A measurement that is too old counts as none: stale is unknown, never green.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from strategy import formulas
from strategy.formulas import Progress, WeightedProgress
from strategy.records import (
    Measurement,
    Metric,
    Milestone,
    Mode,
    Objective,
    ProgressUpdate,
    Project,
    Rag,
    RagThresholds,
    Stage,
    Strategy,
    Subject,
    SubjectKind,
)
from strategy.updates import latest_updates

# A red part is known to be red whatever else is unknown; an unknown part may yet turn out worse than amber.
WORST_FIRST = (Rag.RED, Rag.UNKNOWN, Rag.AMBER, Rag.GREEN)


@dataclass(frozen=True, slots=True)
class MetricStatus:
    """`progress` and `rag` are of the latest measurement while it is fresh; None and unknown when it is not."""

    metric: Metric
    latest: Measurement | None
    previous: Measurement | None
    progress: Progress | None
    expected: Decimal
    rag: Rag
    age: int | None  # days since the latest measurement, None when there is none
    stale: bool


@dataclass(frozen=True, slots=True)
class ObjectiveStatus:
    objective: Objective
    key_results: tuple[MetricStatus, ...]
    progress: WeightedProgress
    expected: Decimal
    computed: Rag
    update: ProgressUpdate | None  # the owner's latest

    @property
    def owners(self) -> Rag:
        return self.update.rag if self.update else Rag.UNKNOWN

    @property
    def mismatch(self) -> bool:
        return differ(self.owners, self.computed)


@dataclass(frozen=True, slots=True)
class MilestoneStatus:
    """`slip` is in days; one that is overdue has slipped to today at least."""

    milestone: Milestone
    slip: int
    overdue: bool  # its forecast has passed and it is not reached

    @property
    def done(self) -> bool:
        return self.milestone.actual is not None


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    project: Project
    milestones: tuple[MilestoneStatus, ...]
    computed: Rag
    update: ProgressUpdate | None

    @property
    def owners(self) -> Rag:
        return self.update.rag if self.update else Rag.UNKNOWN

    @property
    def mismatch(self) -> bool:
        return differ(self.owners, self.computed)

    @property
    def slip(self) -> int | None:
        """The worst slip ahead, in days; None when no milestone is open."""
        return max((one.slip for one in self.milestones if not one.done), default=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything of one strategy on one day."""

    today: date
    objectives: tuple[ObjectiveStatus, ...]
    metrics: tuple[MetricStatus, ...]
    projects: tuple[ProjectStatus, ...]

    def objective(self, key: str) -> ObjectiveStatus:
        return next(one for one in self.objectives if one.objective.key == key)

    def project(self, key: str) -> ProjectStatus:
        return next(one for one in self.projects if one.project.key == key)


def standing(strategy: Strategy, updates: Iterable[ProgressUpdate], now: datetime) -> Standing:
    """How everything in `strategy` stands at `now`; what came later does not count. `now` is aware, its date counts."""
    today = now.date()
    latest = latest_updates(updates, now)
    return Standing(
        today=today,
        objectives=tuple(objective_status(strategy, one, latest, today) for one in strategy.objectives),
        metrics=tuple(metric_status(strategy, one, today) for one in strategy.metrics),
        projects=tuple(project_status(strategy, one, latest, today) for one in strategy.projects),
    )


def metric_status(strategy: Strategy, metric: Metric, today: date) -> MetricStatus:
    measured = [one for one in strategy.measurements_of(metric.key) if one.on <= today]
    latest = measured[-1] if measured else None
    age = (today - latest.on).days if latest else None
    stale = age is None or age > metric.stale_after
    progress = formulas.metric_progress(metric, latest.value) if latest and not stale else None
    expected = formulas.expected_progress(metric.starts, metric.ends, today)
    return MetricStatus(
        metric=metric,
        latest=latest,
        previous=measured[-2] if len(measured) > 1 else None,
        progress=progress,
        expected=expected,
        rag=_metric_rag(metric, progress, expected, _thresholds(strategy, metric)),
        age=age,
        stale=stale,
    )


def objective_status(
    strategy: Strategy, objective: Objective, latest: Mapping[Subject, ProgressUpdate], today: date
) -> ObjectiveStatus:
    """The worst of its key results and of the objectives below it; progress is weighted over the same."""
    key_results = tuple(metric_status(strategy, one, today) for one in strategy.key_results(objective.key))
    below = tuple(objective_status(strategy, one, latest, today) for one in strategy.children_of(objective.key))
    parts = [(one.metric.weight, one.progress.value if one.progress else None) for one in key_results]
    parts += [(one.objective.weight, one.progress.value) for one in below]
    return ObjectiveStatus(
        objective=objective,
        key_results=key_results,
        progress=formulas.objective_progress(parts),
        expected=formulas.expected_progress(objective.starts, objective.ends, today),
        computed=worst([*(one.rag for one in key_results), *(one.computed for one in below)]),
        update=latest.get(Subject(SubjectKind.OBJECTIVE, objective.key)),
    )


def project_status(
    strategy: Strategy, project: Project, latest: Mapping[Subject, ProgressUpdate], today: date
) -> ProjectStatus:
    """By the worst slip ahead: green when there is none, amber within the project's tolerance, red beyond it."""
    milestones = tuple(milestone_status(one, today) for one in strategy.milestones_of(project.key))
    update = latest.get(Subject(SubjectKind.PROJECT, project.key))
    return ProjectStatus(project, milestones, _project_rag(project, milestones), update)


def milestone_status(milestone: Milestone, today: date) -> MilestoneStatus:
    overdue = milestone.actual is None and milestone.forecast < today
    reached = milestone.actual or (today if overdue else milestone.forecast)
    return MilestoneStatus(milestone, formulas.slip(milestone.baseline, reached), overdue)


def worst(colours: Iterable[Rag]) -> Rag:
    """The worst of some statuses; unknown when there is none."""
    return min(colours, key=WORST_FIRST.index, default=Rag.UNKNOWN)


def differ(owners: Rag, computed: Rag) -> bool:
    """Whether two known statuses say different things."""
    return Rag.UNKNOWN not in (owners, computed) and owners is not computed


def _metric_rag(metric: Metric, progress: Progress | None, expected: Decimal, thresholds: RagThresholds) -> Rag:
    if progress is None:
        return Rag.UNKNOWN
    if metric.mode is Mode.MOVE:
        return formulas.rag(progress.value, expected, thresholds)
    return Rag.GREEN if progress.value else Rag.RED


def _thresholds(strategy: Strategy, metric: Metric) -> RagThresholds:
    return strategy.objective(metric.objective).thresholds if metric.objective else RagThresholds()


def _project_rag(project: Project, milestones: tuple[MilestoneStatus, ...]) -> Rag:
    if not milestones:
        return Rag.UNKNOWN
    ahead = [] if project.stage is Stage.CLOSED else [one for one in milestones if not one.done]
    slip = max((one.slip for one in ahead), default=0)
    if slip > project.tolerance.days:
        return Rag.RED
    return Rag.AMBER if slip > 0 else Rag.GREEN
