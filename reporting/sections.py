"""The sections of a digest, below its exceptions and changes. Every number comes with its change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from foundation.people import People
from reporting.definitions import DigestSection
from reporting.desk import DeskFigures
from reporting.exceptions import get_record_title
from reporting.numbers import PERCENT_UNITS, format_change, format_number, format_percent, format_point_change
from reporting.rendering import format_person, render_line
from reporting.snapshot import Snapshot, list_portfolio_figures
from reporting.text import LazyLines
from strategy.formulas import compute_slip
from strategy.portfolio import PortfolioFigures
from strategy.records import ProgressUpdate, Strategy
from strategy.status import WORST_FIRST, MetricStatus, ObjectiveStatus, ProjectStatus, StrategyStatus
from strategy.story_records import Story

DESK_LABELS = {
    "submitted": "requests submitted",
    "delivered": "delivered",
    "open": "open now",
    "overdue": "past their target",
    "reopened": "reopened",
    "median_days_to_triage": "business days to triage (median)",
    "median_days_to_deliver": "business days to deliver (median)",
    "sla_met": "delivered on time",
    "satisfaction": "out of 5 for satisfaction",
    "answers": "satisfaction ratings",
}
PORTFOLIO_LABELS = {
    "index": "portfolio alignment, weighted by budget",
    "mismatch": "mismatch between budget and weights",
    "unaligned": "of the budget supports no objective",
    "coverage": "coverage of the objectives by PMO services",
}
FRACTIONS = {"sla_met", "index", "mismatch", "unaligned", "coverage"}


@dataclass(frozen=True, slots=True)
class DigestInput:
    """Everything a digest is made of, cut to what its readers may see."""

    strategy: Strategy
    current: StrategyStatus
    updates: tuple[ProgressUpdate, ...]  # those since the last digest
    stories: tuple[Story, ...]  # those published since the last digest
    desk: DeskFigures | None
    portfolio: PortfolioFigures | None
    previous: Snapshot | None
    people: People
    now: datetime


def _build_objectives(material: DigestInput) -> Sequence[str]:
    ordered = sorted(material.current.objectives, key=lambda one: WORST_FIRST.index(one.computed_status))
    return LazyLines(partial(_build_objective, one, material) for one in ordered)


def _build_objective(one: ObjectiveStatus, material: DigestInput) -> str:
    was = material.previous.objectives.get(one.objective.key) if material.previous else None
    return render_line(
        "digest",
        "objective",
        title=one.objective.title,
        owner_status=one.owner_status,
        computed_status=one.computed_status,
        progress=one.progress.value,
        coverage=one.progress.coverage,
        expected=one.expected,
        change=format_point_change(one.progress.value, was.progress if was else None),
        mismatch=one.has_mismatch,
    )


def _build_projects(material: DigestInput) -> Sequence[str]:
    ordered = sorted(
        material.current.projects, key=lambda one: (WORST_FIRST.index(one.computed_status), -(one.slip or 0))
    )
    return LazyLines(partial(_build_project, one, material) for one in ordered)


def _build_project(one: ProjectStatus, material: DigestInput) -> str:
    return render_line(
        "digest",
        "project",
        name=one.project.name,
        owner_status=one.owner_status,
        computed_status=one.computed_status,
        slip=one.slip,
        change=_format_slip_change(one, material),
        mismatch=one.has_mismatch,
    )


def _format_slip_change(one: ProjectStatus, material: DigestInput) -> str:
    """How many days the worst open milestone has moved since the last digest. An overdue one moves every day."""
    worst = max((each for each in one.milestones if not each.is_done), key=lambda each: each.slip, default=None)
    before = material.previous.forecasts.get(worst.milestone.key) if material.previous and worst else None
    if worst is None or before is None or material.previous is None:
        return ""
    slip_then = compute_slip(
        worst.milestone.baseline, max(before, material.strategy.find_day(material.previous.taken_at))
    )
    return format_change(Decimal(worst.slip), Decimal(slip_then), "days", 0)


def _build_metrics(material: DigestInput) -> Sequence[str]:
    ordered = sorted(material.current.metrics, key=lambda one: WORST_FIRST.index(one.rag))
    return LazyLines(partial(_build_metric, one, material) for one in ordered)


def _build_metric(one: MetricStatus, material: DigestInput) -> str:
    before = material.previous.metrics.get(one.metric.key) if material.previous else None
    return render_line(
        "digest",
        "metric",
        name=one.metric.name,
        unit=one.metric.unit,
        mode=one.metric.mode,
        target=one.metric.target,
        target_high=one.metric.target_high,
        value=one.latest.value if one.latest else None,
        on=one.latest.on if one.latest else None,
        stale=one.is_stale,
        rag=one.rag,
        change=_format_metric_change(one, before),
    )


def _format_metric_change(one: MetricStatus, before: Decimal | None) -> str:
    """The line names the unit just before the change; only percentages need one of their own, points."""
    unit = "points" if one.metric.unit in PERCENT_UNITS else ""
    return format_change(one.latest.value, before, unit) if one.latest else ""


def _build_updates(material: DigestInput) -> Sequence[str]:
    worst_first = sorted(material.updates, key=lambda one: (WORST_FIRST.index(one.rag), one.subject))
    return LazyLines(partial(_build_update, one, material) for one in worst_first)


def _build_update(one: ProgressUpdate, material: DigestInput) -> str:
    return render_line(
        "digest",
        "update",
        title=get_record_title(material.strategy.subject(one.subject)),
        author=format_person(material.people, one.author),
        rag=one.rag,
        summary=one.summary,
        confidence=one.confidence,
    )


def _build_stories(material: DigestInput) -> Sequence[str]:
    people = material.people
    return [
        render_line("digest", "story", title=one.title, text=one.text, author=format_person(people, one.author))
        for one in material.stories
    ]


def _build_desk(material: DigestInput) -> Sequence[str]:
    if material.desk is None:
        return []
    before = material.previous.desk if material.previous else {}
    values = material.desk.by_name()
    if not any(values.values()) and not any(before.values()):
        return [render_line("digest", "quiet_desk")]
    return _build_figures(values, before, DESK_LABELS)


def _build_portfolio(material: DigestInput) -> Sequence[str]:
    if material.portfolio is None:
        return []
    return build_portfolio_lines(material.portfolio, material.previous.portfolio if material.previous else {})


def build_portfolio_lines(figures: PortfolioFigures, before: Mapping[str, Decimal]) -> list[str]:
    """The portfolio's figures and what is out of balance, as mrkdwn; `before` holds the previous figures."""
    lines = _build_figures(list_portfolio_figures(figures), before, PORTFOLIO_LABELS)
    for one in figures.objectives:
        if one.is_flagged:
            data = {"title": one.objective.title, "share": one.share, "weight": one.objective.weight, "gap": one.gap}
            lines.append(render_line("digest", "gap", **data))
    if figures.unsupported:
        lines.append(render_line("digest", "unsupported", titles=[one.title for one in figures.unsupported]))
    if figures.unaligned_projects:
        lines.append(render_line("digest", "unaligned", names=[one.name for one in figures.unaligned_projects]))
    return lines


