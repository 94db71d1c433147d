"""`pmo handbook`: bring in pages, and keep the organisation's own test questions."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opened import done, opened
from bot.composition import wall_clock
from bot.library import import_handbook

group = typer.Typer(help="The handbook: import pages, and measure its answers.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="handbook")


@group.command(name="import")
def import_pages(path: Annotated[Path, typer.Argument(help="A folder of Markdown pages.")]) -> None:
    """Check the pages of a folder and put them in force, all or none. A running bot takes them up by itself."""
    with opened() as house:
        count = import_handbook(house.store, path.resolve(), wall_clock())
        house.shelf()
        done(f"{count} pages are in force.")
