"""The service desk's figures over a period, as a neutral record that handlers fill from the requests."""

from dataclasses import dataclass, fields
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DeskFigures:
    """Counts of requests; times in business days; shares as fractions of 1. None where there is nothing to measure."""

    submitted: int = 0
    delivered: int = 0
    open: int = 0
    overdue: int = 0
    reopened: int = 0
    median_days_to_triage: Decimal | None = None
    median_days_to_deliver: Decimal | None = None
    sla_met: Decimal | None = None
    satisfaction: Decimal | None = None  # 1–5
    answers: int = 0  # satisfaction ratings

    def by_name(self) -> dict[str, Decimal]:
        """The figures that aren't None, by name."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: Decimal(value) for name, value in values.items() if value is not None}
