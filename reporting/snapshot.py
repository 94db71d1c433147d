"""The figures of a delivered digest, stored so that the next one can show what has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reporting.desk import DeskFigures
from strategy.portfolio import PortfolioFigures
from strategy.records import Rag, Strategy
from strategy.status import StrategyStatus

VERSION = 1


@dataclass(frozen=True, slots=True)
class PastStatus:
    """The two statuses of something, and its progress, at the last digest."""

    computed_status: Rag
    owner_status: Rag
    progress: Decimal | None = None

    @property
    def is_red(self) -> bool:
        return Rag.RED in (self.computed_status, self.owner_status)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Figures by key. A digest looks up only what its readers may see now, so an old snapshot reveals nothing."""

    taken_at: datetime
    objectives: Mapping[str, PastStatus] = field(default_factory=dict)
    projects: Mapping[str, PastStatus] = field(default_factory=dict)
    forecasts: Mapping[str, date] = field(default_factory=dict)  # of the milestones, or when they were reached
    metrics: Mapping[str, Decimal] = field(default_factory=dict)
    desk: Mapping[str, Decimal] = field(default_factory=dict)
    portfolio: Mapping[str, Decimal] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: strings, lists and mappings only."""
        return {
            "version": VERSION,
            "taken_at": self.taken_at.isoformat(),
            "objectives": {key: _status_to_list(one) for key, one in self.objectives.items()},
            "projects": {key: _status_to_list(one) for key, one in self.projects.items()},
            "forecasts": {key: day.isoformat() for key, day in self.forecasts.items()},
            "metrics": _to_texts(self.metrics),
            "desk": _to_texts(self.desk),
            "portfolio": _to_texts(self.portfolio),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Snapshot":
        """The snapshot that `to_dict` wrote. ValueError for anything else."""
        try:
            if data["version"] != VERSION:
                raise ValueError(f"Snapshots of version {data['version']} can't be read.")
            return cls(
                taken_at=datetime.fromisoformat(data["taken_at"]),
                objectives={key: _status_from_list(one) for key, one in data["objectives"].items()},
                projects={key: _status_from_list(one) for key, one in data["projects"].items()},
                forecasts={key: date.fromisoformat(day) for key, day in data["forecasts"].items()},
                metrics=_to_decimals(data["metrics"]),
                desk=_to_decimals(data["desk"]),
                portfolio=_to_decimals(data["portfolio"]),
            )
        except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise ValueError("This isn't a snapshot of a digest.") from error


def take_snapshot(
    strategy: Strategy,
    current: StrategyStatus,
    *,
    desk: DeskFigures | None,
    portfolio: PortfolioFigures | None,
    now: datetime,
) -> Snapshot:
    """The figures of the digest at `now`: nothing that its readers may not see."""
    return Snapshot(
        taken_at=now,
        objectives={
            one.objective.key: PastStatus(one.computed_status, one.owner_status, one.progress.value)
            for one in current.objectives
        },
        projects={one.project.key: PastStatus(one.computed_status, one.owner_status) for one in current.projects},
        forecasts={one.key: one.actual or one.forecast for one in strategy.milestones},
        metrics={one.metric.key: one.latest.value for one in current.metrics if one.latest},
        desk=desk.by_name() if desk else {},
        portfolio=list_portfolio_figures(portfolio) if portfolio else {},
    )


def list_portfolio_figures(figures: PortfolioFigures) -> dict[str, Decimal]:
    found = {
        "index": figures.index,
        "mismatch": figures.mismatch,
        "unaligned": figures.unaligned,
        "coverage": figures.coverage,
    }
    return {name: value for name, value in found.items() if value is not None}


def _status_to_list(was: PastStatus) -> list[str | None]:
    return [was.computed_status.value, was.owner_status.value, None if was.progress is None else str(was.progress)]


def _status_from_list(data: list[str | None]) -> PastStatus:
    computed, owners, progress = data
    return PastStatus(Rag(str(computed)), Rag(str(owners)), None if progress is None else Decimal(progress))


def _to_texts(values: Mapping[str, Decimal]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}


def _to_decimals(values: Mapping[str, str]) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in values.items()}
