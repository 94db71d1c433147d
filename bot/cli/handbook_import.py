"""`pmo handbook import`, `list` and `rollback`: which pages are the handbook."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.installation import Installation, open_installation, print_result
from bot.composition import utc_now
from bot.handbook_import import ImportPlan, apply_import, list_service_keys, plan_import, put_back
from bot.progress import show_progress
from foundation.errors import UserError
from storage.handbook import SHIPPED_ORIGIN

MOST_NAMED = 10  # pages of each kind
MOST_LEFT_OUT = 100


def import_pages(
    path: Annotated[Path, typer.Argument(help="A folder of Markdown pages.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace the current handbook without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
) -> None:
    """Make the pages of a folder the handbook. Pages that can't be used are left out and listed with the reason.

    A running bot picks up the new handbook by itself. The earlier one is kept: see pmo handbook list and rollback.
    """
    folder = path.resolve()
    with open_installation() as ctx:
        _check_setting(ctx, folder, "your import")
        with show_progress("Checking the pages"):
            plan = plan_import(ctx.store, folder, utc_now(), list_service_keys(ctx.organisation))
        for line in _describe_plan(plan):
            print_result(line)
        if dry_run:
            return print_result("Nothing was changed: this was a dry run.")
        if plan.replaces_own and not yes:
            _ask_to_replace(plan)
        apply_import(ctx.store, plan, utc_now())
        ctx.open_handbook()
        print_result(f"The handbook now has {_count(len(plan.handbook), 'page')}.")
    return None


def list_handbooks() -> None:
    """List the handbooks that are kept, newest first. Put one back with pmo handbook rollback NUMBER."""
    with open_installation() as ctx, ctx.store.read_only(utc_now()) as tx:
        kept, current = tx.kept_handbooks.list_kept(), tx.handbook.get_current()
    if not kept:
        return print_result("No handbook has been imported yet. Import one with pmo handbook import FOLDER.")
    for one in kept:
        mark = "  (current)" if current and current.kept_number == one.number else ""
        when = f"{one.imported_at:%-d %B %Y, %H:%M} UTC"
        print_result(f"{one.number:3}  {when}  {_count(one.pages, 'page')}  {_name_origin(one.origin)}{mark}")
    return None


def roll_back(
    number: Annotated[
        int | None, typer.Argument(help="From pmo handbook list; without it, the one before the current.")
    ] = None,
) -> None:
    """Make an earlier handbook the current one again. A running bot picks it up by itself."""
    with open_installation() as ctx:
        _check_setting(ctx, None, "it at the next start")
        kept = put_back(ctx.store, number, utc_now())
        ctx.open_handbook()
        print_result(
            f"Handbook {kept.number} from {_name_origin(kept.origin)} is current again: {_count(kept.pages, 'page')}."
        )


def _check_setting(ctx: Installation, folder: Path | None, what: str) -> None:
    """The bot takes the handbook that the organisation file names, whatever else is current."""
    own = ctx.organisation.files.handbook
    if own and ctx.organisation.resolve_path(own) != folder:
        raise UserError(
            f"{ctx.organisation.path} sets the handbook to {own}, which would replace {what}. "
            "Change or remove that line first."
        )


def _ask_to_replace(plan: ImportPlan) -> None:
    current = _name_origin(plan.current.origin) if plan.current else ""
    if not has_terminal():
        raise UserError(
            f"This would replace the handbook from {current}. To replace it, repeat the command with --yes."
        )
    typer.confirm(f"Replace the handbook from {current}?", abort=True)


def has_terminal() -> bool:
    """Whether somebody can answer a question."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _describe_plan(plan: ImportPlan) -> Iterator[str]:
    if plan.left_out:
        yield f"{_count(len(plan.left_out), 'page')} left out:"
        for one in plan.left_out[:MOST_LEFT_OUT]:
            yield f"  {one.source}{f', line {one.line}' if one.line else ''}: {one.reason}"
        if len(plan.left_out) > MOST_LEFT_OUT:
            yield f"  … and {len(plan.left_out) - MOST_LEFT_OUT} more"
    if plan.not_read:
        kinds = sorted(plan.not_read.items(), key=lambda pair: (-pair[1], pair[0]))
        yield f"Not read: {', '.join(f'{number} {kind}' for kind, number in kinds)}."
    if plan.current and not plan.changes_pages:
        yield "These pages are already the handbook."
    elif plan.current:
        yield f"Compared with the handbook from {_name_origin(plan.current.origin)}:"
        yield from _name_pages("new", plan.new)
        yield from _name_pages("changed", plan.changed)
        yield from _name_pages("gone", plan.gone)


def _name_pages(what: str, sources: Sequence[str]) -> Iterator[str]:
    if sources:
        more = f" and {len(sources) - MOST_NAMED} more" if len(sources) > MOST_NAMED else ""
        yield f"  {len(sources)} {what}: {', '.join(sources[:MOST_NAMED])}{more}"


def _name_origin(origin: str) -> str:
    return "the product" if origin == SHIPPED_ORIGIN else origin


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
