"""The shape of a strategy file.

What an objective or a KPI needs to be SMART is optional here: `strategy.checks` reports it with everything else that is
wrong, in the field's terms.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag

from foundation.files import Strict, UserId, match_pattern
from foundation.people import Role
from strategy.records import Ambition, Cadence, MetricKind, Mode, Stage, Visibility
from strategy.schedules import HolidayPolicy, Misfire

Key = Annotated[str, match_pattern("[a-z0-9][a-z0-9-]{0,59}", "Use at most 60 lowercase letters, digits and hyphens.")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Number = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
Fraction = Annotated[Decimal, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=400)]


class ScheduleEntry(Strict):
    starts: datetime
    zone: str
    rule: str
    calendar: str = ""
    days_off: tuple[date, ...] = ()
    on_holiday: HolidayPolicy = HolidayPolicy.SKIP
    misfire: Misfire = Misfire.COALESCE
    grace_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.grace_minutes)


class CycleEntry(Strict):
    name: Title
    starts: date
    ends: date
    check_ins: ScheduleEntry | None = None


class ThresholdsEntry(Strict):
    green_from: Fraction = Decimal("0.95")
    green_within: Fraction = Decimal("0.05")
    amber_from: Fraction = Decimal("0.75")


class ViewersEntry(Strict):
    people: tuple[UserId, ...] = ()
    roles: tuple[Role, ...] = ()


class ObjectiveEntry(Strict):
    key: Key
    title: Title
    weight: Fraction
    owner: UserId | None = None
    starts: date | None = None  # the cycle's, when left out
    ends: date | None = None
    reviewer: UserId | None = None
    parent: Key | None = None
    ambition: Ambition = Ambition.COMMITTED
    visibility: Visibility = Visibility.ORG
    viewers: ViewersEntry = ViewersEntry()
    rag: ThresholdsEntry = ThresholdsEntry()


class MeasurementEntry(Strict):
    on: date
    value: Number
    author: UserId | None = None  # the metric's owner, when left out


class RangeEntry(Strict):
    low: Number
    high: Number


def _find_form(value: object) -> str:
    return "tagged-range" if isinstance(value, Mapping | RangeEntry) else "tagged-number"


def _refuse_range(value: object) -> object:
    if isinstance(value, str) and (ends := re.fullmatch(r"\s*(-?[\d.]+)\s*(?:-|–|to|\.\.+)\s*(-?[\d.]+)\s*", value)):
        raise ValueError(f"For a range, give its two ends: {{low: {ends[1]}, high: {ends[2]}}}.")
    return value


_OneNumber = Annotated[Number, BeforeValidator(_refuse_range), Tag("tagged-number")]
Target = Annotated[_OneNumber | Annotated[RangeEntry, Tag("tagged-range")], Discriminator(_find_form)]


class MetricEntry(Strict):
    key: Key
    name: Title
    kind: MetricKind
    objective: Key | None = None
    owner: UserId | None = None
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    mode: Mode = Mode.MOVE
    baseline: Number | None = None
    target: Target | None = None
    starts: date | None = None  # the cycle's, when left out
    ends: date | None = None
    weight: Annotated[Decimal, Field(gt=0, le=100)] = Decimal(1)
    cadence: Cadence = Cadence.MONTHLY
    stale_after: Days | None = None  # by the cadence, when left out
    lowest: Number | None = None  # the smallest possible value; no limit when left out
    highest: Number | None = None
    measurements: tuple[MeasurementEntry, ...] = ()


class ReforecastEntry(Strict):
    on: date
    was: date


class MilestoneEntry(Strict):
    key: Key
    title: Title
    baseline: date
    forecast: date | None = None  # the baseline, when left out
    actual: date | None = None
    history: tuple[ReforecastEntry, ...] = ()


class ContributionEntry(Strict):
    objective: Key
    impact: Literal[0, 1, 3, 6, 9]
    rationale: Text
    approved_by: UserId | None = None


class ToleranceEntry(Strict):
    days: Annotated[int, Field(ge=0, le=365)] = 10
    cost: Fraction = Decimal("0.10")


class ProjectEntry(Strict):
    key: Key
    name: Title
    owner: UserId
    sponsor: UserId | None = None
    budget: Amount
    currency: Annotated[str, match_pattern("[A-Z]{3}", "Use a currency code of three capital letters, such as EUR.")]
    effort: Amount = Decimal(0)
    starts: date
    ends: date
    stage: Stage = Stage.DELIVERY
    tolerance: ToleranceEntry = ToleranceEntry()
    confidential: bool = False
    viewers: ViewersEntry = ViewersEntry()
    milestones: tuple[MilestoneEntry, ...] = ()
    serves: tuple[ContributionEntry, ...] = ()


class SupportEntry(Strict):
    objective: Key
    strength: Fraction


class ServiceEntry(Strict):
    service: Key
    maturity: Annotated[int, Field(ge=1, le=5)]
    supports: tuple[SupportEntry, ...] = ()


class StrategyFile(Strict):
    organisation: Title
    version: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    mission: Text
    vision: Text
    cycle: CycleEntry
    objectives: Annotated[tuple[ObjectiveEntry, ...], Field(min_length=1)]
    metrics: tuple[MetricEntry, ...] = ()
    projects: tuple[ProjectEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()
