"""`pmo catalogue`: validate a service catalogue."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.installation import print_result
from bot.organisation import SAMPLE, read_organisation
from bot.settings import read_settings
from servicedesk.catalogue import read_catalogue

group = typer.Typer(help="Validate the service catalogue.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="catalogue")


@group.callback()
def explain_group() -> None:
    """Validate the service catalogue."""


@group.command(name="check")
def check_catalogue(
    path: Annotated[Path | None, typer.Argument(help="A YAML file; by default the catalogue in use.")] = None,
) -> None:
    """Validate a catalogue and print all problems with their lines."""
    found = read_catalogue(path) if path else read_organisation(read_settings().organisation or SAMPLE).desk.catalogue
    count = len(found.services)
    print_result(f"{count} {'service' if count == 1 else 'services'}, no problems.")
