"""Reads a strategy from one YAML file: all of it, or every problem with its line."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from foundation.files import BadFile, FileProblem, find_line, list_first_problems, parse_yaml, read_text
from strategy.alignment_records import Contribution, ServiceLink, ServiceMaturity
from strategy.checks import FileFinding, build_schedule, check_strategy_file
from strategy.file_models import (
    CycleEntry,
    MetricEntry,
    ObjectiveEntry,
    ProjectEntry,
    RangeEntry,
    StrategyFile,
    ViewersEntry,
)
from strategy.records import (
    Cadence,
    Cycle,
    Measurement,
    Metric,
    Objective,
    Project,
    ProjectMilestone,
    RagThresholds,
    Reforecast,
    Strategy,
    Tolerance,
    Viewers,
)

T = TypeVar("T")

SAMPLE = Path(__file__).with_name("sample.yaml")
STALE_AFTER = {Cadence.WEEKLY: 10, Cadence.MONTHLY: 40, Cadence.QUARTERLY: 110}  # days: one cadence plus some slack


def read_strategy(path: Path) -> Strategy:
    """Read a strategy file.

    Raises:
        BadFile: every problem in it, each with its line and field.
    """
    return parse_strategy(read_text(path), name=str(path))


def parse_strategy(text: str, *, name: str) -> Strategy:
    """Read a strategy from text; `name` is what messages call it. Raises as `read_strategy`."""
    file = parse_yaml(text, StrategyFile, name=name)
    found = list(check_strategy_file(file))
    if wrong := _list_problems(text, name, (one for one in found if not one.warning)):
        raise BadFile(wrong)
    return _build_strategy(file, _list_problems(text, name, (one for one in found if one.warning)))


def _list_problems(text: str, name: str, found: Iterable[FileFinding]) -> tuple[FileProblem, ...]:
    problems = [
        FileProblem(name, find_line(text, one.path), ".".join(str(part) for part in one.path), one.message)
        for one in found
    ]
    problems.sort(key=lambda problem: problem.line or 0)
    return tuple(list_first_problems(problems))


def _build_strategy(file: StrategyFile, warnings: tuple[FileProblem, ...]) -> Strategy:
    return Strategy(
        organisation=file.organisation,
        version=file.version,
        mission=file.mission,
        vision=file.vision,
        cycle=_build_cycle(file.cycle),
        objectives=tuple(_build_objective(entry, file.cycle.starts) for entry in file.objectives),
        metrics=tuple(_build_metric(entry, file.cycle.starts) for entry in file.metrics),
        history={entry.key: measured for entry in file.metrics if (measured := _build_measurements(entry))},
        projects=tuple(_build_project(entry) for entry in file.projects),
        milestones=tuple(one for entry in file.projects for one in _build_milestones(entry)),
        contributions=tuple(one for entry in file.projects for one in _build_contributions(entry)),
        services=tuple(ServiceMaturity(entry.service, entry.maturity) for entry in file.services),
        service_links=tuple(
            ServiceLink(entry.service, support.objective, support.strength)
            for entry in file.services
            for support in entry.supports
        ),
        warnings=warnings,
    )


def _build_cycle(entry: CycleEntry) -> Cycle:
    return Cycle(entry.name, entry.starts, entry.ends, build_schedule(entry.check_ins) if entry.check_ins else None)


def _build_objective(entry: ObjectiveEntry, cycle_starts: date) -> Objective:
    return Objective(
        key=entry.key,
        title=entry.title,
        owner=_require(entry.owner),
        weight=entry.weight,
        starts=entry.starts or cycle_starts,
        ends=_require(entry.ends),
        reviewer=entry.reviewer,
        parent=entry.parent,
        ambition=entry.ambition,
        visibility=entry.visibility,
        viewers=_build_viewers(entry.viewers),
        thresholds=RagThresholds(entry.rag.green_from, entry.rag.green_within, entry.rag.amber_from),
    )


def _build_metric(entry: MetricEntry, cycle_starts: date) -> Metric:
    target: Decimal | None
    if isinstance(entry.target, RangeEntry):
        target, high = entry.target.low, entry.target.high
    else:
        target, high = entry.target, None
    return Metric(
        key=entry.key,
        name=entry.name,
        kind=entry.kind,
        owner=_require(entry.owner),
        unit=_require(entry.unit),
        baseline=_require(entry.baseline),
        target=_require(target),
        target_high=high,
        starts=entry.starts or cycle_starts,
        ends=_require(entry.ends),
        objective=entry.objective,
        mode=entry.mode,
        weight=entry.weight,
        cadence=entry.cadence,
        stale_after=entry.stale_after or STALE_AFTER[entry.cadence],
        lowest=entry.lowest,
        highest=entry.highest,
    )


def _build_measurements(entry: MetricEntry) -> tuple[Measurement, ...]:
    by_day = sorted(entry.measurements, key=lambda one: one.on)
    return tuple(Measurement(entry.key, one.on, one.value, one.author or _require(entry.owner)) for one in by_day)


def _build_project(entry: ProjectEntry) -> Project:
    return Project(
        key=entry.key,
        name=entry.name,
        owner=entry.owner,
        budget=entry.budget,
        currency=entry.currency,
        effort=entry.effort,
        starts=entry.starts,
        ends=entry.ends,
        sponsor=entry.sponsor,
        stage=entry.stage,
        tolerance=Tolerance(entry.tolerance.days, entry.tolerance.cost),
        confidential=entry.confidential,
        viewers=_build_viewers(entry.viewers),
    )


def _build_milestones(entry: ProjectEntry) -> Iterable[ProjectMilestone]:
    return (
        ProjectMilestone(
            key=one.key,
            project=entry.key,
            title=one.title,
            baseline=one.baseline,
            forecast=one.forecast or one.baseline,
            actual=one.actual,
            history=tuple(Reforecast(change.on, change.was) for change in one.history),
        )
        for one in entry.milestones
    )


def _build_contributions(entry: ProjectEntry) -> Iterable[Contribution]:
    return (Contribution(entry.key, one.objective, one.impact, one.rationale, one.approved_by) for one in entry.serves)


def _build_viewers(entry: ViewersEntry) -> Viewers:
    return Viewers(frozenset(entry.people), frozenset(entry.roles))


def _require(value: T | None) -> T:
    """A value that `strategy.checks` has already required."""
    if value is None:
        raise AssertionError("A required field is missing after the checks.")
    return value
