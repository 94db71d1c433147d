"""Statuses are computed from the records and shown beside the owners' own."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.measurements import merge_measurements
from strategy.portfolio import compute_portfolio
from strategy.records import Measurement, ProgressUpdate, ProjectMilestone, Rag, Stage, Strategy, Subject, SubjectKind
from strategy.status import StrategyStatus, compute_milestone_status, compute_statuses, find_worst

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def update(kind: SubjectKind, key: str, rag: Rag, at: datetime = NOW) -> ProgressUpdate:
    return ProgressUpdate(Subject(kind, key), slot=at, author="U02BEN", at=at, rag=rag, summary="As it stands.")


@pytest.fixture
def current(sample: Strategy) -> StrategyStatus:
    return compute_statuses(sample, [], NOW)


def test_objective_takes_its_worst_key_result(current: StrategyStatus) -> None:
    leakage = current.objective("less-leakage")
    assert {one.metric.key: one.rag for one in leakage.key_results} == {
        "leakage-rate": Rag.GREEN,
        "smart-meters": Rag.AMBER,
    }
    assert leakage.computed_status is Rag.AMBER
    assert current.objective("cleaner-rivers").computed_status is Rag.RED


def test_stale_key_result_makes_objective_unknown(current: StrategyStatus) -> None:
    service = current.objective("trusted-service")
    interruptions = next(one for one in service.key_results if one.metric.key == "interruptions")
    assert (interruptions.is_stale, interruptions.rag, interruptions.age) == (True, Rag.UNKNOWN, 54)
    assert service.computed_status is Rag.UNKNOWN
    assert service.progress.coverage == Decimal("0.5")


def test_kpi_adds_no_progress_to_its_objective(current: StrategyStatus) -> None:
    assert "pressure" not in {one.metric.key for one in current.objective("less-leakage").key_results}


def test_later_measurements_do_not_count_yet(sample: Strategy) -> None:
    tomorrow = Measurement("leakage-rate", date(2026, 11, 24), Decimal(80), "U02BEN")
    measured = merge_measurements(sample, [tomorrow])
    assert compute_statuses(measured, [], NOW) == compute_statuses(sample, [], NOW)


def test_mismatch_of_owner_and_figures_is_flagged(sample: Strategy) -> None:
    current = compute_statuses(sample, [update(SubjectKind.OBJECTIVE, "cleaner-rivers", Rag.GREEN)], NOW)
    rivers = current.objective("cleaner-rivers")
    assert (rivers.owner_status, rivers.computed_status, rivers.has_mismatch) == (Rag.GREEN, Rag.RED, True)


def test_unknown_status_is_no_mismatch(sample: Strategy) -> None:
    current = compute_statuses(sample, [update(SubjectKind.OBJECTIVE, "trusted-service", Rag.GREEN)], NOW)
    assert not current.objective("trusted-service").has_mismatch
    assert not current.objective("less-leakage").has_mismatch


def test_latest_update_gives_owner_status(sample: Strategy) -> None:
    earlier = update(SubjectKind.PROJECT, "storm-overflows", Rag.GREEN, datetime(2026, 11, 1, tzinfo=UTC))
    later = update(SubjectKind.PROJECT, "storm-overflows", Rag.AMBER, datetime(2026, 11, 20, tzinfo=UTC))
    coming = update(SubjectKind.PROJECT, "storm-overflows", Rag.RED, datetime(2026, 12, 20, tzinfo=UTC))
    assert compute_statuses(sample, [coming, later, earlier], NOW).project("storm-overflows").owner_status is Rag.AMBER


def test_project_takes_its_worst_open_slip(current: StrategyStatus) -> None:
    found = {one.project.key: (one.computed_status, one.slip) for one in current.projects}
    assert found["pressure-management"] == (Rag.GREEN, 0)
    assert found["storm-overflows"] == (Rag.AMBER, 11)  # its tolerance is 15 days
    assert found["smart-metering"] == (Rag.RED, 35)
    assert found["depot-moves"] == (Rag.GREEN, None)


def test_projects_without_open_milestones_have_no_slip(sample: Strategy) -> None:
    bare = replace(sample, milestones=())
    assert {one.computed_status for one in compute_statuses(bare, [], NOW).projects} == {Rag.UNKNOWN}
    closed = replace(sample, projects=tuple(replace(p, stage=Stage.CLOSED) for p in sample.projects))
    assert {one.computed_status for one in compute_statuses(closed, [], NOW).projects} == {Rag.GREEN}


def test_missed_forecast_slips_every_day(current: StrategyStatus) -> None:
    register = current.project("asset-register").milestones[0]
    assert (register.is_overdue, register.slip) == (True, 17)


def test_early_milestone_has_negative_slip() -> None:
    early = ProjectMilestone("m", "p", "M", date(2026, 9, 25), date(2026, 9, 25), actual=date(2026, 9, 22))
    found = compute_milestone_status(early, NOW.date())
    assert (found.slip, found.is_done, found.is_overdue) == (-3, True, False)


def test_parent_objective_takes_its_worst_child(sample: Strategy) -> None:
    children = tuple(replace(o, parent="top") for o in sample.objectives)
    top = replace(sample.objectives[0], key="top", weight=Decimal(0), parent=None)
    current = compute_statuses(replace(sample, objectives=(top, *children)), [], NOW)
    assert current.objective("top").computed_status is Rag.RED
    assert current.objective("top").progress.value is not None


@given(st.lists(st.sampled_from(Rag)))
def test_green_needs_everything_green(colours: list[Rag]) -> None:
    assert (find_worst(colours) is Rag.GREEN) == (bool(colours) and set(colours) == {Rag.GREEN})
    assert (find_worst(colours) is Rag.RED) == (Rag.RED in colours)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_statuses_exist_on_every_day(sample: Strategy, day: date) -> None:
    current = compute_statuses(sample, [], datetime.combine(day, datetime.min.time(), UTC))
    for one in current.metrics:
        assert (one.rag is Rag.UNKNOWN) == one.is_stale


def test_portfolio_shows_gaps_and_unsupported_objectives(sample: Strategy) -> None:
    figures = compute_portfolio(sample)
    assert [one.objective.key for one in figures.objectives if one.is_flagged] == ["cleaner-rivers"]
    assert [one.key for one in figures.unsupported] == ["trusted-service"]
    assert [one.key for one in figures.unaligned_projects] == ["asset-register"]
    assert figures.mismatch == Decimal("0.14375")
