"""What is told because of time: a target that is near or passed, a hold that is to be looked at again."""

from handlers.requests.blocks.buttons import open_button
from handlers.requests.blocks.labels import RequestView, named, quoted, span, state_line, when
from handlers.slack.blocks.builders import Message, actions, build_message, escape, mention_user, section
from servicedesk.clock import Alert, Clock
from servicedesk.records import ClockName

_WORK = {ClockName.TRIAGE: "to triage it", ClockName.APPROVAL: "to decide on it", ClockName.DELIVERY: "to deliver it"}


def alert_words(sheet: RequestView, clock: Clock, name: ClockName, alert: Alert, *, withheld: bool = False) -> Message:
    """An alert, for whoever holds the request. `withheld` leaves the title out."""
    return build_message(_alert_line(sheet, clock, name, alert, withheld))


def alert_card(sheet: RequestView, clock: Clock, name: ClockName, alert: Alert) -> Message:
    """The same for the head of the PMO, with the way to the request."""
    words = _alert_line(sheet, clock, name, alert, withheld=False)
    return build_message(words, [section(f"{words}\n{state_line(sheet)}"), actions([open_button(sheet.request)])])


def review_words(sheet: RequestView, person: str) -> Message:
    """For whoever put it on hold: today is the day."""
    request = sheet.request
    words = f"{mention_user(person)} *{request.reference}* is on hold, and today is the day to look at it again."
    return build_message(f"{words}\n{quoted(request.hold_reason)}" if request.hold_reason else words)


def _alert_line(sheet: RequestView, clock: Clock, name: ClockName, alert: Alert, withheld: bool) -> str:
    request, calendar = sheet.request, sheet.desk.calendar
    title = f"*{request.reference}*" if withheld else f"*{escape(sheet.title)}*"
    holder = f", with {named(sheet.desk.people, request.assignee)}" if request.assignee else ""
    due = clock.due(calendar)
    if alert is Alert.NEAR and due:
        used = span(clock.used(sheet.now, calendar), calendar)
        return (
            f":hourglass: {title}{holder}: {used} of {clock.target} {_WORK[name]} are used. Due {when(due, calendar)}."
        )
    if alert is Alert.DUE:
        return f":warning: {title}{holder}: the {clock.target} {_WORK[name]} are used up."
    over = span(max(0, -clock.left(sheet.now, calendar)), calendar)
    return f":warning: {title}{holder}: {over} over the {clock.target} {_WORK[name]}."
