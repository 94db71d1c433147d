"""Lists of requests: the answer to a command, and the part of the App Home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.people import Person
from handlers.requests.blocks.buttons import build_open_button
from handlers.requests.blocks.card import find_relations
from handlers.requests.blocks.labels import Names, RequestView, format_requester, format_status
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
from servicedesk.priority import PriorityClass, RankedRequest
from servicedesk.records import ENDED_STATES

MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class RequestList:
    """A list under its title. `more` are those that are left out; an empty list says `nothing`, or is left out too."""

    title: str
    views: Sequence[RequestView]
    more: int = 0
    nothing: str = ""


def build_list_message(reader: Person, lists: Sequence[RequestList]) -> Message:
    """The lists as an answer; the text says the same without buttons."""
    blocks = [block for one in lists for block in build_list_blocks(reader, one)]
    return build_message(_format_as_text(reader, lists), blocks)


def build_list_blocks(reader: Person, one: RequestList) -> list[Block]:
    if not one.views:
        return [section(f"*{one.title}*\n{one.nothing}")] if one.nothing else []
    rows = [section(format_list_item(view, reader), accessory=build_open_button(view.request)) for view in one.views]
    return [section(f"*{one.title}*"), *rows, *([context(f"… and {one.more} more")] if one.more > 0 else [])]


def build_queue_message(queue: Sequence[RankedRequest], desk: Desk, now: datetime, names: Names) -> Message:
    """The queue by rank, each with its reasons."""
    if not queue:
        return build_message("The queue is empty.")
    title = "The queue: what is to be done first stands on top"
    shown = [(one, RequestView(one.request, desk, now, names)) for one in queue[:MAX_LISTED]]
    lines = [f"{place}. {_format_line(view)}\n{_explain_rank(one)}" for place, (one, view) in enumerate(shown, 1)]
    rows = [
        section(line, accessory=build_open_button(one.request)) for line, (one, _) in zip(lines, shown, strict=True)
    ]
    more = [context(f"… and {len(queue) - MAX_LISTED} more")] if len(queue) > MAX_LISTED else []
    note = "A date set by law goes first, then (impact + time criticality + risk reduction) ÷ size. People decide."
    return build_message("\n".join([f"{title}:", *lines]), [section(f"*{title}*"), *rows, *more, context(note)])


def build_home_blocks(reader: Person, lists: Sequence[RequestList]) -> list[Block]:
    """The part of the App Home."""
    ask = actions([button("Request a service", "request.begin", "begin", style="primary")])
    return [header("Requests"), *(block for one in lists for block in build_list_blocks(reader, one)), ask]


def format_list_item(view: RequestView, reader: Person) -> str:
    """One request in two lines."""
    found = find_relations(view.request, reader, view.desk.people)
    return f"{_format_line(view)}\n{format_status(view, found[0] if found else None)}"


def _format_line(view: RequestView) -> str:
    request = view.request
    lock = ":lock: " if request.is_confidential else ""
    by = "" if request.state in ENDED_STATES else f", asked by {format_requester(view)}"
    return f"{lock}*{request.reference}* {escape(shorten(request.title, 100))} · {escape(view.service)}{by}"


def _explain_rank(one: RankedRequest) -> str:
    reasons = [f"set by law for {one.mandatory.isoformat()}"] if one.mandatory else []
    reasons += ["expedite"] if one.priority_class is PriorityClass.EXPEDITE and not one.mandatory else []
    reasons += ["low priority"] if one.priority_class is PriorityClass.LOW else []
    reasons.append(f"score {float(one.wsjf):.1f}" if one.wsjf is not None else "not scored yet")
    return " · ".join(reasons)


def _format_as_text(reader: Person, lists: Sequence[RequestList]) -> str:
    told = []
    for one in lists:
        told += [f"{one.title}:"] if one.views or one.nothing else []
        told += [format_list_item(view, reader) for view in one.views] or ([one.nothing] if one.nothing else [])
    return "\n".join(told)
