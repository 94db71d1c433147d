"""`pmo doctor`: what is missing or wrong, and how to mend it. It looks and changes nothing."""

from bot.doctor.examination import examine
from bot.doctor.findings import Finding, Level

__all__ = ["Finding", "Level", "examine"]
