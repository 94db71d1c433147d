"""`pmo catalogue`: hold a catalogue of services to what can be used."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.installation import print_result
from bot.organisation import SAMPLE, read_organisation
from bot.settings import read_settings
from servicedesk.catalogue import read_catalogue

group = typer.Typer(help="The catalogue of services.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="catalogue")


@group.callback()
def catalogue() -> None:
    """The catalogue of services."""


@group.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="A YAML file; without it, the one in use.")] = None,
) -> None:
    """Check a catalogue and print all its mistakes, each with its line."""
    found = read_catalogue(path) if path else read_organisation(read_settings().organisation or SAMPLE).desk.catalogue
    count = len(found.services)
    print_result(f"{count} {'service' if count == 1 else 'services'}, no mistakes.")
