"""Everything about a request: in a window with all that its reader may do, and as an answer to a command."""

from collections.abc import Callable, Iterator, Sequence

from foundation.people import Person
from handlers.requests.blocks.buttons import card_buttons, window_buttons
from handlers.requests.blocks.card import marks, matter
from handlers.requests.blocks.labels import (
    RequestView,
    answers,
    asked_by,
    priority_words,
    quoted,
    span,
    state_line,
    when,
)
from handlers.requests.blocks.timeline import deed
from handlers.slack.blocks.builders import (
    Block,
    Message,
    build_message,
    build_modal,
    context,
    divider,
    escape,
    header,
    mrkdwn,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import LONGEST, rich_line, rich_text, text_run
from servicedesk.clock import Clock
from servicedesk.fields import Field, FieldKind
from servicedesk.figures import lead_time
from servicedesk.priority import wsjf
from servicedesk.records import ClockName, LogEntry, Verb
from servicedesk.transitions import allowed_verbs

_LONG = {FieldKind.LONG_TEXT, FieldKind.URLS, FieldKind.MULTI_CHOICE, FieldKind.PEOPLE}
_CLOCKS = {ClockName.TRIAGE: "Triage", ClockName.APPROVAL: "Approval", ClockName.DELIVERY: "Delivery"}
MOST_ANSWERS = 40  # blocks; with the steps below they stay within a window's hundred
STEPS_IN_WINDOW = 40
STEPS_IN_MESSAGE = 12


def window(sheet: RequestView, log: Sequence[LogEntry], reader: Person, note: str = "") -> Block:
    """The window of a request, with a button for everything that its reader may do now. `note` is said first."""
    buttons = window_buttons(sheet.request, _verbs(sheet, reader))
    noted = [section(f":warning: {escape(note)}")] if note else []
    blocks = [*noted, *_top(sheet), *buttons, *_times(sheet, log, reader), divider()]
    blocks += _contents(sheet, _as_written)[:MOST_ANSWERS]
    return build_modal(sheet.request.reference, [*blocks, divider(), *_history(sheet, log, reader, STEPS_IN_WINDOW)])


def details(sheet: RequestView, log: Sequence[LogEntry], reader: Person) -> Message:
    """The answer to a command; it is shown to the reader alone."""
    blocks = [*_top(sheet), *_times(sheet, log, reader), *_contents(sheet, _as_told)[: MOST_ANSWERS // 2]]
    blocks += [divider(), *_history(sheet, log, reader, STEPS_IN_MESSAGE)]
    blocks += card_buttons(sheet.request, _verbs(sheet, reader))
    return build_message(f"{escape(sheet.title)} ({escape(sheet.service)}): {state_line(sheet)}", blocks)


def _verbs(sheet: RequestView, reader: Person) -> list[Verb]:
    """What the reader may do. Whoever does not watch cannot stop watching."""
    watches = reader.id in sheet.request.watchers
    return [verb for verb in allowed_verbs(sheet.request, reader) if watches or verb is not Verb.UNWATCH]


def _top(sheet: RequestView) -> list[Block]:
    role = f"Asked by {asked_by(sheet)} · {escape(sheet.service)}{marks(sheet)}"
    return [header(sheet.title), context(role), section(state_line(sheet)), *matter(sheet)]


def _times(sheet: RequestView, log: Sequence[LogEntry], reader: Person) -> list[Block]:
    """Whose the time was, and how much of each promise is used."""
    request, calendar = sheet.request, sheet.desk.calendar
    clocks = ((name, request.clock(name)) for name in ClockName)
    lines = [f"*{_CLOCKS[name]}:* {_used(clock, sheet)}" for name, clock in clocks if clock]
    if request.submitted_at:
        lead = lead_time(log, sheet.now, calendar)
        held = [f"{holder} {span(seconds, calendar)}" for holder, seconds in lead.held.items() if seconds >= 60]
        whose = f", held by {', '.join(held)}" if held else ""
        lines.append(f"*Lead time:* {span(lead.total, calendar)}{whose}")
    lines += _milestones(sheet)
    if request.scores and reader.is_pmo:
        scores = request.scores
        parts = f"impact {scores.impact}, urgency {scores.urgency}, risk {scores.risk}, size {scores.size}"
        lines.append(f"*Score:* {float(wsjf(scores)):.1f} ({parts}), priority {priority_words(request.priority)}")
    return [section("\n".join(lines))] if lines else []


def _used(clock: Clock, sheet: RequestView) -> str:
    calendar = sheet.desk.calendar
    used = f"{span(clock.used(sheet.now, calendar), calendar)} of {clock.target} used"
    if clock.stopped:
        return f"{used}, {'in time' if clock.met(calendar) else ':warning: late'}"
    due = clock.due(calendar)
    return f"{used}, due {when(due, calendar)}" if due else f"{used}; it stands still while it waits"


def _milestones(sheet: RequestView) -> Iterator[str]:
    """The stages of a long delivery, with the moments by which they are expected while its clock runs."""
    service, clock = sheet.desk.catalogue.find(sheet.request.service), sheet.request.delivery
    if service and clock and clock.running:
        for milestone in service.milestones:
            if at := clock.reaches(milestone.percent, sheet.desk.calendar):
                yield f"• {escape(milestone.label)}: by {when(at, sheet.desk.calendar)}"


def _contents(sheet: RequestView, at_length: Callable[[RequestView, Field, str], Block]) -> list[Block]:
    """All answers: the short ones side by side, each long one by itself."""
    told = [(one, answer) for one, answer in answers(sheet) if one.key != "title"]
    short = [mrkdwn(f"*{escape(one.label)}*\n{answer}", 2000) for one, answer in told if one.kind not in _LONG]
    long = [at_length(sheet, one, answer) for one, answer in told if one.kind in _LONG]
    return [*({"type": "section", "fields": list(fields)} for fields in _by_ten(short)), *long]


def _as_told(_: RequestView, one: Field, told: str) -> Block:
    return section(f"*{escape(one.label)}*\n{told}")


def _as_written(sheet: RequestView, one: Field, told: str) -> Block:
    """A window has the room for what somebody wrote in rich text, which shows it sign by sign."""
    if one.kind is not FieldKind.LONG_TEXT:
        return _as_told(sheet, one, told)
    written = shorten(str(sheet.request.values[one.key]), LONGEST)
    return rich_text(rich_line(text_run(f"{one.label}\n", "bold"), text_run(written)))


def _by_ten(fields: Sequence[Block]) -> Iterator[Sequence[Block]]:
    for start in range(0, len(fields), 10):
        yield fields[start : start + 10]


def _history(sheet: RequestView, log: Sequence[LogEntry], reader: Person, most: int) -> list[Block]:
    """Its steps, the latest first. What the PMO weighs among itself is for the PMO."""
    steps = [entry for entry in log if reader.is_pmo or entry.verb is not Verb.SCORE][1:]  # without the draft
    shown = list(reversed(steps))[:most]
    blocks = [section(f"*History*\n{_step(shown[0], sheet)}"), *(section(_step(entry, sheet)) for entry in shown[1:])]
    left = len(steps) - len(shown)
    return [*blocks, context(f"{left} earlier steps are not shown.")] if left else blocks


def _step(entry: LogEntry, sheet: RequestView) -> str:
    told = f"{when(entry.at, sheet.desk.calendar)} · {deed(entry, sheet.desk)}"
    return f"{told}\n{quoted(entry.comment, 2000)}" if entry.comment else told
