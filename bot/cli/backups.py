"""`pmo backup` and `pmo restore`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.backup import back_up, check_backup, restore
from bot.cli.installation import print_result
from bot.composition import utc_now
from bot.progress import show_progress
from bot.run import prepare_data_folder
from bot.settings import read_settings


def register(app: typer.Typer) -> None:
    app.command(name="backup")(run_backup)
    app.command(name="restore")(run_restore)


def run_backup(path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")]) -> None:
    """Write all data to one file, also while the bot is running."""
    with show_progress("Backing up"):
        back_up(read_settings(), path, utc_now())
    print_result(f"The backup is in {path} ({path.stat().st_size / 1_000_000:.1f} MB). It has people's words in it.")


def run_restore(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file that pmo backup wrote.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace the present data, which is kept aside.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the backup.")] = False,
) -> None:
    """Replace the data by that of a backup. Stop the bot first."""
    settings = read_settings()
    if dry_run:
        with show_progress("Checking the backup"):
            found = check_backup(settings, path)
        return print_result(f"The backup of {found.made_at:%-d %B %Y, %H:%M} UTC is complete. Nothing was changed.")
    prepare_data_folder(settings.data)
    with show_progress("Restoring"):
        done = restore(settings, path, utc_now(), replace=yes)
    print_result(f"Restored the backup of {done.made_at:%-d %B %Y, %H:%M} UTC: {done.requests:,} requests.")
    if done.kept:
        print_result(f"The earlier data is in {done.kept}. Delete that when you no longer need it.")
    if done.has_own_files:
        print_result(f"It has your organisation file, too: unzip {path} 'organisation/*' unpacks it.")
    return print_result("Start the bot with pmo run. Before it posts, it looks whether that was posted already.")
