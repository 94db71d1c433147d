"""Notices that time brings: a target that is near or missed, a hold to review."""

from handlers.requests.blocks.buttons import build_open_button
from handlers.requests.blocks.labels import (
    CLOCK_LABELS,
    format_duration,
    format_person_name,
    format_quote,
    format_status,
)
from handlers.requests.blocks.request_view import RequestView
from handlers.slack.blocks.builders import Message, actions, build_message, escape, format_time, mention_user, section
from servicedesk.clock import Alert, Clock
from servicedesk.records import ClockName


def build_alert_notice(
    view: RequestView, clock: Clock, name: ClockName, alert: Alert, *, withheld: bool = False
) -> Message:
    """An alert for the people who hold the request. `withheld` leaves out the title."""
    return build_message(_format_alert(view, clock, name, alert, withheld))


def build_alert_card(view: RequestView, clock: Clock, name: ClockName, alert: Alert) -> Message:
    """The same alert for the head of the PMO, with a button that opens the request."""
    text = _format_alert(view, clock, name, alert, withheld=False)
    return build_message(text, [section(f"{text}\n{format_status(view)}"), actions([build_open_button(view.request)])])


def build_review_notice(view: RequestView, person: str) -> Message:
    """For the assignee of a request on hold, on the review date."""
    request = view.request
    text = f"{mention_user(person)} *{request.reference}* is on hold, and its review is due today."
    return build_message(f"{text}\n{format_quote(request.hold_reason)}" if request.hold_reason else text)


def _format_alert(view: RequestView, clock: Clock, name: ClockName, alert: Alert, withheld: bool) -> str:
    request, calendar = view.request, view.desk.calendar
    title = f"*{request.reference}*" if withheld else f"*{escape(view.title)}*"
    holder = f", assigned to {format_person_name(view.desk.people, request.assignee)}" if request.assignee else ""
    step, due = CLOCK_LABELS[name].lower(), clock.find_due_time(calendar)
    if alert is Alert.NEAR and due:
        used = format_duration(clock.count_used(view.now, calendar), calendar)
        return f":hourglass: {title}{holder}: {step} is due {format_time(due)}. {used} of {clock.target} used."
    if alert is Alert.DUE:
        return f":warning: {title}{holder}: {step} is due now. The target was {clock.target}."
    overdue = format_duration(max(0, -clock.count_left(view.now, calendar)), calendar)
    return f":warning: {title}{holder}: {step} is {overdue} overdue. The target was {clock.target}."
