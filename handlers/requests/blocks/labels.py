"""Text about a request: its status and deadlines, people's names, durations, and the answers in its form."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from foundation.people import People
from handlers.requests.blocks.request_view import LookupNames, RequestView
from handlers.slack.blocks.builders import escape, format_date, format_time, mention_user, shorten
from servicedesk.calendar import Calendar
from servicedesk.catalogue import Priority
from servicedesk.fields import Field, FieldKind
from servicedesk.permissions import find_approvers
from servicedesk.priority import find_mandatory_date
from servicedesk.records import ENDED_STATES, ClockName, RequestState
from servicedesk.reminders import find_closing_time, find_running_clock
from servicedesk.transitions import Relation

# What people can choose instead of a project or an objective.
FIXED_CHOICES = {"not-listed": "Not listed", "none": "None that I know of"}

_EMOJI = {
    RequestState.SUBMITTED: ":inbox_tray:",
    RequestState.NEEDS_INFO: ":question:",
    RequestState.PENDING_APPROVAL: ":raised_hand:",
    RequestState.CHANGES_REQUESTED: ":question:",
    RequestState.QUEUED: ":hourglass_flowing_sand:",
    RequestState.IN_PROGRESS: ":hammer_and_wrench:",
    RequestState.WAITING_REQUESTER: ":question:",
    RequestState.ON_HOLD: ":double_vertical_bar:",
    RequestState.DELIVERED: ":package:",
    RequestState.CLOSED: ":white_check_mark:",
    RequestState.DECLINED: ":no_entry:",
    RequestState.DUPLICATE: ":heavy_multiplication_x:",
    RequestState.WITHDRAWN: ":leftwards_arrow_with_hook:",
}
_LABELS_FOR_READER = {
    (RequestState.NEEDS_INFO, Relation.REQUESTER): "Waiting for your answer",
    (RequestState.CHANGES_REQUESTED, Relation.REQUESTER): "Waiting for your changes",
    (RequestState.WAITING_REQUESTER, Relation.REQUESTER): "Waiting for your reply",
    (RequestState.DELIVERED, Relation.REQUESTER): "Delivered. Is it what you need?",
    (RequestState.PENDING_APPROVAL, Relation.APPROVER): "Waiting for your approval",
    (RequestState.IN_PROGRESS, Relation.ASSIGNEE): "In progress, assigned to you",
}
CLOCK_LABELS = {ClockName.TRIAGE: "Triage", ClockName.APPROVAL: "Approval", ClockName.DELIVERY: "Delivery"}


def format_status(view: RequestView, reader: Relation | None = None) -> str:
    """The state and deadlines of a request as mrkdwn. `reader` is what the person who reads it is to the request."""
    state = view.request.state
    label = _LABELS_FOR_READER.get((state, reader)) if reader else None
    return " · ".join([f"{_EMOJI.get(state, ':memo:')} *{label or _label_state(view)}*", *_list_deadlines(view)])


def _label_state(view: RequestView) -> str:
    request, people = view.request, view.desk.people
    label = request.state.label[:1].upper() + request.state.label[1:]
    if request.state is RequestState.PENDING_APPROVAL:
        names = " or ".join(format_person_name(people, person.id) for person in find_approvers(request, people))
        return f"{label} by {names}" if names else label
    if request.state is RequestState.DUPLICATE:
        return f"Closed as a duplicate of PMO-{request.duplicate_of}"
    if request.assignee and request.state not in ENDED_STATES:
        name = format_person_name(people, request.assignee)
        return f"{label} by {name}" if request.state is RequestState.DELIVERED else f"{label}, assigned to {name}"
    return label


def _list_deadlines(view: RequestView) -> Iterator[str]:
    request, calendar = view.request, view.desk.calendar
    yield from _list_due_times(view)
    if request.review_on:
        yield f"review on {format_date(request.review_on)}"
    if request.state is RequestState.DELIVERED:
        closing = find_closing_time(request, view.desk.catalogue.acceptance, calendar)
        if closing:
            yield f"closes automatically {format_time(closing)}"


def _list_due_times(view: RequestView) -> Iterator[str]:
    request, calendar = view.request, view.desk.calendar
    name = find_running_clock(request)
    clock = request.get_clock(name) if name else None
    if name and clock and (due := clock.find_due_time(calendar)):
        step = CLOCK_LABELS[name].lower()
        is_late = due < view.now
        yield f":warning: {step} was due {format_time(due)}" if is_late else f"{step} due {format_time(due)}"
        deadline = find_mandatory_date(request, view.desk.catalogue)
        if deadline and name is ClockName.DELIVERY and calendar.local_date(due) > deadline:
            yield f":rotating_light: after the legal deadline, {format_date(deadline)}"


def format_requester(view: RequestView) -> str:
    return format_person_name(view.desk.people, view.request.requester)


def format_person_name(people: People, user_id: str) -> str:
    """A name that notifies nobody. People who aren't in the organisation file are mentioned, for lack of a name."""
    return escape(people.get(user_id).name) if user_id in people else mention_user(user_id)


