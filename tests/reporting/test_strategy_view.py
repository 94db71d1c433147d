"""The strategy's tree, as the person who asks may see it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from foundation.people import People
from reporting.strategy_view import Branch, StrategyView, build_strategy_view, format_view_text
from strategy.records import ProgressUpdate, Rag, Strategy

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HIDDEN = ("fewer-depots", "depot-moves", "depots-agreed", "depot-sites", "Three depots", "Depot moves")


def seen_by(who: str, sample: Strategy, people: People, updates: tuple[ProgressUpdate, ...] = ()) -> StrategyView:
    return build_strategy_view(sample, people.get(who), now=NOW, updates=updates, people=people)


def test_tree_shows_objectives_with_metrics_and_projects(sample: Strategy, people: People) -> None:
    view = seen_by("U02BEN", sample, people)
    assert [branch.objective.key for branch in view.branches] == ["less-leakage", "cleaner-rivers", "trusted-service"]
    leakage = view.branches[0]
    assert [row.metric.key for row in leakage.metrics] == ["leakage-rate", "smart-meters", "pressure"]
    assert [(row.project.key, row.impact) for row in leakage.projects] == [
        ("smart-metering", 9),
        ("pressure-management", 6),
    ]
    assert [row.metric.key for row in view.metrics] == ["pmo-satisfaction"]
    assert [row.project.key for row in view.projects] == ["asset-register"]


def test_lines_show_owner_and_figures_side_by_side(
    sample: Strategy, people: People, updates: tuple[ProgressUpdate, ...]
) -> None:
    view = seen_by("U02BEN", sample, people, updates)
    assert view.branches[1].line == (
        ":red_circle: *Our works leave the river cleaner* — 52% done, 79% expected ·"
        " owner Farah Haddad says green · figures: red :left_right_arrow:"
    )
    assert view.branches[0].metrics[0].line == (
        ":large_green_circle: Leakage: 54 Ml a day, from 62 to 52 by 31 December 2026 · Ben Castellanos"
    )


def write_lines(branch: Branch) -> str:
    return "\n".join([branch.line, *(one.line + one.short for one in (*branch.metrics, *branch.projects))])


def test_private_objective_appears_nowhere_in_view(
    sample: Strategy, people: People, updates: tuple[ProgressUpdate, ...]
) -> None:
    for who in ("U01ADA", "U02BEN", "U03WEI", "U06FARAH"):
        view = seen_by(who, sample, people, updates)
        text = repr(view) + format_view_text(view) + "".join(map(write_lines, view.all_branches()))
        assert not [word for word in HIDDEN if word in text]
        assert sum(count for _, count in view.counts) == 3
    assert "fewer-depots" not in [one.objective.key for one in view.all_branches()]


def test_named_viewers_see_the_whole_tree(sample: Strategy, people: People) -> None:
    view = seen_by("U04DANA", sample, people)
    branch = next(one for one in view.all_branches() if one.objective.key == "fewer-depots")
    assert [row.project.key for row in branch.projects] == ["depot-moves"]


def test_only_leaders_and_pmo_see_portfolio_figures(sample: Strategy, people: People) -> None:
    leader = seen_by("U04DANA", sample, people).portfolio
    assert leader is not None
    assert leader.mismatch == Decimal("0.14375")
    assert seen_by("U02BEN", sample, people).portfolio is None


def test_objectives_are_listed_below_their_parents(sample: Strategy, people: People) -> None:
    nested = tuple(replace(o, parent="less-leakage") if o.key == "cleaner-rivers" else o for o in sample.objectives)
    view = seen_by("U02BEN", replace(sample, objectives=nested), people)
    assert [one.objective.key for one in view.branches[0].below] == ["cleaner-rivers"]
    assert view.branches[0].status.computed_status is Rag.RED


def test_view_text_lists_the_tree(sample: Strategy, people: People) -> None:
    lines = format_view_text(seen_by("U02BEN", sample, people)).splitlines()
    assert lines[0] == (
        "Meridian Water (sample data), Second half of 2026: 79% of the time has passed. 1 amber, 1 red, 1 unknown."
    )
    assert len(lines) == 4
