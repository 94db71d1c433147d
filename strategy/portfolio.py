"""The portfolio against the strategy: alignment, where the money goes, and which objectives the PMO's services support.

For leaders and the PMO only (`permissions.can_see_portfolio`), and always over a strategy already cut to its reader.
"""

from dataclasses import dataclass
from decimal import Decimal

from strategy import formulas
from strategy.records import Objective, Project, Stage, Strategy


@dataclass(frozen=True, slots=True)
class ObjectiveFigures:
    """`share` and `gap` (share − weight) are None when the portfolio has no budget."""

    objective: Objective
    share: Decimal | None
    gap: Decimal | None
    coverage: Decimal  # by the PMO's services, 0..1

    @property
    def is_flagged(self) -> bool:
        return self.gap is not None and abs(self.gap) >= formulas.GAP_FLAGGED_FROM


@dataclass(frozen=True, slots=True)
class PortfolioFigures:
    """`index`, `unaligned` and `mismatch` are fractions of 1, None when the portfolio has no budget."""

    objectives: tuple[ObjectiveFigures, ...]
    alignment: tuple[tuple[Project, Decimal], ...]  # best aligned first
    index: Decimal | None
    unaligned: Decimal | None
    mismatch: Decimal | None
    coverage: Decimal

    @property
    def unsupported(self) -> tuple[Objective, ...]:
        """The objectives that no service supports."""
        return tuple(one.objective for one in self.objectives if not one.coverage)

    @property
    def unaligned_projects(self) -> tuple[Project, ...]:
        return tuple(project for project, aligned in self.alignment if not aligned)


def compute_portfolio(strategy: Strategy) -> PortfolioFigures:
    """All figures over the open projects; proposed and closed ones don't count."""
    weights = {objective.key: objective.weight for objective in strategy.objectives}
    projects = [p for p in strategy.projects if p.stage not in (Stage.PROPOSED, Stage.CLOSED)]
    impacts = {p.key: {c.objective: c.impact for c in strategy.contributions_of(p.key)} for p in projects}
    aligned = {p.key: formulas.compute_alignment(weights, impacts[p.key]) for p in projects}
    shares = formulas.compute_resource_shares(weights, [(p.budget, impacts[p.key]) for p in projects])
    covered = {objective: _compute_coverage(strategy, objective) for objective in weights}
    return PortfolioFigures(
        objectives=tuple(
            ObjectiveFigures(
                objective=one,
                share=shares.by_objective[one.key] if shares else None,
                gap=shares.by_objective[one.key] - one.weight if shares else None,
                coverage=covered[one.key],
            )
            for one in strategy.objectives
        ),
        alignment=tuple(sorted(((p, aligned[p.key]) for p in projects), key=lambda pair: (-pair[1], pair[0].key))),
        index=formulas.compute_portfolio_index([(p.budget, aligned[p.key]) for p in projects]),
        unaligned=shares.unaligned if shares else None,
        mismatch=formulas.compute_mismatch(weights, shares) if shares else None,
        coverage=formulas.compute_service_coverage(weights, covered),
    )


def _compute_coverage(strategy: Strategy, objective: str) -> Decimal:
    maturity = {service.service: service.level for service in strategy.services}
    return formulas.compute_objective_coverage(
        (link.strength, maturity.get(link.service, 0)) for link in strategy.service_links if link.objective == objective
    )
