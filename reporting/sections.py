"""The sections of a digest: what is told in full below what comes first. Every number stands with its change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from foundation.people import People
from reporting.definitions import Section
from reporting.desk import DeskFigures
from reporting.exceptions import title_of
from reporting.numbers import change, number, percent, points
from reporting.snapshot import Snapshot, portfolio_by_name
from reporting.words import say, who
from strategy.formulas import slip
from strategy.portfolio import PortfolioFigures
from strategy.records import ProgressUpdate, Strategy
from strategy.status import WORST_FIRST, MetricStatus, ObjectiveStatus, ProjectStatus, Standing
from strategy.stories import Story

TITLES = {
    Section.OBJECTIVES: "Objectives",
    Section.PROJECTS: "Projects",
    Section.METRICS: "Measures",
    Section.UPDATES: "New updates",
    Section.STORIES: "New success stories",
    Section.DESK: "The PMO's service desk",
    Section.PORTFOLIO: "Portfolio and strategy",
}
DESK_WORDS = {
    "submitted": "requests came in",
    "delivered": "delivered",
    "open": "open now",
    "overdue": "past their target",
    "reopened": "reopened",
    "median_days_to_triage": "business days to triage (median)",
    "median_days_to_deliver": "business days to deliver (median)",
    "sla_met": "delivered within their target",
    "satisfaction": "of 5 points of satisfaction",
    "answers": "answered the question of satisfaction",
}
PORTFOLIO_WORDS = {
    "index": "alignment of the portfolio, weighted by budget",
    "mismatch": "mismatch between budget and weights",
    "unaligned": "of the budget serves no objective",
    "coverage": "of the objectives covered by the PMO's services",
}
FRACTIONS = {"sla_met", "index", "mismatch", "unaligned", "coverage"}


@dataclass(frozen=True, slots=True)
class Material:
    """All that a digest is made of, cut to what its readers may see."""

    strategy: Strategy
    stand: Standing
    updates: tuple[ProgressUpdate, ...]  # those since the last digest
    stories: tuple[Story, ...]  # those published since the last digest
    desk: DeskFigures | None
    portfolio: PortfolioFigures | None
    previous: Snapshot | None
    people: People
    now: datetime


def lines_of(section: Section, material: Material) -> list[str]:
    """The lines of one section, the most telling first, as mrkdwn."""
    return _MAKERS[section](material)


def _objectives(material: Material) -> list[str]:
    ordered = sorted(material.stand.objectives, key=lambda one: WORST_FIRST.index(one.computed))
    return [_objective(one, material) for one in ordered]


def _objective(one: ObjectiveStatus, material: Material) -> str:
    was = material.previous.objectives.get(one.objective.key) if material.previous else None
    return say(
        "digest",
        "objective",
        title=one.objective.title,
        owners=one.owners,
        computed=one.computed,
        progress=one.progress.value,
        coverage=one.progress.coverage,
        expected=one.expected,
        change=points(one.progress.value, was.progress if was else None),
        mismatch=one.mismatch,
    )


def _projects(material: Material) -> list[str]:
    ordered = sorted(material.stand.projects, key=lambda one: (WORST_FIRST.index(one.computed), -(one.slip or 0)))
    return [_project(one, material) for one in ordered]


def _project(one: ProjectStatus, material: Material) -> str:
    return say(
        "digest",
        "project",
        name=one.project.name,
        owners=one.owners,
        computed=one.computed,
        slip=one.slip,
        change=_slip_change(one, material),
        mismatch=one.mismatch,
    )


def _slip_change(one: ProjectStatus, material: Material) -> str:
    """By how many days the worst open milestone has moved since the last digest; an overdue one moves every day."""
    worst = max((each for each in one.milestones if not each.done), key=lambda each: each.slip, default=None)
    before = material.previous.forecasts.get(worst.milestone.key) if material.previous and worst else None
    if worst is None or before is None or material.previous is None:
        return ""
    slip_then = slip(worst.milestone.baseline, max(before, material.previous.taken_at.date()))
    return change(Decimal(worst.slip), Decimal(slip_then), "days", 0)


def _metrics(material: Material) -> list[str]:
    ordered = sorted(material.stand.metrics, key=lambda one: WORST_FIRST.index(one.rag))
    return [_metric(one, material) for one in ordered]


def _metric(one: MetricStatus, material: Material) -> str:
    before = material.previous.metrics.get(one.metric.key) if material.previous else None
    return say(
        "digest",
        "metric",
        name=one.metric.name,
        unit=one.metric.unit,
        mode=one.metric.mode,
        target=one.metric.target,
        target_high=one.metric.target_high,
        value=one.latest.value if one.latest else None,
        on=one.latest.on if one.latest else None,
        stale=one.stale,
        rag=one.rag,
        change=change(one.latest.value, before) if one.latest else "",
    )


def _updates(material: Material) -> list[str]:
    worst_first = sorted(material.updates, key=lambda one: (WORST_FIRST.index(one.rag), one.subject))
    return [_update(one, material) for one in worst_first]


def _update(one: ProgressUpdate, material: Material) -> str:
    return say(
        "digest",
        "update",
        title=title_of(material.strategy.subject(one.subject)),
        author=who(material.people, one.author),
        rag=one.rag,
        summary=one.summary,
        confidence=one.confidence,
    )


def _stories(material: Material) -> list[str]:
    return [
        say("digest", "story", title=one.title, text=one.text, author=who(material.people, one.author))
        for one in material.stories
    ]


def _desk(material: Material) -> list[str]:
    if material.desk is None:
        return []
    before = material.previous.desk if material.previous else {}
    values = material.desk.by_name()
    if not any(values.values()) and not any(before.values()):
        return [say("digest", "quiet_desk")]
    return _figures(values, before, DESK_WORDS)


def _portfolio(material: Material) -> list[str]:
    if material.portfolio is None:
        return []
    return portfolio_lines(material.portfolio, material.previous.portfolio if material.previous else {})


def portfolio_lines(figures: PortfolioFigures, before: Mapping[str, Decimal]) -> list[str]:
    """The portfolio in figures and what is out of balance, as mrkdwn; `before` holds the figures of last time."""
    lines = _figures(portfolio_by_name(figures), before, PORTFOLIO_WORDS)
    for one in figures.objectives:
        if one.flagged:
            data = {"title": one.objective.title, "share": one.share, "weight": one.objective.weight, "gap": one.gap}
            lines.append(say("digest", "gap", **data))
    if figures.unsupported:
        lines.append(say("digest", "unsupported", titles=[one.title for one in figures.unsupported]))
    if figures.unaligned_projects:
        lines.append(say("digest", "unaligned", names=[one.name for one in figures.unaligned_projects]))
    return lines


def _figures(values: Mapping[str, Decimal], before: Mapping[str, Decimal], words: Mapping[str, str]) -> list[str]:
    return [_figure(name, values[name], before.get(name), words[name]) for name in words if name in values]


def _figure(name: str, value: Decimal, before: Decimal | None, words: str) -> str:
    if name in FRACTIONS:
        shown, since = percent(value), points(value, before)
    else:
        shown, since = number(value, 1), change(value, before, "", 1)
    return say("digest", "figure", value=shown, words=words, change=since)


_MAKERS: Mapping[Section, Callable[[Material], list[str]]] = {
    Section.OBJECTIVES: _objectives,
    Section.PROJECTS: _projects,
    Section.METRICS: _metrics,
    Section.UPDATES: _updates,
    Section.STORIES: _stories,
    Section.DESK: _desk,
    Section.PORTFOLIO: _portfolio,
}
