"""`pmo strategy`: import a strategy and list its versions."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.installation import open_installation, print_result
from bot.composition import utc_now
from bot.strategy_import import check_import, import_strategy

group = typer.Typer(help="Import a strategy and list its versions.", no_args_is_help=True)
MOST_LISTED = 20


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="strategy")


@group.command(name="import")
def import_file(
    path: Annotated[Path, typer.Argument(help="A YAML file, such as strategy/sample.yaml.")],
    allows_unknown_people: Annotated[
        bool, typer.Option("--allow-unknown-people", help="Take people whom the organisation file doesn't list.")
    ] = False,
    replaces: Annotated[
        bool, typer.Option("--replace", help="Take other content under a version that was imported before.")
    ] = False,
) -> None:
    """Validate a strategy file and make it the current version. A running bot uses it at once."""
    with open_installation() as ctx:
        file, people, now = path.resolve(), ctx.organisation.people, utc_now()
        check_import(ctx.store, file, people, now, allows_unknown_people=allows_unknown_people, replaces=replaces)
        strategy, is_new = import_strategy(ctx.store, file, now)
    for warning in strategy.warnings:
        typer.echo(f"Note: {warning}", err=True)
    if not is_new:
        return print_result(f"Version {strategy.version} is already the current version. Nothing has changed.")
    parts = f"{_format_count(strategy.objectives, 'objective')}, {_format_count(strategy.projects, 'project')}"
    return print_result(f"Version {strategy.version} is now the current version: {parts}.")


@group.command(name="versions")
def list_versions() -> None:
    """List the imported versions, newest first."""
    with open_installation() as ctx, ctx.store.read_only(utc_now()) as tx:
        found = tx.strategy.list_versions(MOST_LISTED)
    if not found:
        return print_result("There's no strategy yet. Import one with pmo strategy import FILE.")
    lines = [f"{one.imported_at:%-d %B %Y, %H:%M} UTC  {one.label}  ({one.origin})" for one in found]
    return print_result("\n".join(lines))


def _format_count(things: tuple[object, ...], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"
