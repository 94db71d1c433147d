"""Every formula of the strategy pillar, over plain decimals.

Progress, weights, shares and grades are fractions of 1; budgets are in any one currency; slips are calendar days.
Where a docstring says *source*, that is where the rule comes from; the rest are this product's own conventions, which
`docs/decisions.md` and the handbook explain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import prod

from strategy.records import Metric, Mode, Rag, RagThresholds

ZERO, ONE, HALF = Decimal(0), Decimal(1), Decimal("0.5")
LARGEST_IMPACT = 9
HIGHEST_MATURITY = 5
GAP_FLAGGED_FROM = Decimal("0.10")


@dataclass(frozen=True, slots=True)
class Progress:
    """`raw` may leave 0..1 (worse than the baseline, better than the target); `value` does not."""

    raw: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class WeightedProgress:
    """`value` is over the measured part only, None when nothing is measured; `coverage` is that part's weight share."""

    value: Decimal | None
    coverage: Decimal


def compute_progress(baseline: Decimal, target: Decimal, current: Decimal) -> Progress:
    """Progress of a key result: P = (current − baseline)/(target − baseline), clamped to 0..1.

    Source: OKR practice (linear scoring). ValueError when baseline and target are equal.
    """
    if baseline == target:
        raise ValueError("A baseline equal to the target leaves nothing to measure.")
    raw = (current - baseline) / (target - baseline)
    return Progress(raw, min(max(raw, ZERO), ONE))


def is_met(metric: Metric, current: Decimal) -> bool:
    """Whether the value meets the target. There is nothing in between."""
    if metric.mode is Mode.AT_LEAST:
        return current >= metric.target
    if metric.mode is Mode.AT_MOST:
        return current <= metric.target
    if metric.mode is Mode.RANGE:
        return metric.target <= current <= (metric.target if metric.target_high is None else metric.target_high)
    return compute_progress(metric.baseline, metric.target, current).raw >= ONE


def compute_metric_progress(metric: Metric, current: Decimal) -> Progress:
    """Progress of any metric; a keep-level metric (at least, at most, range) is at 1 when met, else at 0."""
    if metric.mode is Mode.MOVE:
        return compute_progress(metric.baseline, metric.target, current)
    value = ONE if is_met(metric, current) else ZERO
    return Progress(value, value)


def compute_objective_progress(parts: Iterable[tuple[Decimal, Decimal | None]]) -> WeightedProgress:
    """Σ w·p / Σ w over the measured key results, given as (weight, progress or None when not measured).

    None measured gives no value at all: unknown is not zero.
    """
    pairs = list(parts)
    whole = sum((weight for weight, _ in pairs), ZERO)
    measured = [(weight, value) for weight, value in pairs if value is not None]
    weight_measured = sum((weight for weight, _ in measured), ZERO)
    if not weight_measured:
        return WeightedProgress(None, ZERO)
    total = sum((weight * value for weight, value in measured), ZERO)
    return WeightedProgress(total / weight_measured, weight_measured / whole)


@lru_cache(maxsize=1024)  # most objectives and metrics have the same period
def compute_expected_progress(starts: date, ends: date, today: date) -> Decimal:
    """E = elapsed ÷ whole period, in days, clamped to 0..1. ValueError when the period is empty."""
    whole = (ends - starts).days
    if whole <= 0:
        raise ValueError("A period must end after it starts.")
    elapsed = min(max((today - starts).days, 0), whole)
    return Decimal(elapsed) / Decimal(whole)


def compute_rag(actual: Decimal, expected: Decimal, thresholds: RagThresholds | None = None) -> Rag:
    """Green: P/E ≥ .95 or E − P ≤ .05; amber: P/E ≥ .75; else red. The figures can be set per objective."""
    limits = thresholds or RagThresholds()
    if expected - actual <= limits.green_within or actual >= limits.green_from * expected:
        return Rag.GREEN
    return Rag.AMBER if actual >= limits.amber_from * expected else Rag.RED


def compute_slip(baseline: date, forecast: date) -> int:
    """Forecast − baseline in calendar days; below 0 is early."""
    return (forecast - baseline).days


def compute_alignment(weights: Mapping[str, Decimal], impacts: Mapping[str, int]) -> Decimal:
    """A of a project: Σ over objectives of weight × impact/9. `weights` by objective, `impacts` of this project."""
    return sum((weights[o] * impact / LARGEST_IMPACT for o, impact in impacts.items() if o in weights), ZERO)


def compute_portfolio_index(projects: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Σ budget·A / Σ budget over (budget, alignment) of projects. None when there is no budget at all."""
    pairs = list(projects)
    whole = sum((budget for budget, _ in pairs), ZERO)
    return sum((budget * aligned for budget, aligned in pairs), ZERO) / whole if whole else None


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the whole budget: what goes to each objective, and what goes to none."""

    by_objective: Mapping[str, Decimal]
    unaligned: Decimal


def compute_resource_shares(
    objectives: Iterable[str], projects: Iterable[tuple[Decimal, Mapping[str, int]]]
) -> Shares | None:
    """R of each objective: Σ over projects of budget · impact/(the project's impacts summed), over the whole budget.

    Args:
        projects: (budget, impact by objective). A project without impact counts as unaligned.

    None when there is no budget at all.
    """
    shares = dict.fromkeys(objectives, ZERO)
    whole = unaligned = ZERO
    for budget, impacts in projects:
        whole += budget
        all_impacts = sum(impacts.values())
        unaligned += ZERO if all_impacts else budget
        for objective, impact in impacts.items():
            if impact:
                shares[objective] += budget * impact / all_impacts
    if not whole:
        return None
    return Shares({objective: share / whole for objective, share in shares.items()}, unaligned / whole)


def compute_mismatch(weights: Mapping[str, Decimal], shares: Shares) -> Decimal:
    """D = ½ (Σ |R − w| + unaligned share): 0 when money follows the weights, 1 when none of it does."""
    gaps = sum((abs(shares.by_objective[o] - weight) for o, weight in weights.items()), ZERO)
    return HALF * (gaps + shares.unaligned)


def compute_objective_coverage(links: Iterable[tuple[Decimal, int]]) -> Decimal:
    """1 − Π(1 − strength·maturity/5) over (strength, maturity 1–5) of the services that support an objective."""
    return ONE - prod((ONE - strength * level / HIGHEST_MATURITY for strength, level in links), start=ONE)


def compute_service_coverage(weights: Mapping[str, Decimal], coverage: Mapping[str, Decimal]) -> Decimal:
    """Σ over objectives of weight × coverage of the objective."""
    return sum((weight * coverage.get(objective, ZERO) for objective, weight in weights.items()), ZERO)
