"""A request in words: where it stands, since when, until when, with whom, and what was answered in its form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from foundation.people import People
from handlers.slack.blocks.builders import escape, mention_user, shorten
from servicedesk.calendar import Calendar
from servicedesk.catalogue import Priority
from servicedesk.desk import Desk
from servicedesk.effects import approvers
from servicedesk.fields import Field, FieldKind
from servicedesk.priority import mandatory_date
from servicedesk.records import ENDED, ClockName, Request, State
from servicedesk.reminders import closes_at, running_clock
from servicedesk.transitions import Relation

NONE_OF_THEM = {"not-listed": "Not listed", "none": "None that I know of"}

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
        found = self.desk.catalogue.find(self.request.service)
        return found.name if found else self.request.service

    @property
    def deliverable(self) -> str:
        """What the service delivers, in words."""
        found = self.desk.catalogue.find(self.request.service)
        return found.deliverable if found else "The result"

    @property
    def form(self) -> tuple[Field, ...]:
        catalogue = self.desk.catalogue
        return catalogue.form(self.request.service) if catalogue.find(self.request.service) else catalogue.common


SIGNS = {
    State.SUBMITTED: ":inbox_tray:",
    State.NEEDS_INFO: ":question:",
    State.PENDING_APPROVAL: ":raised_hand:",
    State.CHANGES_REQUESTED: ":question:",
    State.QUEUED: ":hourglass_flowing_sand:",
    State.IN_PROGRESS: ":hammer_and_wrench:",
    State.WAITING_REQUESTER: ":question:",
    State.ON_HOLD: ":double_vertical_bar:",
    State.DELIVERED: ":package:",
    State.CLOSED: ":white_check_mark:",
    State.DECLINED: ":no_entry:",
    State.DUPLICATE: ":heavy_multiplication_x:",
    State.WITHDRAWN: ":leftwards_arrow_with_hook:",
}
_YOURS = {
    (State.NEEDS_INFO, Relation.REQUESTER): "Waiting for your answer",
    (State.CHANGES_REQUESTED, Relation.REQUESTER): "Waiting for your changes",
    (State.WAITING_REQUESTER, Relation.REQUESTER): "Waiting for your reply",
    (State.DELIVERED, Relation.REQUESTER): "Delivered. Is it what you need?",
    (State.PENDING_APPROVAL, Relation.APPROVER): "Waiting for your approval",
    (State.IN_PROGRESS, Relation.ASSIGNEE): "In progress, with you",
}
_DUE = {ClockName.TRIAGE: "looked at", ClockName.APPROVAL: "decided", ClockName.DELIVERY: "delivered"}


def state_line(sheet: RequestView, reader: Relation | None = None) -> str:
    """Where it stands, for somebody who is `reader` to it; mrkdwn."""
    request = sheet.request
    words = _YOURS.get((request.state, reader)) if reader else None
    parts = [f"{SIGNS.get(request.state, ':memo:')} *{words or _stands(sheet)}*", *_until(sheet)]
    return " · ".join(parts)


def _stands(sheet: RequestView) -> str:
    request, people = sheet.request, sheet.desk.people
    words = request.state.words[:1].upper() + request.state.words[1:]
    if request.state is State.PENDING_APPROVAL:
        names = " or ".join(named(people, person.id) for person in approvers(request, people))
        return f"{words} by {names}" if names else words
    if request.state is State.DUPLICATE:
        return f"Closed as a duplicate of PMO-{request.duplicate_of}"
    if request.assignee and request.state not in ENDED:
        return f"{words}, with {named(people, request.assignee)}"
    return words


def _until(sheet: RequestView) -> Iterator[str]:
    request, calendar = sheet.request, sheet.desk.calendar
    name = running_clock(request)
    clock = request.clock(name) if name else None
    if name and clock and (due := clock.due(calendar)):
        begin = ":warning: was to be" if due < sheet.now else "to be"
        yield f"{begin} {_DUE[name]} by {when(due, calendar)}"
        law = mandatory_date(request, sheet.desk.catalogue)
        if law and name is ClockName.DELIVERY and due.astimezone(calendar.zone).date() > law:
            yield f":rotating_light: after the date set by law, {day(law)}"
    if request.review_on:
        yield f"looked at again on {day(request.review_on)}"
    if request.state is State.DELIVERED and (at := closes_at(request, sheet.desk.catalogue.acceptance, calendar)):
        yield f"closes by itself on {when(at, calendar)}"


def asked_by(sheet: RequestView) -> str:
    return named(sheet.desk.people, sheet.request.requester)


def named(people: People, user_id: str) -> str:
    """A name that notifies nobody; of somebody who is not in the organisation file, a mention, for there is no name."""
    return escape(people.get(user_id).name) if user_id in people else mention_user(user_id)


def answers(sheet: RequestView) -> Iterator[tuple[Field, str]]:
    """What was answered, field by field, in the form's order; mrkdwn."""
    for one in sheet.form:
        value = sheet.request.values.get(one.key)
        if value not in (None, "", ()):
            yield one, _answer(sheet, one, value)


def _answer(sheet: RequestView, one: Field, value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        separator = "\n" if one.kind is FieldKind.URLS else ", "
        return separator.join(_answer(sheet, one, part) for part in value)
    text = str(value)
    match one.kind:
        case FieldKind.PERSON | FieldKind.PEOPLE:
            return named(sheet.desk.people, text)
        case FieldKind.PROJECT | FieldKind.OBJECTIVE:
            return escape(title_of(sheet.names, one.kind, text))
        case FieldKind.DATE:
            return day(date.fromisoformat(text))
        case FieldKind.NUMBER:
            return f"{value:,}"
        case _:
            return escape(one.options.get(text, text))


def title_of(names: Names, kind: FieldKind, key: str) -> str:
    """What a project or an objective is called; its key when it is not known any more."""
    return names.get((kind, key)) or NONE_OF_THEM.get(key, key)


def priority_words(priority: Priority) -> str:
    return str(priority).capitalize()


def when(moment: datetime, calendar: Calendar) -> str:
    """A moment in the reader's own zone; where that cannot be shown, in the organisation's."""
    local = moment.astimezone(calendar.zone)
    fallback = f"{local:%a} {local.day} {local:%B %Y, %H:%M}"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def day(one: date) -> str:
    return f"{one:%a} {one.day} {one:%B %Y}"


def span(seconds: int, calendar: Calendar) -> str:
    """Working time in words of the calendar's days: “2 days 3 h”, “45 min”, “0 min”."""
    days, rest = divmod(seconds, calendar.day_seconds)
    hours, minutes = divmod(rest // 60, 60)
    parts = [f"{days} day{'s' if days != 1 else ''}"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes and not days else []
    return " ".join(parts) or "0 min"


def quoted(text: str, limit: int = 1500) -> str:
    """What somebody wrote, as a quotation."""
    return ">" + escape(shorten(text, limit)).replace("\n", "\n>")
