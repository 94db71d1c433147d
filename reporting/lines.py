"""One objective, project or measure as one line of mrkdwn, the same wherever it is listed."""

from foundation.people import People
from reporting.words import say, who
from strategy.status import MetricStatus, ObjectiveStatus, ProjectStatus


def objective_line(one: ObjectiveStatus, people: People) -> str:
    return say("strategy", "objective", one=one, owner=who(people, one.objective.owner))


def project_line(one: ProjectStatus, people: People, impact: int = 0) -> str:
    """`impact` is the project's on the objective under which it stands, 0 where it stands by itself."""
    return say("strategy", "project", one=one, impact=impact, owner=who(people, one.project.owner))


def metric_line(one: MetricStatus, people: People) -> str:
    return say("strategy", "metric", one=one, owner=who(people, one.metric.owner))