def _build_figures(
    values: Mapping[str, Decimal], before: Mapping[str, Decimal], labels: Mapping[str, str]
) -> list[str]:
    return [_build_figure(name, values[name], before.get(name), labels[name]) for name in labels if name in values]


def _build_figure(name: str, value: Decimal, before: Decimal | None, label: str) -> str:
    if name in FRACTIONS:
        number, since = format_percent(value), format_point_change(value, before)
    else:
        number, since = format_number(value, 1), format_change(value, before, "", 1)
    return render_line("digest", "figure", value=number, label=label, change=since)


@dataclass(frozen=True, slots=True)
class SectionKind:
    """How one section of a digest is headed and built. `build` gives its lines as mrkdwn, the most telling first."""

    title: str
    build: Callable[[DigestInput], Sequence[str]]


SECTION_KINDS: Mapping[DigestSection, SectionKind] = {
    DigestSection.OBJECTIVES: SectionKind("Objectives", _build_objectives),
    DigestSection.PROJECTS: SectionKind("Projects", _build_projects),
    DigestSection.METRICS: SectionKind("Metrics", _build_metrics),
    DigestSection.UPDATES: SectionKind("New updates", _build_updates),
    DigestSection.STORIES: SectionKind("New success stories", _build_stories),
    DigestSection.DESK: SectionKind("PMO service desk", _build_desk),
    DigestSection.PORTFOLIO: SectionKind("Portfolio and strategy", _build_portfolio),
}
