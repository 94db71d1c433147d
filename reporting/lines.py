"""One objective, project or metric as one line of mrkdwn, the same wherever it is listed."""

from foundation.people import People
from reporting.rendering import format_person, render_line
from strategy.status import MetricStatus, ObjectiveStatus, ProjectStatus


def format_objective(one: ObjectiveStatus, people: People) -> str:
    return render_line("strategy", "objective", one=one, owner=format_person(people, one.objective.owner))


def format_project(one: ProjectStatus, people: People, impact: int = 0) -> str:
    """`impact` is the project's on the objective above it, 0 without one."""
    return render_line("strategy", "project", one=one, impact=impact, owner=format_person(people, one.project.owner))


def format_metric(one: MetricStatus, people: People) -> str:
    return render_line("strategy", "metric", one=one, owner=format_person(people, one.metric.owner))
