"""A strategy file is accepted whole, or refused with every problem, its line and its field."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from foundation import files
from foundation.files import BadFile
from strategy.files import read_strategy
from strategy.records import MetricKind, Mode, Strategy, Visibility

ChangeSample = Callable[[str, str], Path]


def refusal(path: Path) -> str:
    with pytest.raises(BadFile) as caught:
        read_strategy(path)
    return caught.value.message


def line_with(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_sample_says_it_is_sample_data(sample: Strategy) -> None:
    assert "sample data" in sample.organisation


def test_sample_is_complete_without_warnings(sample: Strategy) -> None:
    assert len(sample.objectives) == 4
    assert sum(objective.weight for objective in sample.objectives) == 1
    assert [o.key for o in sample.objectives if o.visibility is Visibility.PRIVATE] == ["fewer-depots"]
    assert [p.key for p in sample.projects if p.confidential] == ["depot-moves"]
    assert len(sample.projects) == 6
    assert all(len(sample.measurements_of(metric.key)) == 12 for metric in sample.metrics)
    assert sample.warnings == ()


def test_numbers_are_exact_decimals(sample: Strategy) -> None:
    assert sample.measurements_of("leakage-rate")[-1].value == Decimal("54.0")
    assert sample.objective("less-leakage").weight == Decimal("0.35")


def test_metric_defaults_come_from_cycle_and_cadence(sample: Strategy) -> None:
    metric = sample.metric("leakage-rate")
    assert (metric.starts, metric.stale_after) == (sample.cycle.starts, 10)
    assert sample.metric("spills").stale_after == 40
    assert {one.author for one in sample.measurements_of("leakage-rate")} == {metric.owner}


def test_range_target_has_two_ends(sample: Strategy) -> None:
    metric = sample.metric("pressure")
    assert (metric.mode, metric.target, metric.target_high) == (Mode.RANGE, Decimal("2.0"), Decimal("3.5"))
    assert metric.kind is MetricKind.KPI


def test_problem_names_file_line_and_field(change_sample: ChangeSample) -> None:
    path = change_sample("impact: 9", "impact: 8")
    message = refusal(path)
    assert message.startswith(f"{path}, line {line_with(path, 'impact: 8')}: projects.0.serves.0.impact:")


def test_all_problems_come_at_once(change_sample: ChangeSample, tmp_path: Path) -> None:
    path = change_sample("weight: 0.35", "weight: 0.45")
    path.write_text(
        path.read_text().replace("parent: ", "").replace("    unit: homes\n", "").replace("target: 20", "target: 41")
    )
    message = refusal(path)
    assert "these sum to 1.1" in message
    assert "Metric “smart-meters” has no unit" in message
    assert "The target equals the baseline" in message
    assert len(message.splitlines()) == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    unit: Ml a day\n", "", "“leakage-rate” has no unit"),
        ("    baseline: 62\n", "", "“leakage-rate” has no baseline"),
        ("    target: 52\n", "", "“leakage-rate” has no target"),
        ("    owner: U06FARAH\n    unit: homes\n", "    unit: homes\n", "“smart-meters” has no owner"),
        ("    target: 52\n    ends: 2026-12-31\n", "    target: 52\n", "“leakage-rate” has no end date"),
        ("    owner: U02BEN\n    reviewer", "    reviewer", "Objective “less-leakage” has no owner"),
        ("    weight: 0.35\n    ends: 2026-12-31\n", "    weight: 0.35\n", "Objective “less-leakage” has no end date"),
        ("    kind: key_result\n    objective: fewer-depots\n", "    kind: kpi\n", "“fewer-depots” can't be measured"),
    ],
)
def test_entry_that_is_not_smart_is_refused(change_sample: ChangeSample, old: str, new: str, said: str) -> None:
    assert said in refusal(change_sample(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("objective: less-leakage\n        impact", "objective: leakage\n        impact", "no objective “leakage”"),
        ("- key: spills\n", "- key: leakage-rate\n", "already uses “leakage-rate”"),
        ("- key: cleaner-rivers\n", "- key: less-leakage\n", "already uses “less-leakage”"),
        ("{on: 2026-08-31, value: 60.9}", "{on: 2026-11-16, value: 60.9}", "2 measurements on 2026-11-16"),
        ("value: 60.9", "value: some", "metrics.0.measurements.0.value"),
        ("strength: 1}", "strength: 0.7}", "A strength must be 0, 0.5 or 1."),
        ("maturity: 4", "maturity: 6", "Enter a number of at most 5."),
        ("ends: 2026-12-31\n  check_ins", "ends: 2026-06-30\n  check_ins", "isn't after its start on 2026-07-01"),
        ("currency: GBP", "currency: EUR", "All budgets need the same currency"),
        ("low: 2.0, high: 3.5", "low: 3.5, high: 2.0", "“low” must be below “high”"),
        (
            "    lowest: 0\n    baseline: 62",
            "    lowest: 60\n    baseline: 62",
            "54.8 is outside the range",
        ),
        ("    lowest: 0\n    highest: 100", "    lowest: 100\n    highest: 100", "“lowest” must be below “highest”"),
        ("target: {low: 2.0, high: 3.5}", "target: 3", "needs a target with “low” and “high”"),
        ("rule: FREQ=WEEKLY;BYDAY=TH", "rule: FREQ=HOURLY", "can't repeat more often than daily"),
        ("zone: Europe/London", "zone: Europe/Londres", "isn't a time zone"),
        ("calendar: GB-ENG", "calendar: GB-XYZ", "No public holidays are known for"),
        ("visibility: private", "visibility: org", "Remove the viewers"),
        ("viewers: {people: [U04DANA, U05EMEKA]}", "viewers: {roles: [leader]}", "Roles don't give access"),
        ("weight: 0.35\n", "weight: 0.35\n    parent: less-leakage\n", "is its own ancestor"),
        ("weight: 0.35\n", "weight: 0.35\n    parent: profit\n", "no objective “profit”"),
        ("weight: 0.35\n", "weight: 0.35\n    colour: blue\n", "Unknown field"),
        ("key: meters-60k", "key: meters-40k", "Another milestone already uses “meters-40k”"),
    ],
)
def test_invalid_entry_is_refused_with_a_sentence(change_sample: ChangeSample, old: str, new: str, said: str) -> None:
    assert said in refusal(change_sample(old, new))


def test_activity_shaped_objective_gets_a_warning(change_sample: ChangeSample) -> None:
    path = change_sample("Our works leave the river cleaner", "Roll out the river programme")
    warnings = read_strategy(path).warnings
    assert len(warnings) == 1
    assert "reads like an activity" in warnings[0].message
    assert warnings[0].line == line_with(path, "Roll out the river programme")


def test_project_revealing_private_objective_gets_a_warning(change_sample: ChangeSample) -> None:
    path = change_sample("    confidential: true\n", "")
    assert "to others it looks unaligned" in read_strategy(path).warnings[0].message


def test_file_full_of_problems_lists_the_first(change_sample: ChangeSample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_PROBLEMS", 5)
    contributions = "\n".join(f"      - {{objective: nothing-{n}, impact: 1, rationale: None}}" for n in range(9))
    lines = refusal(change_sample("    serves:\n", f"    serves:\n{contributions}\n")).splitlines()
    assert len(lines) == 6
    assert lines[-1].endswith("And 4 more. Fix these first.")


def test_missing_file_is_explained(tmp_path: Path) -> None:
    assert "There's no such file" in refusal(tmp_path / "nowhere.yaml")
