"""Charts as neutral records within Slack's limits, each with a text that says the same.

Slack's charts have no target line, so a target is a second series.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from reporting.numbers import format_date, format_number, format_percent, format_quantity
from reporting.text import fit_one_line
from strategy.portfolio import PortfolioFigures
from strategy.records import Measurement, Metric, Mode
from strategy.status import ObjectiveStatus

LONGEST_TITLE = 50
LONGEST_LABEL = 20
MOST_SERIES = 6
MOST_POINTS = 20
MOST_CHARTS = 2  # in one message


class ChartKind(StrEnum):
    LINE = "line"
    BAR = "bar"
    AREA = "area"
    PIE = "pie"


@dataclass(frozen=True, slots=True)
class Point:
    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Titles, names and labels are plain text. A pie has one series, whose points are its segments.

    ValueError when it exceeds Slack's limits: whoever builds a chart cuts it to size, and `text` says what was cut.
    """

    kind: ChartKind
    title: str
    series: tuple[Series, ...]
    unit: str
    text: str  # plain text: everything the chart shows

    def __post_init__(self) -> None:
        labels = [point.label for one in self.series for point in one.points]
        names = [one.name for one in self.series]
        most = MOST_SERIES if self.kind is ChartKind.PIE else MOST_POINTS
        if not 1 <= len(self.title) <= LONGEST_TITLE or max(map(len, labels + names), default=1) > LONGEST_LABEL:
            raise ValueError("A title or a label of the chart is too long.")
        if not 1 <= len(self.series) <= MOST_SERIES or any(not 1 <= len(one.points) <= most for one in self.series):
            raise ValueError("The chart has too many series or points, or none.")


def build_metric_chart(metric: Metric, measurements: Sequence[Measurement]) -> Chart | None:
    """A metric over its last 20 measurements, with its target; None with fewer than two."""
    latest = measurements[-MOST_POINTS:]
    if len(latest) < 2:
        return None
    labels = _make_labels([_short_day(one.on) for one in latest])
    series = [Series("Actual", _build_points(labels, (one.value for one in latest)))]
    for name, target in _find_targets(metric).items():
        series.append(Series(name, _build_points(labels, (target for _ in latest))))
    first, last = latest[0], latest[-1]
    text = (
        f"{metric.name}: from {format_number(first.value)} on {format_date(first.on)}"
        f" to {format_quantity(last.value, metric.unit)} on {format_date(last.on)}; {_describe_target(metric)}."
    )
    return Chart(ChartKind.LINE, fit_one_line(metric.name, LONGEST_TITLE), tuple(series), metric.unit, text)


def build_progress_chart(statuses: Sequence[ObjectiveStatus]) -> Chart | None:
    """Actual and expected progress of up to 20 measured objectives; None without any."""
    measured = [(one, one.progress.value) for one in statuses if one.progress.value is not None]
    if not measured:
        return None
    shown = measured[:MOST_POINTS]
    labels = _make_labels([one.objective.title for one, _ in shown])
    series = (
        Series("Progress", _build_points(labels, (_percent_value(value) for _, value in shown))),
        Series("Expected by today", _build_points(labels, (_percent_value(one.expected) for one, _ in shown))),
    )
    parts = [
        f"{one.objective.title} {format_percent(value)}, expected {format_percent(one.expected)}"
        for one, value in shown
    ]
    return Chart(ChartKind.BAR, "Objective progress", series, "%", _join_text("Progress", parts, measured))


def build_shares_chart(figures: PortfolioFigures) -> Chart | None:
    """Each objective's share of the budget beside its weight; None without a budget."""
    shares = [(one, one.share) for one in figures.objectives if one.share is not None]
    if not shares:
        return None
    shown = shares[:MOST_POINTS]
    labels = _make_labels([one.objective.title for one, _ in shown])
    series = (
        Series("Share of budget", _build_points(labels, (_percent_value(share) for _, share in shown))),
        Series("Weight", _build_points(labels, (_percent_value(one.objective.weight) for one, _ in shown))),
    )
    parts = [
        f"{one.objective.title} {format_percent(share)} of the budget, weight {format_percent(one.objective.weight)}"
        for one, share in shown
    ]
    return Chart(ChartKind.BAR, "Where the budget goes", series, "%", _join_text("Budget", parts, shares))


def _build_points(labels: Iterable[str], values: Iterable[Decimal]) -> tuple[Point, ...]:
    return tuple(Point(label, value) for label, value in zip(labels, values, strict=True))


def _make_labels(titles: Sequence[str]) -> list[str]:
    """Labels short enough for a chart, all different."""
    labels: list[str] = []
    for number_, title in enumerate(titles, 1):
        label = fit_one_line(title, LONGEST_LABEL)
        labels.append(label if label not in labels else f"{fit_one_line(title, LONGEST_LABEL - 4)} {number_}")
    return labels


def _find_targets(metric: Metric) -> Mapping[str, Decimal]:
    if metric.mode is Mode.RANGE and metric.target_high is not None:
        return {"Lowest": metric.target, "Highest": metric.target_high}
    return {"Target": metric.target}


def _describe_target(metric: Metric) -> str:
    prefixes = {Mode.AT_LEAST: "at least ", Mode.AT_MOST: "at most "}
    *lower, highest = _find_targets(metric).values()
    target = " to ".join([*(format_number(value) for value in lower), format_quantity(highest, metric.unit)])
    return f"target {prefixes.get(metric.mode, '')}{target} by {format_date(metric.ends)}"


def _join_text(what: str, parts: Sequence[str], every: Sequence[object]) -> str:
    left_out = len(every) - len(parts)
    return f"{what}: {'; '.join(parts)}{f'; and {left_out} more' if left_out else ''}."


def _percent_value(fraction: Decimal) -> Decimal:
    return (fraction * 100).quantize(Decimal("0.1"))


def _short_day(day: date) -> str:
    return f"{day.day} {day:%b}"
