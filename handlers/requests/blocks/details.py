"""Everything about a request: in a modal with all actions of its reader, and as the answer to a command."""

from collections.abc import Callable, Iterator, Sequence

from foundation.people import Person
from handlers.requests.blocks.buttons import build_card_buttons, build_modal_buttons
from handlers.requests.blocks.card import build_highlights, format_flags
from handlers.requests.blocks.labels import (
    CLOCK_LABELS,
    format_duration,
    format_quote,
    format_requester,
    format_status,
    label_priority,
    list_answers,
)
from handlers.requests.blocks.request_view import RequestView
from handlers.requests.blocks.timeline import describe_entry
from handlers.slack.blocks.builders import (
    Block,
    Message,
    build_message,
    build_modal,
    context,
    divider,
    escape,
    format_time,
    header,
    mrkdwn,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import LONGEST, rich_line, rich_text, text_run
from servicedesk.clock import Clock
from servicedesk.fields import Field, FieldKind
from servicedesk.lead_times import compute_lead_time
from servicedesk.permissions import can_see_scores, find_allowed_verbs
from servicedesk.priority import compute_wsjf
from servicedesk.records import ClockName, RequestLogEntry, RequestVerb, Scores

_LONG_KINDS = {FieldKind.LONG_TEXT, FieldKind.URLS, FieldKind.MULTI_CHOICE, FieldKind.PEOPLE}
MAX_ANSWERS = 40  # blocks; with the history they stay within the 100 of a modal
MAX_MODAL_ENTRIES = 40
MAX_MESSAGE_ENTRIES = 12


def build_request_modal(view: RequestView, log: Sequence[RequestLogEntry], reader: Person, note: str = "") -> Block:
    """The modal of a request, with a button for everything that its reader may do now, and `note` on top."""
    buttons = build_modal_buttons(view.request, _list_verbs(view, reader))
    noted = [section(f":warning: {escape(note)}")] if note else []
    blocks = [*noted, *_build_top(view), *buttons, *_build_times(view, log, reader), divider()]
    blocks += _build_answers(view, _build_answer_as_written)[:MAX_ANSWERS]
    blocks += [divider(), *_build_history(view, log, reader, MAX_MODAL_ENTRIES)]
    version = f"{view.request.number}::{view.request.version}"
    return build_modal(view.request.reference, blocks, private_metadata=version)


def build_request_message(view: RequestView, log: Sequence[RequestLogEntry], reader: Person) -> Message:
    """The answer to a command, which only the reader sees."""
    blocks = [
        *_build_top(view),
        *_build_times(view, log, reader),
        *_build_answers(view, _build_answer)[: MAX_ANSWERS // 2],
    ]
    blocks += [divider(), *_build_history(view, log, reader, MAX_MESSAGE_ENTRIES)]
    blocks += build_card_buttons(view.request, _list_verbs(view, reader))
    return build_message(f"{escape(view.title)} ({escape(view.service)}): {format_status(view)}", blocks)


def _list_verbs(view: RequestView, reader: Person) -> list[RequestVerb]:
    """What the reader may do. Only watchers can stop watching."""
    watches = reader.id in view.request.watchers
    return [verb for verb in find_allowed_verbs(view.request, reader) if watches or verb is not RequestVerb.UNWATCH]


def _build_top(view: RequestView) -> list[Block]:
    role = f"Requested by {format_requester(view)} · {escape(view.service)}{format_flags(view)}"
    return [header(view.title), context(role), section(format_status(view)), *build_highlights(view)]


def _build_times(view: RequestView, log: Sequence[RequestLogEntry], reader: Person) -> list[Block]:
    """The used time of each clock, and who held the request."""
    request = view.request
    clocks = ((name, request.get_clock(name)) for name in ClockName)
    lines = [f"*{CLOCK_LABELS[name]}:* {_describe_clock(clock, view)}" for name, clock in clocks if clock]
    lines += [f"*Lead time:* {_describe_lead_time(view, log)}"] if request.submitted_at else []
    lines += _list_milestones(view)
    if request.scores and can_see_scores(reader):
        priority = label_priority(request.priority)
        lines.append(f"*Score:* {_describe_scores(request.scores)}, priority {priority}")
    return [section("\n".join(lines))] if lines else []


def _describe_lead_time(view: RequestView, log: Sequence[RequestLogEntry]) -> str:
    calendar = view.desk.calendar
    lead = compute_lead_time(log, view.now, calendar)
    shares = [(holder, seconds) for holder, seconds in lead.held.items() if seconds >= 60]
    held = ", ".join(f"{format_duration(seconds, calendar)} with {holder}" for holder, seconds in shares)
    return format_duration(lead.total, calendar) + (f" ({held})" if held else "")


def _describe_scores(scores: Scores) -> str:
    parts = (
        f"impact {scores.impact}, time criticality {scores.urgency}, risk reduction {scores.risk}, size {scores.size}"
    )
    return f"{float(compute_wsjf(scores)):.1f} ({parts})"


def _describe_clock(clock: Clock, view: RequestView) -> str:
    calendar = view.desk.calendar
    used = f"{format_duration(clock.count_used(view.now, calendar), calendar)} of {clock.target} used"
    if clock.stopped:
        return f"{used}, {'on time' if clock.is_met(calendar) else ':warning: late'}"
    due = clock.find_due_time(calendar)
    return f"{used}, due {format_time(due)}" if due else f"{used}, paused"


def _list_milestones(view: RequestView) -> Iterator[str]:
    """The stages of a long delivery and their due times, while its clock runs."""
    service, clock = view.desk.catalogue.find_service(view.request.service), view.request.delivery
    if service and clock and clock.is_running:
        for milestone in service.milestones:
            if at := clock.find_time_of_share(milestone.percent, view.desk.calendar):
                yield f"• {escape(milestone.label)}: due {format_time(at)}"


def _build_answers(view: RequestView, at_length: Callable[[RequestView, Field, str], Block]) -> list[Block]:
    """All answers: the short ones side by side, each long one in its own block."""
    answers = [(one, answer) for one, answer in list_answers(view) if one.key != "title"]
    short = [mrkdwn(f"*{escape(one.label)}*\n{answer}", 2000) for one, answer in answers if one.kind not in _LONG_KINDS]
    long = [at_length(view, one, answer) for one, answer in answers if one.kind in _LONG_KINDS]
    return [*({"type": "section", "fields": list(fields)} for fields in _split_by_ten(short)), *long]


def _build_answer(_: RequestView, one: Field, answer: str) -> Block:
    return section(f"*{escape(one.label)}*\n{answer}")


def _build_answer_as_written(view: RequestView, one: Field, answer: str) -> Block:
    """A long text as rich text, which shows every character as it was typed. Modals have the room for it."""
    if one.kind is not FieldKind.LONG_TEXT:
        return _build_answer(view, one, answer)
    answer_text = shorten(str(view.request.values[one.key]), LONGEST)
    return rich_text(rich_line(text_run(f"{one.label}\n", "bold"), text_run(answer_text)))


def _split_by_ten(fields: Sequence[Block]) -> Iterator[Sequence[Block]]:
    for start in range(0, len(fields), 10):
        yield fields[start : start + 10]


def _build_history(view: RequestView, log: Sequence[RequestLogEntry], reader: Person, most: int) -> list[Block]:
    """The log, latest entry first. Only the PMO sees scoring."""
    after_draft = log[1:]
    entries = [entry for entry in after_draft if can_see_scores(reader) or entry.verb is not RequestVerb.SCORE]
    first, *others = list(reversed(entries))[:most]
    blocks = [section(f"*History*\n{_format_entry(first, view)}")]
    blocks += [section(_format_entry(entry, view)) for entry in others]
    return [*blocks, context(f"… and {len(entries) - most} earlier")] if len(entries) > most else blocks


def _format_entry(entry: RequestLogEntry, view: RequestView) -> str:
    line = f"{format_time(entry.at)} · {describe_entry(entry, view.desk)}"
    return f"{line}\n{format_quote(entry.comment, 2000)}" if entry.comment else line
