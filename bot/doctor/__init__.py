"""`pmo doctor`: finds what is missing or wrong and says how to fix it. All it changes is to create the data folder."""

from bot.doctor.examination import run_checks
from bot.doctor.findings import Finding, Level

__all__ = ["Finding", "Level", "run_checks"]
