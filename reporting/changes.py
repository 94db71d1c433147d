"""What has changed for better or worse since the last delivered digest, apart from the exceptions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from reporting.numbers import format_change
from reporting.rendering import render_line
from reporting.sections import DigestInput
from reporting.snapshot import PastStatus, Snapshot
from strategy.formulas import is_met
from strategy.records import Mode, Rag
from strategy.status import MilestoneStatus, ProjectStatus


def list_changes(material: DigestInput) -> list[str]:
    """One line each, as mrkdwn. A first digest has none: there is nothing to compare with."""
    if material.previous is None:
        return []
    return [
        *_find_turned(material, material.previous),
        *_find_milestones(material, material.previous),
        *_find_met(material, material.previous),
    ]


def build_headline(material: DigestInput) -> tuple[str, ...]:
    """How many objectives and projects have which status by their figures, each with its change."""
    current, previous = material.current, material.previous
    objectives = {one.objective.key: one.computed_status for one in current.objectives}
    projects = {one.project.key: one.computed_status for one in current.projects}
    return (
        *_format_counts("Objectives", objectives, previous.objectives if previous else None),
        *_format_counts("Projects", projects, previous.projects if previous else None),
    )


def _format_counts(noun: str, now: Mapping[str, Rag], before: Mapping[str, PastStatus] | None) -> Iterator[str]:
    """Both counts cover only what the readers see now, so that a total can't reveal something hidden since."""
    if not now:
        return
    counts = _count_each(now.values())
    earlier = _count_each(before[key].computed_status for key in now if key in before) if before is not None else None
    visible_counts = {colour: count for colour, count in counts.items() if count or (earlier and earlier[colour])}
    since = {
        colour: format_change(Decimal(count), Decimal(earlier[colour]), "", 0) if earlier else ""
        for colour, count in visible_counts.items()
    }
    yield render_line("digest", "counts", noun=noun, counts=visible_counts, changes=since)


def _count_each(colours: Iterable[Rag]) -> dict[Rag, int]:
    every = list(colours)
    return {colour: every.count(colour) for colour in Rag}


def _find_turned(material: DigestInput, previous: Snapshot) -> Iterator[str]:
    """Statuses that turned anything but red, which is an exception."""
    now = material.current
    pairs: list[tuple[str, Rag, PastStatus | None]] = []
    for objective in now.objectives:
        key = objective.objective.key
        pairs.append((objective.objective.title, objective.computed_status, previous.objectives.get(key)))
    for project in now.projects:
        pairs.append((project.project.name, project.computed_status, previous.projects.get(project.project.key)))
    for title, colour, was in pairs:
        if was and was.computed_status is not colour and colour is not Rag.RED:
            yield render_line("digest", "turned", title=title, before=was.computed_status, after=colour)


def _find_milestones(material: DigestInput, previous: Snapshot) -> Iterator[str]:
    for project in material.current.projects:
        for one in project.milestones:
            yield from _describe_milestone(project, one, previous, material.strategy.find_day(previous.taken_at))


def _describe_milestone(project: ProjectStatus, one: MilestoneStatus, previous: Snapshot, last: date) -> Iterator[str]:
    actual, before = one.milestone.actual, previous.forecasts.get(one.milestone.key)
    name, title = project.project.name, one.milestone.title
    if actual is not None and last < actual:
        yield render_line("digest", "reached", project=name, milestone=title, actual=actual)
    elif actual is None and before is not None and one.milestone.forecast < before:
        earlier = (before - one.milestone.forecast).days
        yield render_line(
            "digest", "earlier", project=name, milestone=title, forecast=one.milestone.forecast, days=earlier
        )


def _find_met(material: DigestInput, previous: Snapshot) -> Iterator[str]:
    for one in material.current.metrics:
        before = previous.metrics.get(one.metric.key)
        if one.latest is None or before is None or one.metric.mode is not Mode.MOVE:
            continue
        if is_met(one.metric, one.latest.value) and not is_met(one.metric, before):
            yield render_line("digest", "met", name=one.metric.name, value=one.latest.value, unit=one.metric.unit)
