"""Lists of requests: the answer to a command, and the part of the App Home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.people import Person
from handlers.requests.blocks.buttons import open_button
from handlers.requests.blocks.card import relations_of
from handlers.requests.blocks.labels import Names, RequestView, asked_by, state_line
from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    button,
    context,
    escape,
    header,
    section,
    shorten,
)
from servicedesk.desk import Desk
from servicedesk.priority import Lane, Ranked
from servicedesk.records import ENDED

MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A list under its title. `more` are those that are left out; an empty list says `nothing`, or is left out too."""

    title: str
    sheets: Sequence[RequestView]
    more: int = 0
    nothing: str = ""


def list_message(reader: Person, lists: Sequence[Listed]) -> Message:
    """The lists as an answer; the text says the same without buttons."""
    blocks = [block for one in lists for block in list_blocks(reader, one)]
    return build_message(_as_text(reader, lists), blocks)


def list_blocks(reader: Person, one: Listed) -> list[Block]:
    if not one.sheets:
        return [section(f"*{one.title}*\n{one.nothing}")] if one.nothing else []
    rows = [section(entry(sheet, reader), accessory=open_button(sheet.request)) for sheet in one.sheets]
    return [section(f"*{one.title}*"), *rows, *([context(f"… and {one.more} more")] if one.more > 0 else [])]


def queue_message(queue: Sequence[Ranked], desk: Desk, now: datetime, names: Names) -> Message:
    """The queue by rank, each with its reasons."""
    if not queue:
        return build_message("The queue is empty.")
    title = "The queue: what is to be done first stands on top"
    shown = [(one, RequestView(one.request, desk, now, names)) for one in queue[:MOST_LISTED]]
    lines = [f"{place}. {_line(sheet)}\n{_why(one)}" for place, (one, sheet) in enumerate(shown, 1)]
    rows = [section(line, accessory=open_button(one.request)) for line, (one, _) in zip(lines, shown, strict=True)]
    more = [context(f"… and {len(queue) - MOST_LISTED} more")] if len(queue) > MOST_LISTED else []
    note = "A date set by law goes first, then (impact + time criticality + risk reduction) ÷ size. People decide."
    return build_message("\n".join([f"{title}:", *lines]), [section(f"*{title}*"), *rows, *more, context(note)])


def home_blocks(reader: Person, lists: Sequence[Listed]) -> list[Block]:
    """The part of the App Home."""
    ask = actions([button("Request a service", "request.begin", "begin", style="primary")])
    return [header("Requests"), *(block for one in lists for block in list_blocks(reader, one)), ask]


def entry(sheet: RequestView, reader: Person) -> str:
    """One request in two lines."""
    found = relations_of(sheet.request, reader, sheet.desk.people)
    return f"{_line(sheet)}\n{state_line(sheet, found[0] if found else None)}"


def _line(sheet: RequestView) -> str:
    request = sheet.request
    lock = ":lock: " if request.confidential else ""
    by = "" if request.state in ENDED else f", asked by {asked_by(sheet)}"
    return f"{lock}*{request.reference}* {escape(shorten(request.title, 100))} · {escape(sheet.service)}{by}"


def _why(one: Ranked) -> str:
    reasons = [f"set by law for {one.mandatory.isoformat()}"] if one.mandatory else []
    reasons += ["expedite"] if one.lane is Lane.EXPEDITE and not one.mandatory else []
    reasons += ["low priority"] if one.lane is Lane.LOW else []
    reasons.append(f"score {float(one.wsjf):.1f}" if one.wsjf is not None else "not scored yet")
    return " · ".join(reasons)


def _as_text(reader: Person, lists: Sequence[Listed]) -> str:
    told = []
    for one in lists:
        told += [f"{one.title}:"] if one.sheets or one.nothing else []
        told += [entry(sheet, reader) for sheet in one.sheets] or ([one.nothing] if one.nothing else [])
    return "\n".join(told)
