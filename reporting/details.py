"""One objective or one project in full, as one person may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from foundation.people import People, Person
from reporting.charts import MOST_CHARTS, Chart, metric_chart
from reporting.lines import metric_line, objective_line, project_line
from reporting.numbers import percent
from reporting.posts import Post, update_post
from reporting.words import say, who
from strategy.check_ins import open_slot, reporting_subjects
from strategy.measurements import measurable
from strategy.records import Absence, Metric, Objective, ProgressUpdate, Project, Strategy, Subject
from strategy.status import MetricStatus, ObjectiveStatus, ProjectStatus, Standing, standing
from strategy.updates import may_write, visible_updates
from strategy.visibility import may_see_portfolio, visible


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of mrkdwn under a plain title."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """`title` is plain text; `sides`, the values of `facts` and all lines are mrkdwn.

    `due` is the slot that an update written now answers, None where no check-ins are kept. `writes` and `measures` say
    what the reader may do.
    """

    subject: Subject
    title: str
    sides: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    charts: tuple[Chart, ...]
    update: ProgressUpdate | None
    post: Post | None  # the update in words
    due: datetime | None
    writes: bool
    measures: tuple[Metric, ...]


def details_of(
    strategy: Strategy,
    person: Person,
    subject: Subject,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    absences: Iterable[Absence] = (),
    people: People | None = None,
) -> Details:
    """Everything about a subject that `person` may know, whatever is given.

    Raises:
        NotFound: there is no such subject that the person may see.
    """
    seen, away = visible(strategy, person), tuple(absences)
    record = seen.subject(subject)
    told = visible_updates(seen, updates)
    builder = _Builder(seen, standing(seen, told, now), people or People(), person)
    shown = builder.objective(record) if isinstance(record, Objective) else builder.project(record)
    update = shown.status.update
    reported = seen.cycle.check_ins is not None and subject in reporting_subjects(seen, now)
    own = {metric.key for metric in shown.metrics}
    return Details(
        subject=subject,
        title=record.title if isinstance(record, Objective) else record.name,
        sides=shown.sides,
        facts=shown.facts,
        groups=tuple(group for group in shown.groups if group.lines),
        charts=shown.charts,
        update=update,
        post=update_post(update, seen, builder.people) if update else None,
        due=open_slot(seen, subject, told, now) if reported else None,
        writes=may_write(seen, person, subject, now, away),
        measures=tuple(one for one in measurable(seen, person) if one.key in own),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    status: ObjectiveStatus | ProjectStatus
    sides: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    charts: tuple[Chart, ...] = ()
    metrics: tuple[Metric, ...] = ()


@dataclass(frozen=True, slots=True)
class _Builder:
    strategy: Strategy
    stand: Standing
    people: People
    reader: Person

    def objective(self, one: Objective) -> _Shown:
        status = self.stand.objective(one.key)
        key_results = {metric.key for metric in self.strategy.key_results(one.key)}
        metrics = [each for each in self.stand.metrics if each.metric.objective == one.key]
        facts = [
            ("Progress", say("strategy", "progress", one=status)),
            ("Owner", who(self.people, one.owner)),
            ("Weight", percent(one.weight)),
            ("Period", say("strategy", "period", starts=one.starts, ends=one.ends)),
            ("Ambition", one.ambition.value),
        ]
        facts += [("Reviewer", who(self.people, one.reviewer))] if one.reviewer else []
        groups = (
            Group("Key results", self._metrics(each for each in metrics if each.metric.key in key_results)),
            Group("Watched as well", self._metrics(each for each in metrics if each.metric.key not in key_results)),
            Group("Objectives below", tuple(self._below(child) for child in self.strategy.children_of(one.key))),
            Group("Projects", self._serving(one)),
        )
        charts = (metric_chart(m.metric, self.strategy.measurements_of(m.metric.key)) for m in metrics)
        shown = tuple(chart for chart in charts if chart)[:MOST_CHARTS]
        return _Shown(
            status, self._sides(status, one.owner), tuple(facts), groups, shown, tuple(m.metric for m in metrics)
        )

    def project(self, one: Project) -> _Shown:
        status = self.stand.project(one.key)
        facts = [
            ("Schedule", say("strategy", "slip", days=status.slip)),
            ("Owner", who(self.people, one.owner)),
            ("Stage", one.stage.value),
            ("Period", say("strategy", "period", starts=one.starts, ends=one.ends)),
        ]
        facts += [("Sponsor", who(self.people, one.sponsor))] if one.sponsor else []
        if may_see_portfolio(self.reader) or self.reader.id in (one.owner, one.sponsor):
            facts.append(("Budget", say("strategy", "money", amount=one.budget, currency=one.currency)))
        groups = (
            Group("Milestones", tuple(say("strategy", "milestone", one=each) for each in status.milestones)),
            Group("Serves", self._served(one)),
        )
        return _Shown(status, self._sides(status, one.owner), tuple(facts), groups)

    def _sides(self, status: ObjectiveStatus | ProjectStatus, owner: str) -> str:
        return say(
            "strategy",
            "sides",
            owners=status.owners,
            computed=status.computed,
            owner=who(self.people, owner),
            mismatch=status.mismatch,
        )

    def _metrics(self, statuses: Iterable[MetricStatus]) -> tuple[str, ...]:
        return tuple(metric_line(one, self.people) for one in statuses)

    def _below(self, child: Objective) -> str:
        return objective_line(self.stand.objective(child.key), self.people)

    def _serving(self, objective: Objective) -> tuple[str, ...]:
        served = sorted(self.strategy.contributions_to(objective.key), key=lambda one: (-one.impact, one.project))
        statuses = [(self.stand.project(one.project), one.impact) for one in served if one.impact]
        return tuple(project_line(status, self.people, impact) for status, impact in statuses)

    def _served(self, project: Project) -> tuple[str, ...]:
        every = sorted(self.strategy.contributions_of(project.key), key=lambda one: -one.impact)
        return tuple(
            say(
                "strategy",
                "serves",
                title=self.strategy.objective(one.objective).title,
                impact=one.impact,
                rationale=one.rationale,
            )
            for one in every
            if one.impact
        )
