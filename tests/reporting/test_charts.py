"""A chart stays within Slack's limits and its text says what it shows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.charts import (
    Chart,
    ChartKind,
    Point,
    Series,
    build_metric_chart,
    build_progress_chart,
    build_shares_chart,
)
from strategy.portfolio import compute_portfolio
from strategy.records import Measurement, Strategy
from strategy.status import compute_statuses

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_metric_chart_shows_the_target(sample: Strategy) -> None:
    chart = build_metric_chart(sample.metric("leakage-rate"), sample.measurements_of("leakage-rate"))
    assert chart is not None
    assert chart.kind is ChartKind.LINE
    assert [series.name for series in chart.series] == ["Actual", "Target"]
    assert [point.label for point in chart.series[0].points][:2] == ["31 Aug", "7 Sep"]
    assert {point.value for point in chart.series[1].points} == {Decimal(52)}
    assert chart.text == (
        "Leakage: from 60.9 on 31 August 2026 to 54 Ml a day on 16 November 2026;"
        " target 52 Ml a day by 31 December 2026."
    )


def test_range_has_a_line_for_each_end(sample: Strategy) -> None:
    chart = build_metric_chart(sample.metric("pressure"), sample.measurements_of("pressure"))
    assert chart is not None
    assert [series.name for series in chart.series] == ["Actual", "Lowest", "Highest"]
    assert "target 2 to 3.5 bar" in chart.text


def test_one_measurement_makes_no_chart(sample: Strategy) -> None:
    assert build_metric_chart(sample.metric("pressure"), sample.measurements_of("pressure")[:1]) is None


@given(st.integers(2, 60))
def test_only_last_twenty_measurements_are_drawn(sample: Strategy, count: int) -> None:
    start = date(2026, 1, 1)
    measured = [Measurement("m", start + timedelta(days=n), Decimal(n), "U01ADA") for n in range(count)]
    chart = build_metric_chart(sample.metric("leakage-rate"), measured)
    assert chart is not None
    assert chart.series[0].points[-1].value == count - 1
    assert len(chart.series[0].points) == min(count, 20)


def test_progress_chart_shows_expected_progress(sample: Strategy) -> None:
    chart = build_progress_chart(compute_statuses(sample, [], NOW).objectives)
    assert chart is not None
    assert [series.name for series in chart.series] == ["Progress", "Expected by today"]
    assert "Our works leave the river cleaner 52%, expected 79%" in chart.text


def test_hundred_objectives_are_cut_to_twenty(sample: Strategy) -> None:
    status = compute_statuses(sample, [], NOW).objectives[0]
    many = [replace(status, objective=replace(status.objective, key=f"o{n}")) for n in range(100)]
    chart = build_progress_chart(many)
    assert chart is not None
    labels = [point.label for point in chart.series[0].points]
    assert len(labels) == len(set(labels)) == 20
    assert chart.text.endswith("; and 80 more.")


def test_shares_chart_shows_weights(sample: Strategy) -> None:
    chart = build_shares_chart(compute_portfolio(sample))
    assert chart is not None
    assert "Our works leave the river cleaner 41% of the budget, weight 30%" in chart.text
    assert build_shares_chart(compute_portfolio(replace(sample, projects=(), contributions=()))) is None


@pytest.mark.parametrize(
    ("title", "name", "label", "points", "series"),
    [
        ("x" * 51, "Actual", "a", 1, 1),
        ("Title", "x" * 21, "a", 1, 1),
        ("Title", "Actual", "x" * 21, 1, 1),
        ("Title", "Actual", "a", 21, 1),
        ("Title", "Actual", "a", 1, 7),
        ("Title", "Actual", "a", 0, 1),
        ("Title", "Actual", "a", 1, 0),
        ("", "Actual", "a", 1, 1),
    ],
)
def test_chart_beyond_slacks_limits_is_refused(title: str, name: str, label: str, points: int, series: int) -> None:
    one = Series(name, tuple(Point(label, Decimal(1)) for _ in range(points)))
    with pytest.raises(ValueError, match="chart"):
        Chart(ChartKind.BAR, title, (one,) * series, "%", "Text.")


def test_pie_has_at_most_six_segments() -> None:
    seven = Series("All", tuple(Point(str(n), Decimal(n)) for n in range(7)))
    with pytest.raises(ValueError, match="too many"):
        Chart(ChartKind.PIE, "Pie", (seven,), "%", "Text.")
