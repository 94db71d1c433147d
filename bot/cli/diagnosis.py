"""`pmo doctor`."""

import asyncio
from typing import Annotated

import typer

from bot.composition import utc_now
from bot.doctor import Finding, Level, run_checks
from bot.progress import show_progress
from bot.settings import read_settings

LABELS = {Level.GOOD: "ok    ", Level.HINT: "note  ", Level.BROKEN: "WRONG "}


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    tries_model: Annotated[
        bool,
        typer.Option("--try-language-model", help="Send the language model, if you have set one, a made-up question."),
    ] = False,
) -> None:
    """Check the setup: what is missing or wrong, and how to fix it. The exit code is 1 when something is wrong."""
    with show_progress("Checking the setup"):
        findings = asyncio.run(run_checks(read_settings(), utc_now(), tries_model=tries_model))
    width = max(len(one.about) for one in findings)
    for one in findings:
        typer.echo(f"{LABELS[one.level]}{one.about:<{width}}  {one.text}")
    typer.echo(_summarise(findings))
    if any(one.level is Level.BROKEN for one in findings):
        raise typer.Exit(1)


def _summarise(findings: list[Finding]) -> str:
    problems = sum(one.level is Level.BROKEN for one in findings)
    if not problems:
        return "No problems found."
    return "1 problem found." if problems == 1 else f"{problems} problems found."
