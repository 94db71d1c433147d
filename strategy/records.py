"""The nouns of a strategy, as frozen records. A file (`strategy.files`) or a table fills them; rules only read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from foundation.errors import NotFound
from foundation.files import FileProblem
from foundation.memo import Memo
from foundation.people import Role
from foundation.time import find_local_day
from strategy.alignment_records import Contribution, ServiceLink, ServiceMaturity
from strategy.schedules import Schedule

if TYPE_CHECKING:
    from strategy.status import RecordStatuses

R = TypeVar("R")
MOST_CUTS = 64  # circles of people who may see different parts of one strategy
MOST_DAYS = 4  # today, yesterday somewhere, and those that a digest compares
_UTC = ZoneInfo("UTC")


class Visibility(StrEnum):
    """Who may know of something at all."""

    ORG = "org"  # everybody
    GROUP = "group"  # its owner, its reviewer, the named viewers and the roles among the viewers
    PRIVATE = "private"  # its owner, its reviewer and the named viewers; roles give no access


class Ambition(StrEnum):
    """What counts as success at close-out: 1 for a committed objective, .6 to .7 for an aspirational one."""

    COMMITTED = "committed"
    ASPIRATIONAL = "aspirational"


class MetricKind(StrEnum):
    KEY_RESULT = "key_result"  # belongs to one objective, and its progress counts toward it
    KPI = "kpi"  # watched; doesn't count toward an objective's progress


class Mode(StrEnum):
    """What reaching the target means."""

    MOVE = "move"  # from the baseline to the target, up or down
    AT_LEAST = "at_least"  # keep the value at the target or above
    AT_MOST = "at_most"  # keep the value at the target or below
    RANGE = "range"  # keep the value between `target` and `target_high`


class Cadence(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Stage(StrEnum):
    PROPOSED = "proposed"
    DEFINITION = "definition"
    DELIVERY = "delivery"
    CLOSING = "closing"
    CLOSED = "closed"


class Rag(StrEnum):
    """Red, amber, green or unknown. Unknown is a status in itself and never counts as green."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Viewers:
    """Named viewers (Slack user ids) and roles. Roles open things of visibility `group` only."""

    people: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class RagThresholds:
    """Progress P against expected progress E.

    Green from P/E ≥ `green_from`, or when E − P ≤ `green_within`; amber from P/E ≥ `amber_from`; else red.
    """

    green_from: Decimal = Decimal("0.95")
    green_within: Decimal = Decimal("0.05")
    amber_from: Decimal = Decimal("0.75")


@dataclass(frozen=True, slots=True)
class Cycle:
    name: str
    starts: date
    ends: date
    check_ins: Schedule | None = None  # when updates on objectives and projects are due


@dataclass(frozen=True, slots=True)
class Objective:
    key: str
    title: str
    owner: str
    weight: Decimal  # 0..1; those of a cycle sum to 1
    starts: date
    ends: date
    reviewer: str | None = None
    parent: str | None = None
    ambition: Ambition = Ambition.COMMITTED
    visibility: Visibility = Visibility.ORG
    viewers: Viewers = Viewers()
    thresholds: RagThresholds = RagThresholds()


@dataclass(frozen=True, slots=True)
class Metric:
    """A key result or a KPI. `baseline`, `target` and measurements are in `unit`."""

    key: str
    name: str
    kind: MetricKind
    owner: str
    unit: str
    baseline: Decimal
    target: Decimal
    starts: date
    ends: date
    objective: str | None = None  # a KPI may have none
    mode: Mode = Mode.MOVE
    target_high: Decimal | None = None  # the upper end of a range, else None
    weight: Decimal = Decimal(1)  # among the key results of its objective
    cadence: Cadence = Cadence.MONTHLY
    stale_after: int = 40  # days after which the last measurement no longer counts
    lowest: Decimal | None = None  # what can be measured at all; None where there is no such limit
    highest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value of a metric on a day. Metric and day are unique; a correction raises `revision`."""

    metric: str
    on: date
    value: Decimal
    author: str
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Reforecast:
    """An earlier forecast of a milestone, and the day on which it was replaced."""

    on: date
    was: date


@dataclass(frozen=True, slots=True)
class ProjectMilestone:
    key: str
    project: str
    title: str
    baseline: date
    forecast: date
    actual: date | None = None
    history: tuple[Reforecast, ...] = ()


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a project may stray before its sponsor is informed."""

    days: int = 10  # of slip, per milestone
    cost: Decimal = Decimal("0.10")  # share of the budget


