"""One objective or one project in full, as one person may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from foundation.people import People, Person
from reporting.charts import MOST_CHARTS, Chart, build_metric_chart
from reporting.lines import format_metric, format_objective, format_project
from reporting.numbers import format_percent
from reporting.posts import Post, build_update_post
from reporting.rendering import format_person, render_line
from strategy.check_ins import find_open_slot, list_reporting_subjects
from strategy.measurements import list_measurable_metrics
from strategy.permissions import can_see_budget
from strategy.records import Absence, Metric, Objective, ProgressUpdate, Project, Strategy, Subject
from strategy.status import MetricStatus, ObjectiveStatus, ProjectStatus, StrategyStatus, compute_statuses
from strategy.updates import can_write_update, filter_visible_updates
from strategy.visibility import filter_visible


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines of mrkdwn under a plain title."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubjectDetails:
    """`title` is plain text; `statuses`, the values of `facts` and all lines are mrkdwn.

    `due` is the slot that an update written now answers, None without check-ins; `is_due_past` says that its time has
    passed. `can_write` and `measurable` say what the reader may do.
    """

    subject: Subject
    title: str
    statuses: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[LineGroup, ...]
    charts: tuple[Chart, ...]
    update: ProgressUpdate | None
    post: Post | None  # the update as text
    due: datetime | None
    is_due_past: bool
    can_write: bool
    measurable: tuple[Metric, ...]


def build_details(
    strategy: Strategy,
    person: Person,
    subject: Subject,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    absences: Iterable[Absence] = (),
    people: People | None = None,
) -> SubjectDetails:
    """Everything about a subject that `person` may see.

    Raises:
        NotFound: there is no such subject that the person may see.
    """
    seen, away = filter_visible(strategy, person), tuple(absences)
    record = seen.subject(subject)
    visible = filter_visible_updates(seen, updates)
    builder = _Builder(seen, compute_statuses(seen, visible, now), people or People(), person)
    shown = builder.objective(record) if isinstance(record, Objective) else builder.project(record)
    update = shown.status.update
    reported = seen.cycle.check_ins is not None and subject in list_reporting_subjects(seen, now)
    own = {metric.key for metric in shown.metrics}
    due = find_open_slot(seen, subject, visible, now) if reported else None
    return SubjectDetails(
        subject=subject,
        title=record.title if isinstance(record, Objective) else record.name,
        statuses=shown.statuses,
        facts=shown.facts,
        groups=tuple(group for group in shown.groups if group.lines),
        charts=shown.charts,
        update=update,
        post=build_update_post(update, seen, builder.people) if update else None,
        due=due,
        is_due_past=due is not None and due < now,
        can_write=can_write_update(seen, person, subject, now, away),
        measurable=tuple(one for one in list_measurable_metrics(seen, person) if one.key in own),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    status: ObjectiveStatus | ProjectStatus
    statuses: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[LineGroup, ...]
    charts: tuple[Chart, ...] = ()
    metrics: tuple[Metric, ...] = ()


@dataclass(frozen=True, slots=True)
class _Builder:
    strategy: Strategy
    current: StrategyStatus
    people: People
    reader: Person

    def objective(self, one: Objective) -> _Shown:
        status = self.current.objective(one.key)
        key_results = {metric.key for metric in self.strategy.key_results(one.key)}
        metrics = self.current.metrics_of(one.key)
        facts = [
            ("Progress", render_line("strategy", "progress", one=status)),
            ("Owner", format_person(self.people, one.owner)),
            ("Weight", format_percent(one.weight)),
            ("Period", render_line("strategy", "period", starts=one.starts, ends=one.ends)),
            ("Ambition", one.ambition.value),
        ]
        facts += [("Reviewer", format_person(self.people, one.reviewer))] if one.reviewer else []
        groups = (
            LineGroup("Key results", self._metrics(each for each in metrics if each.metric.key in key_results)),
            LineGroup("Other metrics", self._metrics(each for each in metrics if each.metric.key not in key_results)),
            LineGroup("Sub-objectives", tuple(self._below(child) for child in self.strategy.children_of(one.key))),
            LineGroup("Projects", self._serving(one)),
        )
        charts = (build_metric_chart(m.metric, self.strategy.measurements_of(m.metric.key)) for m in metrics)
        shown = tuple(chart for chart in charts if chart)[:MOST_CHARTS]
        return _Shown(
            status, self._sides(status, one.owner), tuple(facts), groups, shown, tuple(m.metric for m in metrics)
        )

    def project(self, one: Project) -> _Shown:
        status = self.current.project(one.key)
        facts = [
            ("Schedule", render_line("strategy", "slip", days=status.slip)),
            ("Owner", format_person(self.people, one.owner)),
            ("Stage", one.stage.value),
            ("Period", render_line("strategy", "period", starts=one.starts, ends=one.ends)),
        ]
        facts += [("Sponsor", format_person(self.people, one.sponsor))] if one.sponsor else []
        if can_see_budget(self.reader, one):
            facts.append(("Budget", render_line("strategy", "money", amount=one.budget, currency=one.currency)))
        groups = (
            LineGroup(
                "Milestones", tuple(render_line("strategy", "milestone", one=each) for each in status.milestones)
            ),
            LineGroup("Supports", self._supported(one)),
        )
        return _Shown(status, self._sides(status, one.owner), tuple(facts), groups)

    def _sides(self, status: ObjectiveStatus | ProjectStatus, owner: str) -> str:
        return render_line(
            "strategy",
            "statuses",
            owner_status=status.owner_status,
            computed_status=status.computed_status,
            owner=format_person(self.people, owner),
            mismatch=status.has_mismatch,
        )

    def _metrics(self, statuses: Iterable[MetricStatus]) -> tuple[str, ...]:
        return tuple(format_metric(one, self.people) for one in statuses)

    def _below(self, child: Objective) -> str:
        return format_objective(self.current.objective(child.key), self.people)

    def _serving(self, objective: Objective) -> tuple[str, ...]:
        served = sorted(self.strategy.contributions_to(objective.key), key=lambda one: (-one.impact, one.project))
        statuses = [(self.current.project(one.project), one.impact) for one in served if one.impact]
        return tuple(format_project(status, self.people, impact) for status, impact in statuses)

    def _supported(self, project: Project) -> tuple[str, ...]:
        every = sorted(self.strategy.contributions_of(project.key), key=lambda one: -one.impact)
        return tuple(
            render_line(
                "strategy",
                "supports",
                title=self.strategy.objective(one.objective).title,
                impact=one.impact,
                rationale=one.rationale,
            )
            for one in every
            if one.impact
        )
