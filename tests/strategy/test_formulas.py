"""The formulas match the worked example and hold for any numbers."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy import formulas
from strategy.records import Metric, MetricKind, Mode, Rag, RagThresholds

D = Decimal
WEIGHTS = {"O1": D("0.5"), "O2": D("0.3"), "O3": D("0.2")}
PROJECTS = [
    (D(400), {"O1": 9, "O3": 3}),
    (D(300), {"O2": 6}),
    (D(200), {}),
    (D(100), {"O1": 1, "O3": 9}),
]
IMPACTS = [impacts for _, impacts in PROJECTS]

fractions = st.decimals(0, 1, places=3)
numbers = st.decimals(-1_000_000, 1_000_000, places=2)


def rounded(value: Decimal | None) -> Decimal:
    assert value is not None
    return value.quantize(D("0.001"))


def test_alignment_matches_worked_example() -> None:
    aligned = [rounded(formulas.compute_alignment(WEIGHTS, impacts)) for impacts in IMPACTS]
    assert aligned == [D("0.567"), D("0.200"), D("0.000"), D("0.256")]


def test_portfolio_index_matches_worked_example() -> None:
    pairs = [(budget, formulas.compute_alignment(WEIGHTS, impacts)) for budget, impacts in PROJECTS]
    assert rounded(formulas.compute_portfolio_index(pairs)) == D("0.312")


def test_shares_and_mismatch_match_worked_example() -> None:
    shares = formulas.compute_resource_shares(WEIGHTS, PROJECTS)
    assert shares is not None
    assert shares.by_objective == {"O1": D("0.31"), "O2": D("0.30"), "O3": D("0.19")}
    assert shares.unaligned == D("0.20")
    assert formulas.compute_mismatch(WEIGHTS, shares) == D("0.20")


def test_portfolio_without_budget_has_no_figures() -> None:
    assert formulas.compute_portfolio_index([(D(0), D(1))]) is None
    assert formulas.compute_resource_shares(WEIGHTS, [(D(0), {"O1": 9})]) is None


@pytest.mark.parametrize(
    ("actual", "expected", "colour"),
    [
        ("0.50", "0.50", Rag.GREEN),
        ("0.475", "0.50", Rag.GREEN),  # P/E is .95
        ("0.03", "0.08", Rag.GREEN),  # early in a cycle, five points behind is still green
        ("0.474", "0.53", Rag.AMBER),
        ("0.60", "0.80", Rag.AMBER),  # P/E is .75
        ("0.59", "0.80", Rag.RED),
        ("0", "0", Rag.GREEN),
        ("0", "0.06", Rag.RED),
    ],
)
def test_rag_compares_progress_with_expected_progress(actual: str, expected: str, colour: Rag) -> None:
    assert formulas.compute_rag(D(actual), D(expected)) is colour


def test_rag_thresholds_can_be_set_per_objective() -> None:
    strict = RagThresholds(green_from=D(1), green_within=D(0), amber_from=D("0.9"))
    assert formulas.compute_rag(D("0.95"), D(1), strict) is Rag.AMBER
    assert formulas.compute_rag(D("0.89"), D(1), strict) is Rag.RED
    assert formulas.compute_rag(D("0.96"), D(1), RagThresholds(green_within=D(0))) is Rag.GREEN


def test_falling_to_the_target_is_progress() -> None:
    assert formulas.compute_progress(D(62), D(52), D(57)).value == D("0.5")


def test_raw_progress_may_leave_nought_to_one() -> None:
    assert formulas.compute_progress(D(0), D(10), D(12)) == formulas.Progress(D("1.2"), D(1))
    assert formulas.compute_progress(D(0), D(10), D(-5)) == formulas.Progress(D("-0.5"), D(0))


def test_baseline_equal_to_target_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to measure"):
        formulas.compute_progress(D(5), D(5), D(5))


@given(numbers, numbers, numbers)
def test_progress_stays_between_nought_and_one(baseline: Decimal, target: Decimal, current: Decimal) -> None:
    if baseline != target:
        assert 0 <= formulas.compute_progress(baseline, target, current).value <= 1


@pytest.mark.parametrize(
    ("mode", "value", "met"),
    [
        (Mode.AT_LEAST, "10", True),
        (Mode.AT_LEAST, "9.99", False),
        (Mode.AT_MOST, "10", True),
        (Mode.AT_MOST, "10.01", False),
        (Mode.RANGE, "20", True),
        (Mode.RANGE, "20.01", False),
        (Mode.RANGE, "9.99", False),
    ],
)
def test_keep_level_metric_is_met_or_not(mode: Mode, value: str, met: bool) -> None:
    metric = Metric(
        key="level",
        name="Level",
        kind=MetricKind.KPI,
        owner="U01ADA",
        unit="m",
        baseline=D(10),
        target=D(10),
        target_high=D(20) if mode is Mode.RANGE else None,
        starts=date(2026, 7, 1),
        ends=date(2026, 12, 31),
        mode=mode,
    )
    assert formulas.is_met(metric, D(value)) is met
    assert formulas.compute_metric_progress(metric, D(value)).value == (1 if met else 0)


def test_objective_progress_covers_only_measured_parts() -> None:
    found = formulas.compute_objective_progress([(D(2), D("0.6")), (D(1), D("0.3")), (D(1), None)])
    assert found == formulas.WeightedProgress(D("0.5"), D("0.75"))


def test_unmeasured_objective_is_unknown_not_nought() -> None:
    assert formulas.compute_objective_progress([(D(1), None)]) == formulas.WeightedProgress(None, D(0))
    assert formulas.compute_objective_progress([]).value is None


@given(st.lists(st.tuples(st.decimals("0.1", 10, places=1), st.none() | fractions), min_size=1))
def test_objective_progress_lies_between_its_parts(
    parts: list[tuple[Decimal, Decimal | None]],
) -> None:
    found = formulas.compute_objective_progress(parts)
    measured = [value for _, value in parts if value is not None]
    assert (found.value is None) == (not measured)
    if found.value is not None:
        assert min(measured) - D("1e-20") <= found.value <= max(measured) + D("1e-20")


def test_expected_progress_grows_with_the_days() -> None:
    starts, ends = date(2026, 7, 1), date(2026, 7, 11)
    days = [date(2026, 6, 1), starts, date(2026, 7, 6), ends, date(2027, 1, 1)]
    assert [formulas.compute_expected_progress(starts, ends, day) for day in days] == [0, 0, D("0.5"), 1, 1]
    with pytest.raises(ValueError, match="end after"):
        formulas.compute_expected_progress(ends, starts, starts)


def test_slip_counts_days_and_early_is_negative() -> None:
    assert formulas.compute_slip(date(2026, 11, 27), date(2026, 12, 8)) == 11
    assert formulas.compute_slip(date(2026, 11, 27), date(2026, 11, 26)) == -1


def test_coverage_combines_the_supporting_services() -> None:
    assert formulas.compute_objective_coverage([]) == 0
    assert formulas.compute_objective_coverage([(D(1), 5)]) == 1
    assert formulas.compute_objective_coverage([(D(1), 3), (D("0.5"), 2)]) == 1 - D("0.4") * D("0.8")
    covered = {"O1": D("0.6"), "O2": D("0.5")}
    assert formulas.compute_service_coverage(WEIGHTS, covered) == D("0.45")


impact = st.sampled_from([0, 1, 3, 6, 9])
portfolios = st.lists(
    st.tuples(
        st.decimals(1, 10_000, places=0), st.dictionaries(st.sampled_from(["O1", "O2", "O3"]), impact, max_size=3)
    ),
    min_size=1,
    max_size=8,
)


@given(portfolios)
def test_shares_and_unaligned_sum_to_the_budget(
    portfolio: list[tuple[Decimal, dict[str, int]]],
) -> None:
    shares = formulas.compute_resource_shares(WEIGHTS, portfolio)
    assert shares is not None
    assert abs(sum(shares.by_objective.values()) + shares.unaligned - 1) < D("1e-20")
    assert 0 <= formulas.compute_mismatch(WEIGHTS, shares) <= D("1.0000000001")


@given(st.lists(st.tuples(st.sampled_from([D(0), D("0.5"), D(1)]), st.integers(1, 5))))
def test_another_service_never_lowers_coverage(links: list[tuple[Decimal, int]]) -> None:
    coverage = [formulas.compute_objective_coverage(links[:count]) for count in range(len(links) + 1)]
    assert coverage == sorted(coverage)
    assert all(0 <= one <= 1 for one in coverage)
