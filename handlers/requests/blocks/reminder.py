"""What is told because of time: a target that is near or passed, a hold that is to be looked at again."""

from handlers.requests.blocks.buttons import build_open_button
from handlers.requests.blocks.labels import (
    RequestView,
    format_duration,
    format_moment,
    format_name,
    format_quote,
    format_status,
)
from handlers.slack.blocks.builders import Message, actions, build_message, escape, mention_user, section
from servicedesk.clock import Alert, Clock
from servicedesk.records import ClockName

_WORK = {ClockName.TRIAGE: "to triage it", ClockName.APPROVAL: "to decide on it", ClockName.DELIVERY: "to deliver it"}


def build_alert_notice(
    view: RequestView, clock: Clock, name: ClockName, alert: Alert, *, withheld: bool = False
) -> Message:
    """An alert, for whoever holds the request. `withheld` leaves the title out."""
    return build_message(_format_alert(view, clock, name, alert, withheld))


def build_alert_card(view: RequestView, clock: Clock, name: ClockName, alert: Alert) -> Message:
    """The same for the head of the PMO, with the way to the request."""
    words = _format_alert(view, clock, name, alert, withheld=False)
    return build_message(
        words, [section(f"{words}\n{format_status(view)}"), actions([build_open_button(view.request)])]
    )


def build_review_notice(view: RequestView, person: str) -> Message:
    """For whoever put it on hold: today is the day."""
    request = view.request
    words = f"{mention_user(person)} *{request.reference}* is on hold, and today is the day to look at it again."
    return build_message(f"{words}\n{format_quote(request.hold_reason)}" if request.hold_reason else words)


def _format_alert(view: RequestView, clock: Clock, name: ClockName, alert: Alert, withheld: bool) -> str:
    request, calendar = view.request, view.desk.calendar
    title = f"*{request.reference}*" if withheld else f"*{escape(view.title)}*"
    holder = f", assigned to {format_name(view.desk.people, request.assignee)}" if request.assignee else ""
    due = clock.find_due_time(calendar)
    if alert is Alert.NEAR and due:
        used = format_duration(clock.count_used(view.now, calendar), calendar)
        at = format_moment(due, calendar)
        return f":hourglass: {title}{holder}: {used} of {clock.target} used {_WORK[name]}. Due {at}."
    if alert is Alert.DUE:
        return f":warning: {title}{holder}: the {clock.target} {_WORK[name]} are used up."
    over = format_duration(max(0, -clock.count_left(view.now, calendar)), calendar)
    return f":warning: {title}{holder}: {over} over the {clock.target} {_WORK[name]}."
