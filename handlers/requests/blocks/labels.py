"""A request in words: where it stands, since when, until when, with whom, and what was answered in its form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from foundation.people import People
from handlers.slack.blocks.builders import escape, mention_user, shorten
from servicedesk.calendar import Calendar
from servicedesk.catalogue import Priority
from servicedesk.desk import Desk
from servicedesk.fields import Field, FieldKind
from servicedesk.permissions import find_approvers
from servicedesk.priority import find_mandatory_date
from servicedesk.records import ENDED_STATES, ClockName, Request, RequestState
from servicedesk.reminders import find_closing_time, find_running_clock
from servicedesk.transitions import Relation

FIXED_CHOICES = {"not-listed": "Not listed", "none": "None that I know of"}

# Titles of projects and objectives by their keys, in the two kinds of fields that look them up.
Names = Mapping[tuple[FieldKind, str], str]


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request with what it takes to show it at the moment `now`."""

    request: Request
    desk: Desk
    now: datetime
    names: Names = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.request.reference} · {self.request.title}"

    @property
    def service(self) -> str:
        """The service's name; of one that is no longer offered, its key."""
        found = self.desk.catalogue.find_service(self.request.service)
        return found.name if found else self.request.service

    @property
    def deliverable(self) -> str:
        """What the service delivers, in words."""
        found = self.desk.catalogue.find_service(self.request.service)
        return found.deliverable if found else "The result"

    @property
    def form(self) -> tuple[Field, ...]:
        catalogue = self.desk.catalogue
        return (
            catalogue.list_form_fields(self.request.service)
            if catalogue.find_service(self.request.service)
            else catalogue.common
        )


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
    (RequestState.IN_PROGRESS, Relation.ASSIGNEE): "In progress, with you",
}
_DUE_STEPS = {ClockName.TRIAGE: "looked at", ClockName.APPROVAL: "decided", ClockName.DELIVERY: "delivered"}


def format_status(view: RequestView, reader: Relation | None = None) -> str:
    """Where it stands, for somebody who is `reader` to it; mrkdwn."""
    request = view.request
    words = _LABELS_FOR_READER.get((request.state, reader)) if reader else None
    parts = [f"{_EMOJI.get(request.state, ':memo:')} *{words or _label_state(view)}*", *_list_deadlines(view)]
    return " · ".join(parts)


def _label_state(view: RequestView) -> str:
    request, people = view.request, view.desk.people
    words = request.state.label[:1].upper() + request.state.label[1:]
    if request.state is RequestState.PENDING_APPROVAL:
        names = " or ".join(format_name(people, person.id) for person in find_approvers(request, people))
        return f"{words} by {names}" if names else words
    if request.state is RequestState.DUPLICATE:
        return f"Closed as a duplicate of PMO-{request.duplicate_of}"
    if request.assignee and request.state not in ENDED_STATES:
        return f"{words}, with {format_name(people, request.assignee)}"
    return words


def _list_deadlines(view: RequestView) -> Iterator[str]:
    request, calendar = view.request, view.desk.calendar
    name = find_running_clock(request)
    clock = request.get_clock(name) if name else None
    if name and clock and (due := clock.find_due_time(calendar)):
        begin = ":warning: was to be" if due < view.now else "to be"
        yield f"{begin} {_DUE_STEPS[name]} by {format_moment(due, calendar)}"
        law = find_mandatory_date(request, view.desk.catalogue)
        if law and name is ClockName.DELIVERY and due.astimezone(calendar.zone).date() > law:
            yield f":rotating_light: after the date set by law, {format_day(law)}"
    if request.review_on:
        yield f"looked at again on {format_day(request.review_on)}"
    if request.state is RequestState.DELIVERED and (
        at := find_closing_time(request, view.desk.catalogue.acceptance, calendar)
    ):
        yield f"closes by itself on {format_moment(at, calendar)}"


def format_requester(view: RequestView) -> str:
    return format_name(view.desk.people, view.request.requester)


def format_name(people: People, user_id: str) -> str:
    """A name that notifies nobody; of somebody who is not in the organisation file, a mention, for there is no name."""
    return escape(people.get(user_id).name) if user_id in people else mention_user(user_id)


def list_answers(view: RequestView) -> Iterator[tuple[Field, str]]:
    """What was answered, field by field, in the form's order; mrkdwn."""
    for one in view.form:
        value = view.request.values.get(one.key)
        if value not in (None, "", ()):
            yield one, _format_answer(view, one, value)


def _format_answer(view: RequestView, one: Field, value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        separator = "\n" if one.kind is FieldKind.URLS else ", "
        return separator.join(_format_answer(view, one, part) for part in value)
    text = str(value)
    match one.kind:
        case FieldKind.PERSON | FieldKind.PEOPLE:
            return format_name(view.desk.people, text)
        case FieldKind.PROJECT | FieldKind.OBJECTIVE:
            return escape(look_up_name(view.names, one.kind, text))
        case FieldKind.DATE:
            return format_day(date.fromisoformat(text))
        case FieldKind.NUMBER:
            return f"{value:,}"
        case _:
            return escape(one.options.get(text, text))


def look_up_name(names: Names, kind: FieldKind, key: str) -> str:
    """What a project or an objective is called; its key when it is not known any more."""
    return names.get((kind, key)) or FIXED_CHOICES.get(key, key)


def label_priority(priority: Priority) -> str:
    return str(priority).capitalize()


def format_moment(moment: datetime, calendar: Calendar) -> str:
    """A moment in the reader's own zone; where that cannot be shown, in the organisation's."""
    local = moment.astimezone(calendar.zone)
    fallback = f"{local:%a} {local.day} {local:%B %Y, %H:%M}"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def format_day(one: date) -> str:
    return f"{one:%a} {one.day} {one:%B %Y}"


def format_duration(seconds: int, calendar: Calendar) -> str:
    """Working time in words of the calendar's days: “2 days 3 h”, “45 min”, “0 min”."""
    days, rest = divmod(seconds, calendar.day_seconds)
    hours, minutes = divmod(rest // 60, 60)
    parts = [f"{days} day{'s' if days != 1 else ''}"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes and not days else []
    return " ".join(parts) or "0 min"


def format_quote(text: str, limit: int = 1500) -> str:
    """What somebody wrote, as a quotation."""
    return ">" + escape(shorten(text, limit)).replace("\n", "\n>")
