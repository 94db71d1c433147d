"""Lists of requests: answers to a command, and a section of the App Home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.people import Person
from handlers.requests.blocks.buttons import build_open_button
from handlers.requests.blocks.labels import format_requester, format_status
from handlers.requests.blocks.request_view import LookupNames, RequestView
from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    button,
    context,
    escape,
    format_date,
    header,
    section,
    shorten,
)
from servicedesk.desk import Desk
from servicedesk.permissions import find_relations
from servicedesk.priority import PriorityClass, RankedRequest
from servicedesk.records import ENDED_STATES

MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class RequestList:
    """A titled list. `more` counts the requests left out; `nothing` is shown if the list is empty."""

    title: str
    views: Sequence[RequestView]
    more: int = 0
    nothing: str = ""


def build_list_message(reader: Person, lists: Sequence[RequestList]) -> Message:
    """The lists as a message; its text says the same without buttons."""
    blocks = [block for one in lists for block in build_list_blocks(reader, one)]
    return build_message(_format_as_text(reader, lists), blocks)


def build_list_blocks(reader: Person, one: RequestList) -> list[Block]:
    if not one.views:
        return [section(f"*{one.title}*\n{one.nothing}")] if one.nothing else []
    rows = [section(format_list_item(view, reader), accessory=build_open_button(view.request)) for view in one.views]
    return [section(f"*{one.title}*"), *rows, *([context(f"… and {one.more} more")] if one.more > 0 else [])]


def build_queue_message(queue: Sequence[RankedRequest], desk: Desk, now: datetime, names: LookupNames) -> Message:
    """The ranked queue, each request with the reasons for its rank."""
    if not queue:
        return build_message("The queue is empty.")
    title = "Queue, most urgent first"
    views = [(one, RequestView(one.request, desk, now, names)) for one in queue[:MAX_LISTED]]
    lines = [f"{place}. {_format_line(view)}\n{_explain_rank(one)}" for place, (one, view) in enumerate(views, 1)]
    rows = [
        section(line, accessory=build_open_button(one.request)) for line, (one, _) in zip(lines, views, strict=True)
    ]
    more = [context(f"… and {len(queue) - MAX_LISTED} more")] if len(queue) > MAX_LISTED else []
    note = (
        "Legal deadlines and expedited requests go first, then the highest "
        "(impact + time criticality + risk reduction) ÷ size. The order is a suggestion: people decide."
    )
    return build_message("\n".join([f"{title}:", *lines]), [section(f"*{title}*"), *rows, *more, context(note)])


def build_home_blocks(reader: Person, lists: Sequence[RequestList]) -> list[Block]:
    """The section of the App Home."""
    ask = actions([button("Request a service", "request.begin", "begin", style="primary")])
    return [header("Requests"), *(block for one in lists for block in build_list_blocks(reader, one)), ask]


def format_list_item(view: RequestView, reader: Person) -> str:
    """One request in two lines."""
    found = find_relations(view.request, reader, view.desk.people)
    return f"{_format_line(view)}\n{format_status(view, found[0] if found else None)}"


def _format_line(view: RequestView) -> str:
    request = view.request
    lock = ":lock: " if request.is_confidential else ""
    by = "" if request.state in ENDED_STATES else f", requested by {format_requester(view)}"
    return f"{lock}*{request.reference}* {escape(shorten(request.title, 100))} · {escape(view.service)}{by}"


def _explain_rank(one: RankedRequest) -> str:
    reasons = [f"legal deadline {format_date(one.mandatory)}"] if one.mandatory else []
    reasons += ["expedited"] if one.priority_class is PriorityClass.EXPEDITE and not one.mandatory else []
    reasons += ["low priority"] if one.priority_class is PriorityClass.LOW else []
    reasons.append(f"score {float(one.wsjf):.1f}" if one.wsjf is not None else "not scored yet")
    return " · ".join(reasons)


def _format_as_text(reader: Person, lists: Sequence[RequestList]) -> str:
    lines = []
    for one in lists:
        lines += [f"{one.title}:"] if one.views or one.nothing else []
        lines += [format_list_item(view, reader) for view in one.views] or ([one.nothing] if one.nothing else [])
    return "\n".join(lines)
