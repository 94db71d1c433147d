"""The service desk's own figures over a period, as a neutral record: whoever holds the requests fills it."""

from dataclasses import dataclass, fields
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DeskFigures:
    """Counts of requests; times in business days; shares as fractions of 1. None where there is nothing to say."""

    submitted: int = 0
    delivered: int = 0
    open: int = 0
    overdue: int = 0
    reopened: int = 0
    median_days_to_triage: Decimal | None = None
    median_days_to_deliver: Decimal | None = None
    sla_met: Decimal | None = None
    satisfaction: Decimal | None = None  # 1–5
    answers: int = 0  # to the question of satisfaction

    def by_name(self) -> dict[str, Decimal]:
        """Every figure that is there, under its name."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: Decimal(value) for name, value in values.items() if value is not None}
