"""`pmo digest`: see a digest before it is sent."""

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

group = typer.Typer(help="The digests: list them, preview one.", no_args_is_help=True)
SPOTS = {
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
def list_all() -> None:
    """List the digests, each with its channel and the moment of the next."""
    with open_installation() as found:
        digests = found.organisation.digests
    if not digests:
        return print_result("There are no digests. Name a file of them in the organisation file, under files: digests.")
    for one in digests:
        slot = find_next_slot(one.schedule, utc_now())
        when = f"{slot.astimezone(find_zone(one.schedule.zone)):%a %d %b %Y %H:%M %Z}" if slot else "never again"
        typer.echo(f"{one.key}  →  {one.channel}  next: {when}  ({one.title})")
    return None


@group.command(name="preview")
def print_preview(
    name: Annotated[str, typer.Argument(help="The digest's key, such as weekly-progress.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the message's blocks as JSON.")] = False,
) -> None:
    """Print a digest as it would be sent now. Nothing is sent, and nothing is taken for said."""
    now = utc_now()
    with open_installation() as found:
        choose_strategy(found.store, found.organisation, now)
        made = _ctx(found)
        definition = find_digest(made.digests, name)
        with made.store.read_only(now) as tx:
            digest = build_current_digest(tx, made, definition, now)
    if as_json:
        print_result(json.dumps(build_digest_message(digest), indent=2, ensure_ascii=False))
    else:
        print_result("\n".join(map(strip_markup, _lines(digest))))


def strip_markup(mrkdwn: str) -> str:
    """Slack's markup as plain words."""
    for emoji, word in SPOTS.items():
        mrkdwn = mrkdwn.replace(emoji, word)
    return html.unescape(EMOJI.sub("", mrkdwn).replace("*", "")).rstrip()


def _lines(digest: Digest) -> Iterator[str]:
    yield f"{digest.title} — {digest.period}"
    yield from digest.headline
    if digest.all_green:
        yield digest.all_green
    yield from _part("Needs attention", [one.text for one in digest.exceptions], digest.more_exceptions)
    yield from _part("Changed since the last digest", digest.changes, digest.more_changes)
    for section in digest.sections:
        yield from _part(section.title, section.lines, section.more)
    yield from _part("Charts", [chart.text for chart in digest.charts], 0)


def _part(title: str, lines: list[str] | tuple[str, ...], more: int) -> Iterator[str]:
    if lines or more:
        yield f"\n{title}"
        yield from (f"- {line}" for line in lines)
        if more:
            yield f"- … and {more} more"


def _ctx(found: Installation) -> AppContext:
    def no_library() -> Library:
        raise LookupError("A digest needs no handbook.")

    return build_context(found.organisation, found.store, no_library, utc_now)
