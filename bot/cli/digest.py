"""`pmo digest`: list the digests and preview one before it is sent."""

import html
import json
import re
from collections.abc import Iterator
from typing import Annotated

import typer

from bot.cli.installation import Installation, open_installation, print_result
from bot.composition import build_context, utc_now
from bot.strategy_import import choose_strategy
from foundation.time import find_zone
from handlers.context import AppContext
from handlers.strategy.blocks.digest import build_digest_message
from handlers.strategy.digests import build_current_digest, find_digest
from knowledge.library import Library
from reporting.digest import Digest
from strategy.schedules import find_next_slot
from strategy.skipped_dates import describe_skipped_dates

group = typer.Typer(help="List and preview digests.", no_args_is_help=True)
STATUS_LABELS = {
    ":large_green_circle:": "[green]",
    ":large_yellow_circle:": "[amber]",
    ":red_circle:": "[red]",
    ":white_circle:": "[unknown]",
    ":left_right_arrow:": "(differs)",
}
EMOJI = re.compile(r" ?:[a-z_]+:")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="digest")


@group.command(name="list")
def list_digests() -> None:
    """List the digests, each with its channel and when it is sent next."""
    with open_installation() as found:
        digests = found.organisation.digests
    if not digests:
        return print_result("There are no digests. Name a digest file in the organisation file, under files: digests.")
    for one in digests:
        slot = find_next_slot(one.schedule, utc_now())
        when = (
            f"{slot.astimezone(find_zone(one.schedule.zone)):%-d %B %Y, %H:%M %Z}"
            if slot
            else "never (the schedule has ended)"
        )
        typer.echo(f"{one.key}  {one.title}, in {one.channel}, next: {when}")
        for note in describe_skipped_dates(one.schedule, utc_now()):
            typer.echo(f"  {note}")
    return None


@group.command(name="preview")
def print_preview(
    name: Annotated[str, typer.Argument(help="The digest's key, such as weekly-progress.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the message's blocks as JSON.")] = False,
) -> None:
    """Print a digest as it would be sent now. Nothing is sent, and later digests aren't affected."""
    now = utc_now()
    with open_installation() as found:
        choose_strategy(found.store, found.organisation, now)
        ctx = _build_ctx(found)
        definition = find_digest(ctx.digests, name)
        with ctx.store.read_only(now) as tx:
            digest = build_current_digest(tx, ctx, definition, now)
    if as_json:
        print_result(json.dumps(build_digest_message(digest), indent=2, ensure_ascii=False))
    else:
        notes = [f"\n{note}" for note in describe_skipped_dates(definition.schedule, now)]
        print_result("\n".join([*map(strip_markup, _list_lines(digest)), *notes]))


def strip_markup(mrkdwn: str) -> str:
    """Slack's markup as plain text."""
    for emoji, label in STATUS_LABELS.items():
        mrkdwn = mrkdwn.replace(emoji, label)
    return html.unescape(EMOJI.sub("", mrkdwn).replace("*", "")).rstrip()


def _list_lines(digest: Digest) -> Iterator[str]:
    yield f"{digest.title} — {digest.period}"
    yield from digest.headline
    if digest.all_green:
        yield digest.all_green
    yield from _list_part("Needs attention", [one.text for one in digest.exceptions], digest.more_exceptions)
    yield from _list_part("Changes since the last digest", digest.changes, digest.more_changes)
    for section in digest.sections:
        yield from _list_part(section.title, section.lines, section.more)
    yield from _list_part("Charts", [chart.text for chart in digest.charts], 0)


def _list_part(title: str, lines: list[str] | tuple[str, ...], more: int) -> Iterator[str]:
    if lines or more:
        yield f"\n{title}"
        yield from (f"- {line}" for line in lines)
        if more:
            yield f"- … and {more} more"


def _build_ctx(found: Installation) -> AppContext:
    def no_library() -> Library:
        raise LookupError("A digest needs no handbook.")

    return build_context(found.organisation, found.store, no_library, utc_now)