@dataclass(frozen=True, slots=True)
class Project:
    key: str
    name: str
    owner: str
    budget: Decimal
    currency: str  # ISO 4217
    effort: Decimal  # person-days
    starts: date
    ends: date
    sponsor: str | None = None
    stage: Stage = Stage.DELIVERY
    tolerance: Tolerance = Tolerance()
    confidential: bool = False
    viewers: Viewers = Viewers()


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from `starts` to `ends`, both days included. Meanwhile their delegate reports."""

    person: str
    starts: date
    ends: date
    delegate: str | None = None

    def covers(self, day: date) -> bool:
        return self.starts <= day <= self.ends


class SubjectKind(StrEnum):
    OBJECTIVE = "objective"
    PROJECT = "project"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What an update is about."""

    kind: SubjectKind
    key: str


@dataclass(frozen=True, slots=True)
class ProgressUpdate:
    """A checked update. Subject and slot are unique; a correction keeps both and raises `revision`."""

    subject: Subject
    slot: datetime  # the due moment that it answers, in UTC
    author: str
    at: datetime
    rag: Rag
    summary: str
    achieved: str = ""
    next_steps: str = ""
    blocker: str = ""
    ask: str = ""
    confidence: int | None = None
    revision: int = 1
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None

    @property
    def wants_answer(self) -> bool:
        """Whether it asks for help, or is red, and nobody has acknowledged it."""
        return bool(self.ask or self.rag is Rag.RED) and self.acknowledged_by is None


