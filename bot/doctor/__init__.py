"""`pmo doctor`: what is missing or wrong, and how to mend it. It looks and changes nothing."""

from bot.doctor.examination import run_checks
from bot.doctor.findings import Finding, Level

__all__ = ["Finding", "Level", "run_checks"]
