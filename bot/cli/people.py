"""`pmo person`: export and erase somebody's data."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.installation import open_installation, print_result
from bot.composition import utc_now
from bot.personal_data import PersonData
from bot.progress import show_progress
from foundation.errors import UserError
from storage.personal_data.erasure import Erased

group = typer.Typer(help="Export and erase somebody's data.", no_args_is_help=True)
MOST_LISTED = 100
REMAINS = (
    "What remains: words that other people wrote, Slack's own data (messages of people, profiles), direct messages "
    "that the person got, and backups that were made before. After restoring one of those, erase again."
)

PersonId = Annotated[str, typer.Argument(metavar="ID", help="The Slack user ID, such as U01ADA.")]
Name = Annotated[
    str, typer.Option(help="The full name, if the organisation file no longer lists them. Without it, only IDs count.")
]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="person")


@group.command(name="export")
def export_data(
    person: PersonId,
    name: Name = "",
    to: Annotated[Path | None, typer.Option(help="Write a file that only you can read, instead of printing.")] = None,
) -> None:
    """Print everything that is stored about somebody, as JSON."""
    with open_installation() as ctx:
        found = PersonData(ctx.store, ctx.organisation, person, name).export()
    text = json.dumps(found, indent=2, ensure_ascii=False)
    if to is None:
        return print_result(text)
    _write_private(to, text + "\n")
    rows = sum(map(len, found["database"].values()))
    return print_result(f"{to} has {_count(rows, 'row')} from {_count(len(found['database']), 'table')}.")


@group.command(name="erase")
def erase_data(
    person: PersonId,
    name: Name = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Erase without asking.")] = False,
) -> None:
    """Replace somebody's ID and name by a pseudonym everywhere, after showing what that changes.

    The bot may be running. If this is interrupted, run it again.
    """
    with open_installation() as ctx:
        data = PersonData(ctx.store, ctx.organisation, person, name)
        with show_progress("Looking for what is stored"):
            found = data.preview()
        _print_preview(data, found)
        if obstacles := data.list_obstacles(utc_now()):
            raise UserError("\n".join(["Nothing was changed. Do this first:", *obstacles]))
        if not found.rows:
            return _print_files(data)
        if not yes:
            _ask_to_erase(data)
        with show_progress("Erasing"):
            done = data.erase(utc_now())
        _print_done(data, done)
    return None


def _print_preview(data: PersonData, found: Erased) -> None:
    who = (
        f"{data.person} ({data.name})" if data.name else f"{data.person} (name unknown: add --name to replace it, too)"
    )
    if not found.rows:
        print_result(f"Nothing that could be erased is stored about {who}.")
    else:
        print_result(f"What is stored about {who}, and would get a pseudonym:")
        for table, count in sorted(found.rows.items()):
            print_result(f"  {table:<18} {_count(count, 'row')}")
        print_result(f"  {_count(found.edits, 'message')} in Slack would be edited.")
    if found.to_review:
        print_result("Others may have named them here. This stays as it is; please review it:")
        for one in found.to_review[:MOST_LISTED]:
            print_result(f"  {one.table} {one.row}, {one.column}: {one.excerpt}")
        if more := len(found.to_review) - MOST_LISTED:
            print_result(f"  … and {more} more" if more > 0 else "")


def _ask_to_erase(data: PersonData) -> None:
    if not sys.stdin.isatty():
        raise UserError("Nothing was changed. To erase them, add --yes.")
    typer.confirm(f"Erase {data.person}? This can't be undone.", abort=True)


def _print_done(data: PersonData, done: Erased) -> None:
    rows = _count(sum(done.rows.values()), "row")
    print_result(f"Erased: {rows} changed. {_count(done.edits, 'message')} in Slack will be edited by the bot.")
    if done.busy:
        print_result(f"{_count(done.busy, 'row')} was being worked on. Run the same command again in a minute.")
    _print_files(data)
    print_result(REMAINS)


def _print_files(data: PersonData) -> None:
    if lines := data.find_lines():
        print_result("These lines of your files still name them. Edit them, then run “pmo reload”:")
        for line in lines:
            print_result(f"  {line}")


def _write_private(path: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UserError(f"{path} exists already. Give another name, or delete that file first.") from None
    except OSError as error:
        raise UserError(f"{path} can't be written ({error.strerror}). Choose another folder.") from None


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
