"""What supports an objective: contributions of projects, and services of the PMO."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Contribution:
    """How much a project does for an objective: impact 0, 1, 3, 6 or 9."""

    project: str
    objective: str
    impact: int
    rationale: str
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceMaturity:
    service: str
    level: int  # 1–5


@dataclass(frozen=True, slots=True)
class ServiceLink:
    """How much a PMO service does for an objective: strength 0, ½ or 1."""

    service: str
    objective: str
    strength: Decimal