@dataclass(frozen=True)
class Strategy:
    """One version of the strategy of one cycle, with everything that belongs to it.

    `warnings` are for whoever imports the file; a strategy cut by `strategy.visibility` carries none.
    """

    organisation: str
    version: str
    mission: str
    vision: str
    cycle: Cycle
    objectives: tuple[Objective, ...] = ()
    metrics: tuple[Metric, ...] = ()
    history: Mapping[str, tuple[Measurement, ...]] = field(default_factory=dict)  # by metric, oldest first
    projects: tuple[Project, ...] = ()
    milestones: tuple[ProjectMilestone, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    services: tuple[ServiceMaturity, ...] = ()
    service_links: tuple[ServiceLink, ...] = ()
    warnings: tuple[FileProblem, ...] = ()
    zone: ZoneInfo = _UTC  # the organisation's, in which its days begin

    def find_day(self, moment: datetime) -> date:
        """The day that it is in the organisation: its “today”, if `moment` is now."""
        return find_local_day(moment, self.zone)

    def objective(self, key: str) -> Objective:
        return _find(self.objectives_by_key, key, "objective")

    def metric(self, key: str) -> Metric:
        return _find(self.metrics_by_key, key, "metric")

    def project(self, key: str) -> Project:
        return _find(self.projects_by_key, key, "project")

    def milestone(self, key: str) -> ProjectMilestone:
        return _find(self._milestones_by_key, key, "milestone")

    def subject(self, subject: Subject) -> Objective | Project:
        """The record behind a subject. NotFound when it is not in this strategy."""
        return self.objective(subject.key) if subject.kind is SubjectKind.OBJECTIVE else self.project(subject.key)

    @cached_property
    def objectives_by_key(self) -> Mapping[str, Objective]:
        return MappingProxyType({objective.key: objective for objective in self.objectives})

    @cached_property
    def metrics_by_key(self) -> Mapping[str, Metric]:
        return MappingProxyType({metric.key: metric for metric in self.metrics})

    @cached_property
    def projects_by_key(self) -> Mapping[str, Project]:
        return MappingProxyType({project.key: project for project in self.projects})

    def key_results(self, objective: str) -> tuple[Metric, ...]:
        return tuple(m for m in self.metrics_of(objective) if m.kind is MetricKind.KEY_RESULT)

    def metrics_of(self, objective: str | None) -> tuple[Metric, ...]:
        return self._metrics_by_objective.get(objective, ())

    def measurements_of(self, metric: str) -> tuple[Measurement, ...]:
        """The metric's measurements, oldest first."""
        return self.history.get(metric, ())

    def milestones_of(self, project: str) -> tuple[ProjectMilestone, ...]:
        """The project's milestones, by baseline."""
        return self._milestones_by_project.get(project, ())

    def contributions_of(self, project: str) -> tuple[Contribution, ...]:
        return self._contributions_by_project.get(project, ())

    def contributions_to(self, objective: str) -> tuple[Contribution, ...]:
        return self._contributions_by_objective.get(objective, ())

    def children_of(self, objective: str | None) -> tuple[Objective, ...]:
        return self._objectives_by_parent.get(objective, ())

    @cached_property
    def cuts(self) -> "Memo[tuple[frozenset[str], frozenset[str]], Strategy]":
        """What is left of it without certain objectives and projects (see strategy.visibility)."""
        return Memo(MOST_CUTS)

    @cached_property
    def statuses(self) -> "Memo[date, RecordStatuses]":
        """What its metrics and projects have come to, by day (see strategy.status)."""
        return Memo(MOST_DAYS)

    def share_statuses(self, whole: "Strategy") -> None:
        """Remember them together with the strategy that this one is cut from: they are the same for both."""
        self.__dict__["statuses"] = whole.statuses

    @cached_property
    def titles(self) -> Mapping[Subject, str]:
        """The titles of all objectives, then of all projects."""
        objectives = {Subject(SubjectKind.OBJECTIVE, one.key): one.title for one in self.objectives}
        return MappingProxyType(objectives | {Subject(SubjectKind.PROJECT, one.key): one.name for one in self.projects})

    @cached_property
    def limited_objectives(self) -> tuple[Objective, ...]:
        """The objectives that not everybody may see."""
        return tuple(one for one in self.objectives if one.visibility is not Visibility.ORG)

    @cached_property
    def limited_projects(self) -> tuple[Project, ...]:
        """The projects that not everybody may see."""
        return tuple(one for one in self.projects if one.confidential)

    @cached_property
    def _contributions_by_project(self) -> Mapping[str | None, tuple[Contribution, ...]]:
        return _group((one.project, one) for one in self.contributions)

    @cached_property
    def _contributions_by_objective(self) -> Mapping[str | None, tuple[Contribution, ...]]:
        return _group((one.objective, one) for one in self.contributions)

    @cached_property
    def _objectives_by_parent(self) -> Mapping[str | None, tuple[Objective, ...]]:
        return _group((one.parent, one) for one in self.objectives)

    @cached_property
    def _milestones_by_key(self) -> Mapping[str, ProjectMilestone]:
        return MappingProxyType({one.key: one for one in self.milestones})

    @cached_property
    def _metrics_by_objective(self) -> Mapping[str | None, tuple[Metric, ...]]:
        return _group((metric.objective, metric) for metric in self.metrics)

    @cached_property
    def _milestones_by_project(self) -> Mapping[str | None, tuple[ProjectMilestone, ...]]:
        return _group((m.project, m) for m in sorted(self.milestones, key=lambda m: m.baseline))


def _find(by_key: Mapping[str, R], key: str, noun: str) -> R:
    try:
        return by_key[key]
    except KeyError:
        raise NotFound(f"There's no {noun} “{key}” that you can see. Choose one from the list.") from None


def _group(pairs: Iterable[tuple[str | None, R]]) -> Mapping[str | None, tuple[R, ...]]:
    groups: dict[str | None, list[R]] = {}
    for key, record in pairs:
        groups.setdefault(key, []).append(record)
    return MappingProxyType({key: tuple(records) for key, records in groups.items()})
