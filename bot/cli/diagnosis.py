"""`pmo doctor`."""

import asyncio

import typer

from bot.composition import utc_now
from bot.doctor import Finding, Level, run_checks
from bot.settings import read_settings

LABELS = {Level.GOOD: "ok    ", Level.HINT: "note  ", Level.BROKEN: "WRONG "}


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor() -> None:
    """Check the set-up: what is missing or wrong, and how to fix it. The exit code is 1 when something is wrong."""
    findings = asyncio.run(run_checks(read_settings(), utc_now()))
    width = max(len(one.about) for one in findings)
    for one in findings:
        typer.echo(f"{LABELS[one.level]}{one.about:<{width}}  {one.text}")
    typer.echo(_summary(findings))
    if any(one.level is Level.BROKEN for one in findings):
        raise typer.Exit(1)


def _summary(findings: list[Finding]) -> str:
    wrong = sum(one.level is Level.BROKEN for one in findings)
    if not wrong:
        return "Nothing is wrong."
    return "1 thing is wrong." if wrong == 1 else f"{wrong} things are wrong."