def label_priority(priority: Priority) -> str:
    return str(priority).capitalize()


def format_duration(seconds: int, calendar: Calendar) -> str:
    """Working time in the calendar's days: “2 days 3 h”, “45 min”, “0 min”."""
    days, rest = divmod(seconds, calendar.day_seconds)
    hours, minutes = divmod(rest // 60, 60)
    parts = [f"{days} day{'s' if days != 1 else ''}"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes and not days else []
    return " ".join(parts) or "0 min"


def format_quote(text: str, limit: int = 1500) -> str:
    """What somebody wrote, as a block quote in mrkdwn."""
    return ">" + escape(shorten(text, limit)).replace("\n", "\n>")


def list_answers(view: RequestView) -> Iterator[tuple[Field, str]]:
    """The answered fields with their answers as mrkdwn, in the order of the form."""
    for one in view.form:
        value = view.request.values.get(one.key)
        if value not in (None, "", ()):
            parts = value if isinstance(value, tuple) else (value,)
            separator = "\n" if one.kind is FieldKind.URLS else ", "
            yield one, separator.join(ANSWER_FORMATTERS[one.kind](view, one, part) for part in parts)


def look_up_name(names: LookupNames, kind: FieldKind, key: str) -> str:
    """The name of a project or an objective, or its key if it no longer exists."""
    return names.get((kind, key)) or FIXED_CHOICES.get(key, key)


def _format_text(_: RequestView, __: Field, value: object) -> str:
    return escape(str(value))


def _format_choice(_: RequestView, one: Field, value: object) -> str:
    return escape(one.options.get(str(value), str(value)))


def _format_date(_: RequestView, __: Field, value: object) -> str:
    return format_date(date.fromisoformat(str(value)))


def _format_number(_: RequestView, __: Field, value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else escape(str(value))


def _format_person(view: RequestView, _: Field, value: object) -> str:
    return format_person_name(view.desk.people, str(value))


def _format_yes_no(_: RequestView, __: Field, value: object) -> str:
    return "Yes" if value is True else "No"


def _format_lookup(view: RequestView, one: Field, value: object) -> str:
    return escape(look_up_name(view.names, one.kind, str(value)))


# How one value, or one part of a value, is shown.
ANSWER_FORMATTERS: Mapping[FieldKind, Callable[[RequestView, Field, object], str]] = {
    FieldKind.TEXT: _format_text,
    FieldKind.LONG_TEXT: _format_text,
    FieldKind.CHOICE: _format_choice,
    FieldKind.MULTI_CHOICE: _format_choice,
    FieldKind.DATE: _format_date,
    FieldKind.NUMBER: _format_number,
    FieldKind.PERSON: _format_person,
    FieldKind.PEOPLE: _format_person,
    FieldKind.URL: _format_text,
    FieldKind.URLS: _format_text,
    FieldKind.YES_NO: _format_yes_no,
    FieldKind.PROJECT: _format_lookup,
    FieldKind.OBJECTIVE: _format_lookup,
}
